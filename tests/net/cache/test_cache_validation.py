"""Requests that ask whether a stored response still holds (RFC 9111, 4.3.1 to 4.3.3)."""

from __future__ import annotations

import pytest

from support.cache_lab import DAY, FRESH, HOUR, STALE, Answer, Fields, at, moving, open_lab
from support.fault_server import FaultServer

OLD, NEW = at(-2 * DAY), at(-DAY)
NOT = Answer(FRESH, b"", 304)


@pytest.mark.parametrize(
    ("stored", "etag", "since"),
    [
        ({"ETag": '"a"'}, '"a"', None),
        ({"ETag": 'W/"a"'}, 'W/"a"', None),
        ({"ETag": '""'}, '""', None),
        ({"ETag": '"a, b"'}, '"a, b"', None),
        ({"ETag": "unquoted"}, "unquoted", None),
        ({"Last-Modified": OLD}, None, OLD),
        ({"ETag": '"a"', "Last-Modified": OLD}, '"a"', OLD),
        ({}, None, None),
    ],
)
async def test_what_is_asked_of_the_origin(
    server: FaultServer, stored: Fields, etag: str | None, since: str | None
) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**STALE, **dict(stored)}))
        await lab.ask()
        await lab.ask()
        sent = lab.sent[1]
        assert (sent.header("If-None-Match"), sent.header("If-Modified-Since")) == (etag, since)


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({"ETag": '"a"'}, {}),
        ({"ETag": '"a"'}, {"Date": moving(0)}),
        ({"ETag": '"a"'}, {"ETag": '"a"'}),
        ({"ETag": '"a"'}, {"ETag": '"a"', "Date": moving(0)}),
        ({"ETag": 'W/"a"'}, {"ETag": 'W/"a"', "Date": moving(0)}),
        ({"ETag": '"a"', "Last-Modified": OLD}, {"ETag": '"a"', "Date": moving(0)}),
        ({"Last-Modified": OLD}, {}),
        ({"Last-Modified": OLD}, {"Date": moving(0)}),
        ({"Last-Modified": OLD}, {"Last-Modified": OLD, "Date": moving(0)}),
    ],
)
async def test_a_304_makes_it_fresh(
    server: FaultServer, stored: dict[str, str], said: dict[str, str]
) -> None:
    async with open_lab(server) as lab:
        dated = {**STALE, **stored, "Date": at(-7200)}
        lab.script(Answer(dated), Answer({**FRESH, **said}, b"", 304))
        await lab.ask()
        second = await lab.ask()
        assert (second.status, second.content, second.from_cache) == (200, b"body", True)
        third = await lab.ask()
        assert (third.status, third.content, third.from_cache) == (200, b"body", True)
        assert int(third.headers["age"]) < 60
        assert lab.hits == 2


async def test_a_304_without_a_date_counts_from_its_arrival(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        dated = {"Cache-Control": "max-age=3600", "Date": at(-7200), "ETag": '"a"'}
        lab.script(Answer(dated), Answer({"ETag": '"a"'}, b"", 304))
        await lab.ask()
        await lab.ask()
        assert (await lab.ask()).from_cache
        assert lab.hits == 2


async def test_a_new_whole_takes_the_place(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(
            Answer({**STALE, "ETag": '"a"', "X-Old": "1"}),
            Answer({**FRESH, "ETag": '"b"'}, b"new"),
        )
        await lab.ask()
        assert (await lab.ask()).content == b"new"
        third = await lab.ask()
        assert (third.content, third.from_cache) == (b"new", True)
        assert "x-old" not in third.headers


async def test_a_304_about_something_else_is_not_given_out(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(
            Answer({**STALE, "ETag": '"a"'}),
            Answer({**FRESH, "ETag": '"b"'}, b"", 304),
            Answer({**FRESH, "ETag": '"b"'}, b"new"),
        )
        await lab.ask()
        second = await lab.ask()
        assert (second.status, second.content) == (200, b"new")
        assert lab.sent[2].header("If-None-Match") is None


@pytest.mark.parametrize("status", [404, 410, 301, 200])
async def test_any_other_answer_is_given_out(server: FaultServer, status: int) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**STALE, "ETag": '"a"'}), Answer(FRESH, b"other", status))
        await lab.ask()
        second = await lab.ask()
        assert (second.status, second.content, second.from_cache) == (status, b"other", False)
        third = await lab.ask()
        assert (third.status, third.content, third.from_cache) == (status, b"other", True)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_an_error_leaves_what_is_stored(server: FaultServer, status: int) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**STALE, "ETag": '"a"'}), Answer({}, b"", status), NOT)
        await lab.ask()
        assert (await lab.ask()).status == status
        third = await lab.ask()
        assert (third.content, third.from_cache) == (b"body", True)
        assert lab.sent[2].header("If-None-Match") == '"a"'


