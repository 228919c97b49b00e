"""Stored fields after a 304 or a HEAD (RFC 9111, 3.2, 4.3.4 and 4.3.5)."""

from __future__ import annotations

import pytest

from support.cache_lab import DAY, FRESH, STALE, Answer, at, open_lab
from support.fault_server import Exchange, FaultServer

OLD, NEW = at(-2 * DAY), at(-DAY)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("X-A", "1", "2"),
        ("X-A", None, "2"),
        ("Expires", at(60), at(120)),
        ("Last-Modified", OLD, NEW),
        ("Content-Type", "text/plain", "text/html; charset=utf-8"),
        ("Content-Language", "en", "de"),
        ("Content-Location", "/a", "/b"),
        ("Content-Disposition", "inline", "attachment"),
        ("Content-Security-Policy", "default-src 'self'", "default-src 'none'"),
        ("Content-MD5", "a", "b"),
        ("Set-Cookie", "a=1", "a=2"),
        ("Link", "</a>", "</b>"),
        ("Server", "one", "two"),
        ("X-Frame-Options", "deny", "sameorigin"),
        ("X-XSS-Protection", "0", "1"),
        ("Clear-Site-Data", '"cache"', '"cookies"'),
        ("Public-Key-Pins", "a", "b"),
        ("Transfer-Encoded", "a", "b"),
        ("Access-Control-Allow-Origin", "https://a.example", "*"),
        ("Date", at(-7000), at(0)),
    ],
)
async def test_a_304_updates(
    server: FaultServer, name: str, before: str | None, after: str
) -> None:
    first = STALE | {"ETag": '"a"'} | ({name: before} if before else {})
    async with open_lab(server) as lab:
        lab.script(Answer(first), Answer({**FRESH, "ETag": '"a"', name: after}, b"", 304))
        await lab.ask()
        for _ in range(2):
            found = await lab.ask()
            assert (found.status, found.content) == (200, b"body")
            assert found.headers.get_list(name) == [after]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("Content-Length", "4", "9"),
        ("Content-Encoding", "gzip", "deflate"),
        ("Content-Range", None, "bytes 0-1/9"),
        ("Connection", None, "keep-alive"),
        ("Keep-Alive", None, "timeout=5"),
        ("Proxy-Authenticate", None, "Basic"),
        ("Upgrade", None, "h2c"),
        ("Trailer", None, "X-T"),
    ],
)
async def test_a_304_does_not_update(
    server: FaultServer, name: str, before: str | None, after: str
) -> None:
    import gzip

    body = gzip.compress(b"body") if before == "gzip" else b"body"
    first = STALE | {"ETag": '"a"'} | ({name: before} if before else {})
    async with open_lab(server) as lab:
        lab.script(Answer(first, body), Answer({**FRESH, "ETag": '"a"', name: after}, b"", 304))
        await lab.ask()
        for _ in range(2):
            found = await lab.ask()
            assert (found.status, found.content) == (200, b"body")
            assert found.headers.get(name) == before


