from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.fault_server import FaultServer


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running