async def test_a_new_whole_that_must_not_be_stored(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(
            Answer({**FRESH, "ETag": '"a"'}, b"old"),
            Answer({"Cache-Control": "no-store"}, b"new"),
        )
        await lab.ask()
        assert (await lab.ask({"Cache-Control": "no-cache"})).content == b"new"
        assert (await lab.ask()).content == b"new"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_conditions_for_the_origin_go_there(server: FaultServer, method: str) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**FRESH, "ETag": '"a"', "Last-Modified": OLD}), Answer({}, b"", 412))
        await lab.ask()
        for name, value in (("If-Match", '"b"'), ("If-Unmodified-Since", at(-3 * DAY))):
            assert (await lab.ask({name: value}, method)).status == 412
        assert lab.hits == 3
        assert (await lab.ask()).from_cache


async def test_the_callers_etags_are_joined_with_those_stored(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(
            Answer({**STALE, "ETag": '"a"'}),
            Answer({**FRESH, "ETag": '"b"'}, b"", 304),
            Answer({**FRESH, "ETag": '"a"'}, b"", 304),
        )
        await lab.ask()
        theirs = await lab.ask({"If-None-Match": '"b"'})
        assert (theirs.status, theirs.headers["etag"]) == (304, '"b"')
        etags = (lab.sent[1].header("If-None-Match") or "").split(", ")
        assert sorted(etags) == ['"a"', '"b"']
        ours = await lab.ask({"If-None-Match": '"b"'})
        assert (ours.status, ours.content, ours.from_cache) == (200, b"body", True)


async def test_a_304_for_the_callers_etag_does_not_freshen_ours(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(
            Answer({**STALE, "ETag": '"a"'}, b"old"),
            Answer({**FRESH, "ETag": '"b"'}, b"", 304),
            Answer({**FRESH, "ETag": '"b"'}, b"new"),
        )
        await lab.ask()
        await lab.ask({"If-None-Match": '"b"'})
        assert (await lab.ask()).content == b"new"


@pytest.mark.parametrize("said", [{}, {"Last-Modified": NEW}, {"Date": at(0)}])
async def test_a_304_for_the_callers_date_does_not_freshen_ours(
    server: FaultServer, said: dict[str, str]
) -> None:
    async with open_lab(server) as lab:
        lab.script(
            Answer({**STALE, "Last-Modified": OLD}, b"old"),
            Answer({**FRESH, **said}, b"", 304),
            Answer({**FRESH, "Last-Modified": NEW}, b"new"),
        )
        await lab.ask()
        assert (await lab.ask({"If-Modified-Since": NEW})).status == 304
        assert (await lab.ask()).content == b"new"


async def test_a_304_for_the_callers_etag_says_nothing_of_a_date(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(
            Answer({**STALE, "Last-Modified": OLD}, b"old"),
            Answer(FRESH, b"", 304),
            Answer({**FRESH, "Last-Modified": NEW}, b"new"),
        )
        await lab.ask()
        assert (await lab.ask({"If-None-Match": '"b"'})).status == 304
        assert (await lab.ask()).content == b"new"


async def test_conditions_go_on_where_nothing_is_stored(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({**FRESH, "ETag": '"a"'}, b"", 304), Answer(FRESH))
        asked = await lab.ask({"If-None-Match": '"a"', "If-Modified-Since": OLD})
        assert asked.status == 304
        assert lab.sent[0].header("If-None-Match") == '"a"'
        assert lab.sent[0].header("If-Modified-Since") == OLD
        plain = await lab.ask()
        assert (plain.status, plain.content) == (200, b"body")


async def test_a_whole_answer_to_a_condition_is_stored(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer({"Expires": at(HOUR), "ETag": '"a"'}))
        assert (await lab.ask({"If-None-Match": '"z"'})).status == 200
        assert (await lab.ask()).from_cache
