"""The service behind edge-tts, on loopback: it speaks in tones, and fails as it is told."""

from __future__ import annotations

import asyncio
import io
import json
import struct
import threading
import uuid
import xml.etree.ElementTree as ET
import zlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from socket import SO_LINGER, SOL_SOCKET
from typing import Final, Self

import numpy as np
import pytest
import soundfile
from aiohttp import WSMsgType, web

RATE: Final = 24_000
SAMPLES_A_BYTE: Final = 4  # 48 kbit/s
_FRAME_BYTES: Final = 144
NAMES: Final = ("de-DE-KatjaNeural", "en-US-EmmaNeural", "en-GB-SoniaNeural", "de-AT-IngridNeural")
_LEVEL: Final = 0.75  # at which libsndfile writes 48 kbit/s
_PART: Final = 5 * _FRAME_BYTES
_TICKS: Final = 10_000_000
_PATIENCE: Final = 10.0

Behaviour = Callable[["Exchange"], Awaitable[None]]


def pitch_of(text: str) -> float:
    """Return the Hertz of the tone that a text is spoken as."""
    return 400 + 40.0 * (zlib.crc32(text.encode()) % 64)


@cache
def mp3_of(text: str) -> bytes:
    """Return what a text is spoken as, which is longer where the text is: frames and no header."""
    count = int(RATE * (0.3 + len(text) / 2000))
    tone = 0.3 * np.sin(2 * np.pi * pitch_of(text) / RATE * np.arange(count))
    file = io.BytesIO()
    soundfile.write(
        file, tone, RATE, format="MP3", compression_level=_LEVEL, bitrate_mode="CONSTANT"
    )
    return file.getvalue()


def full_name(voice: str) -> str:
    """Return the name by which a voice is asked for."""
    language, _, name = voice.rpartition("-")
    return f"Microsoft Server Speech Text to Speech Voice ({language}, {name})"


@dataclass(frozen=True)
class Asked:
    """What a connection asked for."""

    text: str
    voice: str
    rate: str
    output: str


class Script:
    """How requests of one kind are answered: as was planned, and from then on as usual."""

    def __init__(self, usual: Behaviour) -> None:
        self.usual = usual
        self.count = 0
        self._planned: deque[Behaviour] = deque()

    def plan(self, *behaviours: Behaviour) -> None:
        self._planned.extend(behaviours)

    def take(self) -> Behaviour:
        self.count += 1
        return self._planned.popleft() if self._planned else self.usual


class Exchange:
    """One request, and what is answered to it."""

    def __init__(self, request: web.BaseRequest, asked: list[Asked]) -> None:
        self.request = request
        self.response: web.StreamResponse = web.Response()
        self._asked = asked
        self.socket = web.WebSocketResponse()
        self._id = uuid.uuid4().hex.upper()

    async def accept(self) -> Asked:
        """Shake hands, and take what is to be spoken."""
        self.response = self.socket
        await self.socket.prepare(self.request)
        config = json.loads(await self._hear("speech.config"))
        voice = ET.fromstring(await self._hear("ssml")).find("{*}voice")
        assert voice is not None
        (prosody,) = voice
        output = config["context"]["synthesis"]["audio"]["outputFormat"]
        asked = Asked(prosody.text or "", voice.attrib["name"], prosody.attrib["rate"], str(output))
        self._asked.append(asked)
        return asked

    async def say(self, path: str, about: object = None) -> None:
        """Send a message of text."""
        head = f"X-RequestId:{self._id}\r\nContent-Type:application/json\r\nPath:{path}"
        await self.socket.send_str(f"{head}\r\n\r\n{json.dumps(about or {})}")

    async def sound(self, data: bytes) -> None:
        """Send sound in parts; without data: that it ends."""
        kind = "Content-Type:audio/mpeg\r\n" if data else ""
        head = f"X-RequestId:{self._id}\r\n{kind}X-StreamId:1\r\nPath:audio\r\n".encode()
        for start in range(0, len(data) or 1, _PART):
            part = data[start : start + _PART]
            await self.socket.send_bytes(struct.pack(">H", len(head)) + head + part)

    async def reset(self) -> None:
        """Break the connection off."""
        transport = self.request.transport
        assert isinstance(transport, asyncio.Transport)
        at_once = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, at_once)
        transport.abort()

    async def _hear(self, path: str) -> str:
        message = await self.socket.receive()
        if message.type is not WSMsgType.TEXT:
            raise ConnectionError
        head, _, body = message.data.partition("\r\n\r\n")
        assert f"Path:{path}" in head.split("\r\n")
        return str(body)


