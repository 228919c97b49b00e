"""Cancelled anywhere, a download leaves nothing open, nothing locked, and nothing torn."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import partial
from pathlib import Path
from types import coroutine
from typing import Any, Final

import anyio
import pytest

import rp_net
from rp_net._loop import on_trio
from support.downloads import ASYNCIO, PAIRS, descriptors, noise, part_of, sockets, strangers
from support.fault_content import Content
from support.fault_exchange import Exchange
from support.fault_server import FaultServer

PAYLOAD: Final = noise(1 << 20) + noise((1 << 20) + 4000, 2)
LONG: Final = PAYLOAD * 3
OLD: Final = b"old"
MOST: Final = 400

ON_EVERY_PAIR: Final = pytest.mark.parametrize(
    ("anyio_backend", "backend"), PAIRS, indirect=["anyio_backend"]
)
# httpcore leaves its own generators to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator 'httpcore:ResourceWarning")
Make = Callable[[], Coroutine[Any, Any, object]]


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> object:
    return getattr(request, "param", ASYNCIO)


@coroutine
def counted(
    inner: Coroutine[Any, Any, object], at: int, cancel: Callable[[], object]
) -> Generator[Any, Any, int]:
    """Drive a coroutine, and cancel it when it suspends for the nth time; returns how often."""
    number = 0
    sent: Any = None
    failed: BaseException | None = None
    while True:
        try:
            waits = inner.send(sent) if failed is None else inner.throw(failed)
        except StopIteration:
            return number
        number += 1
        if number == at:
            cancel()
        try:
            sent, failed = (yield waits), None
        except BaseException as raised:
            sent, failed = None, raised


async def by_scope(make: Make, at: int) -> bool:
    """Cancel through a scope; returns whether it ended before."""
    with anyio.CancelScope() as scope:
        cancel: Callable[[], object] = scope.cancel
        if not on_trio():  # there, a task cannot be cancelled before it has suspended
            cancel = partial(asyncio.get_running_loop().call_soon, scope.cancel)
        work: Awaitable[int] = counted(make(), at, cancel)
        return await work < at
    return False


async def natively(make: Make, at: int) -> bool:
    """Cancel a task of asyncio; returns whether it ended before."""
    later = asyncio.get_running_loop().call_soon

    async def main() -> int:
        task = asyncio.current_task()
        assert task
        work: Awaitable[int] = counted(make(), at, lambda: later(task.cancel))
        return await work

    try:
        return await asyncio.create_task(main()) < at
    except asyncio.CancelledError:
        return False


async def settled(condition: Callable[[], bool]) -> bool:
    """Wait a little for what ends in the background."""
    end = time.monotonic() + 5
    while not condition():
        if time.monotonic() > end:
            return False
        await anyio.sleep(0.005)
    return True


async def sweep(
    backend: str, folder: Path, cancelled: Callable[[Make, int], Awaitable[bool]]
) -> None:
    path = folder / "x"
    with FaultServer() as server:
        url = server.on("/x", Content(PAYLOAD))
        for at in range(1, MOST):
            path.write_bytes(OLD)
            if at % 2:
                part_of(path).unlink(missing_ok=True)
            async with rp_net.Client(backend=backend) as client:  # type: ignore[arg-type]
                ended = await cancelled(lambda: client.download(url, path), at)
                assert await settled(lambda: not descriptors(folder)), (at, descriptors(folder))
                assert path.read_bytes() in (OLD, PAYLOAD), at
                assert strangers(folder, "x") == set(), at
                if ended:
                    break
                if at % 8 == 0:
                    with anyio.fail_after(5):
                        done = await client.download(url, path)
                    assert path.read_bytes() == PAYLOAD, (at, done)
        else:
            raise AssertionError("it never ended")
    assert at > 8


@ON_EVERY_PAIR
async def test_a_scope_may_be_cancelled_at_every_suspension(backend: str, tmp_path: Path) -> None:
    opened, threads = sockets(), threading.active_count()
    await sweep(backend, tmp_path, by_scope)
    assert await settled(lambda: sockets() <= opened)
    assert threading.active_count() <= threads + 45


@pytest.mark.parametrize("backend", ["aiohttp", "httpx2", "httpx", "stdlib"])
async def test_a_task_may_be_cancelled_at_every_suspension(backend: str, tmp_path: Path) -> None:
    opened = sockets()
    await sweep(backend, tmp_path, natively)
    assert await settled(lambda: sockets() <= opened)


@ON_EVERY_PAIR
async def test_what_had_come_before_a_cancel_is_used(backend: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    got = anyio.Event()

    def stuck(exchange: Exchange) -> None:
        answer = Content(LONG).answer(exchange.request)
        exchange.send(answer.head() + answer.body[: (4 << 20) + 5000])
        exchange.sleep(30)

    def show(progress: Any) -> None:
        if progress.done >= (4 << 20) + 5000:
            got.set()

    with FaultServer() as server:
        url = server.on("/x", stuck)
        async with rp_net.Client(backend=backend) as client:  # type: ignore[arg-type]
            async with anyio.create_task_group() as tasks:

                async def work() -> None:
                    await client.download(url, path, progress=show)

                tasks.start_soon(work)
                await got.wait()
                await settled(
                    lambda: part_of(path).exists() and part_of(path).stat().st_size >= 1 << 20
                )
                tasks.cancel_scope.cancel()
            server.on("/x", Content(LONG))
            done = await client.download(url, path)
    assert done.resumed_from >= 1 << 20
    assert path.read_bytes() == LONG


@ON_EVERY_PAIR
async def test_a_deadline_ends_a_wait_for_another_writer(backend: str, tmp_path: Path) -> None:
    path = tmp_path / "x"

    def stuck(exchange: Exchange) -> None:
        exchange.sleep(30)

    with FaultServer() as server:
        url = server.on("/x", stuck)
        async with (
            rp_net.Client(backend=backend) as client,  # type: ignore[arg-type]
            anyio.create_task_group() as tasks,
        ):

            async def first() -> None:
                await client.download(url, path)

            tasks.start_soon(first)
            await settled(lambda: server.hits("/x") == 1)
            with pytest.raises(rp_net.NetTimeoutError):
                await client.download(url, path, timeout=0.3)
            tasks.cancel_scope.cancel()
    assert descriptors(tmp_path) == []


@ON_EVERY_PAIR
async def test_after_a_deadline_there_is_no_file(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    monkeypatch.setattr(os, "fsync", lambda _: time.sleep(1.0))
    with FaultServer() as server:
        url = server.on("/x", Content(PAYLOAD))
        async with rp_net.Client(backend=backend) as client:  # type: ignore[arg-type]
            try:
                await client.download(url, path, durable=True, timeout=0.7)
            except rp_net.NetTimeoutError:
                assert not path.exists()
            else:
                assert path.read_bytes() == PAYLOAD
