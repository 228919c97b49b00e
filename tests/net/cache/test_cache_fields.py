"""Which fields are stored and given back, and Age and Date (RFC 9111, 3.1, 4 and 5.1)."""

from __future__ import annotations

import pytest

import rp_net
from support.cache_lab import FRESH, HOUR, Answer, at, moving, open_lab
from support.fault_server import Exchange, FaultServer


async def given_twice(
    server: FaultServer, fields: list[tuple[str, str]], **about: object
) -> tuple[rp_net.Response, rp_net.Response]:
    async with open_lab(server) as lab:
        lab.script(Answer([*FRESH.items(), *fields], **about))  # type: ignore[arg-type]
        first, second = await lab.ask(), await lab.ask()
        assert (first.from_cache, second.from_cache) == (False, True)
        return first, second


async def test_all_fields_come_back_in_order(server: FaultServer) -> None:
    fields = [
        ("X-B", "1"), ("x-a", "one, two"), ("Set-Cookie", "a=1; Path=/"), ("X-A", "three"),
        ("Set-Cookie", "b=2"), ("X-Empty", ""), ("X-Latin", "\xe9"), ("Date", at(-10)),
        ("Content-Type", "text/plain"), ("Content-Language", "de"), ("Link", "</x>; rel=y"),
        ("WWW-Authenticate", "Basic"), ("Retry-After", "5"), ("Via", "1.1 x"), ("X-B", "2"),
        ("Content-Encoding", "identity"), ("Server", "s"), ("Accept-Ranges", "bytes"),
    ]  # fmt: skip
    first, second = await given_twice(server, fields)
    ours = [pair for pair in second.headers.multi_items() if pair[0].lower() != "age"]
    assert ours == first.headers.multi_items()
    assert second.headers.get_list("x-a") == ["one, two", "three"]
    assert second.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2"]


@pytest.mark.parametrize(
    "name",
    [
        "Keep-Alive", "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization",
        "Proxy-Connection", "TE", "Trailer", "Upgrade",
    ],
)  # fmt: skip
async def test_fields_of_the_connection_do_not_come_back(server: FaultServer, name: str) -> None:
    _, second = await given_twice(server, [(name, "x")])
    assert name.lower() not in second.headers


@pytest.mark.parametrize("connection", [["X-A, X-B"], ["x-a,x-b"], ["X-A", "keep-alive, X-B"]])
async def test_fields_that_connection_names(server: FaultServer, connection: list[str]) -> None:
    fields = [("X-A", "1"), ("X-B", "2"), ("X-C", "3")]
    _, second = await given_twice(server, [*fields, *(("Connection", c) for c in connection)])
    assert not {"x-a", "x-b", "connection"} & set(second.headers)
    assert second.headers["x-c"] == "3"


async def test_a_chunked_body_comes_back_without_its_framing(server: FaultServer) -> None:
    fields = [("Transfer-Encoding", "chunked")]
    first, second = await given_twice(server, fields, body=b"4\r\nbody\r\n0\r\n\r\n")
    assert (first.content, second.content) == (b"body", b"body")
    assert "transfer-encoding" not in second.headers


async def test_a_coded_body_comes_back(server: FaultServer) -> None:
    import gzip

    fields = [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    first, second = await given_twice(server, fields, body=gzip.compress(b"plain"))
    assert (first.content, second.content) == (b"plain", b"plain")


@pytest.mark.parametrize(("status", "reason"), [(200, "Fine"), (404, "Gone Fishing"), (299, "")])
async def test_status_and_reason_come_back(server: FaultServer, status: int, reason: str) -> None:
    first, second = await given_twice(server, [], status=status, reason=reason)
    assert (first.status, first.reason) == (second.status, second.reason)


@pytest.mark.parametrize("body", [b"", b"\0" * 10, bytes(range(256)) * 1000])
async def test_any_body_comes_back(server: FaultServer, body: bytes) -> None:
    _, second = await given_twice(server, [], body=body)
    assert second.content == body
    assert second.headers["content-length"] == str(len(body))


@pytest.mark.parametrize(
    ("fields", "age"),
    [
        ([], 0),
        ([("Age", "0")], 0),
        ([("Age", "100")], 100),
        ([("Age", "100, 5")], 100),
        ([("Age", "x")], 0),
        ([("Date", moving(-100))], 100),
        ([("Date", moving(-100)), ("Age", "200")], 200),
        ([("Date", moving(-200)), ("Age", "100")], 200),
        ([("Date", moving(500))], 0),
    ],
)
async def test_the_age_that_is_given(
    server: FaultServer, fields: list[tuple[str, str]], age: int
) -> None:
    first, second = await given_twice(server, fields)
    said = [value for name, value in fields if name == "Age"]
    assert first.headers.get_list("age") == said
    (given,) = second.headers.get_list("age")
    assert age <= int(given) <= age + 10


async def test_age_grows(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from rp_net import _cache_flow

    now = time.time()
    async with open_lab(server) as lab:
        lab.script(Answer({**FRESH, "Date": at(0)}))
        monkeypatch.setattr(_cache_flow, "time", lambda: now)
        await lab.ask()
        for later in (100, 3000):
            monkeypatch.setattr(_cache_flow, "time", lambda later=later: now + later)
            found = await lab.ask()
            assert later - 2 <= int(found.headers["age"]) <= later + 2
        monkeypatch.setattr(_cache_flow, "time", lambda: now + 3700)
        assert not (await lab.ask()).from_cache


async def test_the_time_of_the_exchange_counts(server: FaultServer) -> None:
    async with open_lab(server) as lab:

        def slow(exchange: Exchange) -> None:
            exchange.sleep(1.1)
            exchange.respond(200, b"body", list(FRESH.items()))

        lab.script(slow)
        await lab.ask()
        assert int((await lab.ask()).headers["age"]) >= 1


async def test_a_date_is_added_where_there_is_none(server: FaultServer) -> None:
    from email.utils import parsedate_to_datetime

    first, second = await given_twice(server, [])
    assert "date" not in first.headers or first.headers["date"] == second.headers["date"]
    made = parsedate_to_datetime(second.headers["date"]).timestamp()
    assert abs(made - parsedate_to_datetime(at(0)).timestamp()) < 60


async def test_a_date_stays_as_it_is(server: FaultServer) -> None:
    date = at(-HOUR // 2)
    _, second = await given_twice(server, [("Date", date)])
    assert second.headers.get_list("date") == [date]
