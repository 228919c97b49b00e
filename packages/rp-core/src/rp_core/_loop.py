"""What the maps and faces need of the running event loop, on asyncio and on Trio."""

from __future__ import annotations

import math
from contextlib import suppress

import anyio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

_host_tasks: set[object] = set()


def on_trio() -> bool:
    """Return whether this task runs on Trio."""
    return anyio.get_cancelled_exc_class().__module__.partition(".")[0] == "trio"


def poster() -> Callable[[Callable[[], object]], None]:
    """Return a function that runs a callback on this event loop, from any thread.

    Once the loop has ended it does nothing: nobody waits any more.
    """
    if on_trio():
        import trio

        token = trio.lowlevel.current_trio_token()

        def post(callback: Callable[[], object]) -> None:
            with suppress(trio.RunFinishedError):
                token.run_sync_soon(callback)

    else:
        import asyncio

        loop = asyncio.get_running_loop()

        def post(callback: Callable[[], object]) -> None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(callback)

    return post


def spawn(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine function as a task that no other task owns; it must not raise."""
    if on_trio():
        from contextvars import copy_context

        import trio

        trio.lowlevel.spawn_system_task(main, context=copy_context())
    else:
        import asyncio

        task = asyncio.get_running_loop().create_task(main())
        _host_tasks.add(task)  # the loop itself keeps only a weak reference
        task.add_done_callback(_host_tasks.discard)


def must_go_on(error: BaseException) -> bool:
    """Return whether `error` ends this task from outside, rather than being a call's own answer."""
    if isinstance(error, GeneratorExit):
        return True
    return isinstance(error, anyio.get_cancelled_exc_class()) and is_scope_cancelled()


def is_scope_cancelled() -> bool:
    """Return whether a cancel scope around this task is cancelled; asyncio's own cancel is none."""
    return anyio.current_effective_deadline() == -math.inf
