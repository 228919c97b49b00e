"""Look at what a film is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_core import Fallback, readable_path
from rp_video._errors import DecodeError

if TYPE_CHECKING:
    import os

    from rp_video._types import VideoInfo

_probe: Fallback[[str, bool], VideoInfo] = Fallback("rp_video.probe", error=DecodeError)


@_probe.via(needs="av")
def pyav(path: str, count: bool) -> VideoInfo:
    from rp_video._pyav.probe import probe

    return probe(path, count=count)


def probe(path: str | os.PathLike[str], *, count: bool = True) -> VideoInfo:
    """Look at what a film is: its size, rate, length, codecs and sound.

    Args:
        path: The file.
        count: Whether to count the frames, for which the whole file is read, though hardly ever
            decoded. What the headers say of their number is not believed: without counting,
            `frames` is None, and `duration` is what the headers say.

    Returns:
        The `VideoInfo`.

    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError: As from the file system.
        DecodeError: There is no film in the file, or no picture of it decodes.
        TypeError, ValueError: It is no path, or a URL.
    """
    return _probe(readable_path(path), count)
