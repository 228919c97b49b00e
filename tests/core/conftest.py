from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rp_core import set_cpu_limit
from rp_core._threads import budget, pool

RunPython = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run_python() -> RunPython:
    """Run a script in a fresh interpreter, where every warning is an error."""

    def run(script: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", script, *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
            env={**os.environ, **options.pop("env", {})},
            **options,
        )

    return run


@pytest.fixture
def cpu_limit() -> Iterator[Callable[[int | None], None]]:
    yield set_cpu_limit
    set_cpu_limit(None)


@pytest.fixture
def settled() -> Callable[[], None]:
    """Assert that no rp thread runs anything and that no CPU slot is taken."""

    def settle() -> None:
        deadline = time.monotonic() + 5
        while (pool._busy or budget._running) and time.monotonic() < deadline:
            time.sleep(0.001)
        assert not pool._busy
        assert budget._running == 0
        assert not budget._waiting

    return settle


@pytest.fixture(autouse=True)
def no_new_kinds_of_threads() -> Iterator[None]:
    """Only idle workers and the background loop may outlive a test."""
    known = {*threading.enumerate()}

    def others() -> set[str]:
        names = {thread.name for thread in threading.enumerate() if thread not in known}
        return {name for name in names if not name.startswith(("rp-worker", "rp-loop", "Trio "))}

    yield
    deadline = time.monotonic() + 2
    while others() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not others()
