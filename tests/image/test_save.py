"""`save` writes what `load` gives back, whole or not at all; what is no fit is refused."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import rp_image
import rp_image.sync
from rp_core import NoBackendError
from rp_image._encode import encode_image as encode
from support import images

BACKENDS = [backend.name for backend in encode.backends if backend.state == "installed"]
LOSSLESS = [
    ("png", 1),
    ("png", 3),
    ("png", 4),
    ("bmp", 1),
    ("bmp", 3),
    ("tiff", 1),
    ("tiff", 3),
    ("tiff", 4),
]


@pytest.mark.parametrize("backend", [None, *BACKENDS])
@pytest.mark.parametrize(("suffix", "channels"), LOSSLESS)
def test_lossless_formats_give_the_pixels_back(
    tmp_path: Path, suffix: str, channels: int, backend: str | None
) -> None:
    image = images.ramp(channels)
    path = tmp_path / f"a.{suffix}"
    able = {"png": {"codecs", "opencv", "pillow"}}.get(suffix, {"pillow"})
    if backend and backend not in able:
        with pytest.raises(NoBackendError):
            rp_image.sync.save(image, path, backend=backend)
        assert os.listdir(tmp_path) == []
        return

    rp_image.sync.save(image, path, backend=backend)

    mode = {1: "gray", 3: "rgb", 4: "rgba"}[channels]
    np.testing.assert_array_equal(rp_image.sync.load(path, mode=mode), image)  # type: ignore[arg-type]
    assert rp_image.sync.probe(path).format == suffix


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_in_png(tmp_path: Path, channels: int) -> None:
    image = images.ramp(channels, np.uint16, 16)
    if channels > 1 and "opencv" not in BACKENDS:
        with pytest.raises(NoBackendError, match=r'pip install "rp-image\[opencv\]"'):
            rp_image.sync.save(image, tmp_path / "a.png")
        return

    rp_image.sync.save(image, tmp_path / "a.png")

    mode = {1: "gray", 3: "rgb", 4: "rgba"}[channels]
    np.testing.assert_array_equal(rp_image.sync.load(tmp_path / "a.png", mode=mode), image)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "backend", sorted({"simplejpeg", "opencv", "pillow"}.intersection(BACKENDS))
)
@pytest.mark.parametrize("gray", [True, False])
def test_jpeg_keeps_a_photograph(tmp_path: Path, gray: bool, backend: str) -> None:
    photo = images.photo()[:, :, 1] if gray else images.photo()

    rp_image.sync.save(photo, tmp_path / "a.jpg", backend=backend)

    loaded = rp_image.sync.load(tmp_path / "a.jpg", mode="native")
    assert loaded.shape == photo.shape
    assert np.abs(loaded.astype(int) - photo.astype(int)).mean() < 2


@pytest.mark.parametrize("backend", sorted({"opencv", "pillow"}.intersection(BACKENDS)))
def test_webp_keeps_a_photograph_and_its_alpha(tmp_path: Path, backend: str) -> None:
    photo = np.dstack([images.photo(), images.photo()[:, :, 2]])

    rp_image.sync.save(photo, tmp_path / "a.webp", quality=95, backend=backend)

    loaded = rp_image.sync.load(tmp_path / "a.webp")
    assert loaded.shape == photo.shape
    assert np.abs(loaded.astype(int) - photo.astype(int)).mean() < 3


def test_quality_makes_the_file_larger(tmp_path: Path) -> None:
    sizes = []
    for quality in (20, 90, 100):
        rp_image.sync.save(images.photo(200, 200), tmp_path / "a.jpg", quality=quality)
        sizes.append((tmp_path / "a.jpg").stat().st_size)

    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 3


@given(
    image=arrays(
        np.uint8,
        st.tuples(st.integers(1, 20), st.integers(1, 20), st.sampled_from([3, 4])),
    )
)
def test_a_png_round_trip_is_exact(image: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("png") / "a.png"

    rp_image.sync.save(image, path)

    np.testing.assert_array_equal(rp_image.sync.load(path), image)


RGB, RGBA = images.ramp(3), images.ramp(4)


@pytest.mark.parametrize(
    ("image", "name", "options", "error"),
    [
        (RGBA, "a.jpg", {}, ValueError),
        (RGBA, "a.bmp", {}, ValueError),
        (RGB.astype(np.uint16), "a.jpg", {}, ValueError),
        (RGB.astype(np.uint16), "a.webp", {}, ValueError),
        (RGB.astype(np.float32) / 200, "a.png", {}, ValueError),
        (RGB.astype(np.float32) * np.nan, "a.png", {"clip": True}, ValueError),
        (RGB.astype(np.float16) - 300, "a.hdr", {}, ValueError),
        (RGB, "a.exr", {}, ValueError),
        (RGB.astype(np.uint16), "a.avif", {}, ValueError),
        (RGBA, "a.gif", {}, ValueError),
        (RGB, "a.png", {"lossless": True}, ValueError),
        (RGB, "a.webp", {"lossless": True, "quality": 5}, ValueError),
        (RGB, "a.bmp", {"exif": images.exif(1)}, ValueError),
        (RGBA, "a.jpg", {"alpha": "ignore"}, ValueError),
        (RGB.astype(np.int64), "a.png", {}, TypeError),
        (RGB.astype(bool), "a.png", {}, TypeError),
        (RGB.tolist(), "a.png", {}, TypeError),
        (np.dstack([RGBA, RGB]), "a.png", {}, ValueError),
        (RGB[:0], "a.png", {}, ValueError),
        (np.zeros((1, 17_000, 3), np.uint8), "a.webp", {}, ValueError),
        (np.zeros((1, 70_000, 3), np.uint8), "a.jpg", {}, ValueError),
        (RGB, "a.xyz", {}, ValueError),
        (RGB, "a", {}, ValueError),
        (RGB, "a.png", {"quality": 50}, ValueError),
        (RGB, "a.jpg", {"quality": 0}, ValueError),
        (RGB, "a.jpg", {"quality": 101}, ValueError),
        (RGB, "a.jpg", {"quality": "high"}, TypeError),
        (RGB, "a.jpg", {"backend": "gimp"}, ValueError),
        (RGB, "no/folder/a.png", {}, FileNotFoundError),
    ],
)
def test_what_cannot_be_saved_changes_nothing(
    tmp_path: Path, image: Any, name: str, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        rp_image.sync.save(image, tmp_path / name, **options)

    assert os.listdir(tmp_path) == []


def test_a_folder_is_no_destination(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        rp_image.sync.save(RGB, tmp_path, format="png")


def test_a_view_is_saved_as_it_looks(tmp_path: Path) -> None:
    view = RGB[::-1, ::2]

    rp_image.sync.save(view, tmp_path / "a.png")

    np.testing.assert_array_equal(rp_image.sync.load(tmp_path / "a.png"), view)


@pytest.mark.parametrize("backend", [None, *BACKENDS])
@pytest.mark.parametrize("suffix", ["png", "bmp", "tiff"])
def test_every_layout_of_an_array_is_saved_as_it_looks(
    tmp_path: Path, suffix: str, backend: str | None
) -> None:
    read_only = images.ramp(3)
    read_only.flags.writeable = False
    views = [read_only, np.asfortranarray(RGB), RGB[:, ::-1], RGB[::2, ::3], RGB[:1, :1]]
    if suffix == "png":
        views += [images.ramp(1, np.uint16, 16).astype(">u2"), images.ramp(1, np.uint16, 16)]
    for view in views:
        try:
            rp_image.sync.save(view, tmp_path / f"a.{suffix}", backend=backend)
        except NoBackendError:
            continue
        mode = "rgb" if view.ndim == 3 else "gray"
        loaded = rp_image.sync.load(tmp_path / f"a.{suffix}", mode=mode)  # type: ignore[arg-type]
        np.testing.assert_array_equal(loaded, view)


async def test_a_cancelled_save_does_not_land_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    begun = anyio.Event()
    backend = next(backend for backend in encode.backends if backend.name == "pillow")
    original = backend.fn

    def slow(request: Any) -> bytes:
        anyio_post(begun.set)
        time.sleep(0.1)
        return original(request)

    from rp_core._loop import poster

    anyio_post = poster()
    monkeypatch.setattr(backend, "fn", slow)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: rp_image.save(RGB, path, backend="pillow"))
        await begun.wait()
        tasks.cancel_scope.cancel()
    await anyio.sleep(0.15)

    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.png"]


KILLED = """
import sys, numpy as np, rp_image.sync
images = [np.full((300, 300, 3), shade, np.uint8) for shade in (0, 255)]
rp_image.sync.save(images[0], sys.argv[1])
print("begin", flush=True)
while True:
    for image in images:
        rp_image.sync.save(image, sys.argv[1])
"""


def test_a_killed_process_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    for _ in range(5):
        command = [sys.executable, "-c", KILLED, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(0.1)
            process.kill()
        image = rp_image.sync.load(path)
        assert image.min() == image.max()
