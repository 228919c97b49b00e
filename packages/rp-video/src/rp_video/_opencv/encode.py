"""A film written by OpenCV: MPEG-4 part 2, without sound."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

import cv2

from rp_core import UnsupportedError
from rp_video._cut_off import is_cut_off
from rp_video._encoding import TICKS, Look
from rp_video._errors import CodecUnavailableError, EncodeError

if TYPE_CHECKING:
    from rp_video._encoding import Encoding, Timed
    from rp_video._types import Image


class OpencvWriter:
    """Writes frames at a fixed rate, into a file beside the one that is asked for."""

    def __init__(self, request: Encoding) -> None:
        if request.look != Look():
            raise UnsupportedError("its pixels are square, and of BT.709")
        if request.codec not in {"h264", "mpeg4"} or request.sound or request.alpha:
            raise UnsupportedError("it writes MPEG-4 part 2 only, without sound or alpha")
        if request.time_base.denominator == TICKS:
            raise UnsupportedError("it has a rate, and no times; name a rate")
        self._request = request
        # The suffix tells OpenCV the format.
        folder = os.path.dirname(request.path)
        self._beside = os.path.join(
            folder, f".rp-{secrets.token_hex(8)}{os.path.splitext(request.target)[1].lower()}"
        )
        size = request.width, request.height
        fourcc = cv2.VideoWriter.fourcc(*"mp4v")
        self._writer = cv2.VideoWriter(self._beside, fourcc, float(request.rate), size)
        if not self._writer.isOpened():
            self.abort()
            raise CodecUnavailableError("OpenCV does not open mp4v")

    def prepare(self, frame: Timed) -> Image:
        """Convert a frame to BGR."""
        return cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR)

    def write(self, prepared: Image) -> None:
        """Add a frame."""
        self._writer.write(prepared)

    def close(self) -> None:
        """End the file, and put it where it was asked for."""
        self._writer.release()
        if not os.path.exists(self._beside) or is_cut_off(self._beside):
            self.abort()
            raise EncodeError(f"{self._request.target}: OpenCV did not write all of it")
        os.replace(self._beside, self._request.path)

    def abort(self) -> None:
        """Take away what has been written."""
        self._writer.release()
        with suppress(OSError):
            os.unlink(self._beside)
