"""The service behind edge-tts speaks what it was asked, and is asked where that was allowed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rp_audio
from rp_audio._speaker import speaker
from rp_audio._speech_store import remembered
from rp_core import NoBackendError

pytest.importorskip("edge_tts")
pytest.importorskip("aiohttp")
from support.speech_server import (
    NAMES,
    RATE,
    SAMPLES_A_BYTE,
    Exchange,
    SpeechServer,
    full_name,
    lists,
    mp3_of,
    pitch_of,
    speak,
)

TEXT = "The quick brown fox jumps over the lazy dog."
ENGINES = ("say", "powershell", "powershell.exe", "espeak-ng")


@pytest.fixture
def no_engine_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(tmp_path_factory.mktemp("no-programs")))
        speaker.refresh()
        yield
    speaker.refresh()


def pitch(samples: Any) -> float:
    """Return the Hertz that are the loudest, to about 10."""
    heights = np.abs(np.fft.rfft(np.hanning(len(samples)) * samples[:, 0]))
    return float(np.argmax(heights[1:]) + 1) * RATE / len(samples)


def is_speech_of(audio: rp_audio.Audio, text: str) -> bool:
    whole = rp_audio.sync.load(mp3_of(text))
    assert len(whole.samples) == len(mp3_of(text)) * SAMPLES_A_BYTE
    is_tone = abs(pitch(audio.samples) - pitch_of(text)) < 10
    return is_tone and audio.rate == RATE and np.array_equal(audio.samples, whole.samples)


async def test_speech_is_whole_and_right(service: SpeechServer) -> None:
    assert is_speech_of(await rp_audio.tts(TEXT, engine="edge"), TEXT)
    assert service.asked[0].text == TEXT
    assert service.asked[0].output == "audio-24khz-48kbitrate-mono-mp3"
    assert service.connections == 1


def test_the_sync_faces_speak_too(service: SpeechServer) -> None:
    many = rp_audio.sync.tts_many([TEXT], engine="edge")
    assert all(is_speech_of(a, TEXT) for a in (rp_audio.sync.tts(TEXT, engine="edge"), *many))


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"Sentence {n} & what comes with it." for n in range(350)),
        "\n".join(f"line <{n}>" for n in range(1000)),
        "".join(f"ä&{n}" for n in range(1300)),
    ],
    ids=["sentences", "lines", "one word"],
)
async def test_a_long_text_is_spoken_in_order(service: SpeechServer, text: str) -> None:
    audio = await rp_audio.tts(text, engine="edge")
    parts = [asked.text for asked in service.asked]
    assert len(parts) == service.connections > 2
    assert "".join("".join(parts).split()) == "".join(text.split())
    sounds = [mp3_of(part) for part in parts]
    assert np.array_equal(audio.samples, rp_audio.sync.load(b"".join(sounds)).samples)
    ends = np.cumsum([len(sound) * SAMPLES_A_BYTE for sound in sounds])
    assert ends[-1] == len(audio.samples)
    for part, sound in zip(parts, np.split(audio.samples, ends[:-1]), strict=True):
        assert abs(pitch(sound[2000:-2000]) - pitch_of(part)) < 10


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("<break time='9s'/> & \"so\" &amp; ]]> </speak><!-- -->", None),
        ("grüße 漢字 🦊 e\u0301 \u2028 \u0085 end", None),
        ("a\x00b\x0bc\x1bd", "a b c d"),
        ("a\ufffeb\uffffc", "a b c"),
    ],
    ids=["markup", "letters", "control characters", "no characters"],
)
def test_a_text_arrives_as_it_is(service: SpeechServer, text: str, heard: str | None) -> None:
    assert is_speech_of(rp_audio.sync.tts(text, engine="edge"), heard or text)
    assert service.asked[0].text == (heard or text)


@pytest.mark.parametrize(("rate", "said"), [(0.5, "-50%"), (1, "+0%"), (1.5, "+50%"), (2, "+100%")])
def test_a_rate_arrives_as_percents(service: SpeechServer, rate: float, said: str) -> None:
    rp_audio.sync.tts(TEXT, engine="edge", rate=rate)
    assert service.asked[0].rate == said


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00\x1f \x7f"])
def test_a_blank_text_is_refused_before_anyone_is_asked(service: SpeechServer, text: str) -> None:
    for engine in ("edge", None):
        with pytest.raises(ValueError, match="blank"):
            rp_audio.sync.tts(text, engine=engine, allow_network=True)
    assert service.connections == 0


async def test_an_mp3_has_the_bytes_that_came(service: SpeechServer, tmp_path: Path) -> None:
    tts: Any = rp_audio.tts
    path = tmp_path / "a.mp3"
    assert await tts(TEXT, engine="edge", path=path) == path
    assert path.read_bytes() == mp3_of(TEXT)


def test_another_format_has_the_sound_that_came(service: SpeechServer, tmp_path: Path) -> None:
    path = rp_audio.sync.tts(TEXT, engine="edge", path=tmp_path / "a.wav")
    kept, sent = rp_audio.sync.load(path), rp_audio.sync.load(mp3_of(TEXT))
    assert (path.read_bytes()[:4], kept.rate) == (b"RIFF", RATE)
    assert np.allclose(kept.samples, sent.samples, atol=1e-4)


def test_a_format_that_there_is_not_is_refused_before_anyone_is_asked(
    service: SpeechServer, tmp_path: Path
) -> None:
    with pytest.raises(ValueError):
        rp_audio.sync.tts(TEXT, engine="edge", path=tmp_path / "a.xyz")
    assert service.connections == 0


def test_speech_that_is_kept_is_asked_for_once(
    service: SpeechServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for _ in range(2):
        assert is_speech_of(rp_audio.sync.tts(TEXT, engine="edge", cache=True), TEXT)
        assert service.connections == 1
        remembered.cache_clear()
    rp_audio.sync.tts(TEXT, engine="edge", cache=True, rate=1.1)
    rp_audio.sync.tts(TEXT, engine="edge", cache=True, voice=NAMES[0])
    rp_audio.sync.tts(TEXT, engine="edge")
    assert service.connections == 4


async def test_many_texts_are_spoken_in_order_four_at_once(service: SpeechServer) -> None:
    async def unevenly(exchange: Exchange) -> None:
        await asyncio.sleep(0.05 if service.turns.count % 2 else 0.15)
        await speak(exchange)

    service.turns.usual = unevenly
    texts = [f"This is the text number {n}." * (1 + n % 3) for n in range(9)]
    found = await rp_audio.tts_many(texts, engine="edge", limit=9)
    assert all(is_speech_of(audio, text) for audio, text in zip(found, texts, strict=True))
    assert (service.connections, service.most_open) == (9, 4)


async def test_the_voices_are_those_of_the_service(service: SpeechServer) -> None:
    found = await rp_audio.voices("edge")
    assert [voice.id for voice in found] == list(NAMES)
    assert found[0].language == "de-DE"
    assert {(voice.engine, voice.gender) for voice in found} == {("edge", "female")}
    assert service.turns.count == 0
    await rp_audio.tts(TEXT, engine="edge", voice=found[0])
    assert service.asked[0].voice == full_name(NAMES[0])


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("de", "de-DE-KatjaNeural"),
        ("de-AT", "de-AT-IngridNeural"),
        ("EN_gb", "en-GB-SoniaNeural"),
        ("zh", "zh-CN-liaoning-XiaobeiNeural"),
        ("iu-Latn-CA", "iu-Latn-CA-SiqiniqNeural"),
    ],
)
def test_a_language_has_its_voice(service: SpeechServer, language: str, name: str) -> None:
    service.lists.usual = lists(
        [*NAMES, "zh-CN-liaoning-XiaobeiNeural", "iu-Latn-CA-SiqiniqNeural"]
    )
    rp_audio.sync.tts_many([TEXT, "Later."], engine="edge", language=language, limit=1)
    assert [asked.voice for asked in service.asked] == [full_name(name)] * 2
    assert service.lists.count == 1


async def test_a_language_without_a_voice_is_an_error(service: SpeechServer) -> None:
    with pytest.raises(rp_audio.UnknownVoiceError, match="xx"):
        await rp_audio.tts(TEXT, engine="edge", language="xx")
    assert service.turns.count == 0


@pytest.mark.parametrize(
    "name", ["", "Emma", "en-US-Emma", "en-US", "en-us-emmaneural", "en-US-EmmaNeural'><break/>"]
)
def test_what_cannot_be_a_voice_is_refused_unasked(service: SpeechServer, name: str) -> None:
    with pytest.raises(rp_audio.UnknownVoiceError):
        rp_audio.sync.tts(TEXT, engine="edge", voice=name)
    assert service.connections == 0


def test_a_voice_of_the_service_is_none_of_this_machine(service: SpeechServer) -> None:
    with pytest.raises(rp_audio.UnknownVoiceError, match='engine="edge"'):
        rp_audio.sync.tts(TEXT, voice="en-US-EmmaNeural")
    assert service.connections == 0


@pytest.mark.usefixtures("no_engine_here")
async def test_nobody_is_asked_where_that_was_not_allowed(service: SpeechServer) -> None:
    with pytest.raises(NoBackendError, match="espeak-ng"):
        await rp_audio.tts(TEXT)
    with pytest.raises(NoBackendError):
        await rp_audio.tts_many([TEXT])
    with pytest.raises(rp_audio.UnknownVoiceError, match='engine="edge"'):
        await rp_audio.tts(TEXT, voice="en-US-EmmaNeural")
    assert await rp_audio.voices() == []
    assert service.connections == 0


@pytest.mark.usefixtures("no_engine_here")
async def test_the_service_is_asked_where_there_is_no_other(service: SpeechServer) -> None:
    assert is_speech_of(await rp_audio.tts(TEXT, allow_network=True), TEXT)
    await rp_audio.tts(TEXT, allow_network=True, voice="en-US-EmmaNeural")
    assert service.asked[1].voice == full_name("en-US-EmmaNeural")


@pytest.mark.skipif(not any(map(shutil.which, ENGINES)), reason="no engine of this machine")
def test_the_engine_of_this_machine_is_asked_first(service: SpeechServer) -> None:
    assert len(rp_audio.sync.tts("one", allow_network=True).samples)
    assert service.connections == 0
