"""A script in a process and a folder of its own, which tells what it measured in its last line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def last_line(
    arguments: Sequence[str],
    *,
    folder: str,
    seconds: float,
    python: str = sys.executable,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a script, and return the last line that it prints.

    Raises:
        RuntimeError: It fails; the last line of its complaint.
        subprocess.TimeoutExpired: It takes too long; it is ended, with what it started.
    """
    process = subprocess.Popen(
        [python, *arguments],
        cwd=folder,
        env=os.environ | {"HOME": folder} | dict(environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that what it runs can be ended with it
    )
    try:
        output, complaint = process.communicate(timeout=seconds)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if process.returncode:
        raise RuntimeError((complaint.strip() or "it fails").splitlines()[-1])
    return output.splitlines()[-1]
