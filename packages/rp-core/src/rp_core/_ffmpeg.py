"""The ffmpeg program, as the packages for video and for audio run it."""

from __future__ import annotations

import shutil
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Final

from rp_core._errors import MissingDependencyError
from rp_core._program import Program

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_QUIET: Final = ("-hide_banner", "-nostats", "-loglevel", "level+info")


def ffmpeg_input(path: str, *options: str) -> list[str]:
    """Return what makes ffmpeg read a file, which must not reach into the network, with options."""
    return ["-protocol_whitelist", "file,crypto,data", *options, "-i", f"file:{path}"]


def find_ffmpeg() -> str:
    """Return the path of the ffmpeg program: that of imageio-ffmpeg, or the one on PATH.

    Raises:
        MissingDependencyError: There is none.
    """
    with suppress(ImportError, RuntimeError):
        found: str = import_module("imageio_ffmpeg").get_ffmpeg_exe()
        return found
    if on_path := shutil.which("ffmpeg"):
        return on_path
    raise MissingDependencyError("no ffmpeg program; run: pip install imageio-ffmpeg")


class Ffmpeg(Program):
    """A run of ffmpeg, as `Program` has it; its complaint are its errors.

    Args:
        arguments: All but the program, and how much it says.
        feeds: Whether its stdin is a pipe.
        on_line: Called with each line that it writes to stderr, from another thread.

    Raises:
        MissingDependencyError: There is no ffmpeg.
    """

    __module__ = "rp_core"

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        feeds: bool = False,
        on_line: Callable[[str], object] | None = None,
    ) -> None:
        def is_error(line: str) -> bool:
            if on_line:
                on_line(line)
            return "[error]" in line or "[fatal]" in line

        mute = () if feeds else ("-nostdin",)
        super().__init__((find_ffmpeg(), *_QUIET, *mute, *arguments), feeds=feeds, on_line=is_error)
