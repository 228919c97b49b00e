"""Is one image read, written, shrunk and converted as fast as by the fastest library?

    uv run benchmarks/images.py [--quick] [--repeats N] [--only TABLE]

The peers are called by hand, interleaved with ours, on generated pictures. The physical limit is
the codec itself, which is mostly the same for all; a cached load is bound by one copy in memory.
"""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import describe_machine, interleave, milliseconds, print_table, read_options

import rp_image.sync as rp

if TYPE_CHECKING:
    from collections.abc import Callable

    Calls = dict[str, Callable[[], Any]]

TABLES = ("decode", "thumbnail", "resize", "hsv", "encode", "cache")


def photo(height: int, width: int) -> np.ndarray[Any, Any]:
    """Return a picture with broad shapes, edges and a little noise."""
    random = np.random.default_rng(7)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = [np.sin(x / (31 + 9 * c)) * np.cos(y / (47 - 7 * c)) for c in range(3)]
    shapes = ((x // 97 + y // 61) % 2) * 40
    image = np.stack([128 + 70 * wave + shapes for wave in waves], axis=2)
    image += random.normal(0, 4, image.shape)
    return np.asarray(np.clip(image, 0, 255), np.uint8)


def toolbox_if_installed() -> Any:
    """Return the toolbox rp, from which the idea of this package comes, or None."""
    from importlib import import_module
    from importlib.util import find_spec

    return import_module("rp") if find_spec("rp") else None


def decoding(*, quick: bool) -> dict[str, Calls]:
    """Return for each kind of file the ways to decode it."""
    small = photo(1000, 1000)
    full = np.dstack([small, small[:, :, 0]])
    deep = small.astype(np.uint16) * 257
    files: dict[str, bytes] = {
        "JPEG 1 MP": rp.encode(small, "jpeg"),
        "JPEG progressive": _with_pillow(small, "JPEG", quality=90, progressive=True),
        "PNG RGB": rp.encode(small, "png"),
        "PNG RGBA": rp.encode(full, "png"),
        "PNG 16": rp.encode(deep, "png"),
        "WebP": rp.encode(small, "webp"),
        "AVIF": rp.encode(small, "avif"),
        "TIFF LZW": _with_pillow(small, "TIFF", compression="tiff_lzw"),
        "TIFF raw": _with_pillow(small, "TIFF"),
        "BMP": rp.encode(small, "bmp"),
    }
    if not quick:
        files["JPEG 12 MP"] = rp.encode(photo(3000, 4000), "jpeg")
    return {name: decoders(name, data) for name, data in files.items()}


def decoders(name: str, data: bytes) -> Calls:
    """Return the ways to decode a file that give the right pixels."""
    import imagecodecs
    import imageio.v3 as iio
    import simplejpeg

    kind = name.split(maxsplit=1)[0]
    codecs = {"PNG": "png", "WebP": "webp", "AVIF": "avif", "JPEG": "jpeg8", "TIFF": "tiff"}
    calls: Calls = {
        "ours": partial(rp.load, data),
        "OpenCV": partial(_by_opencv, data, alpha=name == "PNG RGBA"),
    }
    if name != "PNG 16":
        calls["Pillow"] = partial(_by_pillow, data)
    if codec := codecs.get(kind):
        calls["imagecodecs"] = partial(getattr(imagecodecs, f"{codec}_decode"), data)
    if kind in {"JPEG", "BMP", "WebP"} or name in {"PNG RGB", "PNG RGBA"}:
        calls["imageio"] = partial(iio.imread, data)
    if kind == "JPEG":
        calls["simplejpeg"] = partial(simplejpeg.decode_jpeg, data)
    if (toolbox := toolbox_if_installed()) and kind in {"JPEG", "BMP"}:
        calls["rp"] = partial(toolbox.load_image, data)
    return calls


def _by_opencv(data: bytes, *, alpha: bool) -> Any:
    import cv2

    stored = np.frombuffer(data, np.uint8)
    if not alpha:
        return cv2.imdecode(stored, cv2.IMREAD_COLOR_RGB | cv2.IMREAD_ANYDEPTH)
    pixels: Any = cv2.imdecode(stored, cv2.IMREAD_UNCHANGED)
    return cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA)


def _by_pillow(data: bytes) -> Any:
    from PIL import Image

    return np.array(Image.open(BytesIO(data)))


def thumbnailing(*, quick: bool) -> dict[str, Calls]:
    """Return the ways to make a thumbnail of a large JPEG."""
    import cv2
    from PIL import Image

    data = rp.encode(photo(*((1500, 2000) if quick else (3000, 4000))), "jpeg")

    def whole() -> Any:
        pixels: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
        return cv2.resize(pixels, (256, 192), interpolation=cv2.INTER_AREA)

    def reduced() -> Any:
        flags = cv2.IMREAD_REDUCED_COLOR_8
        stored: Any = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
        pixels = cv2.cvtColor(stored, cv2.COLOR_BGR2RGB)
        return cv2.resize(pixels, (256, 192), interpolation=cv2.INTER_AREA)

    def pillow() -> Any:
        image = Image.open(BytesIO(data))
        image.thumbnail((256, 256), Image.Resampling.BOX, reducing_gap=1.0)
        return np.array(image)

    return {
        "to 256 pixels": {
            "ours": partial(rp.thumbnail, data, 256),
            "ours, good": partial(rp.thumbnail, data, 256, quality="good"),
            "OpenCV, whole": whole,
            "OpenCV, reduced": reduced,
            "Pillow, draft": pillow,
        }
    }


def resizing(*, quick: bool) -> dict[str, Calls]:
    """Return the ways to shrink by area; of RGBA, OpenCV's is the one that does not weigh alpha."""
    import cv2
    from PIL import Image
    from skimage.transform import resize_local_mean

    image = photo(*((1500, 2000) if quick else (3000, 4000)))
    alpha = np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
    kinds = {"uint8": image, "uint16": image.astype(np.uint16) * 257, "RGBA, opaque": alpha}
    kinds["RGBA"] = np.dstack([image, image[:, :, 0]])
    kinds["float32"] = image.astype(np.float32) / 255
    size = 866, 1155

    def boxed(kind: Any) -> Any:
        return np.array(Image.fromarray(kind).resize(size[::-1], Image.Resampling.BOX))

    tables: dict[str, Calls] = {}
    for name, kind in kinds.items():
        tables[name] = {
            "ours": partial(rp.resize, kind, size),
            "OpenCV AREA": partial(cv2.resize, kind, size[::-1], interpolation=cv2.INTER_AREA),
        }
        if kind.dtype == np.uint8:
            tables[name]["Pillow BOX"] = partial(boxed, kind)
        if name == "uint8" and not quick:
            tables[name]["scikit-image, local mean"] = partial(resize_local_mean, kind, size)
    return tables


def coloring(*, quick: bool) -> dict[str, Calls]:
    """Return the ways to convert to HSV and back."""
    import cv2
    from skimage.color import hsv2rgb, rgb2hsv

    image = photo(*((540, 960) if quick else (1080, 1920))).astype(np.float32) / 255
    hsv = rp.rgb_to_hsv(image)
    degrees = hsv * np.array([360, 1, 1], np.float32)
    toolbox = toolbox_if_installed()
    tables: dict[str, Calls] = {
        "rgb_to_hsv": {
            "ours": partial(rp.rgb_to_hsv, image),
            "OpenCV, degrees": partial(cv2.cvtColor, image, cv2.COLOR_RGB2HSV),
            "scikit-image": partial(rgb2hsv, image),
        },
        "hsv_to_rgb": {
            "ours": partial(rp.hsv_to_rgb, hsv),
            "OpenCV, degrees": partial(cv2.cvtColor, degrees, cv2.COLOR_HSV2RGB),
            "scikit-image": partial(hsv2rgb, hsv),
        },
    }
    if toolbox:
        tables["rgb_to_hsv"]["rp"] = partial(toolbox.rgb_to_hsv, image)
        tables["hsv_to_rgb"]["rp"] = partial(toolbox.hsv_to_rgb, hsv)
    return tables


def encoding(*, quick: bool) -> dict[str, Calls]:
    """Return the ways to encode a picture at one quality."""
    import cv2
    import imagecodecs
    import simplejpeg

    image = photo(*((500, 500) if quick else (1000, 1000)))
    turned = np.ascontiguousarray(image[:, :, ::-1])

    def opencv(suffix: str, *options: int) -> Any:
        return cv2.imencode(suffix, cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)[1]

    return {
        "JPEG 90": {
            "ours": partial(rp.encode, image, "jpeg"),
            "simplejpeg": partial(simplejpeg.encode_jpeg, image, 90, "RGB", "420"),
            "OpenCV": partial(opencv, ".jpg", cv2.IMWRITE_JPEG_QUALITY, 90),
            "Pillow": partial(_with_pillow, image, "JPEG", quality=90),
        },
        "PNG": {
            "ours": partial(rp.encode, image, "png"),
            "OpenCV": partial(opencv, ".png"),
            "Pillow": partial(_with_pillow, image, "PNG"),
            "imagecodecs": partial(imagecodecs.png_encode, image),
        },
        "WebP 80": {
            "ours": partial(rp.encode, image, "webp"),
            "OpenCV": partial(opencv, ".webp", cv2.IMWRITE_WEBP_QUALITY, 80),
            "Pillow": partial(_with_pillow, image, "WEBP", quality=80),
        },
        "AVIF 75": {
            "ours": partial(rp.encode, image, "avif"),
            "OpenCV": partial(cv2.imencode, ".avif", turned, [cv2.IMWRITE_AVIF_QUALITY, 75]),
            "Pillow, speed 9": partial(_with_pillow, image, "AVIF", quality=75, speed=9),
            "imagecodecs": partial(imagecodecs.avif_encode, image, level=75, speed=9),
        },
    }


def caching(*, quick: bool) -> dict[str, Calls]:
    """Return a cached load, and what it stands on."""
    import os
    from tempfile import mkdtemp

    image = photo(*((500, 500) if quick else (1000, 1000)))
    path = os.path.join(mkdtemp(), "a.png")
    rp.save(image, path)
    return {
        "hit, 3 MB": {
            "ours": partial(rp.load, path, cache=True),
            "array.copy()": image.copy,
        },
        "1000 hits, 3 MB, readonly": {
            "ours": partial(_times, 1000, partial(rp.load, path, cache="readonly")),
            "os.stat": partial(_times, 1000, partial(os.stat, path)),
        },
    }


def _times(count: int, call: Callable[[], object]) -> None:
    for _ in range(count):
        call()


def _with_pillow(image: Any, name: str, **options: Any) -> bytes:
    from PIL import Image

    buffer = BytesIO()
    Image.fromarray(image).save(buffer, name, **options)
    return buffer.getvalue()


def main() -> None:
    """Measure, and print a table for each question."""
    options = read_options(__doc__ or "", repeats=15, quick_repeats=3, tables=TABLES)
    print(
        describe_machine(
            "numpy", "pillow", "opencv-python-headless", "imagecodecs", "simplejpeg", "scikit-image"
        )
    )
    makers = dict(
        zip(TABLES, (decoding, thumbnailing, resizing, coloring, encoding, caching), strict=True)
    )
    for name, make in makers.items():
        if options.only in {"", name}:
            for title, calls in make(quick=options.quick).items():
                _measure(f"{name}: {title}", calls, options.repeats)


def _measure(title: str, calls: Calls, repeats: int) -> None:
    samples = interleave(calls, repeats)
    best = min(sample.wall for name, sample in samples.items() if not name.startswith("ours"))
    rows = [
        [name, milliseconds(sample.wall), f"{best / sample.wall:.2f}", _size(calls[name]())]
        for name, sample in samples.items()
    ]
    print_table(title, ["", "ms", "best peer / it", "bytes"], rows)


def _size(result: Any) -> str:
    if isinstance(result, bytes):
        return str(len(result))
    if isinstance(result, tuple) and len(result) == 2:
        return str(len(result[1]))
    return str(result.nbytes) if isinstance(result, np.ndarray) and result.ndim == 1 else ""


if __name__ == "__main__":
    main()
