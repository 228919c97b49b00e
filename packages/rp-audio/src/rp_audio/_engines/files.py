"""Speech that a program writes to a file."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rp_audio._errors import SpeechError
from rp_core import Program

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_audio._speech import Speech


def started(command: list[str], **options: Any) -> Program:
    """Start the program of an engine.

    Raises:
        SpeechError: It does not start.
    """
    try:
        return Program(command, **options)
    except OSError as error:  # it has gone, or is none: another engine may do
        raise SpeechError(f"{command[0]} does not start: {error}") from error


def output_of(command: list[str], text: str | None = None) -> bytes:
    """Return what a program writes to its stdout, which gets a text by its stdin, if there is one.

    Raises:
        SpeechError: It fails.
    """
    with started(command, feeds=text is not None) as run:
        pipes: Any = run.process
        if text is not None:
            _feed(run, text)
        data: bytes = pipes.stdout.read()
        if run.wait():
            raise SpeechError(f"{command[0]}: {run.complaint}")
    return data


def spoken_file(
    command: Callable[[str], list[str]],
    request: Speech,
    environment: Callable[[str], dict[str, str]] | None = None,
) -> bytes:
    """Return what a program writes, which gets the text by its stdin.

    Args:
        command: Makes its arguments from the path of the file.
        request: What is to be spoken.
        environment: Makes its environment from the path; None: that of this process.

    Raises:
        SpeechError: It fails, or writes nothing.
    """
    with tempfile.TemporaryDirectory(prefix="rp-audio-") as folder:
        path = os.path.join(folder, "speech.wav")
        arguments = command(path)
        env = environment(path) if environment else None
        with started(arguments, feeds=True, hears=False, env=env) as run:
            _feed(run, request.text)
            if run.wait():
                raise SpeechError(f"{arguments[0]}: {run.complaint}")
        with suppress(FileNotFoundError), open(path, "rb") as file:
            return file.read()
        raise SpeechError(f"{arguments[0]} wrote no speech")


def _feed(run: Program, text: str) -> None:
    stdin: Any = run.process.stdin
    with suppress(BrokenPipeError):  # it has ended: its status tells
        run.feed(text.encode())
        stdin.close()
