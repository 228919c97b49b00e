"""Whatever a server does, a file at the destination is right, or it is not there."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import anyio
import pytest

import rp_net
from support.downloads import PAIRS, QUICK, noise, strangers
from support.fault_server import FaultServer
from support.faults import FAULTS, Fault

PAYLOAD: Final = noise(30_000)
BIG: Final = noise(3_400_000, 2)
REFUSED: Final = {("aiohttp", "lengths-same")}
HASTY: Final = rp_net.Timeout(2.5, 2.0, 0.5)
LIMITS: Final = rp_net.Timeout(15.0, 5.0, 1.5)
PATIENT: Final = rp_net.Timeout(15.0, 5.0, 3.0)
# A reset throws away what is still to be sent: of more than fits into a buffer, nothing may come.
LARGE: Final = [
    "right", "cut-often", "cut-always-there", "promised-more", "chunk-cut-once", "416-complete",
    "no-length-cut", "gzip-unasked-cut", "ranges-ignored", "wrong-start", "no-content-range",
    "416-always", "changed", "changed-if-range-ignored", "grown-same-etag",
]  # fmt: skip

pytestmark = pytest.mark.parametrize(
    ("anyio_backend", "backend"), PAIRS, indirect=["anyio_backend"]
)


async def outcome(
    client: rp_net.Client, fault: Fault, payload: bytes, url: str, path: Path
) -> str | None:
    """Download through a fault; returns what is wrong with what came of it."""
    limits = PATIENT if payload is BIG else LIMITS
    if not fault.recoverable:
        limits = HASTY
    endings = fault.endings(payload)
    error: Exception | None = None
    try:
        done = await client.download(url, path, timeout=limits, retries=QUICK)
    except Exception as raised:
        error = raised
    if error is None:
        content = path.read_bytes()
        if content not in endings:
            return f"{fault}: {len(content)} bytes that nobody has sent so"
        return None if done.size == len(content) else f"{fault}: claims {done.size} bytes"
    if path.exists():
        return f"{fault}: a file in spite of {error!r}"
    if not isinstance(error, rp_net.NetError):
        return f"{fault}: {error!r} is no NetError"
    if fault.recoverable and (client.backend, fault.name) not in REFUSED:
        return f"{fault}: {error!r}"
    return None


async def outcomes(names: list[str], payload: bytes, folder: Path, backend: str) -> list[str]:
    """Download through many faults at once."""
    wrong: list[str] = []

    async def one(fault: Fault) -> None:
        url = server.on(f"/{fault.name}", fault.handler(payload))
        if text := await outcome(client, fault, payload, url, folder / fault.name):
            wrong.append(text)

    with FaultServer() as server:
        async with (
            rp_net.Client(backend=backend, max_connections=200) as client,  # type: ignore[arg-type]
            anyio.create_task_group() as tasks,
        ):
            for name in names:
                tasks.start_soon(one, FAULTS[name])
    if odd := strangers(folder, *names):
        wrong.append(f"left over: {odd}")
    return wrong


async def test_every_fault_ends_in_the_right_file_or_an_error(backend: str, tmp_path: Path) -> None:
    assert await outcomes(list(FAULTS), PAYLOAD, tmp_path, backend) == []


async def test_a_fault_behind_the_first_batch_does_no_harm(backend: str, tmp_path: Path) -> None:
    assert await outcomes(LARGE, BIG, tmp_path, backend) == []


async def test_what_one_call_leaves_the_next_call_may_use(backend: str, tmp_path: Path) -> None:
    once = rp_net.Retry(retries=0)
    wrong: list[str] = []

    async def calls(fault: Fault) -> None:
        url = server.on(f"/{fault.name}", fault.handler(PAYLOAD))
        path = tmp_path / fault.name
        for _ in range(4):
            try:
                await client.download(url, path, timeout=LIMITS, retries=once)
            except rp_net.NetError:
                if path.exists():
                    wrong.append(f"{fault}: a file in spite of an error")
            else:
                if path.read_bytes() not in fault.endings(PAYLOAD):
                    wrong.append(f"{fault}: a wrong file")
                return

    with FaultServer() as server:
        async with (
            rp_net.Client(backend=backend, max_connections=200) as client,  # type: ignore[arg-type]
            anyio.create_task_group() as tasks,
        ):
            for fault in FAULTS.values():
                if not fault.slow:
                    tasks.start_soon(calls, fault)
    assert wrong == []
    assert strangers(tmp_path, *FAULTS) == set()
