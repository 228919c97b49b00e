"""`load_many` and `stream`: order, bounds, errors, cancellation, sources, both faces."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import numpy as np
import pytest

import rp_core
import rp_image
import rp_image.sync
from rp_core import Failure
from rp_image import DecodeError
from support import images
from support.programs import interrupt


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Twenty PNGs; number n is n pixels high and has the value n everywhere."""
    made = []
    for number in range(1, 21):
        path = tmp_path / f"{number}.png"
        path.write_bytes(images.png(np.full((number, 3, 3), number, np.uint8), 2))
        made.append(path)
    return made


@pytest.fixture
def one_cpu() -> Iterator[None]:
    rp_core.set_cpu_limit(1)
    yield
    rp_core.set_cpu_limit(None)


async def test_the_order_is_that_of_the_sources(paths: list[Path]) -> None:
    loaded = await rp_image.load_many(paths)

    assert [image.shape[0] for image in loaded] == list(range(1, 21))
    assert all((image == image.shape[0]).all() for image in loaded)


async def test_an_async_iterable_of_sources(paths: list[Path]) -> None:
    async def sources() -> AsyncIterator[Path]:
        for path in paths:
            await anyio.lowlevel.checkpoint()
            yield path

    assert len(await rp_image.load_many(sources())) == 20


def test_plain_code(paths: list[Path]) -> None:
    assert [image.shape[0] for image in rp_image.sync.load_many(paths)] == list(range(1, 21))
    with rp_image.sync.stream(paths) as stream:
        assert next(stream).shape[0] == 1
    assert [image.shape[0] for image in rp_image.sync.stream(paths)] == list(range(1, 21))


async def test_a_stream_in_each_of_its_uses(paths: list[Path]) -> None:
    assert [image.shape[0] async for image in rp_image.stream(paths)] == list(range(1, 21))
    async with rp_image.stream(paths) as stream:
        assert (await anext(stream)).shape[0] == 1


async def test_a_stream_reads_no_further_than_its_window(paths: list[Path]) -> None:
    asked = 0

    def sources() -> Iterator[Path]:
        nonlocal asked
        while True:
            asked += 1
            yield paths[0]

    async with rp_image.stream(sources(), limit=2, buffer=3) as stream:
        for consumed in range(50):
            await anext(stream)
            assert asked <= consumed + 1 + 5


async def test_the_transform_runs_in_the_decoding_worker(paths: list[Path]) -> None:
    def transform(image: rp_image.Image) -> tuple[int, str]:
        return image.shape[0], threading.current_thread().name

    results = await rp_image.load_many(paths, transform=transform)

    assert [height for height, _ in results] == list(range(1, 21))
    assert {name for _, name in results} == {"rp-worker"}


def test_a_transform_may_load_many_itself(paths: list[Path], one_cpu: None) -> None:
    def transform(_: rp_image.Image) -> int:
        return len(rp_image.sync.load_many(paths[:3]))

    assert rp_image.sync.load_many(paths, transform=transform) == [3] * 20


def test_the_error_policies(paths: list[Path]) -> None:
    paths[4].write_bytes(b"damaged")

    with pytest.raises(DecodeError) as caught:
        rp_image.sync.load_many(paths)
    assert any("item 4" in note and "5.png" in note for note in caught.value.__notes__)
    assert len(rp_image.sync.load_many(paths, on_error="skip")) == 19
    results = rp_image.sync.load_many(paths, on_error="return")
    failure = results[4]
    assert isinstance(failure, Failure)
    assert (failure.item, failure.index) == (paths[4], 4)
    assert isinstance(failure.error, DecodeError)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"limit": -1}, ValueError),
        ({"buffer": -1}, ValueError),
        ({"limit": 1.5}, TypeError),
        ({"on_error": "ignore"}, ValueError),
        ({"transform": 3}, TypeError),
        ({"progress": 3}, TypeError),
    ],
)
async def test_bad_arguments_raise_at_the_call(
    paths: list[Path], options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        rp_image.stream(paths, **options)
    with pytest.raises(error):
        rp_image.sync.stream(paths, **options)
    with pytest.raises(TypeError):
        rp_image.sync.load_many(3)  # type: ignore[call-overload]


async def test_a_generator_of_sources_that_raises(paths: list[Path]) -> None:
    def sources() -> Iterator[Path]:
        yield from paths[:3]
        raise KeyError("no more")

    with pytest.raises(KeyError, match="no more"):
        await rp_image.load_many(sources())


async def test_a_callback_that_raises(paths: list[Path]) -> None:
    def progress(report: rp_core.Progress) -> None:
        if report.done == 3:
            raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        await rp_image.load_many(paths, progress=progress)
    with pytest.raises(KeyError, match="enough"):
        rp_image.sync.load_many(paths, progress=progress)


async def test_fifty_at_once_share_the_budget_and_leave_other_threads_free(
    paths: list[Path],
) -> None:
    running = peak = 0
    lock = threading.Lock()

    def transform(_: rp_image.Image) -> None:
        nonlocal running, peak
        with lock:
            running += 1
            peak = max(peak, running)
        time.sleep(0.001)
        with lock:
            running -= 1

    longest = 0.0
    async with anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(_load_all, paths, transform)
        for _ in range(10):
            began = time.perf_counter()
            await anyio.to_thread.run_sync(lambda: None)
            longest = max(longest, time.perf_counter() - began)

    assert peak == rp_core.cpu_limit()
    limiter = anyio.to_thread.current_default_thread_limiter()
    assert limiter.borrowed_tokens == 0
    assert longest < 2
    workers = [thread for thread in threading.enumerate() if thread.name == "rp-worker"]
    assert len(workers) < 40


async def _load_all(paths: list[Path], transform: Any) -> None:
    assert len(await rp_image.load_many(paths, transform=transform)) == 20


async def test_cancellation_waits_for_the_image_at_work_and_begins_no_more(
    paths: list[Path],
) -> None:
    begun: list[float] = []

    def transform(_: rp_image.Image) -> None:
        begun.append(time.monotonic())
        time.sleep(0.05)

    with anyio.move_on_after(0.08) as scope:
        await rp_image.load_many(paths * 10, transform=transform, limit=2)

    count = len(begun)
    assert scope.cancelled_caught
    await anyio.sleep(0.1)
    assert len(begun) == count < 20


async def test_cancellation_at_any_suspension_leaves_no_image_at_work(paths: list[Path]) -> None:
    begun: list[int] = []
    ended: list[int] = []

    def transform(image: rp_image.Image) -> None:
        begun.append(len(image))
        time.sleep(0.001)
        ended.append(len(image))

    for moment in range(30):
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_cancel_after, moment, scope)
                await rp_image.load_many(paths, transform=transform)
                tasks.cancel_scope.cancel()
        assert len(begun) == len(ended)
    assert len(await rp_image.load_many(paths)) == 20


