"""Errors of rp_video.

RpError
 └─ OperationError         tried and failed; `.attempts` says why, backend by backend
     └─ VideoError
         ├─ DecodeError    no frames came out of the file, or some of it is damaged
         │   └─ TruncatedError   the file ends before its film does
         └─ EncodeError    the film could not be written
             └─ CodecUnavailableError   no backend here has the codec

LimitExceededError, NoBackendError and MissingDependencyError are rp_core's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_core import OperationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_core import Attempt


class VideoError(OperationError):
    """A film could not be read or written."""

    __module__ = "rp_video"


class DecodeError(VideoError):
    """No frames came out of the file: it is damaged, or no film."""

    __module__ = "rp_video"


class TruncatedError(DecodeError):
    """The file ends before its film does.

    Attributes:
        got: How many frames it has.
        expected: How many its headers promise; None where they do not say.
    """

    __module__ = "rp_video"

    def __init__(self, got: int, expected: int | None) -> None:
        promised = "more" if expected is None else str(expected)
        super().__init__(f"the file is cut off: {got} frames of {promised}")
        self.got = got
        self.expected = expected

    def __reduce__(self) -> tuple[type[TruncatedError], tuple[int, int | None]]:
        return type(self), (self.got, self.expected)


class EncodeError(VideoError):
    """The film could not be written."""

    __module__ = "rp_video"


class CodecUnavailableError(EncodeError):
    """No backend here has the codec, or it does not open on this machine."""

    __module__ = "rp_video"

    def __init__(self, message: str, attempts: Sequence[Attempt] = ()) -> None:
        super().__init__(message, attempts)


class DamagedWarning(UserWarning):
    """Frames are missing: the file is cut off, or some of it does not decode."""

    __module__ = "rp_video"
