"""Directives of requests and responses (RFC 9111, 5.2)."""

from __future__ import annotations

import pytest

from support.cache_lab import FRESH, STALE, Answer, Fields, is_reused, open_lab
from support.fault_server import FaultServer

AGED = {"Cache-Control": "max-age=3600", "Age": "1800"}


@pytest.mark.parametrize(
    ("asked", "reused"),
    [
        ({}, True),
        ({"Cache-Control": ""}, True),
        ({"Cache-Control": "x"}, True),
        ({"Cache-Control": "max-age=0"}, False),
        ({"Cache-Control": "max-age=1000"}, False),
        ({"Cache-Control": "max-age=3000"}, True),
        ({"Cache-Control": 'max-age="1000"'}, False),
        ({"Cache-Control": 'MAX-AGE="3000"'}, True),
        ({"Cache-Control": "max-age=9999"}, True),
        ({"Cache-Control": "min-fresh=1000"}, True),
        ({"Cache-Control": "min-fresh=2000"}, False),
        ({"Cache-Control": "Min-Fresh=2000"}, False),
        ({"Cache-Control": "max-age=3000, min-fresh=2000"}, False),
        ({"Cache-Control": "max-stale"}, True),
        ({"Cache-Control": "max-stale=1"}, True),
        ({"Cache-Control": "no-cache"}, False),
        ({"Cache-Control": "NO-CACHE"}, False),
        ({"Cache-Control": "x, no-cache"}, False),
        ({"Cache-Control": "no-transform"}, True),
        ({"Cache-Control": "only-if-cached"}, True),
        ({"Pragma": "no-cache"}, False),
        ({"Pragma": "No-Cache"}, False),
        ({"Pragma": "x"}, True),
        ({"Pragma": "no-cache", "Cache-Control": "max-age=3000"}, True),
        ({"Pragma": "no-cache", "Cache-Control": "no-cache"}, False),
    ],
)
async def test_what_a_request_wants_of_a_fresh_one(
    server: FaultServer, asked: Fields, reused: bool
) -> None:
    assert await is_reused(server, AGED, again=asked) == reused


@pytest.mark.parametrize(
    ("said", "asked", "reused"),
    [
        ("max-age=3600", "", False),
        ("max-age=3600", "max-stale", True),
        ("max-age=3600", "Max-Stale", True),
        ("max-age=3600", "max-stale=5000", True),
        ("max-age=3600", 'max-stale="5000"', True),
        ("max-age=3600", "max-stale=99999999999", True),
        ("max-age=3600", "max-stale=1000", False),
        ("max-age=3600", "max-stale=0", False),
        ("max-age=3600", "max-stale=x", False),
        ("max-age=3600", "max-age=9999", False),
        ("max-age=3600", "max-age=9999, max-stale=5000", True),
        ("max-age=3600", "max-age=0, max-stale=5000", False),
        ("max-age=3600", "no-cache, max-stale", False),
        ("max-age=3600", "min-fresh=1", False),
        ("max-age=3600, must-revalidate", "max-stale", False),
        ("max-age=3600, Must-Revalidate", "max-stale=9999", False),
        ("max-age=3600, proxy-revalidate", "max-stale", True),
        ("max-age=3600, s-maxage=3600", "max-stale", True),
        ("max-age=3600, no-cache", "max-stale", False),
    ],
)
async def test_what_a_request_wants_of_a_stale_one(
    server: FaultServer, said: str, asked: str, reused: bool
) -> None:
    headers = {"Cache-Control": said, "Age": "7200"}
    assert await is_reused(server, headers, again={"Cache-Control": asked}) == reused


@pytest.mark.parametrize("said", ["must-revalidate", "proxy-revalidate", "s-maxage=3600"])
async def test_what_a_shared_cache_never_gives_stale(server: FaultServer, said: str) -> None:
    headers = {"Cache-Control": f"max-age=3600, {said}", "Age": "7200"}
    asked = {"Cache-Control": "max-stale"}
    assert not await is_reused(server, headers, again=asked, shared=True)
    assert await is_reused(server, {**headers, "Age": "1"}, again=asked, shared=True)


