"""Bad input gets a clear typed error or the right result, and nothing is left behind."""

from __future__ import annotations

import os
import resource
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_image
import rp_image.sync
from rp_core import LimitExceededError, NoBackendError, RpError
from rp_image import DecodeError, FormatError
from rp_image._decode import decode
from support import files, images
from support.case import PALETTE
from support.cases import CASES, PNG, Case

BACKENDS = [
    None,
    *(b.name for b in decode.backends if b.name in PNG and b.state == "installed"),
]
SAMPLES = {
    name: next(case for case in CASES if case.name == name)
    for name in (
        "png-rgb",
        "jpeg-rgb",
        "webp-rgb",
        "gif",
        "bmp-24",
        "bmp-palette4-40",
        "bmp-runs-nibbles",
        "bmp-565-52",
        "tiff-rgb",
        "tiff-tiff_lzw",
        "png-palette-alpha",
        "png-key0-8",
        "png-interlaced2-8-9x17",
        "gif-interlaced",
        "webp-animation",
    )
}


def test_a_missing_file() -> None:
    with pytest.raises(FileNotFoundError):
        rp_image.sync.load("no/such/file.png")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        rp_image.sync.load(tmp_path)


def test_an_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(SAMPLES["png-rgb"].data)
    path.chmod(0)
    if os.geteuid():
        with pytest.raises(PermissionError):
            rp_image.sync.load(path)
        return
    code = (
        "import os, sys, rp_image.sync, rp_core\n"
        "rp_image.sync.load(sys.argv[2])\n"
        "os.setuid(65534)\n"
        "try:\n    rp_image.sync.load(sys.argv[1])\n"
        "except PermissionError:\n    print('refused')\n"
    )
    warm = tmp_path / "warm.png"
    warm.write_bytes(SAMPLES["png-rgb"].data)
    tmp_path.chmod(0o755)
    command = [sys.executable, "-c", code, str(path), str(warm)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "refused\n", done.stderr


@pytest.mark.parametrize(
    "data", [b"", b"x", b"not an image at all", b"\x89PN", b"RIFF\0\0\0\0WAVE"]
)
def test_what_is_no_image(data: bytes) -> None:
    with pytest.raises(FormatError, match="this is no image of a format that rp_image reads"):
        rp_image.sync.load(data)
    with pytest.raises(ValueError, match="this is no"):
        rp_image.sync.probe(data)


@pytest.mark.parametrize("case", SAMPLES.values(), ids=str)
def test_truncation_at_every_byte_is_an_error_or_changes_no_pixel(case: Case) -> None:
    for length in range(len(case.data)):
        try:
            image = rp_image.sync.load(case.data[:length])
        except DecodeError:
            continue
        assert np.array_equal(image, rp_image.sync.load(case.data)), length


@pytest.mark.parametrize("case", SAMPLES.values(), ids=str)
@given(data=st.data())
def test_a_flipped_byte_gives_an_image_or_a_typed_error(case: Case, data: st.DataObject) -> None:
    damaged = bytearray(case.data)
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(damaged) - 1))
        damaged[position] = data.draw(st.integers(0, 255))
    for strict in (True, False):
        try:
            image = rp_image.sync.load(bytes(damaged), max_pixels=100_000, strict=strict)
        except RpError:
            continue
        assert image.ndim == 3


@pytest.mark.parametrize("magic", [case.data[:14] for case in SAMPLES.values()])
@given(tail=st.binary(max_size=300))
def test_noise_behind_a_magic_number_gives_an_image_or_a_typed_error(
    magic: bytes, tail: bytes
) -> None:
    for operation in (rp_image.sync.load, rp_image.sync.probe):
        try:
            operation(magic + tail)
        except RpError:
            continue


