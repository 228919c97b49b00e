"""Sound block by block: the same samples, in bounded memory, and nothing left open."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rp_audio
import rp_audio.sync as audio
from support.sounds import CLIPS, RATE, Clip, encoded, tone

Made = Callable[[Clip], Path]
READ = [pytest.param(clip, name, id=f"{clip}-{name}") for clip in CLIPS for name in clip.backends]


@pytest.mark.parametrize(("clip", "backend"), READ)
def test_blocks_are_the_whole(clip: Clip, backend: str, made: Made, leaves_nothing: None) -> None:
    path = made(clip)
    whole = audio.load(path, backend=backend).samples

    blocks = list(audio.stream(path, chunk=5000, backend=backend))

    sizes = [len(block.samples) for block in blocks]
    assert set(sizes[:-1]) <= {5000}
    assert 0 < sizes[-1] <= 5000
    heard = np.concatenate([block.samples for block in blocks])
    np.testing.assert_allclose(heard, whole, rtol=0, atol=0 if clip.exact else 1e-6)


@pytest.mark.parametrize("backend", ["soundfile", "pyav", "miniaudio", "ffmpeg"])
def test_leaving_early_closes_everything(
    backend: str, tmp_path: Path, leaves_nothing: None
) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(encoded(tone(5.0)))

    with closing(audio.stream(path, chunk=100, backend=backend)) as blocks:
        assert len(next(blocks).samples) == 100
    with closing(audio.stream(path.read_bytes(), chunk=100, backend=backend)) as blocks:
        next(blocks)


async def test_the_async_face_streams_and_closes(tmp_path: Path, leaves_nothing: None) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(encoded(tone(1.0)))
    heard = []

    async with aclosing(rp_audio.stream(path, chunk=4000)) as blocks:
        async for block in blocks:
            heard.append(block.samples)
            if len(heard) == 3:
                break

    np.testing.assert_array_equal(np.concatenate(heard), audio.load(path).samples[:12_000])


@pytest.mark.parametrize("chunk", [0, -1, 1 << 40])
def test_a_block_has_a_size(chunk: int) -> None:
    with pytest.raises(ValueError, match="chunk"):
        audio.stream("missing.wav", chunk=chunk)
    with pytest.raises(TypeError):
        audio.stream("missing.wav", chunk=1.5)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        audio.stream("missing.wav")


MEMORY = """
import resource, sys
import rp_audio.sync as audio
for block in audio.stream(sys.argv[1], stop=1, backend=sys.argv[2]): pass
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
total = sum(len(block.samples) for block in audio.stream(sys.argv[1], backend=sys.argv[2]))
print(total, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("backend", ["soundfile", "pyav", "miniaudio", "ffmpeg"])
def test_memory_does_not_grow_with_the_file(backend: str, tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    part = tone(10.0)
    audio.save(path, ((part, RATE) for _ in range(18)))

    command = [sys.executable, "-c", MEMORY, str(path), backend]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)

    total, grown = map(int, done.stdout.split())
    assert total == 180 * RATE
    assert grown * 1024 < 12_000_000  # all of it is 63 MB


def test_what_comes_of_a_stream_is_written_without_being_gathered(tmp_path: Path) -> None:
    seen: list[int] = []

    def watched() -> Any:
        for block in audio.stream(encoded(tone(1.0)), chunk=1000):
            seen.append(len(block.samples))
            yield block

    audio.save(tmp_path / "copy.wav", watched())

    assert sum(seen) == RATE
    assert len(audio.load(tmp_path / "copy.wav").samples) == RATE
