from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rp_video._open_frames import open_frames
from support.films import CLIPS, Clip

_ONCE = frozenset({"test_cut_off", "test_gif", "test_odd_films", "test_slowmo", "test_stills"})
_NAMES = ("backend", "encoder")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "video" not in item.path.parts:
            continue
        params: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
        loop = str(params.get("anyio_backend", "asyncio"))
        if "trio" in loop or "'use_uvloop': True" in loop:
            item.add_marker("thorough")
        if item.path.stem in _ONCE:
            item.add_marker("once")


@pytest.fixture(autouse=True)
def only_what_is_installed(request: pytest.FixtureRequest) -> None:
    """Skip what is for a backend that is missing: a wheel is tested alone, too."""
    params = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    names = {str(params[name]) for name in _NAMES if name in params}
    for backend in open_frames.backends:
        if backend.name in names and backend.state != "installed":
            pytest.skip(f"{backend.name} is not installed")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Clip], Path]:
    """Return a function that makes a film once, and gives its path."""
    folder = tmp_path_factory.mktemp("films")

    @cache
    def make(name: str, clip_id: int) -> Path:
        return clips[clip_id].write(folder)

    clips: dict[int, Clip] = {}

    def path_of(clip: Clip) -> Path:
        clips[id(clip)] = clip
        return make(clip.name, id(clip))

    return path_of


@pytest.fixture(scope="session")
def film(made: Callable[[Clip], Path]) -> Path:
    """Return a film of 40 frames, 25 a second, with a key frame each 10."""
    return made(CLIPS[0])
