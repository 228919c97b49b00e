"""Text that is spoken, by whatever engine is here, with the voice that is wanted."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest

import rp_audio
import rp_audio.sync as audio
import rp_core
from rp_audio._engines import sapi, say
from rp_audio._player import player
from rp_audio._speaker import speaker
from rp_audio._speech import Speech
from rp_audio._speech_store import remembered
from rp_audio._voice import Voice, voice_for
from support.players import HANG, NO_DEVICE, TAKE_ALL, arguments_of, fake_program
from support.sounds import encoded, tone

TEXT = "The quick brown fox jumps over the lazy dog."
KEEP_SPEECH = """
text = sys.stdin.buffer.read()
open(os.path.join(log, "{name}.input"), "wb").write(text)
path = os.environ.get("RP_AUDIO_PATH") or sys.argv[sys.argv.index("-o") + 1]
shutil.copy(os.path.join(log, "speech.wav"), path)
"""
SAY_VOICES = """
if sys.argv[1:] == ["-v", "?"]:
    print("Alex                en_US    # Most people recognize me by my voice.")
    print("Eddy (German (Germany)) de_DE    # Hallo!")
    sys.exit()
"""
SAPI_VOICES = """
if "GetInstalledVoices" in sys.argv[-1]:
    print("Microsoft David Desktop|en-US|Male\\r\\nMicrosoft Hedda Desktop|de-DE|Female\\r")
    sys.exit()
open(os.path.join(log, "environment"), "w").write(repr(dict(os.environ)))
"""


@pytest.fixture
def espeak() -> None:
    if next(b for b in speaker.backends if b.name == "espeak").state != "installed":
        pytest.skip("espeak-ng is not here")


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is the PATH, for programs that are none; and the backends look anew."""
    folder = tmp_path / "fakes"
    folder.mkdir()
    (folder / "speech.wav").write_bytes(encoded(tone(0.5, channels=1, rate=22_050), 22_050))
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("RP_FAKES", str(folder))
    speaker.refresh()
    player.refresh()
    yield folder
    speaker.refresh()
    player.refresh()


@pytest.mark.usefixtures("espeak")
def test_speech_is_heard_where_speech_should_be(leaves_nothing: None) -> None:
    samples, rate = audio.tts(TEXT)

    assert rate == 22_050
    assert samples.shape[1] == 1
    assert samples.dtype == np.float32
    assert 1.5 < len(samples) / rate < 5
    spectrum = np.square(np.abs(np.fft.rfft(samples[:, 0])))
    frequencies = np.fft.rfftfreq(len(samples), 1 / rate)
    spoken = spectrum[(frequencies > 80) & (frequencies < 5000)].sum() / spectrum.sum()
    assert spoken > 0.9
    assert 0.05 < np.abs(samples).max() <= 1


@pytest.mark.usefixtures("espeak")
def test_a_rate_makes_it_shorter_or_longer() -> None:
    usual, fast, slow = (audio.tts(TEXT, rate=rate).duration for rate in (1.0, 1.8, 0.6))

    assert fast < 0.75 * usual
    assert slow > 1.3 * usual


@pytest.mark.usefixtures("espeak")
def test_languages_and_voices_sound_different() -> None:
    spoken = {
        "default": audio.tts(TEXT),
        "de": audio.tts(TEXT, language="de"),
        "fr": audio.tts(TEXT, language="fr-FR"),
        "pt": audio.tts(TEXT, language="pt_br"),
    }

    assert len({sound.samples.tobytes() for sound in spoken.values()}) == len(spoken)
    american = next(v for v in audio.voices("espeak") if v.language == "en-US")
    expected = audio.tts(TEXT, language="en-us").samples
    for voice in (american, american.name, american.id, "en-us", american.name.upper()):
        np.testing.assert_array_equal(audio.tts(TEXT, voice=voice).samples, expected)