async def test_what_a_304_does_not_say_stays(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(
            Answer([*STALE.items(), ("ETag", '"a"'), ("X-A", "1"), ("X-B", "1"), ("X-B", "2")]),
            Answer([*FRESH.items(), ("ETag", '"a"'), ("X-C", "1"), ("X-C", "2")], b"", 304),
        )
        await lab.ask()
        await lab.ask()
        found = await lab.ask()
        assert found.headers.get_list("x-a") == ["1"]
        assert found.headers.get_list("x-b") == ["1", "2"]
        assert found.headers.get_list("x-c") == ["1", "2"]
        assert found.headers["content-length"] == "4"


async def test_fields_that_connection_names_do_not_count(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        said = {**FRESH, "ETag": '"a"', "Connection": "X-A", "X-A": "2"}
        lab.script(Answer({**STALE, "ETag": '"a"', "X-A": "1"}), Answer(said, b"", 304))
        await lab.ask()
        await lab.ask()
        assert (await lab.ask()).headers["x-a"] == "1"


async def test_a_304_may_shorten_the_lifetime(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        said = {"Cache-Control": "max-age=0", "ETag": '"a"'}
        lab.script(Answer({**STALE, "ETag": '"a"'}), Answer(said, b"", 304))
        for _ in range(4):
            assert (await lab.ask()).content == b"body"
        assert lab.hits == 4


async def test_a_304_that_says_no_store(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        said = {"Cache-Control": "no-store", "ETag": '"a"'}
        lab.script(Answer({**STALE, "ETag": '"a"'}), Answer(said, b"", 304), Answer(FRESH, b"new"))
        await lab.ask()
        assert (await lab.ask()).content == b"body"
        assert (await lab.ask()).content == b"new"


async def test_the_age_of_a_304_counts(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        said = {**FRESH, "ETag": '"a"', "Age": "1800"}
        lab.script(Answer({**STALE, "ETag": '"a"'}), Answer(said, b"", 304))
        await lab.ask()
        await lab.ask()
        found = await lab.ask()
        assert found.from_cache
        assert 1800 <= int(found.headers["age"]) < 1860
        assert not (await lab.ask({"Cache-Control": "max-age=1000"})).headers.get("x-a")
        assert lab.hits == 3


async def test_the_newest_etag_is_sent(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        weak = {"Cache-Control": "max-age=0", "ETag": 'W/"a"', "Last-Modified": OLD}
        lab.script(Answer(weak), Answer({"Last-Modified": NEW, "ETag": 'W/"a"'}, b"", 304))
        for _ in range(3):
            await lab.ask()
        assert [one.header("If-Modified-Since") for one in lab.sent] == [None, OLD, NEW]


@pytest.mark.parametrize("age", ["10", "7200"])
async def test_a_head_that_agrees_updates(server: FaultServer, age: str) -> None:
    stored = {"Cache-Control": "max-age=3600", "Age": age, "ETag": '"a"', "Last-Modified": OLD}
    async with open_lab(server) as lab:
        newer = {**FRESH, "ETag": '"a"', "Last-Modified": OLD, "Content-Length": "4", "X-A": "2"}
        lab.script(Answer({**stored, "X-A": "1"}), Answer(newer))
        await lab.ask()
        head = await lab.ask({"Cache-Control": "no-cache"}, "HEAD")
        assert (head.status, head.content, lab.hits) == (200, b"", 2)
        found = await lab.ask()
        assert (found.content, found.from_cache) == (b"body", True)
        assert found.headers["x-a"] == "2"


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({"ETag": '"a"'}, {"ETag": '"b"'}),
        ({"Last-Modified": OLD}, {"Last-Modified": NEW}),
        ({"ETag": '"a"', "Last-Modified": OLD}, {"ETag": '"a"', "Last-Modified": NEW}),
        ({}, {"Content-Length": "9"}),
        ({"ETag": '"a"'}, {"ETag": '"a"', "Content-Length": "9"}),
        ({}, {"ETag": '"a"'}),
        ({}, {"Last-Modified": NEW}),
    ],
)
async def test_a_head_that_differs_makes_it_stale(
    server: FaultServer, stored: dict[str, str], said: dict[str, str]
) -> None:
    async with open_lab(server) as lab:
        lab.script(
            Answer({**FRESH, **stored}),
            Answer({**FRESH, "Content-Length": "4", **said}),
            Answer(FRESH, b"new"),
        )
        await lab.ask()
        await lab.ask({"Cache-Control": "no-cache"}, "HEAD")
        assert (await lab.ask()).content == b"new"


async def test_a_head_with_another_length_than_a_chunked_body(server: FaultServer) -> None:
    async with open_lab(server) as lab:

        def chunked(exchange: Exchange) -> None:
            headers = [*FRESH.items(), ("Transfer-Encoding", "chunked")]
            exchange.respond(200, b"4\r\nbody\r\n0\r\n\r\n", headers)

        lab.script(chunked, Answer({**FRESH, "Content-Length": "9"}), Answer(FRESH, b"new"))
        await lab.ask()
        await lab.ask({"Cache-Control": "no-cache"}, "HEAD")
        assert (await lab.ask()).content == b"new"


@pytest.mark.parametrize("status", [404, 500, 503])
async def test_a_head_that_fails_changes_nothing(server: FaultServer, status: int) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH), Answer({"X-A": "2"}, b"", status))
        await lab.ask()
        assert (await lab.ask({"Cache-Control": "no-cache"}, "HEAD")).status == status
        found = await lab.ask()
        assert (found.status, found.from_cache) == (200, True)
        assert "x-a" not in found.headers


async def test_a_stored_get_answers_a_head(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**FRESH, "X-A": "1"}))
        await lab.ask()
        head = await lab.ask(method="HEAD")
        assert (head.status, head.content, head.from_cache, lab.hits) == (200, b"", True, 1)
        assert (head.headers["content-length"], head.headers["x-a"]) == ("4", "1")
        assert "age" in head.headers
        assert (await lab.ask()).content == b"body"


async def test_a_stale_get_does_not_answer_a_head(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(STALE))
        await lab.ask()
        await lab.ask(method="HEAD")
        assert [one.method for one in lab.sent] == ["GET", "HEAD"]
