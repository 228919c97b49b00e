"""Image files of every kind that `rp_image.load` reads, each with the pixels that it must give."""

from __future__ import annotations

import numpy as np

from support import images as make
from support import variants
from support.case import ALL, ALPHAS, BOTH, PALETTE, Case, of, rgb, rgba, scaled
from support.images import Array

__all__ = ["ALL", "BOTH", "CASES", "PNG", "Case"]

PNG = of("codecs", "opencv", "pillow")


def _png() -> list[Case]:
    cases = []
    for depth in (1, 2, 4, 8):
        gray = make.ramp(1, depth=depth)
        data = make.png(gray, 0, depth)
        facts = {"color": "gray", "bits": depth}
        cases.append(Case(f"png-gray{depth}", data, rgb(scaled(gray, depth)), BOTH, facts=facts))
        indices = gray % 16
        data = make.png(indices, 3, depth, (b"PLTE", PALETTE[: 1 << depth].tobytes()))
        facts = {"color": "palette", "bits": 8}
        cases.append(Case(f"png-palette{depth}", data, PALETTE[indices], BOTH, facts=facts))
    indices = make.ramp(1, depth=2)
    data = make.png(indices, 3, 2, (b"PLTE", PALETTE[:4].tobytes()), (b"tRNS", ALPHAS))
    pixels = rgba(PALETTE[indices], np.frombuffer(ALPHAS, np.uint8)[indices])
    cases.append(Case("png-palette-alpha", data, pixels, BOTH))
    gray, color = make.ramp(1), make.ramp(3)
    key = int(gray[2, 3])
    pixels = rgba(rgb(gray), np.where(gray == key, 0, 255).astype(np.uint8))
    data = make.png(gray, 0, 8, (b"tRNS", bytes([0, key])))
    cases.append(Case("png-gray-key", data, pixels, BOTH))
    keys = b"".join(bytes([0, int(sample)]) for sample in color[2, 3])
    alpha = np.where((color == color[2, 3]).all(axis=2), 0, 255).astype(np.uint8)
    data = make.png(color, 2, 8, (b"tRNS", keys))
    cases.append(Case("png-rgb-key", data, rgba(color, alpha), BOTH))
    both = make.ramp(2)
    pixels = rgba(rgb(both[:, :, 0]), both[:, :, 1])
    cases += [
        Case("png-rgb", make.png(color, 2), color, BOTH),
        Case("png-rgba", make.png(make.ramp(4), 6), make.ramp(4), BOTH, facts={"has_alpha": True}),
        Case("png-gray-alpha", make.png(both, 4), pixels, BOTH, facts={"channels": 2}),
    ]
    return cases


def _png16() -> list[Case]:
    gray, both, color, full = (make.ramp(n, np.uint16, 16) for n in (1, 2, 3, 4))
    pixels = rgba(rgb(both[:, :, 0]), both[:, :, 1])
    return [
        Case("png-gray16", make.png(gray, 0, 16), rgb(gray), BOTH, facts={"bits": 16}),
        Case("png-gray-alpha16", make.png(both, 4, 16), pixels, of("opencv")),
        Case("png-rgb16", make.png(color, 2, 16), color, of("opencv")),
        Case("png-rgba16", make.png(full, 6, 16), full, of("opencv")),
    ]


def _oriented() -> list[Case]:
    color, photo = make.ramp(3), make.photo()
    cases = []
    for orientation in range(1, 9):
        order = "<" if orientation % 2 else ">"
        block = make.exif(orientation, order)
        facts = {"orientation": orientation}
        stored = make.turned(color, orientation)
        files = {
            "png": (make.png(stored, 2, 8, (b"eXIf", block)), BOTH),
            "webp": (make.webp(stored, exif=block), BOTH),
            "tiff": (make.tiff(stored, 2, (274, 3, (orientation,)), order=order), of("pillow")),
        }
        for name, (data, backends) in files.items():
            cases.append(Case(f"{name}-turned{orientation}", data, color, backends, facts=facts))
        data = make.jpeg(make.turned(photo, orientation), exif=b"Exif\0\0" + block)
        cases.append(Case(f"jpeg-turned{orientation}", data, photo, ALL, 4, facts))
    xmp = b'XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation="6"/>'
    data = make.png(make.turned(color, 6), 2, 8, (b"iTXt", xmp))
    cases.append(Case("png-turned-by-xmp", data, color, BOTH, facts={"orientation": 6}))
    return cases


