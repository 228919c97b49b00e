"""Every format gives the pixels of the file through every backend that claims it."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest

import rp_image.sync
from rp_core import NoBackendError
from rp_image import DecodeError
from rp_image._decode import decode
from support import formats
from support import images as make
from support.case import Case

BACKENDS = [backend.name for backend in decode.backends if backend.state == "installed"]
CASES = formats.cases()


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("backend", [None, *BACKENDS])
def test_a_backend_gives_the_pixels_or_declines(case: Case, backend: str | None) -> None:
    try:
        image = rp_image.sync.load(case.data, backend=backend)
    except (NoBackendError, DecodeError):
        assert backend is not None
        assert backend not in case.backends
        return

    assert image.shape == case.pixels.shape
    assert image.dtype == case.pixels.dtype
    assert image.flags.c_contiguous
    assert image.flags.writeable
    np.testing.assert_array_equal(image, case.pixels)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_probe_says_what_load_gives(case: Case) -> None:
    info = rp_image.sync.probe(case.data)

    assert info.shape == case.pixels.shape
    assert info.dtype == case.pixels.dtype
    assert info.format == case.name.partition("-")[0]
    assert {name: getattr(info, name) for name in case.facts} == case.facts


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_file_cut_off_anywhere_is_a_typed_error_or_an_image(case: Case) -> None:
    for length in range(0, len(case.data), max(1, len(case.data) // 60)):
        try:
            rp_image.sync.load(case.data[:length])
        except (DecodeError, NoBackendError):
            continue


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:0"])
def test_avif_is_turned_as_its_container_says(orientation: int, subsampling: str) -> None:
    photo = make.photo()
    stored = make.turned(photo, orientation)
    data = formats.of_pillow(
        stored, "AVIF", quality=95, subsampling=subsampling, exif=make.exif(orientation)
    )

    for backend in (None, *{"codecs", "pillow"}.intersection(BACKENDS)):
        image = rp_image.sync.load(data, backend=backend)
        assert image.shape == photo.shape
        assert np.abs(image.astype(int) - photo).mean() < 4
    info = rp_image.sync.probe(data)
    assert info.orientation == orientation
    assert info.format == "avif"


@pytest.mark.parametrize("bits", [8, 10, 12])
def test_avif_of_any_depth_is_full_scale(bits: int) -> None:
    imagecodecs = pytest.importorskip("imagecodecs")
    photo = make.photo()
    most = (1 << bits) - 1
    stored = (photo.astype(np.uint32) * most // 255).astype(np.uint16 if bits > 8 else np.uint8)
    data = imagecodecs.avif_encode(
        stored, level=98, bitspersample=bits, pixelformat=imagecodecs.AVIF.PIXEL_FORMAT.YUV444
    )

    assert rp_image.sync.probe(data).bits == bits
    for backend in {"codecs", "opencv", "pillow"}.intersection(BACKENDS):
        if (backend == "pillow") == (bits > 8) and backend != "codecs":
            continue
        image = rp_image.sync.load(data, backend=backend)
        full = 255 if bits == 8 else 65535
        assert image.dtype == ("uint8" if bits == 8 else "uint16")
        assert np.abs(image / full - photo / 255).max() < 0.03


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_jpeg_2000_is_exact(bits: int, channels: int) -> None:
    imagecodecs = pytest.importorskip("imagecodecs")
    samples = make.ramp(channels, np.uint16 if bits > 8 else np.uint8, bits)
    data = imagecodecs.jpeg2k_encode(
        samples, level=0, reversible=True, bitspersample=bits, codecformat="jp2"
    )
    full = 255 if bits == 8 else 65535
    expected = np.rint(samples * (full / ((1 << bits) - 1))).astype(samples.dtype)
    tried = 0
    for backend in (None, *{"codecs", "opencv", "pillow"}.intersection(BACKENDS)):
        try:
            image = rp_image.sync.load(data, mode="native", backend=backend)
        except NoBackendError:
            assert backend
            continue
        tried += 1
        np.testing.assert_array_equal(image, expected, str(backend))
    assert tried > 1


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_jpeg_xl_is_exact(channels: int, dtype: str) -> None:
    imagecodecs = pytest.importorskip("imagecodecs")
    samples = make.ramp(channels, np.uint16 if dtype != "uint8" else np.uint8, 8)
    samples = (samples / 255).astype(np.float32) if dtype == "float32" else samples
    data = imagecodecs.jpegxl_encode(samples, lossless=True)
    info = rp_image.sync.probe(data)

    assert (info.width, info.height, info.dtype) == (9, 6, dtype)
    assert info.has_alpha == (channels == 4)
    for backend in (None, *{"codecs", "jxl"}.intersection(BACKENDS)):
        if backend == "jxl" and dtype != "uint8":
            continue
        image = rp_image.sync.load(data, mode="native", backend=backend)
        np.testing.assert_array_equal(image, samples)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heic_is_turned_once(orientation: int) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    photo = make.photo()
    stored = np.ascontiguousarray(make.turned(photo, orientation))
    file = pillow_heif.from_bytes("RGB", (stored.shape[1], stored.shape[0]), stored.tobytes())
    buffer = BytesIO()
    file.save(buffer, quality=95, exif=b"Exif\0\0" + make.exif(orientation))
    image = rp_image.sync.load(buffer.getvalue())
    info = rp_image.sync.probe(buffer.getvalue())

    assert info.format == "heif"
    assert image.shape == photo.shape == info.shape
    assert np.abs(image.astype(int) - photo).mean() < 4


def test_heic_of_10_bits_is_full_scale() -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    white = np.full((32, 32, 3), 65535, np.uint16)
    file = pillow_heif.from_bytes("RGB;16", (32, 32), white.tobytes())
    buffer = BytesIO()
    file.save(buffer, quality=100)
    image = rp_image.sync.load(buffer.getvalue())

    assert rp_image.sync.probe(buffer.getvalue()).bits == 10
    assert image.dtype == np.uint16
    assert image.min() > 65000
    assert image.max() == 65535


def test_exr_of_halves_and_floats_is_exact(tmp_path: object) -> None:
    exr = pytest.importorskip("OpenEXR")
    path = f"{tmp_path}/a.exr"
    for channels, dtype in ((3, np.float32), (4, np.float16), (1, np.float32)):
        samples = (make.ramp(channels) / 16 - 2).astype(dtype)
        name = {1: "Y", 3: "RGB", 4: "RGBA"}[channels]
        exr.File({"compression": exr.ZIP_COMPRESSION}, {name: samples}).write(path)

        image = rp_image.sync.load(path, mode="native")

        assert image.dtype == np.float32
        np.testing.assert_array_equal(image, samples.astype(np.float32))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
        (b'<?xml version="1.0"?><svg xmlns="x"/>', "SVG"),
        (b"<svg/>", "SVG"),
    ],
)
def test_what_would_have_to_be_rendered_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(rp_image.FormatError, match=what):
        rp_image.sync.load(data)


def test_a_pickle_in_an_npy_is_refused() -> None:
    buffer = BytesIO()
    np.save(buffer, np.array([[object()]]), allow_pickle=True)

    with pytest.raises(DecodeError, match="not numbers"):
        rp_image.sync.load(buffer.getvalue())
