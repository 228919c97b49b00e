"""Ranges that a cache answers, and parts that it keeps (RFC 9111, 3.3; RFC 9110, 14)."""

from __future__ import annotations

import pytest

from support.cache_lab import DAY, FRESH, STALE, Answer, Lab, Step, at, open_lab
from support.fault_server import Exchange, FaultServer

BODY = b"0123456789"
OLD = at(-2 * DAY)
WHOLE = {**FRESH, "ETag": '"a"', "Last-Modified": OLD, "Content-Type": "text/plain"}


def part(first: int, last: int, whole: object = 10, **more: str) -> Answer:
    fields = {name.replace("_", "-"): value for name, value in more.items()}
    headers = {**FRESH, "ETag": '"a"', "Content-Range": f"bytes {first}-{last}/{whole}", **fields}
    return Answer(headers, BODY[first : last + 1], 206)


async def asked_for(lab: Lab, spec: str, **more: str) -> tuple[int, bytes, str | None]:
    fields = {name.replace("_", "-"): value for name, value in more.items()}
    found = await lab.ask({"Range": spec, **fields})
    assert found.headers.get("content-length", str(len(found.content))) == str(len(found.content))
    return found.status, found.content, found.headers.get("content-range")


@pytest.mark.parametrize(
    ("spec", "first", "last"),
    [
        ("bytes=0-4", 0, 4),
        ("bytes=0-0", 0, 0),
        ("bytes=9-9", 9, 9),
        ("bytes=5-", 5, 9),
        ("bytes=0-", 0, 9),
        ("bytes=-3", 7, 9),
        ("bytes=-10", 0, 9),
        ("bytes=-99", 0, 9),
        ("bytes=8-99", 8, 9),
        ("Bytes=1-2", 1, 2),
    ],
)
async def test_a_whole_answers_a_range(
    server: FaultServer, spec: str, first: int, last: int
) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(WHOLE, BODY))
        await lab.ask()
        expected = (206, BODY[first : last + 1], f"bytes {first}-{last}/10")
        assert await asked_for(lab, spec) == expected
        found = await lab.ask({"Range": spec})
        assert (found.reason, found.from_cache) == ("Partial Content", True)
        assert (found.headers["etag"], found.headers["content-type"]) == ('"a"', "text/plain")
        assert "age" in found.headers
        assert (await lab.ask()).content == BODY
        assert lab.hits == 1


@pytest.mark.parametrize(
    ("validator", "status"),
    [
        ('"a"', 206),
        ('"b"', 200),
        ('W/"a"', 200),
        (OLD, 206),
        (at(-DAY), 200),
        (at(-3 * DAY), 200),
    ],
)
async def test_if_range(server: FaultServer, validator: str, status: int) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**WHOLE, "Date": at(0)}, BODY))
        await lab.ask()
        found = await asked_for(lab, "bytes=2-3", If_Range=validator)
        assert found[:2] == ((206, b"23") if status == 206 else (200, BODY))
        assert lab.hits == 1


async def test_if_range_with_a_weak_etag_stored(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**FRESH, "ETag": 'W/"a"'}, BODY))
        await lab.ask()
        assert (await asked_for(lab, "bytes=2-3", If_Range='W/"a"'))[:2] == (200, BODY)
        assert (await asked_for(lab, "bytes=2-3", If_Range='"a"'))[:2] == (200, BODY)


@pytest.mark.parametrize("spec", ["bytes=4-2", "bytes=x", "bytes=", "bytes=-", "lines=0-1"])
async def test_what_is_no_range_is_passed_on_or_ignored(server: FaultServer, spec: str) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(WHOLE, BODY))
        await lab.ask()
        assert (await asked_for(lab, spec))[:2] == (200, BODY)


@pytest.mark.parametrize("spec", ["bytes=10-", "bytes=99-100", "bytes=-0"])
async def test_a_range_beyond_the_end(server: FaultServer, spec: str) -> None:
    async with open_lab(server) as lab:

        def origin(exchange: Exchange) -> None:
            if exchange.request.header("If-None-Match"):
                exchange.respond(304, b"", list(WHOLE.items()))
            elif exchange.request.header("Range"):
                exchange.respond(416, b"", [("Content-Range", "bytes */10")])
            else:
                exchange.respond(200, BODY, list(WHOLE.items()))

        lab.script(origin)
        await lab.ask()
        assert (await asked_for(lab, spec))[::2] == (416, "bytes */10")
        kept = await lab.ask()
        assert (kept.content, kept.from_cache) == (BODY, True)


