"""Stale responses: only where they are allowed (RFC 9111, 4.2.4; RFC 5861)."""

from __future__ import annotations

import anyio
import pytest

import rp_net
from support.cache_lab import FRESH, STALE, Answer, Lab, closed, open_lab
from support.fault_server import Exchange, FaultServer

LOOPS = [("asyncio", {"use_uvloop": False}), ("trio", {})]


def stale(extra: str, age: int = 7200) -> dict[str, str]:
    return {"Cache-Control": f"max-age=3600, {extra}", "Age": str(age), "ETag": '"a"'}


async def asked_again(lab: Lab, hits: int) -> None:
    with anyio.fail_after(5):
        while lab.hits < hits:
            await anyio.sleep(0.01)
        await anyio.sleep(0.05)


@pytest.mark.parametrize("anyio_backend", LOOPS, ids=["asyncio", "trio"])
async def test_while_it_is_revalidated(server: FaultServer, anyio_backend: object) -> None:
    async with open_lab(server) as lab:
        new = Answer({**FRESH, "ETag": '"b"'}, b"new")
        lab.script(Answer(stale("stale-while-revalidate=9999"), b"old"), new)
        await lab.ask()
        second = await lab.ask()
        assert (second.content, second.from_cache) == (b"old", True)
        assert int(second.headers["age"]) >= 7200
        await asked_again(lab, 2)
        third = await lab.ask()
        assert (third.content, third.from_cache, lab.hits) == (b"new", True, 2)
        assert lab.sent[1].header("If-None-Match") == '"a"'


async def test_it_is_revalidated_once(server: FaultServer) -> None:
    async with open_lab(server) as lab:

        def slow(exchange: Exchange) -> None:
            exchange.sleep(0.3)
            exchange.respond(304, b"", [*FRESH.items(), ("ETag", '"a"')])

        lab.script(Answer(stale("stale-while-revalidate=9999")), slow)
        await lab.ask()
        for _ in range(5):
            assert (await lab.ask()).from_cache
        await asked_again(lab, 2)
        with anyio.fail_after(5):
            while int((await lab.ask()).headers["age"]) > 60:
                await anyio.sleep(0.02)
        assert lab.hits == 2


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("stale-while-revalidate=100", ""),
        ("stale-while-revalidate=0", ""),
        ("stale-while-revalidate=-9999", ""),
        ("stale-while-revalidate=x", ""),
        ("stale-while-revalidate", ""),
        ("stale-while-revalidate=9999, must-revalidate", ""),
        ("stale-while-revalidate=9999, no-cache", ""),
        ("stale-while-revalidate=9999", "no-cache"),
        ("stale-while-revalidate=9999", "max-age=0"),
        ("stale-while-revalidate=9999", "max-age=1000"),
        ("stale-while-revalidate=9999", "min-fresh=10"),
    ],
)
async def test_when_it_must_be_revalidated_first(
    server: FaultServer, said: str, asked: str
) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(stale(said), b"old"), Answer(FRESH, b"new"))
        await lab.ask()
        assert (await lab.ask({"Cache-Control": asked})).content == b"new"


async def test_an_error_in_the_background_is_nobodys(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(stale("stale-while-revalidate=9999")), closed)
        await lab.ask()
        assert (await lab.ask()).from_cache
        await asked_again(lab, 2)
        assert (await lab.ask()).from_cache
        await asked_again(lab, 3)


async def test_a_client_that_is_closed_does_not_wait(server: FaultServer) -> None:
    with anyio.fail_after(5):
        async with open_lab(server) as lab:
            wait = stale("stale-while-revalidate=9999")
            lab.script(Answer(wait), lambda exchange: exchange.sleep(20))
            await lab.ask()
            assert (await lab.ask()).from_cache
            await asked_again(lab, 2)


FAILED = [Answer({}, b"bad", status) for status in (500, 502, 503, 504)] + [closed]


@pytest.mark.parametrize("failure", FAILED)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_if_the_origin_fails(server: FaultServer, failure: Answer, method: str) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(stale("stale-if-error=9999")), failure)
        await lab.ask()
        second = await lab.ask(method=method)
        assert (second.status, second.from_cache) == (200, True)
        assert lab.hits >= 2
        assert int(second.headers["age"]) >= 7200


async def test_if_the_origin_fails_and_the_request_allows_it(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(STALE), Answer({}, b"bad", 503))
        await lab.ask()
        allowed = await lab.ask({"Cache-Control": "stale-if-error=9999"})
        assert (allowed.status, allowed.from_cache) == (200, True)
        assert (await lab.ask({"Cache-Control": "stale-if-error=9"})).status == 503


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("x", ""),
        ("stale-if-error=100", ""),
        ("stale-if-error=x", ""),
        ("stale-if-error=9999, must-revalidate", ""),
        ("stale-if-error=9999, no-cache", ""),
        ("must-revalidate", "stale-if-error=9999"),
        ("stale-if-error=9999", "no-cache"),
        ("stale-if-error=9999", "max-age=0"),
    ],
)
async def test_when_the_failure_is_given(server: FaultServer, said: str, asked: str) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(stale(said)), Answer({}, b"bad", 503), closed)
        await lab.ask()
        assert (await lab.ask({"Cache-Control": asked})).status == 503
        with pytest.raises(rp_net.NetError):
            await lab.ask({"Cache-Control": asked})


@pytest.mark.parametrize("status", [400, 403, 404, 410, 429])
async def test_what_is_no_failure_of_the_origin(server: FaultServer, status: int) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(stale("stale-if-error=9999")), Answer({}, b"no", status))
        await lab.ask()
        assert (await lab.ask()).status == status


@pytest.mark.parametrize("said", ["proxy-revalidate", "s-maxage=3600"])
async def test_a_shared_cache_is_stricter(server: FaultServer, said: str) -> None:
    for shared, status in ((True, 503), (False, 200)):
        async with open_lab(server, shared=shared) as lab:
            lab.script(Answer(stale(f"{said}, stale-if-error=9999")), Answer({}, b"bad", 503))
            await lab.ask()
            assert (await lab.ask()).status == status


async def test_a_fresh_one_stands_in_for_a_reload_that_fails(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH), Answer({}, b"bad", 503))
        await lab.ask()
        assert (await lab.ask({"Cache-Control": "no-cache"})).status == 503
        assert (await lab.ask()).from_cache