async def begin(exchange: Exchange, share: float = 1) -> None:
    """Speak a share of a text, and not say that it ends."""
    asked = await exchange.accept()
    data = mp3_of(asked.text)
    await exchange.say("turn.start")
    await exchange.say("response")
    ticks = len(data) * SAMPLES_A_BYTE * _TICKS // RATE
    text = {"Text": asked.text, "Length": len(asked.text), "BoundaryType": "SentenceBoundary"}
    about = {"Type": "SentenceBoundary", "Data": {"Offset": 0, "Duration": ticks, "text": text}}
    await exchange.say("audio.metadata", {"Metadata": [about]})
    if size := int(len(data) * share) // _FRAME_BYTES * _FRAME_BYTES:
        await exchange.sound(data[:size])


async def end(exchange: Exchange) -> None:
    """Say that a text has been spoken."""
    await exchange.sound(b"")
    await exchange.say("turn.end")
    await exchange.socket.receive()  # until the client closes it, and then part from it


async def speak(exchange: Exchange) -> None:
    await begin(exchange)
    await end(exchange)


def lists(names: Iterable[str]) -> Behaviour:
    """List voices."""
    found = [
        {
            "Name": full_name(name),
            "ShortName": name,
            "Gender": "Female",
            "Locale": name.rpartition("-")[0],
            "SuggestedCodec": "audio-24khz-48kbitrate-mono-mp3",
            "FriendlyName": f"Microsoft {name} Online (Natural)",
            "Status": "GA",
            "VoiceTag": {},
        }
        for name in names
    ]

    async def answer(exchange: Exchange) -> None:
        exchange.response = web.json_response(found)

    return answer


class SpeechServer:
    """The server, between `with` and its end, on a thread of its own.

    A client that leaves is no error; the end of `with` raises the first other one of an answer.
    `turns` and `lists` say what is answered, `asked` what was asked for; `connections` counts all
    that were accepted, and `most_open` is how many were answered at once.
    """

    def __init__(self) -> None:
        self.turns, self.lists = Script(speak), Script(lists(NAMES))
        self.asked: list[Asked] = []
        self.connections = self.most_open = self._open = 0
        self._errors: list[Exception] = []

    def __enter__(self) -> Self:
        ready: Future[int] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        self.port = ready.result(_PATIENCE)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(_PATIENCE)
        assert not self._thread.is_alive()
        if kind is None and self._errors:
            raise self._errors[0]

    def attach(self, patch: pytest.MonkeyPatch) -> None:
        """Have edge-tts ask nobody else, and rp_audio hardly wait before it asks again."""
        origin = f"127.0.0.1:{self.port}"
        patch.setattr("edge_tts.communicate.WSS_URL", f"ws://{origin}/speech?token=1")
        patch.setattr("edge_tts.voices.VOICE_LIST", f"http://{origin}/list?token=1")
        patch.setattr("edge_tts.drm.DRM.clock_skew_seconds", 0.0)
        patch.setattr("rp_audio._engines.edge_service._FIRST_DELAY", 0.002)
        for name in ("http_proxy", "https_proxy", "ws_proxy", "wss_proxy", "all_proxy"):
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)

    @property
    def open_connections(self) -> int:
        return len(self._server.connections)

    async def _serve(self, ready: Future[int]) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        self._server = web.Server(self._answer, handler_cancellation=True, access_log=None)

        def protocol() -> asyncio.BaseProtocol:
            self.connections += 1
            return self._server()

        listener = await self._loop.create_server(protocol, "127.0.0.1", 0)
        ready.set_result(listener.sockets[0].getsockname()[1])
        await self._ending.wait()
        listener.close()
        await self._server.shutdown(0)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        exchange = Exchange(request, self.asked)
        script = self.lists if request.path == "/list" else self.turns
        self._open += 1
        self.most_open = max(self.most_open, self._open)
        try:
            with suppress(ConnectionError):
                await script.take()(exchange)
        except Exception as error:
            self._errors.append(error)
        finally:
            self._open -= 1
        return exchange.response