async def _cancel_after(turns: int, scope: anyio.CancelScope) -> None:
    for _ in range(turns):
        await anyio.lowlevel.checkpoint()
    scope.cancel()


async def test_urls_are_fetched_on_the_callers_loop_and_inside_the_window() -> None:
    data = images.png(np.zeros((2, 2, 3), np.uint8), 2)
    fetching = peak = 0
    loop_thread = threading.current_thread()
    seen: set[threading.Thread] = set()

    async def fetch(url: str, max_bytes: int) -> bytes:
        nonlocal fetching, peak
        seen.add(threading.current_thread())
        fetching += 1
        peak = max(peak, fetching)
        await anyio.sleep(0.005)
        fetching -= 1
        return data

    rp_core.register_source("rptest", fetch)
    urls = [f"rptest://host/{number}.png" for number in range(100)]

    assert len(await rp_image.load_many(urls)) == 100
    assert seen == {loop_thread}
    assert 4 < peak <= 32
    peak = 0
    assert [image.shape async for image in rp_image.stream(urls, limit=1, buffer=2)] == [
        (2, 2, 3)
    ] * 100
    assert peak <= 3


async def test_a_url_that_fails_is_an_error_of_its_item(paths: list[Path]) -> None:
    async def fetch(url: str, max_bytes: int) -> bytes:
        raise TimeoutError("too slow")

    rp_core.register_source("rpslow", fetch)
    results = await rp_image.load_many([paths[0], "rpslow://x", paths[1]], on_error="return")

    assert isinstance(results[1], Failure)
    assert isinstance(results[1].error, TimeoutError)
    assert len(await rp_image.load_many([*paths, "rpslow://x"], on_error="skip")) == 20


def test_plain_code_fetches_urls_through_the_portal() -> None:
    data = images.png(np.zeros((2, 2, 3), np.uint8), 2)

    async def fetch(url: str, max_bytes: int) -> bytes:
        await anyio.lowlevel.checkpoint()
        return data

    rp_core.register_source("rpplain", fetch)

    assert rp_image.sync.load("rpplain://x").shape == (2, 2, 3)
    assert len(rp_image.sync.load_many(["rpplain://x"] * 50)) == 50


async def test_other_sources(paths: list[Path]) -> None:
    data = paths[4].read_bytes()
    async with await anyio.open_file(paths[4], "rb") as file:
        assert (await rp_image.load(file)).shape[0] == 5
    with paths[4].open("rb") as plain:
        assert (await rp_image.load(plain)).shape[0] == 5
    async with await anyio.open_file(paths[4], "rb") as file:
        sources: list[Any] = [file, str(paths[4]), data, bytearray(data), memoryview(data)]
        assert [i.shape[0] for i in await rp_image.load_many(sources)] == [5] * 5
    async with await anyio.open_file(paths[4], "rb") as file:
        with pytest.raises(TypeError, match="async file"):
            rp_image.sync.load(file)


SCRIPT = """
import sys, time, rp_image.sync
begun = []
def slow(image):
    begun.append(image)
    print("go", flush=True) if len(begun) == 1 else None
    time.sleep(0.05)
    return image
try:
    rp_image.sync.load_many([sys.argv[1]] * 10_000, transform=slow)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_ctrl_c_ends_a_batch(paths: list[Path]) -> None:
    assert interrupt(SCRIPT, str(paths[0])) == ("interrupted\n", "", 0)


def test_a_forked_child_loads_too(paths: list[Path]) -> None:
    rp_image.sync.load_many(paths)
    child = os.fork()
    if not child:
        try:
            os._exit(0 if len(rp_image.sync.load_many(paths)) == 20 else 1)
        except BaseException:
            os._exit(2)

    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert os.waitstatus_to_exitcode(status) == 0
            return
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    pytest.fail("the child hangs")