@pytest.mark.usefixtures("espeak")
@pytest.mark.parametrize(
    ("language", "voice"),
    [("en", "en-GB"), ("en-US", "en-US"), ("fr", "fr-FR"), ("fr-CA", "fr-FR"), ("pt-BR", "pt-BR"),
     ("eng", "en-GB"), ("de_AT", "de"), ("es-ES", "es")],
)  # fmt: skip
def test_a_language_is_spoken_as_most_do(language: str, voice: str) -> None:
    found = voice_for(audio.voices("espeak"), language)

    assert found
    assert found.language == voice


def test_of_many_regions_the_main_one_is_taken() -> None:
    voices = [
        Voice(name, name, None, "edge", name) for name in ("de-AT", "de-DE", "en-AU", "en-US")
    ]

    for language, expected in (
        ("de", "de-DE"),
        ("en", "en-US"),
        ("en-NZ", "en-US"),
        ("de-at", "de-AT"),
    ):
        found = voice_for(voices, language)
        assert found
        assert found.language == expected
    assert voice_for(voices, "fr") is None


@pytest.mark.usefixtures("espeak")
def test_voices_say_what_they_are() -> None:
    found = audio.voices()

    assert len(found) > 50
    assert {voice.engine for voice in found} == {"espeak"}
    assert not [voice for voice in found if voice.id.startswith("mb/")]
    german = [voice for voice in found if voice.language == "de"]
    assert german
    assert german[0].gender in {"male", "female", None}
    assert audio.voices("espeak-ng") == found


def test_engines_say_whether_they_can_work() -> None:
    found = {engine.name: engine for engine in audio.engines()}

    assert list(found) == ["say", "sapi", "espeak", "edge"]
    assert [name for name, engine in found.items() if engine.is_network] == ["edge"]
    assert all(engine.state in {"installed", "missing", "broken"} for engine in found.values())
    assert "espeak-ng" in found["espeak"].install


