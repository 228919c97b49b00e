from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rp_audio._open_sound import open_sound
from rp_audio._player import player
from rp_audio._resampling import converted
from rp_audio._speaker import speaker
from rp_core import Fallback
from rp_core._portal import portal
from support.leaks import other_tasks
from support.sounds import Clip, has_ffmpeg

if TYPE_CHECKING:
    from support.speech_server import SpeechServer

CHAINS: dict[str, Fallback[Any, Any]] = {
    "backend": open_sound,
    "encoder": open_sound,
    "player": player,
    "resampler": converted,
    "engine": speaker,
}


_ONCE = frozenset(
    {
        "test_cut_off", "test_edge_faults", "test_edge_waits", "test_odd_files", "test_resample",
        "test_samples", "test_stream",
    }
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "audio" not in item.path.parts:
            continue
        params: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
        if "'use_uvloop': True" in str(params.get("anyio_backend", "")):
            item.add_marker("thorough")
        fixtures = getattr(item, "fixturenames", ())
        if item.path.stem in _ONCE or "device" in fixtures or "full_disk" in item.name:
            item.add_marker("once")


@pytest.fixture(autouse=True)
def only_what_is_installed(request: pytest.FixtureRequest) -> None:
    """Skip what is for a backend that is missing: a wheel is tested alone, too."""
    params = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    for name, chain in CHAINS.items():
        for backend in chain.backends:
            if params.get(name) == backend.name and backend.state != "installed":
                pytest.skip(f"{backend.name} is not here: {backend.obstacle}")
    clip = params.get("clip")
    if isinstance(clip, Clip) and clip.writer[0] != "soundfile" and not has_ffmpeg():
        pytest.skip("there is no ffmpeg to make it")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Clip], Path]:
    """Return a function that makes a sound file once, and gives its path."""
    folder = tmp_path_factory.mktemp("sounds")

    @cache
    def make(clip: Clip) -> Path:
        return clip.write(folder)

    return make


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[SpeechServer]:
    """The service behind edge-tts, on the loopback interface."""
    from rp_audio._engines.edge import voices
    from support.speech_server import SpeechServer

    voices.cache_clear()
    with SpeechServer() as server:
        server.attach(monkeypatch)
        yield server
        assert portal.call(other_tasks) == 0
    voices.cache_clear()
