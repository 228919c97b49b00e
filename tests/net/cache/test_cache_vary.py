"""Variants of a response (RFC 9111, 4.1)."""

from __future__ import annotations

import pytest

import rp_net
from support.cache_lab import FRESH, STALE, Answer, Fields, at, is_reused, open_lab
from support.fault_server import FaultServer


def varying(*names: str) -> list[tuple[str, str]]:
    return [*FRESH.items(), *(("Vary", name) for name in names)]


@pytest.mark.parametrize(
    ("vary", "one", "other", "reused"),
    [
        (["X-A"], {"X-A": "1"}, {"X-A": "1"}, True),
        (["X-A"], {"X-A": "1"}, {"X-A": "2"}, False),
        (["X-A"], {"X-A": "1"}, {}, False),
        (["X-A"], {}, {"X-A": "1"}, False),
        (["X-A"], {}, {}, True),
        (["X-A"], {}, {"X-B": "1"}, True),
        (["X-A"], {"X-A": "1", "X-B": "1"}, {"X-A": "1", "X-B": "2"}, True),
        (["X-A"], {"x-a": "1"}, {"X-A": "1"}, True),
        (["x-a"], {"X-A": "1"}, {"X-A": "2"}, False),
        (["X-A"], {"X-A": "a"}, {"X-A": "A"}, False),
        (["X-A"], {"X-A": "a, b"}, {"X-A": "a,b"}, True),
        (["X-A"], {"X-A": "a,b"}, {"X-A": "a ,  b"}, True),
        (["X-A"], {"X-A": "a, b"}, {"X-A": "b, a"}, False),
        (["X-A"], {"X-A": "a, b"}, [("X-A", "a"), ("X-A", "b")], True),
        (["X-A"], [("X-A", "a"), ("X-A", "b")], [("X-A", "a"), ("X-A", "c")], False),
        (["X-A, X-B"], {"X-A": "1", "X-B": "1"}, {"X-A": "1", "X-B": "1"}, True),
        (["X-A, X-B"], {"X-A": "1", "X-B": "1"}, {"X-A": "1", "X-B": "2"}, False),
        (["X-A, X-B"], {"X-A": "1"}, {"X-A": "1"}, True),
        (["X-A,X-B"], {"X-A": "1"}, {"X-A": "1", "X-B": "1"}, False),
        (["X-A", "X-B"], {"X-A": "1", "X-B": "1"}, {"X-A": "1", "X-B": "2"}, False),
        ([" X-A ,, X-B"], {"X-A": "1", "X-B": "1"}, {"X-A": "2", "X-B": "1"}, False),
        (["X-A, X-B, X-C"], {"X-C": "1"}, {"X-C": "1"}, True),
        (["X-A, X-B, X-C"], {"X-C": "1"}, {"X-C": "2"}, False),
        ([""], {"X-A": "1"}, {"X-A": "2"}, True),
        (["*"], {}, {}, False),
        (["*", "X-A"], {}, {}, False),
        (["X-A, *"], {}, {}, False),
        (["Accept-Encoding"], {}, {}, True),
        (["Accept-Encoding"], {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "br"}, False),
        (["User-Agent, Accept"], {}, {}, True),
        (["Cookie"], {"Cookie": "a=1"}, {"Cookie": "a=2"}, False),
    ],
)
async def test_which_requests_match(
    server: FaultServer, vary: list[str], one: Fields, other: Fields, reused: bool
) -> None:
    assert await is_reused(server, varying(*vary), request=one, again=other) == reused


async def test_variants_are_kept_beside_each_other(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        steps = [Answer(varying("X-A"), name.encode()) for name in "abc"]
        lab.script(*steps)
        for name in "abc":
            assert not (await lab.ask({"X-A": name})).from_cache
        for name in "cabbca":
            found = await lab.ask({"X-A": name})
            assert (found.content, found.from_cache) == (name.encode(), True)
        assert not (await lab.ask({"X-A": "d"})).from_cache


async def test_a_variant_is_renewed_alone(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        stale = [*STALE.items(), ("Vary", "X-A"), ("ETag", '"a"')]
        fresh = [*varying("X-A"), ("ETag", '"b"')]
        new = [*varying("X-A"), ("ETag", '"c"')]
        lab.script(Answer(stale, b"a"), Answer(fresh, b"b"), Answer(new, b"new"))
        await lab.ask({"X-A": "a"})
        await lab.ask({"X-A": "b"})
        assert (await lab.ask({"X-A": "a"})).content == b"new"
        assert (await lab.ask({"X-A": "a"})).from_cache
        assert (await lab.ask({"X-A": "b"})).content == b"b"
        assert lab.hits == 3


@pytest.mark.parametrize(("first", "second"), [(-100, -50), (-50, -100)])
async def test_the_newest_of_several_counts(server: FaultServer, first: int, second: int) -> None:
    async with open_lab(server) as lab:
        one, other = [*varying("X-A"), ("Date", at(first))], [*FRESH.items(), ("Date", at(second))]
        lab.script(Answer(one, b"one"), Answer(other, b"other"))
        await lab.ask({"X-A": "1"})
        await lab.ask({"X-A": "2"})
        found = await lab.ask({"X-A": "1"})
        assert found.from_cache
        assert found.content == (b"one" if first > second else b"other")


async def test_a_304_updates_the_variant_that_it_names(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        one = [*STALE.items(), ("Vary", "X-A"), ("ETag", '"1"')]
        two = [*STALE.items(), ("Vary", "X-A"), ("ETag", '"2"')]
        said = Answer([*varying("X-A"), ("ETag", '"1"'), ("X-New", "1")], b"", 304)
        lab.script(Answer(one, b"one"), Answer(two, b"two"), said)
        await lab.ask({"X-A": "1"})
        await lab.ask({"X-A": "2"})
        found = await lab.ask({"X-A": "1"})
        assert (found.content, found.headers["x-new"]) == (b"one", "1")
        assert (await lab.ask({"X-A": "1"})).content == b"one"


async def test_all_variants_become_invalid_together(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(varying("X-A")))
        for name in "ab":
            await lab.ask({"X-A": name})
        await lab.ask(method="POST")
        for name in "ab":
            assert not (await lab.ask({"X-A": name})).from_cache


async def test_a_head_and_a_condition_get_their_variant(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        one = [*varying("X-A"), ("ETag", '"1"')]
        two = [*varying("X-A"), ("ETag", '"2"')]
        lab.script(Answer(one, b"one"), Answer(two, b"two"))
        for name in "12":
            await lab.ask({"X-A": name})
        head = await lab.ask({"X-A": "1"}, "HEAD")
        assert head.headers["etag"] == '"1"'
        assert (await lab.ask({"X-A": "2", "If-None-Match": '"2"'})).status == 304
        assert (await lab.ask({"X-A": "1", "If-None-Match": '"2"'})).content == b"one"
        assert lab.hits == 2


async def test_fields_of_the_client_count(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(varying("User-Agent")))
        await lab.ask()
        async with rp_net.Client(cache=None, headers={"User-Agent": "x"}, retries=0) as other:
            await other.request("GET", server.url(lab.path))
        assert (await lab.ask()).from_cache
        assert not (await lab.ask({"User-Agent": "x"})).from_cache
