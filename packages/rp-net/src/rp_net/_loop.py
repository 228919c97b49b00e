"""What is asked of the running event loop."""

from __future__ import annotations

from typing import Any

import anyio


def on_trio() -> bool:
    """Return whether this task runs on Trio."""
    return anyio.get_cancelled_exc_class().__module__.partition(".")[0] == "trio"


def loop_token() -> Any:
    """Return an object that stands for the event loop, and lives as long."""
    if on_trio():
        import trio

        return trio.lowlevel.current_trio_token()
    import asyncio

    return asyncio.get_running_loop()
