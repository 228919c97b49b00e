"""Parts that are put together (RFC 9111, 3.4; RFC 9110, 15.3.7.3)."""

from __future__ import annotations

from contextlib import suppress

import pytest

import rp_net
from support.cache_lab import FRESH, Answer, Lab, Step, open_lab
from support.fault_server import Exchange, FaultServer

BODY = b"0123456789"
NEW = Answer({**FRESH, "ETag": '"b"'}, b"new body")


def part(first: int, last: int, **more: str) -> Answer:
    fields = {name.replace("_", "-"): value for name, value in more.items()}
    headers = {**FRESH, "ETag": '"a"', "Content-Range": f"bytes {first}-{last}/10", **fields}
    return Answer(headers, BODY[first : last + 1], 206)


async def with_first_part(lab: Lab, *steps: Step, **more: str) -> None:
    lab.script(part(0, 4, **more), *steps)
    assert (await lab.ask({"Range": "bytes=0-4"})).status == 206


async def test_the_rest_is_asked_for(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        await with_first_part(lab, part(5, 9))
        whole = await lab.ask()
        assert (whole.status, whole.reason, whole.content) == (200, "OK", BODY)
        assert (lab.sent[1].header("Range"), lab.sent[1].header("If-Range")) == ("bytes=5-", '"a"')
        assert "content-range" not in whole.headers
        assert whole.headers["content-length"] == "10"
        again = await lab.ask()
        assert (again.status, again.content, again.from_cache) == (200, BODY, True)
        assert lab.hits == 2


async def test_the_fields_of_the_whole(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        kept = {"Content_Type": "text/plain", "X_A": "1", "X_B": "1"}
        await with_first_part(lab, part(5, 9, X_B="2", X_C="3"), **kept)
        for _ in range(2):
            whole = await lab.ask()
            assert whole.content == BODY
            assert whole.headers.get("content-type") == "text/plain"
            assert [whole.headers.get(name) for name in ("x-a", "x-b", "x-c")] == ["1", "2", "3"]


async def test_the_coding_of_the_whole(server: FaultServer) -> None:
    import gzip

    packed = gzip.compress(b"plain text", mtime=0)
    last = len(packed) - 1

    def piece(first: int, end: int, *more: tuple[str, str]) -> Answer:
        said = ("Content-Range", f"bytes {first}-{end}/{len(packed)}")
        headers = [*FRESH.items(), ("ETag", '"a"'), said, *more]
        return Answer(headers, packed[first : end + 1], 206)

    async with open_lab(server) as lab:
        lab.script(piece(0, 9, ("Content-Encoding", "gzip")), piece(10, last))
        with suppress(rp_net.NetError):
            await lab.ask({"Range": "bytes=0-9"})
        assert (await lab.ask()).content == b"plain text"
        assert (await lab.ask()).content == b"plain text"


@pytest.mark.parametrize("etag", ['W/"a"', "a", ""])
async def test_without_a_strong_etag_all_is_asked_for(server: FaultServer, etag: str) -> None:
    async with open_lab(server) as lab:
        await with_first_part(lab, NEW, ETag=etag)
        assert (await lab.ask()).content == b"new body"
        assert lab.sent[1].header("Range") is None


async def test_it_has_changed(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        await with_first_part(lab, NEW)
        assert (await lab.ask()).content == b"new body"
        assert (await lab.ask()).content == b"new body"
        ranged = await lab.ask({"Range": "bytes=0-2"})
        assert (ranged.status, ranged.content, lab.hits) == (206, b"new", 2)


@pytest.mark.parametrize(
    "odd",
    [
        part(5, 9, ETag='"b"'),
        part(5, 9, ETag='W/"a"'),
        part(6, 9),
        part(5, 9, Content_Range="bytes 5-9/11"),
        part(5, 9, Content_Range="x"),
        part(5, 9, Cache_Control="no-store"),
        Answer({"Content-Range": "bytes */3"}, b"", 416),
        Answer({**FRESH, "Content-Range": "bytes */3"}, b"", 416),
    ],
)
async def test_nobody_gets_a_rest_that_was_not_asked_for(server: FaultServer, odd: Answer) -> None:
    async with open_lab(server) as lab:
        await with_first_part(lab, odd, NEW)
        found = await lab.ask()
        assert (found.status, found.content) in [(200, b"new body"), (200, BODY)]
        assert "content-range" not in found.headers
        if found.content == BODY:
            assert dict(odd.headers)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("status", [404, 500, 503])
async def test_another_answer_is_given(server: FaultServer, status: int) -> None:
    async with open_lab(server) as lab:
        await with_first_part(lab, Answer({}, b"no", status))
        assert (await lab.ask()).status == status


@pytest.mark.parametrize(
    "spans",
    [
        [(0, 4), (5, 9)],
        [(5, 9), (0, 4)],
        [(0, 6), (3, 9)],
        [(0, 2), (3, 5), (6, 9)],
        [(6, 9), (0, 2), (2, 7)],
        [(0, 2), (6, 9), (3, 5)],
        [(2, 3), (0, 9)],
    ],
)
async def test_parts_that_make_a_whole(server: FaultServer, spans: list[tuple[int, int]]) -> None:
    async with open_lab(server) as lab:
        lab.script(*(part(*span) for span in spans))
        for first, last in spans:
            found = await lab.ask({"Range": f"bytes={first}-{last}"})
            assert (found.status, found.content) == (206, BODY[first : last + 1])
            assert found.headers["content-range"] == f"bytes {first}-{last}/10"
        whole = await lab.ask()
        assert (whole.status, whole.content, whole.from_cache) == (200, BODY, True)
        assert lab.hits == len(spans)


async def test_parts_with_a_gap(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(part(0, 2), part(6, 9), Answer({**FRESH, "ETag": '"a"'}, BODY))
        await lab.ask({"Range": "bytes=0-2"})
        await lab.ask({"Range": "bytes=6-9"})
        assert (await lab.ask({"Range": "bytes=1-1"})).content == b"1"
        assert (await lab.ask({"Range": "bytes=-2"})).content == b"89"
        assert lab.hits == 2
        assert (await lab.ask({"Range": "bytes=2-6"})).content == BODY
        assert (await lab.ask()).content == BODY


async def test_parts_of_different_bodies_are_kept_apart(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(part(0, 4), part(5, 9, ETag='"b"'), NEW)
        await lab.ask({"Range": "bytes=0-4"})
        await lab.ask({"Range": "bytes=5-9"})
        assert (await lab.ask()).content == b"new body"


async def test_a_head_is_not_answered_by_a_part(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        await with_first_part(lab, Answer({**FRESH, "ETag": '"a"'}, BODY))
        head = await lab.ask(method="HEAD")
        assert (head.status, head.headers["content-length"]) == (200, "10")


async def test_a_stream_gets_the_whole(server: FaultServer) -> None:
    async with open_lab(server) as lab:

        def origin(exchange: Exchange) -> None:
            (part(5, 9) if exchange.request.header("Range") else NEW)(exchange)

        await with_first_part(lab, origin)
        async with lab.client.stream(server.url(lab.path)) as stream:
            assert stream.status == 200
            assert await stream.read() in (BODY, b"new body")
