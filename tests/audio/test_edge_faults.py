"""The service behind edge-tts refuses, breaks off and babbles; there is all of a speech or none."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rp_audio

pytest.importorskip("edge_tts")
pytest.importorskip("aiohttp")
from aiohttp import web
from edge_tts.drm import DRM

from support.speech_server import (
    NAMES,
    Behaviour,
    Exchange,
    SpeechServer,
    begin,
    end,
    mp3_of,
    speak,
)

TEXT = "The quick brown fox jumps over the lazy dog." * 30
ATTEMPTS = 4


def is_the_speech(audio: rp_audio.Audio) -> bool:
    return np.array_equal(audio.samples, rp_audio.sync.load(mp3_of(TEXT)).samples)


def refuse(status: int, *, dated: bool = True, body: bytes = b"") -> Behaviour:
    class Answer(web.Response):
        async def _prepare_headers(self) -> None:
            await super()._prepare_headers()
            if not dated:
                del self.headers["Date"]

    async def answer(exchange: Exchange) -> None:
        exchange.response = Answer(status=status, body=body)

    return answer


def speak_some(share: float, then: Behaviour) -> Behaviour:
    async def answer(exchange: Exchange) -> None:
        await begin(exchange, share)
        await then(exchange)

    return answer


def babble(message: str | bytes) -> Behaviour:
    async def answer(exchange: Exchange) -> None:
        await begin(exchange, 0.5)
        is_text = isinstance(message, str)
        send: Any = exchange.socket.send_str if is_text else exchange.socket.send_bytes
        await send(message)
        await end(exchange)

    return answer


async def break_a_frame(exchange: Exchange) -> None:
    await begin(exchange, 0.5)
    transport: Any = exchange.request.transport
    transport.write(b"\xff\xff\xff\xff")
    await exchange.socket.receive()


async def hang_up(exchange: Exchange) -> None:
    transport: Any = exchange.request.transport
    transport.close()


async def close(exchange: Exchange) -> None:
    await exchange.socket.close()


FAULTS: dict[str, Behaviour] = {
    "403": refuse(403),
    "403 without a date": refuse(403, dated=False),
    "429": refuse(429),
    "500": refuse(500),
    "503": refuse(503, body=b"<html>busy</html>"),
    "hung up": hang_up,
    "reset at once": Exchange.reset,
    "cut before the sound": speak_some(0, close),
    "cut in the sound": speak_some(0.5, close),
    "cut before the end": speak_some(1, close),
    "hung up in the sound": speak_some(0.5, hang_up),
    "reset in the sound": speak_some(0.5, Exchange.reset),
    "no sound": speak_some(0, end),
    "less sound than was said": speak_some(0.4, end),
    "unknown path": babble("X-RequestId:1\r\nPath:turn.maybe\r\n\r\n{}"),
    "no headers": babble("garbage"),
    "no JSON": babble("Path:audio.metadata\r\n\r\n{"),
    "other JSON": babble("Path:audio.metadata\r\n\r\n[]"),
    "short bytes": babble(b"\x00"),
    "no headers of bytes": babble(b"\x00\x07garbage"),
    "broken frame": break_a_frame,
}
each_fault = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())


@each_fault
def test_after_a_fault_that_passes_it_is_asked_again(
    service: SpeechServer, fault: Behaviour
) -> None:
    service.turns.plan(fault, fault)
    assert is_the_speech(rp_audio.sync.tts(TEXT, engine="edge"))
    assert service.turns.count == 3


@each_fault
def test_a_fault_that_stays_is_a_typed_error(
    service: SpeechServer, fault: Behaviour, tmp_path: Path
) -> None:
    service.turns.usual = fault
    with pytest.raises(rp_audio.SpeechError, match="edge: the speech service") as caught:
        rp_audio.sync.tts(TEXT, engine="edge", path=tmp_path / "a.mp3")
    assert type(caught.value) is rp_audio.SpeechError
    assert [type(attempt.error) for attempt in caught.value.attempts] == [rp_audio.SpeechError]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", ["503", "cut in the sound", "no sound"])
async def test_it_is_asked_so_often_and_no_more(service: SpeechServer, fault: str) -> None:
    service.turns.usual = FAULTS[fault]
    with pytest.raises(rp_audio.SpeechError):
        await rp_audio.tts(TEXT, engine="edge")
    assert service.connections == ATTEMPTS


@pytest.mark.parametrize("status", [400, 401, 404, 410])
async def test_a_refusal_for_good_is_not_asked_again(service: SpeechServer, status: int) -> None:
    service.turns.usual = refuse(status)
    with pytest.raises(rp_audio.SpeechError, match=str(status)):
        await rp_audio.tts(TEXT, engine="edge")
    assert service.connections == 1


async def test_a_port_that_nobody_listens_on_is_an_error(
    service: SpeechServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setattr("edge_tts.communicate.WSS_URL", f"ws://127.0.0.1:{port}/speech?token=1")
    with pytest.raises(rp_audio.SpeechError, match="edge: the speech service"):
        await rp_audio.tts(TEXT, engine="edge")


def test_a_part_of_a_long_text_is_asked_for_again_alone(service: SpeechServer) -> None:
    text = "One, two. " * 1000
    service.turns.plan(speak, FAULTS["cut in the sound"], speak, FAULTS["503"])
    audio = rp_audio.sync.tts(text, engine="edge")
    asked = [asked.text for asked in service.asked]
    assert asked[1] == asked[2]
    assert service.turns.count == 5
    sound = b"".join(map(mp3_of, [asked[0], *asked[2:]]))
    assert np.array_equal(audio.samples, rp_audio.sync.load(sound).samples)


def token_at(ahead: float) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DRM, "clock_skew_seconds", ahead)
        return DRM.generate_sec_ms_gec()


@pytest.mark.parametrize("ahead", [-86_400, 7_200])
def test_a_clock_that_is_wrong_is_set_right(service: SpeechServer, ahead: int) -> None:
    async def check_the_time(exchange: Exchange) -> None:
        now = datetime.now(UTC) + timedelta(seconds=ahead)
        if exchange.request.query["Sec-MS-GEC"] in tokens:
            await speak(exchange)
        else:
            exchange.response = web.Response(
                status=403, headers={"Date": format_datetime(now, usegmt=True)}
            )

    tokens = [token_at(ahead + seconds) for seconds in (-5, 5, 30)]
    service.turns.usual = check_the_time
    for count in (2, 3):
        assert is_the_speech(rp_audio.sync.tts(TEXT, engine="edge"))
        assert service.connections == count
    assert abs(DRM.clock_skew_seconds - ahead) < 3


def test_speech_that_failed_is_not_kept(
    service: SpeechServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    service.turns.usual = FAULTS["cut in the sound"]
    with pytest.raises(rp_audio.SpeechError):
        rp_audio.sync.tts(TEXT, engine="edge", cache=True)
    service.turns.usual = speak
    assert is_the_speech(rp_audio.sync.tts(TEXT, engine="edge", cache=True))


LIST_FAULTS: dict[str, Behaviour] = {
    "403": refuse(403),
    "503": refuse(503),
    "hung up": hang_up,
    "reset": Exchange.reset,
    "a page": refuse(200, body=b"<html>busy</html>"),
    "no text": refuse(200, body=b"\xff\xfe\xfd"),
    "null": refuse(200, body=b"null"),
    "an object": refuse(200, body=b'{"error": "busy"}'),
    "no voices": refuse(200, body=b"[]"),
    "nameless voices": refuse(200, body=b'[{"Locale": "de-DE"}]'),
}


@pytest.mark.parametrize("fault", LIST_FAULTS.values(), ids=LIST_FAULTS.keys())
def test_a_list_of_voices_that_fails_is_a_typed_error_and_is_not_kept(
    service: SpeechServer, fault: Behaviour
) -> None:
    usual, service.lists.usual = service.lists.usual, fault
    with pytest.raises(rp_audio.SpeechError) as caught:
        rp_audio.sync.voices("edge")
    assert type(caught.value) is rp_audio.SpeechError
    with pytest.raises(rp_audio.SpeechError):
        rp_audio.sync.tts(TEXT, engine="edge", language="de")
    service.lists.usual = usual
    service.lists.plan(fault, fault)
    assert len(rp_audio.sync.voices("edge")) == len(NAMES)


async def test_a_list_of_voices_that_is_refused_for_good_is_not_asked_again(
    service: SpeechServer,
) -> None:
    service.lists.usual = refuse(401)
    with pytest.raises(rp_audio.SpeechError, match="401"):
        await rp_audio.voices("edge")
    assert service.connections == 1
