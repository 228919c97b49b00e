"""Speech that is kept, in memory and on disk."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Final

from rp_audio._speaker import engine_module, speaker, usable
from rp_core import DiskStore, cache_dir, cached

if TYPE_CHECKING:
    from rp_audio._speech import Speech

_MAX_BYTES_ON_DISK: Final = 1 << 28
_MAX_BYTES: Final = 1 << 26
_NAME: Final = "rp-audio-speech"


def identity(order: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the engine that is asked first, with its version; None: there is none.

    Speech is kept by these: where an engine is installed later, or another version, it is asked.
    """
    there = usable(order)
    return (there[0], engine_module(there[0]).version()) if there else None


def _key(request: Speech, who: tuple[str, str], order: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG001
    voice = request.voice.id if request.voice else ""
    folder = str(cache_dir(_NAME))
    return (folder, *who, voice, request.language or "", f"{request.rate:.6f}", request.text)


@cached(maxsize=None, max_bytes=_MAX_BYTES, key=_key)
def remembered(request: Speech, who: tuple[str, str], order: tuple[str, ...]) -> bytes:
    """Return speech that is kept, or have it spoken and keep it.

    Raises:
        Exception: As the engines.
    """
    folder, *key = _key(request, who, order)
    data: bytes | None = None
    with suppress(OSError):
        data = _store(folder).get(tuple(key))
    if data is None:
        data = speaker.using(order)(request)
        with suppress(OSError):  # a cache that cannot be used is none
            _store(folder).set(tuple(key), data)
    return data


@cache
def _store(folder: str) -> DiskStore:
    return DiskStore(_NAME, _MAX_BYTES_ON_DISK, folder=folder)