def test_a_bomb_is_refused_before_any_decoder_sees_it(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(images.bomb())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(LimitExceededError, match="20000 x 20000 pixels are more than max_pixels"):
        rp_image.sync.load(path)

    assert path.stat().st_size < 60_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
    info = rp_image.sync.probe(path)
    assert (info.width, info.height) == (20_000, 20_000)


def test_a_gif_frame_larger_than_its_screen_is_counted() -> None:
    data = bytearray(SAMPLES["gif"].data)
    data[6:10] = b"\1\0\1\0"

    assert rp_image.sync.load(bytes(data)).shape == SAMPLES["gif"].pixels.shape
    with pytest.raises(LimitExceededError):
        rp_image.sync.load(bytes(data), max_pixels=53)


def test_a_damaged_length_is_not_allocated() -> None:
    data = bytearray(SAMPLES["png-rgb"].data)
    data[data.index(b"IDAT") - 4] = 0x60
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(DecodeError, match="is cut off"):
        rp_image.sync.load(bytes(data))
    assert rp_image.sync.load(bytes(data), strict=False).shape == SAMPLES["png-rgb"].pixels.shape
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_refusal_is_final_for_every_backend() -> None:
    for backend in decode.backends:
        with pytest.raises(LimitExceededError):
            rp_image.sync.load(SAMPLES["png-rgb"].data, max_pixels=53, backend=backend.name)


def test_max_pixels_is_the_most_that_is_allowed() -> None:
    case = SAMPLES["png-rgb"]
    count = case.pixels.shape[0] * case.pixels.shape[1]

    assert rp_image.sync.load(case.data, max_pixels=count).shape == case.pixels.shape
    assert rp_image.sync.load(case.data, max_pixels=None).shape == case.pixels.shape
    with pytest.raises(LimitExceededError):
        rp_image.sync.load(case.data, max_pixels=count - 1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_allowed_size_is_decoded_beyond_the_limits_of_pillow(backend: str | None) -> None:
    data = images.bomb(10_000, 9_500)

    image = rp_image.sync.load(data, mode="gray", backend=backend)

    assert image.shape == (9_500, 10_000)


def test_a_wrong_extension_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(SAMPLES["jpeg-rgb"].data)

    assert rp_image.sync.load(path).shape == SAMPLES["jpeg-rgb"].pixels.shape
    assert rp_image.sync.probe(path).format == "jpeg"


def test_an_unknown_backend() -> None:
    with pytest.raises(ValueError, match="no backend 'gimp', only simplejpeg, codecs, opencv"):
        rp_image.sync.load("no/such/file.png", backend="gimp")


@pytest.mark.parametrize(
    ("option", "error"),
    [
        ({"mode": "cmyk"}, ValueError),
        ({"max_pixels": 0}, ValueError),
        ({"max_pixels": -1}, ValueError),
        ({"max_pixels": "many"}, TypeError),
        ({"backend": []}, ValueError),
        ({"colour": "rgb"}, TypeError),
    ],
)
def test_bad_options_are_refused_before_any_work(
    option: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        rp_image.sync.load("no/such/file.png", **option)  # type: ignore[arg-type]
    with pytest.raises(error):
        rp_image.sync.load_many(["no/such/file.png"], **option)  # type: ignore[call-overload]


@pytest.mark.parametrize("source", [None, 3, object(), ["a.png"]])
def test_what_is_no_source(source: object) -> None:
    with pytest.raises(TypeError):
        rp_image.sync.load(source)  # type: ignore[arg-type]


def test_a_url_can_be_refused() -> None:
    # Without rp-net it is an ImportError; with it, the address is refused.
    for urls, error in ((False, ValueError), (True, RpError)):
        with pytest.raises(error):
            rp_image.sync.load("https://localhost/a.png", urls=urls)


def test_the_error_names_the_file_and_every_backend(tmp_path: Path) -> None:
    case = SAMPLES["png-rgb"]
    path = tmp_path / "damaged.png"
    start = case.data.index(b"IDAT")
    path.write_bytes(case.data[: start + 6] + b"garbage" + case.data[start + 13 :])

    with pytest.raises(DecodeError) as caught:
        rp_image.sync.load(path)

    attempts = {attempt.backend: attempt.error for attempt in caught.value.attempts}
    assert list(attempts) == [backend.name for backend in decode.backends]
    assert "damaged.png" in caught.value.__notes__[0]
    assert caught.value.__cause__ is attempts["pillow"]


def test_a_named_backend_keeps_the_error_types() -> None:
    with pytest.raises(NoBackendError, match="simplejpeg: not for this input"):
        rp_image.sync.load(SAMPLES["png-rgb"].data, backend="simplejpeg")


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_wrong_checksum_in_a_png_is_an_error_on_every_backend(backend: str | None) -> None:
    data = bytearray(SAMPLES["png-rgb"].data)
    data[data.index(b"IEND") - 5] ^= 1

    with pytest.raises(DecodeError):
        rp_image.sync.load(bytes(data), backend=backend)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("interlaced", [False, True])
def test_missing_rows_in_a_png_are_an_error_on_every_backend(
    interlaced: bool, backend: str | None
) -> None:
    color = images.ramp(3)
    data = bytearray(files.interlaced_png(color, 2, 8) if interlaced else images.png(color, 2))
    data[23] += 3
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4)

    with pytest.raises(DecodeError):
        rp_image.sync.load(bytes(data), backend=backend)


@pytest.mark.parametrize("palette", [None, b"", bytes(4)])
def test_a_png_without_its_palette(palette: bytes | None) -> None:
    chunks = [] if palette is None else [(b"PLTE", palette)]

    with pytest.raises(DecodeError, match="there is no palette"):
        rp_image.sync.load(images.png(images.ramp(1), 3, 8, *chunks))


@pytest.mark.parametrize(("at", "value"), [(24, 3), (24, 32), (25, 1), (26, 1), (27, 1), (28, 2)])
def test_a_png_header_that_no_png_has(at: int, value: int) -> None:
    data = bytearray(SAMPLES["png-rgb"].data)
    data[at] = value
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4)

    with pytest.raises(DecodeError, match="the png has colour type"):
        rp_image.sync.probe(bytes(data))


def test_holes_in_a_jpeg_are_an_error_and_not_painted_over() -> None:
    whole = images.jpeg(images.photo(200, 200))
    holes = whole[: len(whole) // 2] + b"\xff\xd9"

    with pytest.raises(DecodeError, match="premature end of data"):
        rp_image.sync.load(holes)
    assert rp_image.sync.load(holes, strict=False).shape == (200, 200, 3)


def test_a_jpeg_of_thousands_of_scans_is_refused() -> None:
    data = bytearray(images.jpeg(np.zeros((16, 16), np.uint8), progressive=True))
    size = data.index(b"\xff\xc2") + 5
    data[size : size + 4] = struct.pack(">HH", 13_000, 13_000)
    last = data.rindex(b"\xff\xda")
    data[-2:-2] = data[last:-2] * 3000

    for strict in (True, False):
        with pytest.raises(LimitExceededError, match="scans of so large an image are too many"):
            rp_image.sync.load(bytes(data), strict=strict)


def test_the_tile_of_a_tiff_counts() -> None:
    data = images.tiff(images.ramp(3), 2, (322, 4, (1 << 16,)), (323, 4, (1 << 16,)))

    with pytest.raises(LimitExceededError, match="tiles"):
        rp_image.sync.load(data)


def test_a_tiff_that_does_not_say_what_its_samples_mean() -> None:
    """It is taken as libtiff takes it: three samples for RGB, one for gray."""
    for image in (images.ramp(3), images.ramp(1)):
        data = images.tiff(image, 2).replace(b"\x06\x01\x03\0\1\0\0\0", b"\x07\x01\x03\0\1\0\0\0")
        np.testing.assert_array_equal(rp_image.sync.load(data, mode="native"), image)


@pytest.mark.parametrize("shape", [(1, 30_000_000), (3_000_000, 1)])
def test_one_long_row_or_column_takes_no_time(shape: tuple[int, int]) -> None:
    data = images.tiff(np.zeros(shape, np.uint8), 1)
    began = time.process_time()

    assert rp_image.sync.load(data, mode="gray").shape == shape
    assert time.process_time() - began < 10


def test_what_compresses_a_bmp_otherwise_is_declined() -> None:
    data = bytearray(images.bmp(images.ramp(3), depth=32))
    data[30] = 4

    with pytest.raises(NoBackendError, match="no decoder for BMP of 32 bits and compression 4"):
        rp_image.sync.load(bytes(data))


def test_run_lengths_that_are_cut_off() -> None:
    data = files.bmp(np.zeros((6, 9), np.uint8), 8, palette=PALETTE, compression=1, body=b"\4\5")

    with pytest.raises(DecodeError, match="the run lengths are cut off"):
        rp_image.sync.load(data)
    assert rp_image.sync.load(data, strict=False).shape == (6, 9, 3)


def test_threads_do_not_disturb_each_other() -> None:
    import rp_core

    sources = [case.data for case in CASES] * 3
    before, open_files = rp_core.cpu_limit(), len(os.listdir("/dev/fd"))
    rp_core.set_cpu_limit(8)
    try:
        loaded = rp_image.sync.load_many(sources, limit=8, on_error="return")
    finally:
        rp_core.set_cpu_limit(before)

    assert len(os.listdir("/dev/fd")) == open_files
    for case, image in zip(CASES * 3, loaded, strict=True):
        if isinstance(image, np.ndarray):
            assert np.abs(image.astype(int) - case.pixels).max() <= case.tolerance
        else:
            assert case.backends.isdisjoint(BACKENDS)


def test_the_end_of_a_thumbnail_is_not_the_end_of_the_jpeg() -> None:
    thumbnail = images.jpeg(images.photo(16, 16))
    whole = images.jpeg(images.photo(), exif=b"Exif\0\0" + images.exif(1) + thumbnail)

    assert rp_image.sync.load(whole).shape == (48, 64, 3)
    with pytest.raises(DecodeError, match="the end marker is missing"):
        rp_image.sync.load(whole[: len(whole) - 300])


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff" + b"\xff" * 30_000_000,
        b"\xff\xd8\xff\xe0" + bytes(30_000_000),
        b"\xff\xd8" + b"\xff\xe0\0\2" * 5_000_000,
        b"\x89PNG\r\n\x1a\n" + images.chunk(b"aaaa", b"") * 3_000_000,
        b"RIFF\xff\xff\xff\x7fWEBP" + b"aaaa\0\0\0\0" * 3_000_000,
        b"GIF89a\1\0\1\0\0\0\0" + b"!\xff\0" * 10_000_000,
        b"GIF89a\1\0\1\0\0\0\0!\xff" + b"\1a" * 10_000_000,
    ],
    ids=["fill", "zeros", "segments", "png-chunks", "webp-chunks", "gif-blocks", "gif-sub-blocks"],
)
def test_endless_headers_are_given_up_in_seconds(data: bytes) -> None:
    began = time.monotonic()

    with pytest.raises(DecodeError):
        rp_image.sync.load(data)

    assert time.monotonic() - began < 20


def test_without_strict_a_cut_off_jpeg_gives_what_there_is() -> None:
    whole = images.jpeg(images.photo(200, 200))

    with pytest.raises(DecodeError, match="the end marker is missing"):
        rp_image.sync.load(whole[: len(whole) * 3 // 4])

    part = rp_image.sync.load(whole[: len(whole) * 3 // 4], strict=False)
    complete = rp_image.sync.load(whole)
    assert part.shape == complete.shape
    assert np.array_equal(part[:64], complete[:64])


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    good.write_bytes(SAMPLES["png-rgb"].data)
    bad.write_bytes(SAMPLES["png-rgb"].data[:60])
    rp_image.sync.load(good)
    before = len(os.listdir("/dev/fd"))
    for _ in range(20):
        rp_image.sync.load(good)
        rp_image.sync.probe(good)
        with pytest.raises(DecodeError):
            rp_image.sync.load(bad)

    assert len(os.listdir("/dev/fd")) == before
