"""Every operation, awaited with positional arguments, gives what its plain twin gives."""

from __future__ import annotations

import inspect
import pickle
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest

import rp_image
import rp_image.sync as rp
from rp_image._errors import NoSuchFrameError
from support import images as make

RGB, RGBA = make.ramp(3), make.ramp(4)
CALLS: dict[str, tuple[Any, ...]] = {
    "as_float32": (RGB,),
    "as_uint16": (RGB,),
    "as_uint8": (RGB,),
    "blur": (RGB, 1.5),
    "composite": (RGBA, 9),
    "contact_sheet": (["a.png"] * 3,),
    "convert": ("a.png", "b.tiff"),
    "convert_many": ([("a.png", "b.tiff")],),
    "draw_label": (RGB, "x"),
    "encode": (RGB, "png"),
    "grid": ([RGB, RGB],),
    "hsv_to_rgb": (RGB,),
    "load": ("a.png",),
    "load_animation": ("a.gif",),
    "load_many": (["a.png"] * 3,),
    "probe": ("a.png",),
    "resize": (RGB, 0.5),
    "resize_many": ([RGB], 0.5),
    "resize_to_cover": (RGB, 4, 4),
    "resize_to_fit": (RGB, 4, 4),
    "rgb_to_hsv": (RGB,),
    "rotate": (RGB, 30),
    "save": (RGB, "b.tiff"),
    "save_animation": ([RGB, RGB[::-1]], "b.gif"),
    "save_many": ([(RGB, "b.tiff")],),
    "thumbnail": ("a.png", 4),
    "thumbnails": (["a.png"] * 3, 4),
    "to_gray": (RGB,),
    "to_rgb": (RGBA,),
    "to_rgba": (RGB,),
}
ELSEWHERE = {"copy_to_clipboard", "paste_from_clipboard", "show"}


def test_no_operation_is_forgotten() -> None:
    operations = {
        name for name in dir(rp_image) if inspect.iscoroutinefunction(getattr(rp_image, name))
    }
    assert operations == {*CALLS, *ELSEWHERE}


def same(one: Any, other: Any) -> bool:
    if isinstance(one, rp_image.Animation):
        return same(one.images, other.images) and one.durations == other.durations
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(np.array_equal(one, other)) if isinstance(one, np.ndarray) else one == other


@pytest.mark.parametrize("name", CALLS)
async def test_the_faces_agree(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rp.save(RGB, "a.png")
    rp.save_animation([RGB, RGB[::-1]], "a.gif")

    awaited = await getattr(rp_image, name)(*CALLS[name])
    written = {path.name: path.read_bytes() for path in tmp_path.glob("b.*")}
    plain = getattr(rp, name)(*CALLS[name])

    assert same(awaited, plain)
    assert written == {path.name: path.read_bytes() for path in tmp_path.glob("b.*")}


async def test_pairs_of_async_files_are_converted(tmp_path: Path) -> None:
    rp.save(RGB, tmp_path / "a.png")
    async with await anyio.open_file(tmp_path / "a.png", "rb") as file:
        await rp_image.convert_many([(file, tmp_path / "b.tiff")])

    np.testing.assert_array_equal(rp.load(tmp_path / "b.tiff"), RGB)


def test_a_missing_frame_is_reported_by_another_process() -> None:
    assert str(pickle.loads(pickle.dumps(NoSuchFrameError.of(9, 2)))) == (
        "there is no frame 9: the file has 2"
    )
    with ProcessPoolExecutor(1) as pool, pytest.raises(IndexError, match="no frame 9"):
        pool.submit(_load_frame, rp.encode(RGB, "png"), 9).result()


def _load_frame(data: bytes, frame: int) -> Any:
    return rp.load(data, frame=frame)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("thumbnails", {"side": 0}),
        ("thumbnails", {"quality": "x"}),
        ("thumbnails", {"mode": "x"}),
        ("save_many", {"quality": 101}),
        ("save_many", {"alpha": "x"}),
        ("save_many", {"backend": "x"}),
        ("convert_many", {"format": "x"}),
    ],
)
def test_batches_refuse_bad_options_at_the_call(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"x|must be"):
        getattr(rp, name)([], on_error="skip", **options)


def test_sources_are_the_same_with_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Odd:
        def __fspath__(self) -> bytes:
            return bytes(tmp_path / "a.png")

    from base64 import b64encode

    monkeypatch.chdir(tmp_path)
    rp.save(RGB, "a.png")
    rp.save(RGB, Path("data:x.png"))
    url = "DATA:image/png;base64," + b64encode(rp.encode(RGB, "png")).decode()
    for source in (url, Path("data:x.png"), Odd()):
        for cache in (False, True):
            np.testing.assert_array_equal(rp.load(source, cache=cache), RGB)  # type: ignore[arg-type]
    assert rp.load("a.png", size=[3, 4]).shape == (3, 4, 3)  # type: ignore[arg-type]
