"""Errors of rp_audio.

RpError
 └─ OperationError          tried and failed; `.attempts` says why, backend by backend
     └─ AudioError
         ├─ DecodeError     no sound came out of the file, or some of it is damaged
         │   └─ TruncatedError   the file ends before its sound does
         ├─ EncodeError     the sound could not be written
         ├─ PlaybackError   there is no device to play on
         │   └─ DeviceLostError  it went away while it was played on
         └─ SpeechError     the text could not be spoken
             └─ UnknownVoiceError   also ValueError: no engine here has the voice or the language

LimitExceededError, NoBackendError and MissingDependencyError are rp_core's.
"""

from __future__ import annotations

from rp_core import OperationError


class AudioError(OperationError):
    """A sound could not be read, written, played or spoken."""

    __module__ = "rp_audio"


class DecodeError(AudioError):
    """No sound came out of the file: it is damaged, or no sound."""

    __module__ = "rp_audio"


class TruncatedError(DecodeError):
    """The file ends before its sound does.

    Attributes:
        got: How many samples of each channel it has.
        expected: How many its headers promise; None where they do not say.
    """

    __module__ = "rp_audio"

    def __init__(self, got: int, expected: int | None) -> None:
        promised = "more" if expected is None else str(expected)
        super().__init__(f"the file is cut off: {got} samples of {promised}")
        self.got = got
        self.expected = expected

    def __reduce__(self) -> tuple[type[TruncatedError], tuple[int, int | None]]:
        return type(self), (self.got, self.expected)


class EncodeError(AudioError):
    """The sound could not be written."""

    __module__ = "rp_audio"


class PlaybackError(AudioError):
    """There is no device to play on."""

    __module__ = "rp_audio"


class DeviceLostError(PlaybackError):
    """The device went away, or failed, while sound was played on it."""

    __module__ = "rp_audio"


class SpeechError(AudioError):
    """The text could not be spoken."""

    __module__ = "rp_audio"


class UnknownVoiceError(SpeechError, ValueError):
    """No engine here has the voice, or one for the language."""

    __module__ = "rp_audio"


class DamagedWarning(UserWarning):
    """Samples are missing: the file is cut off, or some of it does not decode."""

    __module__ = "rp_audio"


class ClippedWarning(UserWarning):
    """Samples were beyond full scale and have been cut to it."""

    __module__ = "rp_audio"
