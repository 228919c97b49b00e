"""The downloaders that meet the faults: how each is called, and what came of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from _net_downloader import RETRIES, STALL, TOTAL
from _net_gets import needs_of
from _net_work import missing_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Outcome: TypeAlias = Literal[
    "right", "cannot know", "error", "error, torn file", "hang", "success, no file", "CORRUPT"
]

CHILD: Final = Path(__file__).with_name("_net_downloader.py")
LIMIT: Final = 15.0
ATTEMPTS: Final = 2
CURL: Final = ("curl", "--disable", "--silent", "--show-error", "--fail")


class Target(NamedTuple):
    """What is to be downloaded: from where, to where, and its SHA-256."""

    url: str
    path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Tool:
    """One downloader."""

    command: Callable[[Target], Sequence[str]]
    needs: tuple[str, ...]

    def missing(self) -> list[str]:
        """Return what is not installed."""
        return missing_of(self.needs)


class Result(NamedTuple):
    """What came of one fault."""

    outcome: Outcome
    seconds: float
    said: str


def library(name: str, *needs: str, digest: bool = False) -> Tool:
    """Make the call of a library."""

    def command(target: Target) -> list[str]:
        given = [name, target.url, str(target.path), *([target.digest] if digest else [])]
        return [sys.executable, str(CHILD), *given]

    return Tool(command, needs)


def ours(backend: str, *, digest: bool = False) -> Tool:
    """Make the call of ours, on one of its backends."""
    return library(f"rp_net, {backend}", "rp_net", *needs_of(backend), digest=digest)


def curl(*options: str) -> Tool:
    """Make the call of curl."""

    def command(target: Target) -> list[str]:
        limits = [f"--connect-timeout={STALL}", f"--speed-time={STALL:.0f}", f"--max-time={TOTAL}"]
        separate = [part for limit in limits for part in limit.split("=")]
        if "--retry" in options:
            separate += ["--retry-max-time", f"{TOTAL:.0f}"]
        return [*CURL, *separate, *options, "--output", str(target.path), target.url]

    return Tool(command, ("curl/",))


def aria2c(*, digest: bool) -> Tool:
    """Make the call of aria2c, which resumes by itself."""

    def command(target: Target) -> list[str]:
        return [
            *("aria2c", "--no-conf", "--quiet", "--continue=true", "--retry-wait=1"),
            *(f"--timeout={STALL:.0f}", f"--connect-timeout={STALL:.0f}", f"--stop={TOTAL:.0f}"),
            *(f"--max-tries={RETRIES + 1}", "--file-allocation=none"),
            *([f"--checksum=sha-256={target.digest}"] if digest else []),
            *(f"--dir={target.path.parent}", f"--out={target.path.name}", target.url),
        ]

    return Tool(command, ("aria2c/",))


def wget2(target: Target) -> list[str]:
    """Return the call of wget2."""
    return [
        *("wget2", "--no-config", "--quiet", "--continue", "--waitretry=1"),
        *(f"--timeout={STALL:.0f}", f"--tries={RETRIES + 1}"),
        *(f"--directory-prefix={target.path.parent}", target.url),
    ]


TOOLS: Final[dict[str, Tool]] = {
    "rp_net, aiohttp": ours("aiohttp"),
    "rp_net, httpx2": ours("httpx2"),
    "rp_net, httpx": ours("httpx"),
    "rp_net, stdlib": ours("stdlib"),
    "rp_net, httpx2, digest": ours("httpx2", digest=True),
    "httpx2 by hand": library("httpx2 by hand", "httpx2"),
    "httpx2 by hand, resuming": library("httpx2 by hand, resuming", "httpx2"),
    "curl --retry": curl("--retry", str(RETRIES)),
    "curl -C - --retry-all-errors": curl(
        "--continue-at", "-", "--retry", str(RETRIES), "--retry-all-errors"
    ),
    "wget2 --continue": Tool(wget2, ("wget2/",)),
    "aria2c": aria2c(digest=False),
    "aria2c, digest": aria2c(digest=True),
    "pooch": library("pooch", "pooch"),
    "pooch, digest": library("pooch", "pooch", digest=True),
    "parfive": library("parfive", "parfive"),
    "pypdl": library("pypdl", "pypdl"),
}


def attempt(tool: Tool, target: Target, endings: Sequence[bytes]) -> Result:
    """Call a downloader, once more in the same folder after an honest error, and judge.

    Endings are the right content and what one may keep that cannot know better.
    """
    start, said = time.perf_counter(), ""
    outcome: Outcome = "error"
    for _ in range(ATTEMPTS):
        status, said = _call(tool.command(target), target.path.parent)
        outcome = _judge(status, target.path, endings)
        if not outcome.startswith("error"):
            break
    return Result(outcome, time.perf_counter() - start, said)


def _call(command: Sequence[str], folder: Path) -> tuple[int | None, str]:
    """Return the exit status, None after the limit of time, and the last line on stderr."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"HOME": str(folder), "NO_PROXY": "*"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,  # so that what it runs can be ended with it
    )
    try:
        _, said = process.communicate(timeout=LIMIT)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            return None, "ended after its time"
        raise
    return process.returncode, (said.strip() or "nothing").splitlines()[-1]


def _judge(status: int | None, path: Path, endings: Sequence[bytes]) -> Outcome:
    if status is None:
        return "hang"
    content = path.read_bytes() if path.is_file() else None
    if status:
        return "error" if content in (None, *endings) else "error, torn file"
    if content is None:
        return "success, no file"
    if content == endings[0]:
        return "right"
    return "cannot know" if content in endings else "CORRUPT"
