"""Maps over a cluster: dask.distributed, two processes on this machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from rp_core import thread_map
from rp_core.sync import thread_map as sync_thread_map
from support import work

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")


@pytest.fixture(autouse=True)
def no_new_kinds_of_threads() -> None:
    """A cluster has threads of its own, and more when it replaces a worker."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Executor]:
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            host="127.0.0.1",
            silence_logs=50,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client.get_executor()


async def test_results_come_in_order(cluster: Executor) -> None:
    for chunk in (1, 8):
        results = await thread_map(work.double, range(40), executor=cluster, chunk=chunk)
        assert results == [item * 2 for item in range(40)]
    assert list(sync_thread_map(work.double, range(9), executor=cluster)) == [
        item * 2 for item in range(9)
    ]


async def test_a_remote_error_is_raised_as_it_is(cluster: Executor) -> None:
    for chunk in (1, 8):
        with pytest.raises(ValueError) as caught:
            await thread_map(work.double_or_fail, range(12), executor=cluster, chunk=chunk)
        assert (type(caught.value), caught.value.args) == (ValueError, (3,))
        assert "item 3: 3" in caught.value.__notes__


async def test_at_most_the_window_is_submitted(cluster: Executor) -> None:
    sent = 0
    submit = cluster.submit

    class Watched(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            nonlocal sent
            sent += 1
            return submit(fn, *args, **kwargs)

    taken = 0
    options: dict[str, Any] = {"limit": 4, "buffer": 2, "executor": Watched()}
    async with thread_map(work.double, range(50), **options) as stream:
        async for _ in stream:
            taken += 1
            assert sent - taken < 6 + 1
    assert taken == sent == 50


async def test_a_killed_worker_is_survived(cluster: Executor, tmp_path: Path) -> None:
    items = [(number, str(tmp_path / "killed")) for number in range(20)]
    results = await thread_map(work.die_once, items, executor=cluster, limit=4)

    assert results == list(range(20))
    assert (tmp_path / "killed").exists()


async def test_equal_items_are_each_called(cluster: Executor) -> None:
    for chunk in (1, 2):
        names = await thread_map(work.unique, [7] * 8, executor=cluster, chunk=chunk)
        assert len(set(names)) == 8
