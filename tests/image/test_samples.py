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
from support.samples import dicom, element, fits, sequence, spe

BACKENDS = [None, "numpy", "imageio"]


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
