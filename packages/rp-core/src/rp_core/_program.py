"""A run of another program, which does not outlive the work that it is for."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import deque
from contextlib import ExitStack, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, Self

from rp_core._cancel import when_abandoned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_KEPT_LINES: Final = 8
_LISTENING_SECONDS: Final = 1.0  # to what a child of it may keep open


class Program:
    """A run of a program, which ends with the block, or as soon as the caller gives the work up.

    Args:
        command: The program and its arguments; no shell sees them.
        feeds: Whether its stdin is a pipe; otherwise it is empty.
        hears: Whether its stdout is a pipe; otherwise nobody reads it.
        on_line: Called with each line that it writes to stderr, from another thread. Returns
            whether the line is part of a complaint; without it, each one is.
        env: The environment; None: that of this process.

    Attributes:
        process: The process; its stdin and stdout are pipes without a buffer.
        errors: The last lines of its complaint.

    Raises:
        OSError: The program cannot be started.
    """

    __module__ = "rp_core"

    def __init__(
        self,
        command: Sequence[str],
        *,
        feeds: bool = False,
        hears: bool = True,
        on_line: Callable[[str], bool] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.errors: deque[str] = deque(maxlen=_KEPT_LINES)
        self._name = command[0]
        self._on_line = on_line
        self._stack = ExitStack()
        self.process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE if feeds else subprocess.DEVNULL,
            stdout=subprocess.PIPE if hears else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=env,
            start_new_session=True,  # what it starts itself ends with it
        )
        self._listener = Thread(target=self._listen, name="rp-program-log", daemon=True)
        self._listener.start()
        self._stack.enter_context(when_abandoned(self.kill))

    def _listen(self) -> None:
        stderr: Any = self.process.stderr
        with suppress(ValueError, OSError):
            for raw in iter(stderr.readline, b""):
                line = raw.decode("utf-8", "replace").rstrip()
                if line and (self._on_line is None or self._on_line(line)):
                    self.errors.append(line)

    def feed(self, data: Any) -> None:
        """Write the bytes of a contiguous buffer to its stdin.

        Raises:
            BrokenPipeError: It has ended.
        """
        stdin: Any = self.process.stdin
        view = memoryview(data).cast("B")
        while len(view) > 0:
            view = view[stdin.write(view) :]

    @property
    def complaint(self) -> str:
        """What it said was wrong."""
        status = self.process.returncode
        return "; ".join(self.errors) or f"{self._name} ended with status {status}"

    def kill(self) -> None:
        """End it, and what it has started."""
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()

    def wait(self) -> int:
        """Wait until it has ended, and all that it said was heard; return its exit status."""
        status = self.process.wait()
        self._listener.join(_LISTENING_SECONDS)
        return status

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill it if it still runs, and let go of its pipes."""
        self._stack.close()
        if self.process.poll() is None:
            self.kill()
        self.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe:
                with suppress(OSError):
                    pipe.close()
