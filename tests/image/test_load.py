"""`load` gives the pixels of the file, whichever backend decodes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import rp_image
import rp_image.sync
from rp_core import NoBackendError
from rp_image import DecodeError
from rp_image._decode import decode
from support import cases, images
from support.cases import CASES, Case


def _case(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


BACKENDS = [backend.name for backend in decode.backends if backend.state == "installed"]


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("backend", [None, *BACKENDS])
def test_every_backend_gives_the_pixels_or_declines(case: Case, backend: str | None) -> None:
    if backend is None and case.backends.isdisjoint(BACKENDS):
        pytest.skip("no backend for it is installed")
    if backend is not None and backend not in case.backends:
        try:
            image = rp_image.sync.load(case.data, backend=backend)
        except (NoBackendError, DecodeError):
            return
    else:
        image = rp_image.sync.load(case.data, backend=backend)

    assert image.shape == case.pixels.shape
    assert image.dtype == case.pixels.dtype
    assert image.flags.c_contiguous
    assert image.flags.writeable
    difference = np.abs(image.astype(int) - case.pixels.astype(int))
    assert difference.max() <= case.tolerance


@pytest.mark.parametrize("case", [case for case in CASES if case.name.startswith("jpeg")], ids=str)
def test_backends_agree_on_jpeg_within_4_levels(case: Case) -> None:
    usable = sorted(case.backends.intersection(BACKENDS))
    first, *others = (rp_image.sync.load(case.data, backend=name).astype(int) for name in usable)

    for other in others:
        assert np.abs(other - first).max() <= 4


@pytest.mark.parametrize("case", CASES, ids=str)
def test_probe_says_what_load_gives(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "misleading.xyz"
    path.write_bytes(case.data)

    info = rp_image.sync.probe(path)

    assert info == rp_image.sync.probe(case.data)
    assert info.shape == case.pixels.shape
    assert info.format == case.name.partition("-")[0]
    assert {name: getattr(info, name) for name in case.facts} == case.facts


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        (name, backend)
        for name in ("jpeg-rgb", "jpeg-gray", "png-gray-alpha", "png-rgba", "gif")
        for backend in sorted(_case(name).backends.intersection(BACKENDS))
    ],
)
def test_modes(name: str, backend: str) -> None:
    case = _case(name)
    height, width = case.pixels.shape[:2]
    modes: tuple[rp_image.Mode, ...] = ("rgb", "rgba", "gray", "native")
    shapes = {
        mode: rp_image.sync.load(case.data, mode=mode, backend=backend).shape for mode in modes
    }

    native = {"jpeg-gray": (), "png-gray-alpha": (2,), "png-rgba": (4,)}.get(name, (3,))
    assert shapes == {
        "rgb": (height, width, 3),
        "rgba": (height, width, 4),
        "gray": (height, width),
        "native": (height, width, *native),
    }


def test_a_missing_alpha_is_opaque_and_an_unwanted_one_is_dropped() -> None:
    color, full = _case("png-rgb"), _case("png-rgba16")

    assert (rp_image.sync.load(color.data, mode="rgba")[:, :, 3] == 255).all()
    if "opencv" in BACKENDS:
        np.testing.assert_array_equal(
            rp_image.sync.load(full.data, mode="rgb"), full.pixels[:, :, :3]
        )


def test_gray_is_bt601_luma() -> None:
    case = _case("png-rgb")
    luma = case.pixels @ np.array([0.299, 0.587, 0.114])

    gray = rp_image.sync.load(case.data, mode="gray")

    assert np.abs(gray - luma).max() <= 0.5


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["png", "jpeg", "tiff"])
def test_orient_false_gives_the_pixels_as_stored(kind: str, orientation: int) -> None:
    case = _case(f"{kind}-turned{orientation}")

    image = rp_image.sync.load(case.data, orient=False)

    stored = images.turned(case.pixels, orientation)
    assert image.shape == stored.shape
    assert np.abs(image.astype(int) - stored.astype(int)).max() <= case.tolerance


async def test_both_faces_agree(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(_case("png-rgba").data)

    np.testing.assert_array_equal(await rp_image.load(path), rp_image.sync.load(path))
    assert await rp_image.probe(path) == rp_image.sync.probe(path)


def test_sixteen_bit_colour_with_the_base_install_alone_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for backend in decode.backends:
        if backend.name in {"opencv", "codecs"}:
            monkeypatch.setattr(backend, "needs", "no_such_module")
            backend.refresh()
    try:
        with pytest.raises(NoBackendError, match=r'pip install "rp-image\[opencv\]"'):
            rp_image.sync.load(_case("png-rgb16").data)
    finally:
        monkeypatch.undo()
        decode.refresh()


def test_premultiplied_tiff_comes_back_straight() -> None:
    color = np.full((2, 2, 4), [100, 50, 0, 128], np.uint8)

    image = rp_image.sync.load(images.tiff(color, 2, (338, 3, (1,))))

    assert np.abs(image[0, 0].astype(int) - [199, 100, 0, 128]).max() <= 1


def test_an_animation_gives_its_first_frame_and_probe_counts_them() -> None:
    from io import BytesIO

    from PIL import Image as Pillow

    buffer = BytesIO()
    frames = [Pillow.fromarray(np.full((4, 5, 3), shade, np.uint8)) for shade in (10, 200, 90)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])

    assert rp_image.sync.probe(buffer.getvalue()).frames == 3
    assert (rp_image.sync.load(buffer.getvalue()) == 10).all()


def test_a_chunked_profile_is_in_the_record() -> None:
    profile = bytes(range(256)) * 600

    info = rp_image.sync.probe(images.jpeg(images.photo(), icc_profile=profile))

    assert info.icc == profile


def test_opencv_threads_are_left_as_the_user_set_them() -> None:
    cv2 = pytest.importorskip("cv2")
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    try:
        rp_image.sync.load_many([case.data for case in cases.CASES if case.backends == cases.BOTH])
        assert cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(before)
