"""Playing by a program of the system."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final

from rp_audio._errors import DeviceLostError, PlaybackError
from rp_audio._players.wave_file import wave_file
from rp_core import MissingDependencyError, Program

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_audio._feed import Feed
    from rp_audio._performance import Performance

_PIPE_BYTES: Final = 1 << 12  # what POSIX systems have at the least
_POLL_SECONDS: Final = 0.002
# A program that finds no device has said so by then; one that plays is still there.
_GRACE_SECONDS: Final = 0.25
_START_SECONDS: Final = 5.0


def on_path(name: str, package: str) -> Callable[[], None]:
    """Return a check that a program is on PATH.

    Args:
        name: Of the program.
        package: The system package that brings it.
    """

    def check() -> None:
        if not shutil.which(name):
            raise MissingDependencyError(f"{name} is not on PATH; install {package}")

    return check


def play_by_pipe(performance: Performance, command: list[str]) -> None:
    """Play by a program that takes 16-bit samples from its stdin.

    Raises:
        PlaybackError: It has no device.
        DeviceLostError: It failed later.
    """
    performance.feed.rewind()
    with _run(command, feeds=True) as run:
        performance.when_stopped(run.kill)
        first = _first_piece(performance.feed)
        with suppress(BrokenPipeError):
            if first is not None:
                run.feed(first)
                if not _is_taken(run, first.nbytes):
                    run.wait()
                    raise PlaybackError(run.complaint)
                performance.begin()
            while not performance.is_stopped and (piece := performance.feed.take()) is not None:
                run.feed(piece)
            _close_stdin(run)
        _see_the_end(performance, run)


def play_by_file(performance: Performance, command: Callable[[str], list[str]]) -> None:
    """Play by a program that reads a WAV file.

    Args:
        performance: What is to be played.
        command: Makes the arguments from the path of the file.

    Raises:
        PlaybackError: It has no device.
        DeviceLostError: It failed later.
    """
    performance.feed.rewind()
    with wave_file(performance.feed) as path, _run(command(path), feeds=False) as run:
        performance.when_stopped(run.kill)
        deadline = monotonic() + _GRACE_SECONDS
        while run.process.poll() is None and monotonic() < deadline:
            sleep(_POLL_SECONDS)
        if run.process.poll() in {None, 0}:
            performance.begin()
        _see_the_end(performance, run)


def _run(command: list[str], *, feeds: bool) -> Program:
    try:
        return Program(command, feeds=feeds, hears=False)
    except OSError as error:  # it has gone, or is none: another one may do
        raise PlaybackError(f"{command[0]} does not start: {error}") from error


def _first_piece(feed: Feed) -> Any:
    """Return the first samples, of which a pipe holds all; None: there are none."""
    piece = feed.take()
    if piece is None:
        return None
    count = _PIPE_BYTES // feed.frame_bytes
    if len(piece) > count > 0:
        feed.put_back(piece[count:])
        piece = piece[:count]
    return piece


def _is_taken(run: Program, given: int) -> bool:
    """Wait until the program reads what it was given, which it does once its device is open.

    Returns:
        False: it ended instead.

    Raises:
        PlaybackError: It does neither.
    """
    stdin: Any = run.process.stdin
    deadline = monotonic() + _START_SECONDS
    while run.process.poll() is None:
        if _waiting_in(stdin) < given:
            return True
        if monotonic() > deadline:
            raise PlaybackError("it does not take any sound")
        sleep(_POLL_SECONDS)
    return run.process.returncode == 0


def _waiting_in(pipe: Any) -> int:
    """Return how many bytes are in a pipe."""
    import fcntl
    import termios

    answer = fcntl.ioctl(pipe.fileno(), termios.FIONREAD, b"\0\0\0\0")
    return int.from_bytes(answer, sys.byteorder)


def _close_stdin(run: Program) -> None:
    stdin: Any = run.process.stdin
    stdin.close()


def _see_the_end(performance: Performance, run: Program) -> None:
    if run.wait() and not performance.is_stopped:
        kind = DeviceLostError if performance.has_begun else PlaybackError
        raise kind(run.complaint)
