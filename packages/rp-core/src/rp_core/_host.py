"""The background tasks of a map."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio

from rp_core._loop import must_go_on

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from rp_core._drivers import Driver


class Host:
    """The task that owns the background tasks of a stream."""

    def __init__(self, driver: Driver[Any, Any]) -> None:
        self._driver = driver
        self._scope = anyio.CancelScope()
        self.abandoned = False  # whether the consumer has gone without closing the input
        self.over = anyio.Event()

    async def run(self) -> None:
        """Serve the driver until the map has ended or is cancelled."""
        try:
            with self._scope:
                async with anyio.create_task_group() as tasks:
                    await self._serve(tasks)
            if self.abandoned or self._driver.window.failed:
                with suppress(Exception):  # nobody is there, or has an error already
                    await self._driver.feed.close()
        finally:
            self.over.set()
            self._driver.bell.ring()

    async def _serve(self, tasks: TaskGroup) -> None:
        try:
            await self._driver.serve(tasks)
        except BaseException as error:
            if must_go_on(error):
                raise
            # The consumer raises it; here it would come in a group.
            self._driver.window.break_off(self._driver.window.issued, error)
            self._driver.bell.ring()

    def cancel(self) -> None:
        """End every task soon; `over` says when they have ended."""
        self._scope.cancel()
