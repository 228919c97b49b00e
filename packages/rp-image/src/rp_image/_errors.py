"""Errors of rp_image.

RpError
 └─ OperationError       tried and failed; `.attempts` says why, backend by backend
     ├─ DecodeError      no image came out of the bytes
     │   ├─ DamagedError pixels are lost: no other backend need be asked (not exported)
     │   └─ FormatError  also ValueError: the bytes are in no format that this package reads
     ├─ EncodeError      the image could not be written in the format
     └─ ClipboardUnavailableError   the clipboard cannot be reached
         └─ EmptyClipboardError     there is no image on it

LimitExceededError, NoBackendError and MissingDependencyError are rp_core's.
"""

from __future__ import annotations

from rp_core import OperationError


class DecodeError(OperationError):
    """No image came out of the bytes: they are damaged, cut off, or of an unknown kind."""

    __module__ = "rp_image"


class DamagedError(DecodeError):
    """Pixels are lost inside the compressed data, and another decoder would paint over that."""


class FormatError(DecodeError, ValueError):
    """The bytes are in no format that this package reads."""

    __module__ = "rp_image"


class NoSuchFrameError(IndexError):
    """The file has fewer frames than that."""

    @classmethod
    def of(cls, index: int, count: int) -> NoSuchFrameError:
        """Say how many frames there are."""
        return cls(f"there is no frame {index}: the file has {count}")


class EncodeError(OperationError):
    """The image could not be written in the format."""

    __module__ = "rp_image"


class ClipboardUnavailableError(OperationError):
    """The clipboard cannot be reached: no display, or nothing installed that reaches it."""

    __module__ = "rp_image"


class EmptyClipboardError(ClipboardUnavailableError):
    """There is no image on the clipboard."""

    __module__ = "rp_image"
