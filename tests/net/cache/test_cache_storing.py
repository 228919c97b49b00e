"""Which responses are stored (RFC 9111, 3)."""

from __future__ import annotations

import pytest

from support.cache_lab import DAY, FRESH, HOUR, Answer, Fields, at, is_reused, open_lab
from support.fault_server import Exchange, FaultServer

HEURISTIC = {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501}
STATUSES = [
    200, 201, 202, 203, 204, 226, 299, 300, 301, 302, 303, 307, 308, 400, 401, 402, 403, 404, 405,
    406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428,
    429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 511, 599,
]  # fmt: skip
UNKNOWN = [299, 499, 599]


def body_of(status: int) -> bytes:
    return b"" if status == 204 else b"body"


@pytest.mark.parametrize("status", STATUSES)
async def test_any_final_status_with_a_lifetime_is_stored(server: FaultServer, status: int) -> None:
    assert await is_reused(server, FRESH, status=status, body=body_of(status))
    expires = {"Expires": at(HOUR), "Date": at(0)}
    assert await is_reused(server, expires, status=status, body=body_of(status))


@pytest.mark.parametrize("status", STATUSES)
async def test_no_status_with_no_store_is_stored(server: FaultServer, status: int) -> None:
    headers = {"Cache-Control": "no-store, max-age=3600"}
    assert not await is_reused(server, headers, status=status, body=body_of(status))


@pytest.mark.parametrize("status", STATUSES)
async def test_a_guessed_lifetime_is_for_some_statuses(server: FaultServer, status: int) -> None:
    headers = {"Last-Modified": at(-100 * DAY), "Date": at(0)}
    reused = await is_reused(server, headers, status=status, body=body_of(status))
    assert reused == (status in HEURISTIC)


@pytest.mark.parametrize("status", [201, 302, 403, 500, 599])
async def test_public_allows_a_guessed_lifetime(server: FaultServer, status: int) -> None:
    headers = {"Last-Modified": at(-100 * DAY), "Date": at(0), "Cache-Control": "public"}
    assert await is_reused(server, headers, status=status)


@pytest.mark.parametrize("status", STATUSES)
async def test_must_understand(server: FaultServer, status: int) -> None:
    headers = {"Cache-Control": "must-understand, no-store, max-age=3600"}
    reused = await is_reused(server, headers, status=status, body=body_of(status))
    if status in UNKNOWN:
        assert not reused
    if status in HEURISTIC:
        assert reused


@pytest.mark.parametrize("status", UNKNOWN)
async def test_must_understand_forbids_what_is_unknown(server: FaultServer, status: int) -> None:
    headers = {"Cache-Control": "max-age=3600, must-understand"}
    assert not await is_reused(server, headers, status=status)


@pytest.mark.parametrize(
    ("headers", "reused"),
    [
        ({}, False),
        ({"Cache-Control": "public"}, False),
        ({"Cache-Control": "private"}, False),
        ({"ETag": '"a"'}, False),
        ({"Cache-Control": "max-age=3600"}, True),
        ({"Cache-Control": "private, max-age=3600"}, True),
        ({"Cache-Control": "public, max-age=3600"}, True),
        ({"Cache-Control": 'private="x-a", max-age=3600'}, True),
        ({"Cache-Control": "no-store"}, False),
        ({"Cache-Control": "NO-STORE, MAX-AGE=3600"}, False),
        ({"Cache-Control": "max-age=3600,no-store"}, False),
        ([("Cache-Control", "max-age=3600"), ("Cache-Control", "no-store")], False),
        ({"Cache-Control": 'x="no-store", max-age=3600'}, True),
        ({"Cache-Control": "no-storex, max-age=3600"}, True),
        ({"Cache-Control": "max-age=3600", "Pragma": "no-cache"}, True),
        ({"Cache-Control": "max-age=3600", "Set-Cookie": "a=b"}, True),
        ({"Cache-Control": "max-age=3600", "Vary": "*"}, False),
        ({"Cache-Control": "max-age=3600", "Vary": "Accept, *"}, False),
        ([("Cache-Control", "max-age=3600"), ("Vary", "X-A"), ("Vary", "*")], False),
        ({"Cache-Control": "max-age=3600", "Expires": "0"}, True),
    ],
)
async def test_a_private_cache_stores(server: FaultServer, headers: Fields, reused: bool) -> None:
    assert await is_reused(server, headers) == reused


