"""What is asked of the running event loop."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio


def on_trio() -> bool:
    """Return whether this task runs on Trio."""
    return anyio.get_cancelled_exc_class().__module__.partition(".")[0] == "trio"


def running_loop() -> object:
    """Return asyncio's running event loop; None: there is none, as on Trio."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def loop_token() -> Any:
    """Return an object that stands for the event loop, and lives as long."""
    if on_trio():
        import trio

        return trio.lowlevel.current_trio_token()
    return asyncio.get_running_loop()
