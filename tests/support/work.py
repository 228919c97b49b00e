"""Functions for executors: at the top of a module, so that they pickle."""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid
from pathlib import Path


class StubbornError(Exception):
    """Pickles, and does not unpickle."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


def double(item: int) -> int:
    return item * 2


def double_or_fail(item: int) -> int:
    if item % 10 == 3:
        raise ValueError(item)
    return item * 2


def fail_stubbornly(item: int) -> int:
    raise StubbornError("this is", str(item))


def die(item: int) -> int:
    if item == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def die_once(item: tuple[int, str]) -> int:
    """Kill this process where the marker file does not exist yet.

    Not while a result is on its way: distributed 2026 may take such a one for a failure without an
    error, and unpacks the result as if it were one (_cascade_future in its cfexecutor).
    """
    number, marker = item
    if number == 5 and not Path(marker).exists():
        Path(marker).touch()
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def thread_of_slow_work(item: int) -> int:
    time.sleep(0.02)
    return threading.get_ident()


def thread_of_quick_work(item: int) -> int:
    return threading.get_ident()


def give_a_lock(item: int) -> object:
    return threading.Lock()


async def coroutine_function(item: int) -> int:
    return item


def forgot_to_await(item: int) -> object:
    return coroutine_function(item)


def slow(item: int) -> int:
    time.sleep(0.05)
    return item


def interrupted(item: int) -> int:
    raise KeyboardInterrupt


def unique(item: int) -> str:
    return uuid.uuid4().hex


def hammer_store(folder: str, max_bytes: int, seed: int) -> int:
    """Write and read at random; return how many answers were wrong."""
    import random

    from rp_core import DiskStore

    store, pick, wrong = DiskStore("x", max_bytes, folder=folder), random.Random(seed), 0
    for _ in range(300):
        key = pick.randrange(30)
        if pick.random() < 0.4:
            store.set(key, bytes([key]) * pick.choice([100, 3000]))
        elif pick.random() < 0.1:
            store.discard(key)
        else:
            got = store.get(key)
            wrong += got is not None and got not in (bytes([key]) * 100, bytes([key]) * 3000)
    return wrong
