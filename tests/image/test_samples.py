"""DICOM, FITS and SPE: samples as they are stored, and what their headers make of them."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest

import rp_image.sync as rp
from rp_core import NoBackendError
from rp_image import DecodeError
from support import images as make
from support.images import Array

BACKENDS = [None, "numpy", "imageio"]


def element(group: int, number: int, kind: bytes, value: bytes) -> bytes:
    value += (b"\0" if kind in {b"UI", b"OB"} else b" ") * (len(value) & 1)
    head = struct.pack("<HH", group, number) + kind
    if kind in {b"OB", b"OW"}:
        return head + b"\0\0" + struct.pack("<I", len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def dicom(
    pixels: Array,
    *more: bytes,
    meaning: bytes = b"",
    stored: int = 0,
    frames: int = 1,
    planar: int = 0,
    syntax: bytes = b"1.2.840.10008.1.2.1",
) -> bytes:
    def short(number: int, value: int) -> bytes:
        return element(0x28, number, b"US", struct.pack("<H", value))

    height, width, *rest = pixels.shape[1:] if frames > 1 else pixels.shape
    if planar:
        rest, height, width = [3], *pixels.shape[1:]
    channels = rest[0] if rest else 1
    bits = pixels.dtype.itemsize * 8
    meta = element(2, 0x10, b"UI", syntax)
    meta = element(2, 0, b"UL", struct.pack("<I", len(meta))) + meta
    body = element(8, 0x16, b"UI", b"1.2.840.10008.5.1.4.1.1.7") + short(2, channels)
    body += element(0x28, 4, b"CS", meaning or (b"RGB" if channels == 3 else b"MONOCHROME2"))
    body += short(6, planar) if channels == 3 else b""
    body += element(0x28, 8, b"IS", b"%d" % frames) if frames > 1 else b""
    body += short(0x10, height) + short(0x11, width) + short(0x100, bits)
    body += short(0x101, stored or bits) + short(0x102, (stored or bits) - 1)
    body += short(0x103, int(pixels.dtype.kind == "i")) + b"".join(more)
    body += element(0x7FE0, 0x10, b"OW", pixels.tobytes())
    return bytes(128) + b"DICM" + meta + body


@pytest.mark.parametrize("kind", ["u1", "u2", "i2", "twelve", "scaled"])
def test_gray_of_a_dicom(kind: str) -> None:
    samples = make.ramp(1, np.uint16, 12)
    more: tuple[bytes, ...] = ()
    match kind:
        case "u1":
            samples = make.ramp(1)
            expected: Array = samples
        case "twelve":
            expected = np.rint(samples / 4095 * 65535)
        case "scaled":
            more = element(0x28, 0x1052, b"DS", b"-1024"), element(0x28, 0x1053, b"DS", b"2")
            expected = samples * 2.0 - 1024
        case _:
            samples = samples.astype(kind)
            expected = samples
    data = dicom(samples, *more, stored=12 if kind == "twelve" else 0)

    image = rp.load(data, mode="native")

    np.testing.assert_array_equal(image, expected)
    assert rp.probe(data).dtype == image.dtype


def test_colours_and_frames_of_a_dicom() -> None:
    image = make.ramp(3)
    planes = np.ascontiguousarray(np.moveaxis(image, 2, 0))
    several = np.stack([make.ramp(1), make.ramp(1)[::-1]])

    np.testing.assert_array_equal(rp.load(dicom(image)), image)
    np.testing.assert_array_equal(rp.load(dicom(planes, planar=1)), image)
    inverted = rp.load(dicom(make.ramp(1), meaning=b"MONOCHROME1"), mode="gray")
    np.testing.assert_array_equal(inverted, 255 - make.ramp(1))
    gray = np.dstack([make.ramp(1), *[np.full((6, 9), 128, np.uint8)] * 2])
    np.testing.assert_array_equal(
        rp.load(dicom(gray, meaning=b"YBR_FULL"), mode="gray"), make.ramp(1)
    )
    found = [frame.image[:, :, 0] for frame in rp.frames(dicom(several, frames=2))]
    np.testing.assert_array_equal(np.stack(found), several)
    with pytest.raises(IndexError):
        rp.load(dicom(several, frames=2), frame=2)


def test_a_dicom_that_is_compressed_or_cut_off() -> None:
    with pytest.raises((NoBackendError, DecodeError), match="compressed by"):
        rp.load(dicom(make.ramp(1), syntax=b"1.2.840.10008.1.2.4.50"))
    with pytest.raises(DecodeError, match="cut off"):
        rp.load(dicom(make.ramp(1))[:-1])


def fits(samples: Array, *cards: str) -> bytes:
    """Write rows from the bottom up, as the format has it."""
    bits = samples.dtype.itemsize * (8 if samples.dtype.kind in "iu" else -8)
    axes = "".join(
        f"NAXIS{n}  = {length:>20}".ljust(80) for n, length in enumerate(reversed(samples.shape), 1)
    )
    head = "SIMPLE  =                    T".ljust(80) + f"BITPIX  = {bits:>20}".ljust(80)
    head += f"NAXIS   = {samples.ndim:>20}".ljust(80) + axes
    head += "".join(card.ljust(80) for card in cards) + "END".ljust(80)
    head += " " * (-len(head) % 2880)
    upturned = samples[..., ::-1, :]
    body = upturned.astype(upturned.dtype.newbyteorder(">")).tobytes()
    return head.encode() + body + bytes(-len(body) % 2880)


@pytest.mark.parametrize("kind", ["u1", "i2", "i4", "f4", "f8"])
def test_samples_of_a_fits(kind: str) -> None:
    samples = make.ramp(1).astype(kind)

    data = fits(samples)
    image = rp.load(data, mode="native")

    np.testing.assert_array_equal(image, samples)
    assert image.dtype == rp.probe(data).dtype == ("uint8" if kind == "u1" else "float32")
    stored = rp.load(data, mode="native", orient=False)
    np.testing.assert_array_equal(stored, samples[::-1])


def test_numbers_of_a_fits_are_scaled() -> None:
    deep = make.ramp(1, np.uint16, 16)
    data = fits((deep.astype(np.int32) - 32768).astype(np.int16), "BZERO   = 32768.0")
    np.testing.assert_array_equal(rp.load(data, mode="native"), deep)

    signed = make.ramp(1).astype(np.int16)
    data = fits(signed, "BSCALE  = 0.5", "BZERO   = -1.0E1 / a comment")
    np.testing.assert_array_equal(rp.load(data, mode="native"), signed * 0.5 - 10)


def test_planes_of_a_fits_are_frames() -> None:
    planes = np.stack([make.ramp(1), make.ramp(1)[:, ::-1]])
    data = fits(planes)

    assert rp.probe(data).frames == 2
    np.testing.assert_array_equal(rp.load(data, mode="gray", frame=1), planes[1])
    np.testing.assert_array_equal(
        np.stack([frame.image[:, :, 0] for frame in rp.frames(data)]), planes
    )
    with pytest.raises(DecodeError, match="cut off"):
        rp.load(data[: 2880 + 50])


def spe(samples: Array, kind: int) -> bytes:
    head = bytearray(4100)
    struct.pack_into("<f", head, 1992, 2.5)
    struct.pack_into("<H", head, 42, samples.shape[2])
    struct.pack_into("<h", head, 108, kind)
    struct.pack_into("<H", head, 656, samples.shape[1])
    struct.pack_into("<i", head, 1446, samples.shape[0])
    return bytes(head) + samples.tobytes()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("kind", "number"),
    [("f4", 0), ("i4", 1), ("i2", 2), ("u2", 3), ("f8", 5), ("u1", 6), ("u4", 8)],
)
def test_samples_of_an_spe(kind: str, number: int, backend: str | None) -> None:
    samples = np.stack([make.ramp(1), make.ramp(1)[::-1]]).astype(kind)
    data: Any = spe(samples, number)
    if backend == "imageio":
        pytest.importorskip("imageio")
    if backend == "imageio" and kind in {"f8", "u1"}:
        with pytest.raises(DecodeError):
            rp.load(data, backend=backend)
        return

    image = rp.load(data, mode="native", backend=backend)

    np.testing.assert_array_equal(image, samples[0])
    assert image.dtype == rp.probe(data).dtype
    if backend != "imageio":
        np.testing.assert_array_equal(rp.load(data, mode="native", frame=1), samples[1])


def sequence(group: int, number: int, *items: bytes, kind: bytes = b"SQ") -> bytes:
    """Write a sequence whose length, and that of its items, is not said."""
    unknown = struct.pack("<I", 0xFFFFFFFF)
    delimit = [struct.pack("<HHI", 0xFFFE, number, 0) for number in (0xE00D, 0xE0DD)]
    body = b"".join(struct.pack("<HH", 0xFFFE, 0xE000) + unknown + i + delimit[0] for i in items)
    return struct.pack("<HH", group, number) + kind + b"\0\0" + unknown + body + delimit[1]


def test_sequences_of_unknown_length_are_not_of_the_picture() -> None:
    icon = element(0x28, 0x11, b"US", b"\1\0") + element(0x7FE0, 0x10, b"OW", bytes(2))
    implicit = struct.pack("<HHI", 0x0028, 0x0011, 2) + b"\1\0"
    for within in (
        sequence(0x88, 0x200, icon),
        sequence(0x88, 0x200, sequence(8, 0x1140, icon) + icon),
        sequence(0x99, 0x1010, implicit, kind=b"UN"),
        sequence(0x99, 0x1010),
    ):
        assert rp.load(dicom(make.ramp(1), within), mode="native").tolist() == make.ramp(1).tolist()


def test_samples_of_32_bits_in_a_dicom() -> None:
    samples = make.ramp(1).astype(np.uint32) * 70_000

    np.testing.assert_array_equal(rp.load(dicom(samples), mode="native"), samples)


def test_headers_that_make_no_sense() -> None:
    with pytest.raises(DecodeError, match="9 bits in 8"):
        rp.probe(dicom(make.ramp(1), stored=9))
    for old, new in (("                   2", "           999999999"), ("9", "-")):
        with pytest.raises(DecodeError):
            rp.probe(fits(make.ramp(1)).replace(old.rjust(20).encode(), new.rjust(20).encode()))
    with pytest.raises(DecodeError):
        rp.probe(fits(make.ramp(1)).replace(b" 9".rjust(20), b"-9".rjust(20)))


def test_what_is_no_number_in_a_fits_does_not_warn() -> None:
    samples = np.array([[0x7F800001, 0x7F800000]], np.uint32).view(np.float32)

    image = rp.load(fits(samples), mode="native")

    assert np.isnan(image[0, 0])
    assert np.isinf(image[0, 1])
