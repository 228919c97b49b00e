"""Awaiting in a task of its own, for what asyncio's own cancel would leave in disorder."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import anyio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

R = TypeVar("R")


async def apart(step: Callable[[], Awaitable[R]]) -> R:
    """Await a step in a child task, which is cancelled by a scope however this one is.

    What it has given when this task is cancelled all the same is closed, if it can be.
    """
    results: list[R] = []
    errors: list[Exception] = []

    async def run() -> None:
        try:
            results.append(await step())
        except Exception as error:
            errors.append(error)

    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
    except BaseException:
        aclose = getattr(results[0], "aclose", None) if results else None
        if aclose is not None:
            with anyio.CancelScope(shield=True):
                await aclose()
        raise
    if errors:
        raise errors[0]
    return results[0]
