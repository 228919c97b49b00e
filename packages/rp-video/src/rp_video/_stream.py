"""Read a film frame by frame."""

from __future__ import annotations

import warnings
from contextlib import closing
from typing import TYPE_CHECKING, Any

from rp_core import check_int, readable_path
from rp_video._cut_off import is_cut_off
from rp_video._decoding import decoding_of
from rp_video._errors import DamagedWarning, DecodeError, TruncatedError
from rp_video._open_frames import open_frames

if TYPE_CHECKING:
    import os
    from collections.abc import Generator, Sequence

    from rp_video._decoding import Decoding
    from rp_video._types import Frame, Seconds, Size


def stream(
    path: str | os.PathLike[str],
    *,
    start: Seconds | None = None,
    stop: Seconds | None = None,
    step: int = 1,
    size: Size | None = None,
    alpha: bool = False,
    buffer: int = 4,
    strict: bool = False,
    backend: str | Sequence[str] | None = None,
) -> Generator[Frame, None, None]:
    """Read a film frame by frame, in bounded memory.

    On an event loop, decoding runs ahead of a slow consumer by `buffer` frames; plain code decodes
    a frame when it is asked for. Leave early by closing the generator (`contextlib.aclosing`,
    `contextlib.closing`), which closes the file.

    Args:
        path: The file.
        start: Earliest time in seconds, as the file has it (see `VideoInfo.start`); a frame that
            began before is not given. None: from the first frame on. The file is read once to find
            the frame, without decoding, and that is remembered while the file stays as it is.
        stop: Time in seconds from which on frames are not given. None: to the end.
        step: Give one frame of so many.
        size: Width and height of the frames, either of which may be None to keep the aspect.
            Shrinking takes the mean of the area, growing is bicubic. None: as stored.
        alpha: Whether to give RGBA, opaque where the film has no transparency.
        buffer: How many decoded frames may wait for the consumer on an event loop.
        strict: Whether a file that is cut off or damaged is an error, raised after the last frame
            that it has; otherwise it is a warning.
        backend: "pyav", "ffmpeg" or "opencv" alone, or an order of these. None: the first of these
            that can. OpenCV declines what it gets wrong: a size, alpha, AV1, more than 8 bits.

    Yields:
        Each `Frame`: its image (H, W, 3) RGB or (H, W, 4) RGBA, upright, uint8, number, time and
        duration. What has more than 8 bits is reduced; HDR is not tone-mapped; a film that does
        not say its colour matrix is taken for BT.601, as FFmpeg does.

    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError: As from the file system.
        DecodeError: There is no film in the file; or, with `strict`, some of it does not decode.
        TruncatedError: With `strict`, the file is cut off.
        NoBackendError: Each backend is missing, or declines.
        TypeError, ValueError: An argument makes no sense.
    """
    check_int("buffer", buffer, 0)
    ask = open_frames.using(backend)
    request = decoding_of(
        readable_path(path), start=start, stop=stop, step=step, size=size, alpha=alpha
    )
    return frames_of(request, ask, strict=strict)


def frames_of(
    request: Decoding, ask: Any = open_frames, *, strict: bool
) -> Generator[Frame, None, None]:
    """Yield the frames of a request; at the end, say what was lost."""
    frames = ask(request)
    with closing(frames):
        yield from frames
    tally = request.tally
    if tally.at_end and is_cut_off(request.path):
        report_cut_off(request.path, tally.count, strict=strict)
    elif tally.damaged:
        _report(DecodeError(f"{request.path}: {tally.damaged} pieces do not decode"), strict=strict)


def report_cut_off(path: str, count: int, *, strict: bool) -> None:
    """Raise, or warn, that a file has fewer frames than its headers promise."""
    from rp_video._pyav.expected import expected_frames

    _report(TruncatedError(count, expected_frames(path)), strict=strict)


def _report(error: DecodeError, *, strict: bool) -> None:
    if strict:
        raise error
    warnings.warn(str(error), DamagedWarning, stacklevel=3)


def ahead(path: object, *, buffer: int = 4, **options: Any) -> int:  # noqa: ARG001
    """Return how many frames are decoded ahead of the consumer."""
    check_int("buffer", buffer, 0)
    return buffer
