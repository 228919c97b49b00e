"""A local file for a URL: fetched once, looked after when it is old, right or not there."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Final

import anyio
import pytest

import rp_core
import rp_net
from support.downloads import BOTH, QUICK, noise
from support.fault_content import OLD, Content
from support.fault_cuts import cut_once
from support.fault_exchange import Exchange
from support.fault_server import FaultServer

PAYLOAD: Final = noise(30_000)
OTHER: Final = noise(30_000, 2)
SHA: Final = hashlib.sha256(PAYLOAD).hexdigest()


@pytest.fixture(params=BOTH)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    return request.param


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RP_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert str(rp_core.cache_dir("rp-net-files")).startswith(str(tmp_path))
    return tmp_path


async def test_a_file_is_fetched_once() -> None:
    with FaultServer() as server:
        url = server.on("/x.bin", Content(PAYLOAD))
        first, second = await rp_net.cached_path(url), await rp_net.cached_path(url)
        assert server.hits("/x.bin") == 1
    assert (first, first.name, first.read_bytes()) == (second, "x.bin", PAYLOAD)


async def test_another_url_is_another_file() -> None:
    with FaultServer() as server:
        one = await rp_net.cached_path(server.on("/a/x", Content(PAYLOAD)))
        two = await rp_net.cached_path(server.on("/b/x", Content(OTHER)))
    assert (one.read_bytes(), two.read_bytes()) == (PAYLOAD, OTHER)


async def test_other_parameters_are_another_file() -> None:
    def answer(exchange: Exchange) -> None:
        exchange.respond(200, exchange.request.query["v"].encode())

    with FaultServer() as server:
        url = server.on("/x", answer)
        paths = [await rp_net.cached_path(url, params={"v": v}) for v in ("1", "2")]
    assert [path.read_bytes() for path in paths] == [b"1", b"2"]


async def test_an_old_file_is_looked_after_and_kept_while_it_is_the_same() -> None:
    with FaultServer() as server:
        url = server.on("/x", Content(PAYLOAD))
        first = await rp_net.cached_path(url, max_age=0.0)
        second = await rp_net.cached_path(url, max_age=0.0)
        assert [r.method for r in server.requests] == ["GET", "HEAD"]
        assert server.requests[1].header("If-None-Match") == '"one"'
    assert (first, second.read_bytes()) == (second, PAYLOAD)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Content(PAYLOAD), Content(OTHER, '"two"')),
        (Content(PAYLOAD, None), Content(OTHER, None)),
        (Content(PAYLOAD, None, OLD), Content(OTHER, None, "Thu, 01 Jan 2026 00:00:00 GMT")),
    ],
    ids=["etag", "none", "date"],
)
async def test_an_old_file_that_has_changed_is_fetched(old: Content, new: Content) -> None:
    with FaultServer() as server:
        url = server.on("/x", old)
        await rp_net.cached_path(url, max_age=0.0)
        server.on("/x", new)
        assert (await rp_net.cached_path(url)).read_bytes() == PAYLOAD
        assert (await rp_net.cached_path(url, max_age=3600.0)).read_bytes() == PAYLOAD
        assert (await rp_net.cached_path(url, max_age=0.0)).read_bytes() == OTHER


async def test_a_file_with_the_right_digest_is_good_for_ever() -> None:
    with FaultServer() as server:
        url = server.on("/x", Content(PAYLOAD))
        for _ in range(2):
            await rp_net.cached_path(url, digest=SHA, max_age=0.0)
        assert server.hits("/x") == 1


async def test_a_file_that_was_damaged_is_fetched_again() -> None:
    with FaultServer() as server:
        url = server.on("/x", Content(PAYLOAD))
        path = await rp_net.cached_path(url, digest=SHA)
        path.write_bytes(b"damaged")
        assert (await rp_net.cached_path(url, digest=SHA)).read_bytes() == PAYLOAD


async def test_a_wrong_digest_is_an_error_and_keeps_nothing(cache: Path) -> None:
    with FaultServer() as server, pytest.raises(rp_net.DigestError):
        await rp_net.cached_path(server.on("/x", Content(PAYLOAD)), digest="0" * 64)
    assert [name for _, _, names in os.walk(cache) for name in names] == []


async def test_a_connection_that_breaks_is_no_error() -> None:
    with FaultServer() as server:
        url = server.on("/x", cut_once(PAYLOAD, 10_000))
        path = await rp_net.cached_path(url, retries=QUICK)
    assert path.read_bytes() == PAYLOAD


async def test_two_at_once_fetch_once() -> None:
    with FaultServer() as server:
        url = server.on("/x", Content(PAYLOAD))
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(rp_net.cached_path, url)
        assert server.hits("/x") == 1


@pytest.mark.parametrize(
    "about",
    [
        "",
        "[]",
        '{"name": "x"}',
        '{"name": 5}',
        '{"name": "../../x", "checked": 0}',
        '{"name": "x", "checked": "soon"}',
        '{"name": "x", "checked": null, "etag": 5}',
    ],
)
@pytest.mark.parametrize("max_age", [None, 0.0, 60.0])
async def test_damaged_notes_do_no_harm(about: str, max_age: float | None) -> None:
    with FaultServer() as server:
        url = server.on("/x", Content(PAYLOAD))
        path = await rp_net.cached_path(url)
        note = path.with_name(".about.json")
        assert json.loads(note.read_text())["name"] == "x"
        note.write_text(about)
        again = await rp_net.cached_path(url, max_age=max_age)
    assert again.read_bytes() == PAYLOAD
    assert again.parent == path.parent


async def test_headers_may_be_given_in_any_form() -> None:
    with FaultServer() as server:
        url = server.on("/x", Content(PAYLOAD))
        for _ in range(2):
            await rp_net.cached_path(url, max_age=0.0, headers=[("X-A", "1"), ("X-A", "2")])
        assert [r.all("X-A") for r in server.requests] == [["1", "2"], ["1", "2"]]


async def test_a_server_that_knows_no_head_is_asked_for_the_file() -> None:
    def answer(exchange: Exchange) -> None:
        if exchange.request.method == "HEAD":
            exchange.respond(405)
        else:
            Content(PAYLOAD)(exchange)

    with FaultServer() as server:
        url = server.on("/x", answer)
        for _ in range(2):
            path = await rp_net.cached_path(url, max_age=0.0)
    assert path.read_bytes() == PAYLOAD