async def test_an_unsatisfiable_range_is_not_an_answer_for_all(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        beyond = Answer({**FRESH, "Content-Range": "bytes */10"}, b"", 416)
        lab.script(beyond, Answer(WHOLE, BODY))
        assert (await asked_for(lab, "bytes=10-"))[0] == 416
        plain = await lab.ask()
        assert (plain.status, plain.content) == (200, BODY)


async def test_several_ranges_are_for_the_origin(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        several = {**FRESH, "Content-Type": "multipart/byteranges; boundary=x"}
        lab.script(Answer(several, b"--x--", 206), Answer(WHOLE, BODY))
        assert (await lab.ask({"Range": "bytes=0-1,4-5"})).content == b"--x--"
        assert (await lab.ask()).content == BODY
        assert (await asked_for(lab, "bytes=0-1"))[1] == b"01"


async def test_a_stale_whole_is_validated_for_a_range(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**STALE, "ETag": '"a"'}, BODY), Answer(WHOLE, b"", 304))
        await lab.ask()
        assert await asked_for(lab, "bytes=2-3") == (206, b"23", "bytes 2-3/10")
        assert lab.sent[1].header("If-None-Match") == '"a"'
        assert (await lab.ask()).from_cache


@pytest.mark.parametrize(
    ("spec", "body", "said"),
    [
        ("bytes=2-7", b"234567", "bytes 2-7/10"),
        ("bytes=3-5", b"345", "bytes 3-5/10"),
        ("bytes=2-2", b"2", "bytes 2-2/10"),
        ("bytes=7-7", b"7", "bytes 7-7/10"),
    ],
)
async def test_a_part_answers_what_is_in_it(
    server: FaultServer, spec: str, body: bytes, said: str
) -> None:
    async with open_lab(server) as lab:
        lab.script(part(2, 7))
        assert await asked_for(lab, "bytes=2-7") == (206, b"234567", "bytes 2-7/10")
        assert await asked_for(lab, spec) == (206, body, said)
        assert lab.hits == 1


@pytest.mark.parametrize("spec", ["bytes=5-9", "bytes=5-", "bytes=-5", "bytes=-2", "bytes=7-99"])
async def test_a_part_at_the_end(server: FaultServer, spec: str) -> None:
    async with open_lab(server) as lab:
        lab.script(part(5, 9))
        await asked_for(lab, "bytes=5-9")
        status, body, _ = await asked_for(lab, spec)
        assert (status, lab.hits) == (206, 1)
        assert BODY.endswith(body)


@pytest.mark.parametrize("spec", ["bytes=0-3", "bytes=6-9", "bytes=8-", "bytes=-3", "bytes=0-9"])
async def test_a_part_does_not_answer_what_is_not_in_it(server: FaultServer, spec: str) -> None:
    async with open_lab(server) as lab:
        lab.script(part(2, 7), Answer(WHOLE, BODY))
        await asked_for(lab, "bytes=2-7")
        assert (await asked_for(lab, spec))[:2] == (200, BODY)


def stale_part() -> Step:
    return part(0, 4, Age="7200")


@pytest.mark.parametrize(
    "step",
    [
        stale_part(),
        part(0, 4, Cache_Control="no-store"),
        part(0, 4, Cache_Control="x"),
        part(0, 3, Content_Range="bytes 0-4/10"),
        part(0, 4, Content_Range="bytes 4-0/10"),
        part(0, 4, Content_Range="lines 0-4/10"),
        part(0, 4, Content_Range="bytes 0-4/3"),
        part(0, 4, Content_Range="x"),
    ],
)
async def test_parts_that_are_not_used(server: FaultServer, step: Step) -> None:
    async with open_lab(server) as lab:
        lab.script(step)
        await lab.ask({"Range": "bytes=0-4"})
        assert not (await lab.ask({"Range": "bytes=0-4"})).from_cache
