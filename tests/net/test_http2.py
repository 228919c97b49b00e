"""HTTP/2, offered over TLS where it was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

import rp_net
from support.certificates import Certificates
from support.net_matrix import BackendName
from support.net_servers import Nginx, has_program, nginx

pytest.importorskip("h2")
pytestmark = pytest.mark.skipif(not has_program("nginx"), reason="nginx is not here")
able = pytest.mark.parametrize("backend", ["httpx2", "httpx"])
BIG = bytes(range(256)) * 8000


@pytest.fixture(scope="module")
def site(signed: Certificates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    folder = tmp_path_factory.mktemp("site")
    (folder / "big.bin").write_bytes(BIG)
    (folder / "small.txt").write_bytes(b"small")
    with nginx(Path(folder), signed.good) as running:
        yield running


def client_of(backend: BackendName, signed: Certificates, **options: Any) -> rp_net.Client:
    return rp_net.Client(backend=backend, tls=signed.trusting(), **options)


@able
async def test_many_requests_share_one_connection(
    site: Nginx, signed: Certificates, backend: BackendName
) -> None:
    async with client_of(backend, signed, http2=True) as client:
        url = f"{site.secure_origin}/big.bin"
        responses = await client.fetch_many([f"{url}?{number}" for number in range(12)])
        async with client.stream(url) as streamed:
            assert await streamed.read() == BIG
    assert {response.http_version for response in responses} == {"HTTP/2"}
    assert all(response.content == BIG for response in responses)


# Under Trio httpx leaves its own generators to the collector, which warns.
@pytest.mark.filterwarnings(
    r"ignore:.*httpcore\._async\.http2:pytest.PytestUnraisableExceptionWarning",
    r"ignore:Async generator 'httpcore\._async\.http2:ResourceWarning",
)
@able
async def test_a_stream_that_is_left_and_a_call_that_is_cancelled_spoil_nothing(
    site: Nginx, signed: Certificates, backend: BackendName
) -> None:
    async with client_of(backend, signed, http2=True, timeout=10) as client:
        url = f"{site.secure_origin}/big.bin"
        for seconds in (0.001, 0.005, 0.02):
            with anyio.move_on_after(seconds):
                await client.get(url)
            async with client.stream(url) as streamed:
                async for _ in streamed.iter_bytes():
                    break
        assert (await client.get(url)).content == BIG
        missing = await client.request("GET", f"{site.secure_origin}/none")
        assert (missing.status, missing.reason) == (404, "")


@able
async def test_without_tls_and_without_asking_it_is_http_1(
    site: Nginx, signed: Certificates, backend: BackendName
) -> None:
    async with client_of(backend, signed, http2=True) as client:
        assert (await client.get(f"{site.origin}/small.txt")).http_version == "HTTP/1.1"
    async with client_of(backend, signed) as client:
        assert (await client.get(f"{site.secure_origin}/small.txt")).http_version == "HTTP/1.1"


async def test_the_choice_falls_on_a_backend_that_can(site: Nginx, signed: Certificates) -> None:
    async with client_of("auto", signed, http2=True) as client:
        response = await client.get(f"{site.secure_origin}/small.txt")
        assert response.http_version == "HTTP/2"
        assert client.backend in ("httpx2", "httpx")
