from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.certificates import Certificates, certificates
from support.fault_server import FaultServer

# What takes long, or repeats on another event loop what one has shown: run on one Python only.
_LONG = frozenset(
    {
        "test_cancel", "test_download_cancel", "test_download_disk", "test_download_faults",
        "test_retries", "test_timeouts",
    }
)  # fmt: skip


# What may well depend on the Python, or on the release of a dependency.
_EVERYWHERE = frozenset(
    {
        "test_aiohttp", "test_backends", "test_cache_lifetimes", "test_cache_stores",
        "test_client_tls", "test_cookies", "test_download", "test_errors", "test_limits",
        "test_streams", "test_sync", "test_url",
    }
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "net" not in item.path.parts:
            continue
        params = item.callspec.params if hasattr(item, "callspec") else {}
        loop = str(params.get("anyio_backend", "asyncio"))
        if item.path.stem in _LONG or "trio" in loop or "'use_uvloop': True" in loop:
            item.add_marker("thorough")
        if item.path.stem not in _EVERYWHERE:
            item.add_marker("once")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(autouse=True)
def only_what_is_installed(request: pytest.FixtureRequest) -> None:
    """Skip what is for a backend that is missing: a wheel is tested alone, too."""
    from rp_net._transport import open_transport

    params = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    name = params.get("backend")
    for backend in open_transport.backends:
        if backend.name == name and backend.state != "installed":
            pytest.skip(f"{name} is not installed")


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


@pytest.fixture
def other() -> Iterator[FaultServer]:
    with FaultServer(host="localhost") as running:
        yield running


@pytest.fixture(scope="session")
def signed() -> Iterator[Certificates]:
    with certificates() as made:
        yield made