def _jpeg() -> list[Case]:
    photo = make.photo()
    gray = photo[:, :, 1]
    cmyk = np.dstack([255 - photo, np.zeros_like(gray)])
    wide = make.jpeg(photo, progressive=True, subsampling=2)
    return [
        Case("jpeg-rgb", make.jpeg(photo), photo, ALL, 4),
        Case("jpeg-420-progressive", wide, photo, ALL, 8),
        Case("jpeg-gray", make.jpeg(gray), rgb(gray), ALL, 4, {"color": "gray", "channels": 1}),
        Case("jpeg-cmyk", _cmyk(cmyk), photo, of("pillow"), 6, {"color": "cmyk"}),
    ]


def _cmyk(samples: Array) -> bytes:
    from PIL import Image as Pillow

    return make.saved(
        Pillow.frombytes("CMYK", samples.shape[1::-1], samples.tobytes()),
        "JPEG",
        quality=98,
        subsampling=0,
    )


def _others() -> list[Case]:
    color, full = make.ramp(3), make.ramp(4)
    indices = make.ramp(1) % 16
    seen = np.where(indices == 5, 0, 255).astype(np.uint8)
    clear = rgba(np.where(seen[:, :, None] > 0, PALETTE[indices], PALETTE[indices]), seen)
    gray = make.ramp(1)
    palette_tags = (
        320,
        3,
        tuple((np.pad(PALETTE, ((0, 240), (0, 0))).T.astype(int) * 257).reshape(-1).tolist()),
    )
    dim_tags = (320, 3, tuple(np.pad(PALETTE, ((0, 240), (0, 0))).T.reshape(-1).tolist()))
    only, own, plain = of("pillow"), of("numpy"), of("opencv", "pillow", "numpy")
    return [
        Case("webp-rgb", make.webp(color), color, BOTH),
        Case("webp-rgba", make.webp(full), full, BOTH, facts={"has_alpha": True}),
        Case("gif", make.gif(indices, PALETTE), PALETTE[indices], only, facts={"color": "palette"}),
        Case(
            "gif-transparent", make.gif(indices, PALETTE, 5), clear, only, facts={"has_alpha": True}
        ),
        Case("bmp-24", make.bmp(color), color, plain),
        Case("bmp-24-top-down", make.bmp(color, top_down=True), color, plain),
        Case("bmp-32", make.bmp(color, depth=32), color, own),
        Case("bmp-32-alpha", make.bmp(full, depth=32, v4=True), full, own, 0, {"has_alpha": True}),
        Case("bmp-palette", make.bmp_palette(indices, PALETTE), PALETTE[indices], own),
        Case("tiff-rgb", make.tiff(color, 2), color, only),
        Case("tiff-rgb-big-endian", make.tiff(color, 2, order=">"), color, only),
        Case(
            "tiff-rgba", make.tiff(full, 2, (338, 3, (2,))), full, only, facts={"has_alpha": True}
        ),
        Case("tiff-gray", make.tiff(gray, 1), rgb(gray), only, facts={"color": "gray"}),
        Case("tiff-white-is-zero", make.tiff(255 - gray, 0), rgb(gray), only),
        Case("tiff-palette", make.tiff(indices, 3, palette_tags), PALETTE[indices], only),
        Case("tiff-palette-of-8-bits", make.tiff(indices, 3, dim_tags), PALETTE[indices], only),
    ]


CASES = [*_png(), *_png16(), *_oriented(), *_jpeg(), *_others(), *variants.cases()]
