"""Python by ruff, a program: one run for one text, or for many."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import TIMEOUT_MAX, Timer
from typing import TYPE_CHECKING, Final

from ruff import __main__ as ruff  # where older releases have it alone

from rp_core import Program
from rp_text._errors import FormatError, TextError
from rp_text._write_text import encoded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rp_text._formatter import Formatting

# The style of the caller's project is not looked for: the same code gives the same result anywhere.
_FORMAT: Final = ("format", "--isolated", "--no-cache")
_COMPLAINT: Final = re.compile(r"error: Failed to parse (.+?):(\d+):(\d+): (.*)")
_HAS_ERRORS: Final = 2


def format_one(request: Formatting) -> str:
    """Return formatted code.

    Raises:
        FormatError: It is not well-formed.
        TextError: ruff failed, or took too long.
    """
    name = "code.pyi" if request.is_stub else "code.py"
    command = [*_command(request.line_length), "--stdin-filename", name, "-"]
    found: list[FormatError] = []
    data = encoded(request.code, "utf-8")
    with _running(
        command, request.timeout, lambda _, error: found.append(error), feeds=True
    ) as program:
        try:
            program.feed(data)
            program.process.stdin.close()  # type: ignore[union-attr]
            out = program.process.stdout.read()  # type: ignore[union-attr]
        except BrokenPipeError:
            out = b""
        status = program.wait()
    if found:
        raise found[0]
    if status:
        raise TextError(f"ruff failed: {program.complaint}")
    return out.decode("utf-8")


def format_together(requests: Sequence[Formatting]) -> list[str | FormatError]:
    """Return the formatted code of many texts, or what is wrong with it, from one run.

    Raises:
        TextError: ruff failed, or took too long.
    """
    found: dict[str, FormatError] = {}
    with tempfile.TemporaryDirectory(prefix="rp-text-") as folder:
        names = [f"{at}.py{'i' * request.is_stub}" for at, request in enumerate(requests)]
        for name, request in zip(names, requests, strict=True):
            with open(os.path.join(folder, name), "xb") as file:
                file.write(encoded(request.code, "utf-8"))
        # Each by its name: of a folder, those that some .gitignore names would be left out.
        command = [*_command(requests[0].line_length), *(f"{folder}{os.sep}{n}" for n in names)]

        def note(path: str, error: FormatError) -> None:
            found[os.path.basename(path)] = error

        with _running(command, requests[0].timeout, note) as program:
            program.process.stdout.read()  # type: ignore[union-attr]
            status = program.wait()
        if status not in {0, _HAS_ERRORS} or (status and not found):
            raise TextError(f"ruff failed: {program.complaint}")
        return [found.get(name) or _text_of(os.path.join(folder, name)) for name in names]


def _text_of(path: str) -> str:
    with open(path, "rb") as file:
        return file.read().decode("utf-8")


@cache
def _program(find: Callable[[], str]) -> str:
    return find()


def _command(line_length: int) -> list[str]:
    return [_program(ruff.find_ruff_bin), *_FORMAT, "--line-length", str(line_length)]


@contextmanager
def _running(
    command: list[str],
    timeout: float,
    note: Callable[[str, FormatError], object],
    *,
    feeds: bool = False,
) -> Iterator[Program]:
    def on_line(line: str) -> bool:
        if complaint := _COMPLAINT.match(line):
            path, row, column, message = complaint.groups()
            note(path, FormatError(message, line=int(row), column=int(column)))
        return True

    late: list[bool] = []
    with Program(command, feeds=feeds, on_line=on_line) as program:

        def end() -> None:
            late.append(True)
            program.kill()

        timer = Timer(min(timeout, TIMEOUT_MAX), end)
        timer.daemon = True
        timer.start()
        try:
            yield program
        finally:
            timer.cancel()
            timer.join()
            if late:
                raise TextError(f"ruff was ended: it took more than {timeout:g} s")
