"""Write the frames of a film to image files."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import rp_core.sync
from rp_core import atomic_write, readable_path
from rp_video._decoding import decoding_of
from rp_video._stream import frames_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_core import Progress
    from rp_video._types import Frame, Seconds, Size

_FORMATS: Final = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg"}


def extract_frames(
    src: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    pattern: str = "frame-{index:06d}.png",
    start: Seconds | None = None,
    stop: Seconds | None = None,
    step: int = 1,
    size: Size | None = None,
    alpha: bool = False,
    limit: int | None = None,
    strict: bool = False,
    progress: bool | Callable[[Progress], object] = False,
) -> list[Path]:
    """Write the frames of a film to image files, several at a time.

    If it fails or is cancelled, the files that it wrote are taken away.

    Args:
        src: The film.
        folder: Where to write; made if it is not there.
        pattern: Name of a file, with `{index}`, and `{time}` in seconds, formatted as Python does;
            its suffix is .png, .jpg or .jpeg.
        start: As in `stream`.
        stop: As in `stream`.
        step: As in `stream`.
        size: As in `stream`.
        alpha: Whether to write RGBA, which a JPEG does not hold.
        limit: How many files may be in work at once. None: the CPU budget.
        strict: As in `stream`.
        progress: As in `save`.

    Returns:
        The files, in the order of the film.

    Raises:
        DecodeError, TruncatedError, OSError: As `stream`.
        TypeError, ValueError: An argument makes no sense, or two frames get one name.
    """
    form = _format_of(pattern, alpha=alpha)
    source = readable_path(src)
    request = decoding_of(source, start=start, stop=stop, step=step, size=size, alpha=alpha)
    place = Path(folder)
    is_new = not place.exists()
    place.mkdir(exist_ok=True)
    written: list[Path] = []

    def write(frame: Frame) -> Path:
        from rp_video._pyav.stills import encode_still

        path = place / pattern.format(index=frame.index, time=frame.time)
        data = encode_still(frame.image, form)
        with atomic_write(path) as file:
            file.write(data)
        written.append(path)
        return path

    try:
        with closing(frames_of(request, strict=strict)) as frames:
            paths = rp_core.sync.thread_map(write, frames, limit=limit, cpu=True, progress=progress)
            with paths:
                return _all_different(list(paths), pattern)
    except BaseException:
        _take_away(written, place if is_new else None)
        raise


def _all_different(paths: list[Path], pattern: str) -> list[Path]:
    if len(set(paths)) != len(paths):
        raise ValueError(f"{pattern!r} gives two frames one name")
    return paths


def _format_of(pattern: object, *, alpha: bool) -> str:
    if not isinstance(pattern, str):
        raise TypeError(f"pattern must be a string, not {pattern!r}")
    suffix = os.path.splitext(pattern)[1].lower()
    if suffix not in _FORMATS:
        raise ValueError(f"frames are written as {', '.join(_FORMATS)}, not {suffix!r}")
    if alpha and _FORMATS[suffix] == "jpg":
        raise ValueError("a JPEG holds no alpha")
    try:
        name = pattern.format(index=0, time=0.0)
    except (IndexError, KeyError, ValueError, AttributeError) as error:
        raise ValueError(f"{pattern!r} is no pattern of index and time: {error}") from error
    if os.path.basename(name) != name:
        raise ValueError(f"{pattern!r} is no name of a file")
    return _FORMATS[suffix]


def _take_away(paths: list[Path], folder: Path | None) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink()
    if folder:
        with suppress(OSError):
            folder.rmdir()