async def test_only_if_cached_asks_nobody(server: FaultServer) -> None:
    only = {"Cache-Control": "only-if-cached"}
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH))
        lab.script(Answer(STALE), path="/stale")
        missing = await lab.ask(only)
        assert (missing.status, lab.hits) == (504, 0)
        await lab.ask()
        found = await lab.ask(only)
        assert (found.status, found.content, lab.hits) == (200, b"body", 1)
        await lab.ask(path="/stale")
        assert (await lab.ask(only, path="/stale")).status == 504
        late = {"Cache-Control": "only-if-cached, max-stale"}
        assert (await lab.ask(late, path="/stale")).status == 200
        assert lab.hits_of("/stale") == 1


async def test_the_answer_to_no_cache_is_the_new_one(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH, b"one"), Answer(FRESH, b"two"))
        await lab.ask()
        assert (await lab.ask({"Cache-Control": "no-cache"})).content == b"two"
        again = await lab.ask()
        assert (again.content, again.from_cache, lab.hits) == (b"two", True, 2)


async def test_the_answer_to_no_store_is_not_kept(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH, b"one"), Answer(FRESH, b"two"))
        await lab.ask({"Cache-Control": "no-store"})
        assert (await lab.ask()).content == b"two"


@pytest.mark.parametrize(
    ("said", "reused"),
    [
        ("max-age=3600, no-cache", False),
        ("no-cache, max-age=3600", False),
        ("max-age=3600, NO-CACHE", False),
        ('max-age=3600, no-cache=""', False),
        ("max-age=3600, immutable", True),
        ("max-age=3600, must-revalidate", True),
        ("max-age=3600, proxy-revalidate", True),
        ("max-age=3600, no-transform", True),
        ("max-age=3600, unknown=1", True),
    ],
)
async def test_what_a_response_says(server: FaultServer, said: str, reused: bool) -> None:
    assert await is_reused(server, {"Cache-Control": said}) == reused


async def test_no_cache_is_stored_and_validated_each_time(server: FaultServer) -> None:
    headers = {"Cache-Control": "no-cache, max-age=3600", "ETag": '"a"'}
    async with open_lab(server) as lab:
        lab.script(Answer(headers), Answer(headers, b"", 304))
        await lab.ask()
        for _ in range(2):
            found = await lab.ask()
            assert (found.status, found.content, found.from_cache) == (200, b"body", True)
        assert [one.header("If-None-Match") for one in lab.sent] == [None, '"a"', '"a"']


@pytest.mark.parametrize(
    "said", ['no-cache="x-a, X-B"', "no-cache=x-a, no-cache=x-b", 'No-Cache="X-A,X-B"']
)
async def test_no_cache_of_some_fields(server: FaultServer, said: str) -> None:
    headers = {"Cache-Control": f"max-age=3600, {said}", "X-A": "1", "X-C": "3"}
    async with open_lab(server) as lab:
        lab.script(Answer(headers))
        first = await lab.ask()
        assert first.headers["x-a"] == "1"
        second = await lab.ask()
        assert "x-a" not in second.headers or lab.hits == 2
        assert second.headers["x-c"] == "3"


async def test_no_cache_of_some_fields_holds_after_a_304(server: FaultServer) -> None:
    fields = {"Cache-Control": 'max-age=3600, no-cache="x-a"', "ETag": '"a"', "X-A": "1"}
    async with open_lab(server) as lab:
        lab.script(Answer({**fields, "Age": "7200"}), Answer({**fields, "X-A": "2"}, b"", 304))
        await lab.ask()
        await lab.ask()
        third = await lab.ask()
        assert "x-a" not in third.headers or lab.hits == 3


async def test_private_of_some_fields(server: FaultServer) -> None:
    headers = {"Cache-Control": 'max-age=3600, private="x-a"', "X-A": "1", "X-C": "3"}
    for shared in (False, True):
        async with open_lab(server, shared=shared) as lab:
            lab.script(Answer(headers))
            await lab.ask()
            second = await lab.ask()
            assert second.from_cache
            assert ("x-a" in second.headers) == (not shared)
            assert second.headers["x-c"] == "3"


async def test_immutable_ends_with_the_lifetime(server: FaultServer) -> None:
    headers = {"Cache-Control": "max-age=3600, immutable", "Age": "7200"}
    assert not await is_reused(server, headers)
