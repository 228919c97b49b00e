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
    """Kill this process where the marker file does not exist yet."""
    number, marker = item
    if number == 5 and not Path(marker).exists():
        Path(marker).touch()
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
