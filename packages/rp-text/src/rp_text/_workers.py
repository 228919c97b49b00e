"""Processes that call one function of this package for as long as they are wanted.

Not those of `multiprocessing`: these do not import the program that calls, which therefore needs no
`if __name__ == "__main__"`, and are no copies of a process with threads.
"""

from __future__ import annotations

import os
import pickle
import struct
import sys
from contextlib import ExitStack
from importlib import import_module
from queue import Empty, SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self

from rp_core import Program
from rp_text._errors import HighlightError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIZE: Final = struct.Struct("<Q")
_BEGIN: Final = (
    "import sys; sys.path[:] = sys.argv[2:]; from rp_text._workers import serve; serve(sys.argv[1])"
)


class Workers:
    """Processes that are started when all others are at work, and end with the block.

    Args:
        target: The function, as "module:name".
        options: Its keyword arguments, for every call.
    """

    def __init__(self, target: str, options: Mapping[str, Any]) -> None:
        self._command = [sys.executable, "-c", _BEGIN, target, *sys.path]
        self._options = {name: _plain(value) for name, value in options.items()}
        self._idle: SimpleQueue[Program] = SimpleQueue()
        self._lock = Lock()
        self._stack = ExitStack()
        self._is_over = False

    def call(self, argument: Any) -> Any:
        """Call the function in a process, and return what it returns.

        Raises:
            HighlightError: The process died.
            Exception: What the function raises.
        """
        try:
            worker = self._idle.get_nowait()
        except Empty:
            worker = self._started()
        try:
            send(worker.process.stdin, (_plain(argument), self._options))
            outcome, value = receive(worker.process.stdout)
        except (OSError, EOFError) as error:
            worker.close()
            message = f"the process that worked on {str(argument)[:200]!r} died"
            raise HighlightError(f"{message}: {worker.complaint}") from error
        self._idle.put(worker)
        if outcome == "error":
            raise value
        return value

    def _started(self) -> Program:
        with self._lock:
            if self._is_over:  # a thread that Ctrl-C did not wait for
                raise HighlightError("nothing is highlighted any more")
            worker = Program(self._command, feeds=True)
            self._stack.callback(worker.close)
        return worker

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        with self._lock:
            self._is_over = True
        self._stack.close()


def _plain(value: Any) -> Any:
    """Return a path or a str of the caller's own class as one that a process knows, too."""
    return str(os.fspath(value)) if isinstance(value, (str, os.PathLike)) else value


def serve(target: str) -> None:
    """Answer calls until there are no more."""
    module, _, name = target.partition(":")
    function = getattr(import_module(module), name)
    calls, answers = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            argument, options = receive(calls)
        except EOFError:
            return
        try:
            answer = ("value", function(argument, **options))
        except Exception as error:
            answer = ("error", error)
        send(answers, answer)


def send(pipe: Any, message: object) -> None:
    """Write a message, after its size.

    Raises:
        OSError: Nobody reads it.
    """
    data = pickle.dumps(message)
    view = memoryview(_SIZE.pack(len(data)) + data)
    while view:
        view = view[pipe.write(view) :]
    pipe.flush()


def receive(pipe: Any) -> Any:
    """Read a message.

    Raises:
        EOFError: There is no more, or the other process died.
    """
    (size,) = _SIZE.unpack(_exactly(pipe, _SIZE.size))
    return pickle.loads(_exactly(pipe, size))  # noqa: S301 - written by this package


def _exactly(pipe: BinaryIO, size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        got = pipe.readinto(view)  # type: ignore[attr-defined]
        if not got:
            raise EOFError
        view = view[got:]
    return data
