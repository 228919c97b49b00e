"""The ffmpeg program, and a run of it."""

from __future__ import annotations

import shutil
import subprocess
from collections import deque
from contextlib import ExitStack, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, Self

from rp_core import MissingDependencyError, when_abandoned

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_video._types import Image

_QUIET: Final = ("-hide_banner", "-nostats", "-loglevel", "level+info")
PROTOCOLS: Final = ("-protocol_whitelist", "file,crypto,data")
_KEPT_LINES: Final = 8


def find() -> str:
    """Return the path of the ffmpeg program: that of imageio-ffmpeg, or the one on PATH.

    Raises:
        MissingDependencyError: There is none.
    """
    with suppress(ImportError, RuntimeError):
        import imageio_ffmpeg

        found: str = imageio_ffmpeg.get_ffmpeg_exe()
        return found
    if on_path := shutil.which("ffmpeg"):
        return on_path
    raise MissingDependencyError('no ffmpeg program; run: pip install "rp-video[ffmpeg]"')


class Run:
    """A run of ffmpeg, which ends with the block, or as soon as the caller gives the work up.

    Attributes:
        process: The process; its stdin and stdout are pipes without a buffer.
        errors: The last lines that it wrote about errors.
    """

    def __init__(
        self,
        arguments: list[str],
        *,
        feeds: bool = False,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        self.errors: deque[str] = deque(maxlen=_KEPT_LINES)
        self._on_line = on_line
        self._stack = ExitStack()
        self.process = subprocess.Popen(  # noqa: S603
            [find(), *_QUIET, *([] if feeds else ["-nostdin"]), *arguments],
            stdin=subprocess.PIPE if feeds else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        self._listener = Thread(target=self._listen, name="rp-ffmpeg-log", daemon=True)
        self._listener.start()
        self._stack.enter_context(when_abandoned(self.process.kill))

    def _listen(self) -> None:
        stderr: Any = self.process.stderr
        with suppress(ValueError, OSError):
            for raw in iter(stderr.readline, b""):
                line = raw.decode("utf-8", "replace").rstrip()
                if "[error]" in line or "[fatal]" in line:
                    self.errors.append(line)
                if self._on_line:
                    self._on_line(line)

    def feed(self, image: Image) -> None:
        """Write the pixels of an image to its stdin.

        Raises:
            BrokenPipeError: It has ended.
        """
        stdin: Any = self.process.stdin
        data: Any = image
        view = memoryview(data).cast("B")
        while len(view) > 0:
            view = view[stdin.write(view) :]

    @property
    def complaint(self) -> str:
        """What it said was wrong."""
        return "; ".join(self.errors) or f"ffmpeg ended with status {self.process.returncode}"

    def wait(self) -> int:
        """Wait until it has ended, and all that it said was heard."""
        status = self.process.wait()
        self._listener.join()
        return status

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill it if it still runs, and let go of its pipes."""
        self._stack.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._listener.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe:
                with suppress(OSError):
                    pipe.close()