@pytest.mark.parametrize(
    ("text", "options", "error"),
    [
        ("", {}, ValueError),
        (" \n\t ", {}, ValueError),
        ("\0\x01", {}, ValueError),
        ("\ud800", {}, ValueError),
        (5, {}, TypeError),
        (b"text", {}, TypeError),
        ("x" * 100_000, {}, rp_core.LimitExceededError),
        ("hi", {"engine": "nope"}, ValueError),
        ("hi", {"engine": 5}, ValueError),
        ("hi", {"voice": "no such voice"}, rp_audio.UnknownVoiceError),
        ("hi", {"voice": 5}, TypeError),
        ("hi", {"voice": Voice("x", "en", None, "nope", "x")}, rp_audio.UnknownVoiceError),
        ("hi", {"language": ""}, ValueError),
        ("hi", {"language": 5}, ValueError),
        ("hi", {"rate": 0}, ValueError),
        ("hi", {"rate": float("nan")}, ValueError),
        ("hi", {"rate": "fast"}, TypeError),
        ("hi", {"timeout": 0}, ValueError),
        ("hi", {"path": "missing/speech.wav"}, FileNotFoundError),
        ("hi", {"path": "speech.xyz"}, ValueError),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_cannot_be_spoken_is_a_typed_error(
    text: Any, options: dict[str, Any], error: type[Exception], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, leaves_nothing: None,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error):
        audio.tts(text, **options)
    if "path" not in options:
        with pytest.raises(error):
            audio.tts_many([text], **options)
    assert not os.listdir(tmp_path)


@pytest.mark.usefixtures("espeak")
def test_an_unknown_language_is_named() -> None:
    with pytest.raises(rp_audio.UnknownVoiceError, match="xx-YY"):
        audio.tts("hi", language="xx-YY")
    with pytest.raises(ValueError, match="xx-YY"):
        audio.tts("hi", language="xx-YY", engine="espeak")


@pytest.mark.usefixtures("espeak")
def test_markup_and_options_in_a_text_are_only_text() -> None:
    plain = audio.tts("hello there").duration

    for text in ("-w /tmp/evil.wav hello", "--version", "[[slnc 9000]] hello", "<break/> hello"):
        assert 0.2 * plain < audio.tts(text).duration < 6 * plain
    assert not os.path.exists("/tmp/evil.wav")


@pytest.mark.usefixtures("espeak")
def test_a_long_text_is_spoken_whole() -> None:
    once = audio.tts("Five little words are here. ").duration
    long = audio.tts("Five little words are here. " * 120).duration

    assert long > 100 * once
    assert audio.tts("word " * 12_000, max_chars=None, rate=2.0).duration > 600


@pytest.mark.usefixtures("espeak")
@pytest.mark.parametrize("name", ["speech.wav", "speech.flac", "speech.mp3", "speech.ogg"])
async def test_speech_is_written(name: str, tmp_path: Path, leaves_nothing: None) -> None:
    path = await rp_audio.tts(TEXT, path=tmp_path / name)

    assert path == tmp_path / name
    assert audio.load(str(path)).duration == pytest.approx(audio.tts(TEXT).duration, abs=0.05)
    assert os.listdir(tmp_path) == [name]


@pytest.mark.usefixtures("espeak")
async def test_many_texts_are_spoken_in_order(leaves_nothing: None) -> None:
    texts = ["one", "twenty two thousand", "three", "four hundred and forty four"]

    spoken = await rp_audio.tts_many(texts)

    for text, sound in zip(texts, spoken, strict=True):
        np.testing.assert_array_equal(sound.samples, audio.tts(text).samples)
    with pytest.raises(ValueError, match="blank"):
        await rp_audio.tts_many(["fine", " "])
    kept = await rp_audio.tts_many(["fine", " "], on_error="skip")
    assert len(kept) == 1


@pytest.mark.usefixtures("espeak")
def test_speech_is_kept_on_disk_and_not_spoken_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = audio.tts(TEXT, cache=True).samples
    assert any(path.is_file() for path in tmp_path.rglob("*"))
    remembered.cache_clear()

    def fail(request: Speech) -> bytes:
        raise AssertionError(request)

    backend = next(b for b in speaker.backends if b.name == "espeak")
    with monkeypatch.context() as patched:
        patched.setattr(backend, "fn", fail)
        np.testing.assert_array_equal(audio.tts(TEXT, cache=True).samples, first)
        np.testing.assert_array_equal(audio.tts_many([TEXT], cache=True)[0].samples, first)
        for other in ({"rate": 1.1}, {"language": "de"}, {"voice": "en-us"}):
            with pytest.raises(rp_audio.SpeechError):
                audio.tts(TEXT, cache=True, **other)
        with pytest.raises(rp_audio.SpeechError):
            audio.tts(TEXT + " ", cache=True)
        with pytest.raises(rp_audio.SpeechError):
            audio.tts(TEXT)
    remembered.cache_clear()


def test_without_an_engine_the_message_says_what_to_install(fakes: Path) -> None:
    with pytest.raises(rp_core.NoBackendError, match="espeak-ng"):
        audio.tts("hi")
    with pytest.raises(rp_core.NoBackendError, match="espeak-ng"):
        audio.speak("hi")
    with pytest.raises(rp_core.MissingDependencyError, match="espeak"):
        audio.voices("espeak")
    with pytest.raises(rp_audio.UnknownVoiceError):
        audio.tts("hi", voice="en-us")
    assert audio.voices() == []


@pytest.mark.parametrize(
    ("body", "match"),
    [(NO_DEVICE, "there is no device"), ("", "no sound|empty|worked")],
)
def test_an_engine_that_fails_is_a_typed_error(
    body: str, match: str, fakes: Path, tmp_path: Path, leaves_nothing: None
) -> None:
    fake_program(fakes, "espeak-ng", body)

    with pytest.raises(rp_audio.AudioError, match=match):
        audio.tts("hi", path=tmp_path / "speech.wav")
    assert not (tmp_path / "speech.wav").exists()


async def test_a_cancelled_engine_is_ended(
    fakes: Path, tmp_path: Path, leaves_nothing: None
) -> None:
    fake_program(fakes, "espeak-ng", HANG)
    began = time.monotonic()

    with anyio.move_on_after(0.5) as scope:
        await rp_audio.tts("hi", path=tmp_path / "speech.wav")

    assert scope.cancelled_caught
    assert time.monotonic() - began < 5
    assert not (tmp_path / "speech.wav").exists()


def test_macos_speaks_with_say(
    fakes: Path, monkeypatch: pytest.MonkeyPatch, leaves_nothing: None
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    fake_program(fakes, "say", SAY_VOICES + KEEP_SPEECH)
    text = "Grüße; $(touch evil) 'quoted' -o x [[cmd]]"

    sound = audio.tts(text, voice="eddy (german (germany))", rate=1.2)

    assert sound.duration == pytest.approx(0.5)
    *_, arguments = arguments_of(fakes, "say")
    path = arguments[arguments.index("-o") + 1]
    assert arguments == [
        "-v", "Eddy (German (Germany))", "-r", "210", "-o", path, "--file-format=WAVE",
        "--data-format=LEI16@22050", "-f", "-",
    ]  # fmt: skip
    assert (fakes / "say.input").read_text("utf-8") == text.replace("[[", "[ [")
    assert not os.path.exists(path)
    assert [voice.language for voice in audio.voices("say")] == ["en-US", "de-DE"]
    audio.tts("Hallo", language="de")
    assert arguments_of(fakes, "say")[-1][1] == "Eddy (German (Germany))"
    audio.tts("Hello")
    assert "-v" not in arguments_of(fakes, "say")[-1]
    assert say.version()


def test_windows_speaks_with_powershell(
    fakes: Path, monkeypatch: pytest.MonkeyPatch, leaves_nothing: None
) -> None:
    monkeypatch.setattr("rp_audio._speaker.is_windows", lambda: True)
    fake_program(fakes, "powershell", SAPI_VOICES + KEEP_SPEECH)
    text = "Grüße; '); Remove-Item x #"

    sound = audio.tts(text, language="de", rate=2.0)

    assert sound.duration == pytest.approx(0.5)
    *_, arguments = arguments_of(fakes, "powershell")
    assert arguments[:3] == ["-NoProfile", "-NonInteractive", "-Command"]
    assert len(arguments) == 4
    assert "Remove-Item" not in arguments[3]
    assert (fakes / "powershell.input").read_text("utf-8") == text
    environment = eval((fakes / "environment").read_text())
    assert environment["RP_AUDIO_VOICE"] == "Microsoft Hedda Desktop"
    assert environment["RP_AUDIO_RATE"] == "6"
    assert not os.path.exists(environment["RP_AUDIO_PATH"])
    assert [voice.gender for voice in audio.voices("sapi")] == ["male", "female"]
    assert sapi.environment(Speech("x", rate=0.5), "p")["RP_AUDIO_RATE"] == "-6"


@pytest.mark.usefixtures("espeak")
def test_text_is_spoken_aloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("pw-play", "paplay"):
        fake_program(folder, name, NO_DEVICE)
    fake_program(folder, "aplay", TAKE_ALL)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("RP_FAKES", str(folder))
    player.refresh()
    samples = audio.tts(TEXT).samples

    audio.speak(TEXT, volume=0.5)
    heard = np.frombuffer((folder / "aplay.input").read_bytes(), "<i2") / 32768
    np.testing.assert_allclose(heard, samples[:, 0] * 0.5, atol=2e-5)
    playback = audio.start_speaking("hello")
    playback.wait()
    assert playback.position == pytest.approx(audio.tts("hello").duration, abs=0.01)
    with pytest.raises(ValueError, match="volume"):
        audio.speak(TEXT, volume=3)
    player.refresh()


async def test_speaking_has_an_async_face(fakes: Path) -> None:
    fake_program(fakes, "say", SAY_VOICES + KEEP_SPEECH)
    fake_program(fakes, "aplay", TAKE_ALL)

    await rp_audio.speak("hi", engine="say")
    playback = await rp_audio.start_speaking("hi", engine="say")
    await playback.wait()

    assert len((fakes / "aplay.input").read_bytes()) == 2 * 11_025
