"""Tasks that nobody waits for: they end by themselves, or with the client."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import anyio

from rp_net._loop import loop_token, on_trio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

logger = logging.getLogger("rp_net")


class Background:
    """The tasks that are under way."""

    def __init__(self) -> None:
        self._running: dict[anyio.CancelScope, tuple[Any, anyio.Event]] = {}
        self._tasks: set[Any] = set()

    def start(self, call: Callable[[], Awaitable[object]]) -> None:
        """Run a coroutine function on this event loop; its errors are logged."""
        scope, ended = anyio.CancelScope(), anyio.Event()
        self._running[scope] = loop_token(), ended

        async def run() -> None:
            try:
                with scope:
                    await call()
            except Exception as error:
                logger.debug("in the background: %s", error)
            finally:
                self._running.pop(scope, None)
                ended.set()

        if on_trio():
            import trio

            trio.lowlevel.spawn_system_task(run)
        else:
            import asyncio

            task = asyncio.get_running_loop().create_task(run())
            self._tasks.add(task)  # the loop itself keeps only a weak reference
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Cancel what is under way on this event loop, and wait until it has ended."""
        here = loop_token()
        for scope, (loop, ended) in list(self._running.items()):
            if loop is here:
                scope.cancel()
                await ended.wait()
