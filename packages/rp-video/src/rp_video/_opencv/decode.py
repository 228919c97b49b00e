"""Frames of a film, decoded by OpenCV."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from rp_core import UnsupportedError, check_wanted
from rp_video._cut_off import is_cut_off
from rp_video._errors import DecodeError
from rp_video._probe import probe
from rp_video._pyav.opening import has_several
from rp_video._pyav.probe import is_interlaced
from rp_video._types import Frame

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from rp_video._decoding import Decoding
    from rp_video._types import Image, VideoInfo


def frames(request: Decoding) -> Generator[Frame, None, None]:
    """Yield the frames that are asked for.

    Raises:
        UnsupportedError: OpenCV gets such a film wrong.
    """
    info = probe(request.path, count=False)
    _decline_what_goes_wrong(request, info)
    with _opened(request.path) as capture:
        first: int | None = None
        for number, image, time, end in _numbered(capture, info):
            if request.stop is not None and time >= request.stop - _NEAR:
                return
            request.tally.count = number + 1
            if request.start is not None and time < request.start - _NEAR:
                continue
            first = number if first is None else first
            if (number - first) % request.step == 0:
                yield Frame(image, number, time, max(0.0, end - time))
        request.tally.at_end = True
        if info.format in {
            "mp4",
            "mov",
        }:  # it stops where something does not decode, and says nothing
            promised = round(capture.get(cv2.CAP_PROP_FRAME_COUNT))
            request.tally.damaged = max(0, promised - request.tally.count)


_NEAR = 0.0005


def _decline_what_goes_wrong(request: Decoding, info: VideoInfo) -> None:
    if request.size or request.alpha:
        raise UnsupportedError("it neither resizes as the others do, nor gives alpha")
    if is_cut_off(request.path):
        raise UnsupportedError("it loses frames at the end of a file that is cut off")
    if info.format not in {"mp4", "mov", "mkv", "webm", "avi"}:
        raise UnsupportedError(f"it gets the times of {info.format} wrong")
    if info.format == "avi" and info.codec != "mjpeg":
        raise UnsupportedError("it does not tell the times of frames that are out of order")
    if has_several(request.path):
        raise UnsupportedError("it may take another stream")
    if is_interlaced(request.path):
        raise UnsupportedError("it converts interlaced pictures as if they were whole")
    if info.codec == "av1" or info.has_alpha or info.bits > 8:
        raise UnsupportedError(f"it gets {info.codec} in {info.pixel_format} wrong")


@contextmanager
def _opened(path: str) -> Iterator[Any]:
    capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    try:
        if not capture.isOpened():
            raise DecodeError(f"{path}: OpenCV does not open it")
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 0)  # its releases differ in what they turn
        yield capture
    finally:
        capture.release()


def _numbered(capture: Any, info: VideoInfo) -> Iterator[tuple[int, Image, float, float]]:
    before: tuple[int, Image, float] | None = None
    step = float(1 / info.rate) if info.rate else 0.0
    number = 0
    while True:
        check_wanted()
        is_read, image = capture.read()
        if not is_read:
            break
        time = info.start + capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if before:
            step = time - before[2]
            if step <= 0:
                kind = DecodeError if number > 1 else UnsupportedError
                raise kind("it does not tell the times of its frames")
            yield *before, time
        before = number, _upright(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), info), time
        number += 1
    if before:
        end = info.start + (info.duration or 0)
        near = 0 < end - before[2] <= 2 * step
        yield *before, end if near else before[2] + step


def _upright(image: Image, info: VideoInfo) -> Image:
    if info.is_mirrored:
        image = image[:, ::-1]
    return np.ascontiguousarray(np.rot90(image, -info.rotation // 90))
