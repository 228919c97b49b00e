"""A wait for the service behind edge-tts has an end, and it ends where the call is cancelled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest

import rp_audio
from rp_core._portal import portal

pytest.importorskip("edge_tts")
pytest.importorskip("aiohttp")
from aiohttp import web

from support.leaks import other_tasks
from support.speech_server import Behaviour, Exchange, SpeechServer, begin, end, mp3_of, speak

TEXT = "The quick brown fox jumps over the lazy dog."
TIMEOUT = 0.2
SLACK = 2.0
ASKED_IN_SILENCE = 2
AT_ONCE = 4
on_asyncio = pytest.mark.parametrize("anyio_backend", ["asyncio"])


async def settles(condition: Callable[[], bool], seconds: float = 3.0) -> bool:
    with anyio.move_on_after(seconds):
        while not condition():
            await anyio.sleep(0.005)
    return condition()


async def stay(exchange: Exchange) -> None:
    await asyncio.sleep(60)


async def stay_after_the_handshake(exchange: Exchange) -> None:
    await exchange.accept()
    await stay(exchange)


async def stay_in_the_sound(exchange: Exchange) -> None:
    await begin(exchange, 0.5)
    await stay(exchange)


async def ping(exchange: Exchange) -> None:
    await begin(exchange, 0.5)
    for _ in range(200):
        await exchange.socket.ping()
        await asyncio.sleep(0.05)


async def refuse(exchange: Exchange) -> None:
    exchange.response = web.Response(status=503)


SILENCES = [stay, stay_after_the_handshake, stay_in_the_sound, ping]


@pytest.mark.parametrize("silence", SILENCES)
def test_silence_has_an_end(service: SpeechServer, silence: Behaviour) -> None:
    service.turns.usual = silence
    begun = time.perf_counter()
    with pytest.raises(rp_audio.SpeechError, match="silent"):
        rp_audio.sync.tts(TEXT, engine="edge", timeout=TIMEOUT)
    assert TIMEOUT < time.perf_counter() - begun < ASKED_IN_SILENCE * TIMEOUT + SLACK
    assert service.connections == ASKED_IN_SILENCE


def test_after_a_silence_it_is_asked_again(service: SpeechServer) -> None:
    service.turns.plan(stay_in_the_sound)
    audio = rp_audio.sync.tts(TEXT, engine="edge", timeout=0.5)
    assert np.array_equal(audio.samples, rp_audio.sync.load(mp3_of(TEXT)).samples)
    assert service.connections == 2


@on_asyncio
async def test_silence_of_the_list_of_voices_has_the_same_end(service: SpeechServer) -> None:
    service.lists.usual = stay
    with anyio.fail_after(ASKED_IN_SILENCE * TIMEOUT + SLACK), pytest.raises(rp_audio.SpeechError):
        await rp_audio.tts(TEXT, engine="edge", timeout=TIMEOUT, language="de")


def test_silence_of_a_list_that_was_asked_for_has_an_end(
    service: SpeechServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rp_audio._engines.edge_service._LIST_SECONDS", TIMEOUT)
    service.lists.usual = stay
    with pytest.raises(rp_audio.SpeechError, match="silent"):
        rp_audio.sync.voices("edge")
    assert service.connections == ASKED_IN_SILENCE


def test_speech_that_comes_slowly_is_no_silence(service: SpeechServer) -> None:
    async def speak_slowly(exchange: Exchange) -> None:
        await begin(exchange, 0)
        for start in range(0, len(sound), 300):
            await asyncio.sleep(0.1)
            await exchange.sound(sound[start : start + 300])
        await end(exchange)

    sound = mp3_of(TEXT)
    service.turns.usual = speak_slowly
    audio = rp_audio.sync.tts(TEXT, engine="edge", timeout=0.5)
    assert np.array_equal(audio.samples, rp_audio.sync.load(sound).samples)
    assert service.connections == 1


def test_speech_is_not_lost_where_the_service_does_not_part(service: SpeechServer) -> None:
    async def speak_and_stay(exchange: Exchange) -> None:
        await begin(exchange)
        await exchange.say("turn.end")
        await stay(exchange)

    service.turns.usual = speak_and_stay
    audio = rp_audio.sync.tts(TEXT, engine="edge", timeout=0.5)
    assert np.array_equal(audio.samples, rp_audio.sync.load(mp3_of(TEXT)).samples)
    assert service.connections == 1


async def cancelled(call: Awaitable[object], style: str, ready: Callable[[], bool]) -> float:
    """Cancel a call once it is where it is to be; returns how long it took to end."""
    begun = 0.0

    async def cancel(act: Callable[[], object]) -> None:
        nonlocal begun
        assert await settles(ready)
        begun = time.perf_counter()
        act()

    if style == "native":
        task = asyncio.ensure_future(call)
        await cancel(task.cancel)
        await asyncio.wait([task])
        assert task.cancelled()
    else:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cancel, tasks.cancel_scope.cancel)
            await call
    return time.perf_counter() - begun


@pytest.mark.parametrize("style", ["scope", "native"])
@pytest.mark.parametrize("where", [*SILENCES, refuse])
async def test_a_call_that_is_cancelled_ends_at_once_and_hangs_up(
    service: SpeechServer,
    where: Behaviour,
    style: str,
    anyio_backend: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    if style == "native" and anyio_backend[0] == "trio":
        pytest.skip("Trio has scopes only")
    monkeypatch.setattr("rp_audio._engines.edge_service._FIRST_DELAY", 60.0)
    service.turns.usual = where
    tts: Any = rp_audio.tts
    call = tts(TEXT, engine="edge", path=tmp_path / "a.mp3")
    assert await cancelled(call, style, lambda: service.turns.count == 1) < SLACK
    assert await settles(lambda: service.open_connections == 0)
    assert await settles(lambda: portal.call(other_tasks) == 0)
    assert list(tmp_path.iterdir()) == []
    assert service.connections == 1


@pytest.mark.parametrize("style", ["scope", "native"])
async def test_many_calls_that_are_cancelled_leave_room_for_others(
    service: SpeechServer, style: str, anyio_backend: Any
) -> None:
    if style == "native" and anyio_backend[0] == "trio":
        pytest.skip("Trio has scopes only")
    service.turns.usual = stay_in_the_sound
    texts = [f"{TEXT} {n}" for n in range(2 * AT_ONCE)]

    async def call() -> object:
        return await rp_audio.tts_many(texts, engine="edge", limit=len(texts))

    assert await cancelled(call(), style, lambda: len(service.asked) == AT_ONCE) < SLACK
    assert await settles(lambda: service.open_connections == 0)
    assert await settles(lambda: portal.call(other_tasks) == 0)
    service.turns.usual = speak
    with anyio.fail_after(5):
        assert len(await rp_audio.tts_many(texts, engine="edge")) == len(texts)
