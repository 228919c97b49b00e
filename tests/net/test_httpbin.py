"""httpbin, a server of others, agrees with what a client says and makes of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

import rp_net
from support.net_matrix import BackendName, each_backend
from support.net_servers import httpbin


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    pytest.importorskip("httpbin")
    with httpbin() as running:
        yield running


@each_backend
async def test_what_was_sent(origin: str, backend: BackendName) -> None:
    async with rp_net.Client(backend=backend, base_url=origin) as client:
        response = await client.put(
            "/anything/a%20b", params={"q": ["1", "2"]}, json={"k": "\xe9"}, headers={"X-A": "1"}
        )
        seen = response.json()
        assert seen["method"] == "PUT"
        assert seen["args"] == {"q": ["1", "2"]}
        assert seen["json"] == {"k": "\xe9"}
        assert seen["headers"]["X-A"] == "1"
        seen = (await client.post("/post", data={"a": "1"}, files={"f": ("n", b"file")})).json()
        assert (seen["form"], seen["files"]) == ({"a": "1"}, {"f": "file"})
        seen = (await client.post("/post", data={"a": ["1", "2"]})).json()
        assert seen["form"] == {"a": ["1", "2"]}


@each_backend
async def test_redirects_cookies_and_passwords(origin: str, backend: BackendName) -> None:
    async with rp_net.Client(backend=backend, base_url=origin) as client:
        response = await client.get("/redirect/3")
        assert (len(response.history), response.url) == (3, f"{origin}/get")
        assert (await client.get("/absolute-redirect/2")).ok
        with pytest.raises(rp_net.RedirectError):
            await client.get("/redirect/11")
        target = {"url": f"{origin}/anything", "status_code": "307"}
        seen = (await client.post("/redirect-to", params=target, content=b"x")).json()
        assert (seen["method"], seen["data"]) == ("POST", "x")
        await client.get("/cookies/set", params={"a": "1"})
        assert (await client.get_json("/cookies")) == {"cookies": {"a": "1"}}
        assert (await client.get("/basic-auth/u/p", auth=("u", "p"))).json()["authenticated"]
        with pytest.raises(rp_net.HTTPStatusError, match="401"):
            await client.get("/basic-auth/u/p", auth=("u", "wrong"))
        assert (await client.get("/bearer", headers={"Authorization": "Bearer t"})).ok


@each_backend
async def test_bodies(origin: str, backend: BackendName) -> None:
    async with rp_net.Client(backend=backend, base_url=origin) as client:
        for coding in ("gzip", "deflate", "brotli"):
            name = {"gzip": "gzipped", "deflate": "deflated"}.get(coding, coding)
            assert (await client.get_json(f"/{coding}"))[name] is True
        assert "\u2200" in await client.get_text("/encoding/utf8")
        text = base64.urlsafe_b64encode(b"text").decode()
        assert await client.get_text(f"/base64/{text}") == "text"
        async with client.stream("/stream/5") as response:
            assert len([line async for line in response.iter_lines()]) == 5
        assert len(await client.get_bytes("/stream-bytes/5000")) == 5000
        drip = {"numbytes": 5, "duration": 0.2, "delay": 0}
        assert await client.get_bytes("/drip", params=drip) == b"*" * 5
        part = await client.get("/range/100", headers={"Range": "bytes=10-19"})
        assert (part.status, len(part.content)) == (206, 10)
        assert part.headers["content-range"] == "bytes 10-19/100"
        with pytest.raises(rp_net.NetTimeoutError):
            await client.get("/delay/2", timeout=0.1)


@each_backend
async def test_statuses_and_fields(origin: str, backend: BackendName) -> None:
    async with rp_net.Client(backend=backend, base_url=origin, retries=0) as client:
        for status in (200, 204, 304, 404, 418, 503):
            assert (await client.request("GET", f"/status/{status}")).status == status
        response = await client.get("/response-headers", params={"X-A": ["1", "2"]})
        assert response.headers.get_list("x-a") == ["1", "2"]
        assert (await client.get("/etag/one")).headers["etag"] == "one"
        assert (
            await client.request("GET", "/etag/one", headers={"If-None-Match": "one"})
        ).status == 304
        assert "GET" in (await client.request("OPTIONS", "/get")).headers["allow"]
