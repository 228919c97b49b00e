"""Talking to the service behind edge-tts, which is known to break off, to refuse and to stall."""

from __future__ import annotations

import asyncio
import math
import random
import ssl
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakKeyDictionary
from xml.sax.saxutils import escape

import aiohttp
import edge_tts
from edge_tts.constants import DEFAULT_VOICE

from rp_audio._errors import SpeechError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator

    from rp_audio._speech import Speech

R = TypeVar("R")
_ATTEMPTS: Final = 4
_ATTEMPTS_IN_SILENCE: Final = 2
_FIRST_DELAY: Final = 0.25
_MOST_AT_ONCE: Final = 4  # it blocks those who ask for more
_CONNECT_SECONDS: Final = 10
_LIST_SECONDS: Final = 30
_PIECE_BYTES: Final = 4000  # edge-tts opens another connection for each 4096
_BYTES_A_SECOND: Final = 6000  # 48 kbit/s
_TICKS: Final = 10_000_000
_MOST_MISSING_SECONDS: Final = 0.5
_WORTH_ANOTHER_TRY: Final = frozenset({403, 408, 425, 429, 500, 502, 503, 504})
_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def list_voices(seconds: float | None = None) -> list[dict[str, Any]]:
    """Return what the service says of its voices.

    Raises:
        SpeechError: It does not answer.
    """

    async def ask() -> list[dict[str, Any]]:
        async with asyncio.timeout(seconds or _LIST_SECONDS):
            found: list[dict[str, Any]] = [dict(voice) for voice in await edge_tts.list_voices()]
        if not found or not all(isinstance(v["ShortName"] + v["Locale"], str) for v in found):
            raise SpeechError("the speech service does not list its voices")
        return found

    return await _with_patience(ask)


async def speak_pieces(request: Speech) -> bytes:
    """Return the speech of a text as an MP3 file, whole.

    Raises:
        SpeechError: The service does not answer, or not with all of it.
    """
    parts = []
    for piece in pieces(request.text):

        async def ask(piece: str = piece) -> bytes:
            return await _speak_once(request, piece)

        parts.append(await _with_patience(ask))
    return b"".join(parts)


def pieces(text: str) -> Iterator[str]:
    """Yield a text in parts that the service takes at once, each as long as it may be.

    They end where a line, a sentence or a word does, and inside of a word where nothing else does.
    """
    while text := text.strip():
        size, room = 0, _PIECE_BYTES
        for size, letter in enumerate(text):  # noqa: B007
            room -= len(escape(letter).encode())
            if room < 0:
                break
        else:
            yield text
            return
        ends = (text.rfind(mark, 0, size) + len(mark) for mark in ("\n", ". ", " "))
        end = next((end for end in ends if end > size // 2), size)
        yield text[:end].strip()
        text = text[end:]


async def _with_patience(ask: Callable[[], Coroutine[Any, Any, R]]) -> R:
    """Ask until there is an answer: a few times, with growing, uneven pauses."""
    loop = asyncio.get_running_loop()
    slots = _slots.setdefault(loop, asyncio.Semaphore(_MOST_AT_ONCE))
    delay = _FIRST_DELAY
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            async with slots:
                return await ask()
        except Exception as error:  # edge-tts raises of any kind where an answer is garbled
            most = _ATTEMPTS_IN_SILENCE if isinstance(error, TimeoutError) else _ATTEMPTS
            if attempt >= most or not _may_pass(error):
                raise _as_speech_error(error) from error
        await asyncio.sleep(delay * (0.5 + random.random()))  # noqa: S311
        delay *= 2
    raise AssertionError


def _may_pass(error: Exception) -> bool:
    if isinstance(error, aiohttp.ClientResponseError):
        return error.status in _WORTH_ANOTHER_TRY
    return not isinstance(error, (aiohttp.InvalidURL, ssl.CertificateError))


def _as_speech_error(error: Exception) -> SpeechError:
    if isinstance(error, SpeechError):
        return error
    reason = str(error) or type(error).__name__
    if isinstance(error, TimeoutError):
        reason = "it is silent"
    return SpeechError(f"the speech service fails: {reason}")


async def _speak_once(request: Speech, text: str) -> bytes:
    speaker = edge_tts.Communicate(
        text,
        _full_name(request.voice.id if request.voice else DEFAULT_VOICE),
        rate=f"{round((request.rate - 1) * 100):+d}%",
        connect_timeout=_CONNECT_SECONDS,
        receive_timeout=math.ceil(request.timeout),
    )
    sound = bytearray()
    end = 0.0
    async for message in _messages(speaker, request):
        if message["type"] == "audio":
            sound += message["data"]
        else:
            end = max(end, (message["offset"] + message["duration"]) / _TICKS)
    # It counts the bytes of a turn until the service says that the turn has ended.
    is_open = bool(speaker.state.get("chunk_audio_bytes", 0))
    if is_open or len(sound) / _BYTES_A_SECOND < end - _MOST_MISSING_SECONDS:
        raise SpeechError("the speech service broke off")
    if not sound:
        raise SpeechError("the speech service sent no sound")
    return bytes(sound)


def _has_ended(speaker: edge_tts.Communicate) -> bool:
    """Return whether all of the speech is here, and only the service's farewell is not."""
    state = speaker.state
    return bool(state.get("cumulative_audio_bytes")) and not state.get("chunk_audio_bytes")


def _full_name(voice: str) -> str:
    """Return the name that the service has; edge-tts makes none of some, as iu-Latn-CA-..."""
    language, _, name = voice.rpartition("-")
    return f"Microsoft Server Speech Text to Speech Voice ({language}, {name})"


async def _messages(speaker: edge_tts.Communicate, request: Speech) -> AsyncIterator[Any]:
    """Yield what the service sends; edge-tts itself would wait for ever."""
    stream = speaker.stream()
    try:
        while True:
            try:
                async with asyncio.timeout(request.timeout):
                    message = await anext(stream)
            except StopAsyncIteration:
                return
            except TimeoutError:
                if _has_ended(speaker):
                    return
                raise
            yield message
    finally:
        await stream.aclose()
