"""Begin to play sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_audio._play import performance_of
from rp_audio._sync_playback import Playback

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_audio._types import Sound
    from rp_core import Source


def start(
    source: Source | Sound,
    /,
    *,
    volume: float = 1.0,
    urls: bool = True,
    backend: str | Sequence[str] | None = None,
) -> Playback:
    """Begin to play sound, and return as soon as a device takes it.

    Args:
        source: As in `play`.
        volume: As in `play`.
        urls: Whether URLs may be read.
        backend: As in `play`.

    Returns:
        The `Playback`, to wait for, to stop, or to ask how far it is. It goes on by itself, up to
        the end of the sound or of the interpreter.

    Raises:
        Exception: As `play`, up to where the sound begins.
    """
    performance = performance_of(source, volume=volume, urls=urls, backend=backend)
    performance.start()
    return Playback(performance)