@pytest.mark.parametrize(
    ("control", "authorized", "reused"),
    [
        ("max-age=3600", False, True),
        ("private, max-age=3600", False, False),
        ('private="x-a", max-age=3600', False, True),
        ("s-maxage=3600", False, True),
        ("max-age=3600", True, False),
        ("max-age=3600, public", True, True),
        ("max-age=3600, must-revalidate", True, True),
        ("s-maxage=3600", True, True),
    ],
)
async def test_a_shared_cache_stores(
    server: FaultServer, control: str, authorized: bool, reused: bool
) -> None:
    request = {"Authorization": "Basic YTpi"} if authorized else {}
    headers = {"Cache-Control": control}
    assert await is_reused(server, headers, request=request, shared=True) == reused


async def test_a_private_cache_keeps_users_apart(server: FaultServer) -> None:
    one, other = {"Authorization": "Basic YTpi"}, {"Authorization": "Basic YTpj"}
    assert await is_reused(server, FRESH, request=one)
    assert not await is_reused(server, FRESH, request=one, again=other)
    assert not await is_reused(server, FRESH, request=one, again={})
    public = {"Cache-Control": "public, max-age=3600"}
    assert await is_reused(server, public, request=one, again=other)


async def test_a_request_that_says_no_store(server: FaultServer) -> None:
    assert not await is_reused(server, FRESH, request={"Cache-Control": "no-store"}, again={})
    assert not await is_reused(server, FRESH, request={"Cache-Control": "x, No-Store"}, again={})


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO"])
async def test_other_methods_are_not_stored(server: FaultServer, method: str) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH))
        await lab.ask(method=method)
        await lab.ask(method=method)
        await lab.ask()
        assert lab.hits == 3


async def test_a_get_with_a_body_is_not_stored(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH))
        await lab.ask(content=b"x")
        await lab.ask(content=b"y")
        assert lab.hits == 2


async def test_a_head_stores_no_answer_for_a_get(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH))
        await lab.ask(method="HEAD")
        assert (await lab.ask()).content == b"body"
        assert lab.hits == 2


async def test_urls_are_kept_apart(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH))
        lab.script(Answer(FRESH), path="/b")
        for path in ("", "?a=1", "?a=2", "?", "/b"):
            assert not (await lab.ask(path=path)).from_cache
        for path in ("", "?a=1", "?a=2", "/b", "#x", "?a=1#y"):
            assert (await lab.ask(path=path)).from_cache


async def test_what_ends_early_is_not_stored(server: FaultServer) -> None:
    import rp_net

    async with open_lab(server) as lab:
        broken = {**FRESH, "Content-Length": "100", "Connection": "close"}
        lab.script(Answer(broken, b"half"), Answer(FRESH, b"whole"))
        with pytest.raises(rp_net.NetError):
            await lab.ask()
        assert (await lab.ask()).content == b"whole"


async def test_interim_responses_are_passed_over(server: FaultServer) -> None:
    async with open_lab(server) as lab:

        def hinted(exchange: Exchange) -> None:
            exchange.respond(103, headers=[("Cache-Control", "no-store"), ("Link", "</a>")])
            exchange.respond(200, b"final", [("Cache-Control", "max-age=3600")])

        lab.script(hinted)
        assert (await lab.ask()).content == b"final"
        again = await lab.ask()
        assert (again.from_cache, again.status, again.content) == (True, 200, b"final")
        assert "link" not in again.headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_stored(server: FaultServer, status: int) -> None:
    async with open_lab(server) as lab:
        target = f"{lab.path}/end"
        lab.script(Answer({**FRESH, "Location": target}, b"", status))
        lab.script(Answer(FRESH, b"end"), path="/end")
        for _ in range(2):
            assert (await lab.ask(follow_redirects=True)).content == b"end"
        assert (lab.hits, lab.hits_of("/end")) == (1, 1)
