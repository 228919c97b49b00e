"""What makes stored responses invalid (RFC 9111, 4.4)."""

from __future__ import annotations

import pytest

from support.cache_lab import FRESH, Answer, open_lab
from support.fault_server import FaultServer


def after(status: int = 200, **headers: str) -> Answer:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(fields, b"" if status in (204, 304) else b"done", status)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "FOO", "LOCK", "MKCOL"])
@pytest.mark.parametrize("status", [200, 201, 202, 204, 301, 303])
async def test_unsafe_methods_that_succeed(server: FaultServer, method: str, status: int) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH), after(status), Answer(FRESH, b"new"))
        await lab.ask()
        await lab.ask(method=method)
        assert (await lab.ask()).content == b"new"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "FOO"])
@pytest.mark.parametrize("status", [400, 404, 405, 412, 500, 503])
async def test_unsafe_methods_that_fail(server: FaultServer, method: str, status: int) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH), after(status))
        await lab.ask()
        await lab.ask(method=method)
        assert (await lab.ask()).from_cache


async def test_an_unsafe_method_without_an_answer(server: FaultServer) -> None:
    import rp_net

    async with open_lab(server) as lab:
        lab.script(Answer(FRESH), lambda exchange: exchange.reset())
        await lab.ask()
        with pytest.raises(rp_net.NetError):
            await lab.ask(method="POST")
        assert (await lab.ask()).from_cache


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "HEAD"])
async def test_safe_methods(server: FaultServer, method: str) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH))
        await lab.ask()
        await lab.ask({"Cache-Control": "no-cache"}, method)
        assert lab.hits == 2
        assert (await lab.ask()).from_cache


@pytest.mark.parametrize("field", ["Location", "Content-Location"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "FOO"])
async def test_urls_that_the_answer_names(server: FaultServer, field: str, method: str) -> None:
    async with open_lab(server) as lab:
        for form in (f"{lab.path}/b", "b", server.url(f"{lab.path}/b"), f"{lab.path}/x/../b#y"):
            base = f"{lab.path}/" if form == "b" else lab.path
            place = base.removeprefix(lab.path)
            named = Answer({field: form}, b"", 201)
            lab.script(Answer(FRESH), path="/b")
            lab.script(named, path=place)
            await lab.ask(path="/b")
            assert (await lab.ask(path="/b")).from_cache
            await lab.ask(method=method, path=place)
            assert not (await lab.ask(path="/b")).from_cache


@pytest.mark.parametrize("field", ["Location", "Content-Location"])
async def test_urls_of_other_origins_are_left_alone(server: FaultServer, field: str) -> None:
    with FaultServer() as other:
        async with open_lab(server) as lab:
            other.on("/x", Answer(FRESH))
            await lab.client.request("GET", other.url("/x"))
            lab.script(Answer({field: other.url("/x")}, b"", 201))
            await lab.ask(method="POST")
            found = await lab.client.request("GET", other.url("/x"))
            assert found.from_cache


@pytest.mark.parametrize("location", ["http://[", "", "mailto:a@example.com", "\xe9"])
async def test_locations_that_are_none(server: FaultServer, location: str) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH), Answer({"Location": location}, b"", 201), Answer(FRESH, b"new"))
        await lab.ask()
        assert (await lab.ask(method="POST")).status == 201
        assert (await lab.ask()).content == b"new"


async def test_a_failure_does_not_invalidate_what_it_names(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH), path="/b")
        lab.script(Answer({"Location": f"{lab.path}/b"}, b"", 500))
        await lab.ask(path="/b")
        await lab.ask(method="POST")
        assert (await lab.ask(path="/b")).from_cache


async def test_other_urls_stay(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH))
        lab.script(Answer(FRESH), path="/b")
        for path in ("", "?a=1", "/b"):
            await lab.ask(path=path)
        await lab.ask(method="POST", path="?a=2")
        await lab.ask(method="POST", path="?a=1")
        assert (await lab.ask()).from_cache
        assert (await lab.ask(path="/b")).from_cache
        assert not (await lab.ask(path="?a=1")).from_cache


async def test_a_fragment_makes_no_difference(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH))
        await lab.ask(path="#x")
        await lab.ask(method="PUT", path="#y")
        assert not (await lab.ask(path="#x")).from_cache


async def test_a_post_with_a_body_and_a_redirect(server: FaultServer) -> None:
    async with open_lab(server) as lab:
        lab.script(Answer(FRESH), path="/end")
        lab.script(Answer({"Location": f"{lab.path}/end"}, b"", 303))
        await lab.ask(path="/end")
        done = await lab.ask(method="POST", content=b"x", follow_redirects=True)
        assert (done.status, done.content) == (200, b"body")
        assert lab.hits_of("/end") == 2
