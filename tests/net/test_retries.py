"""What is sent again, when, and how often."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_net
from rp_net._retry import seconds_of
from rp_net._types import Request
from rp_net._url import parse_url
from support.fault_cuts import cut_after, cut_once, first, hang_up, reset_after
from support.fault_exchange import Exchange, Handler
from support.fault_lies import busy
from support.fault_server import FaultServer
from support.net_matrix import BackendName, each_backend, everywhere, on_asyncio

FAST = rp_net.Retry(2, base=0)
RETRIED = [408, 425, 429, 500, 502, 503, 504]


def good(exchange: Exchange) -> None:
    exchange.respond(200, b"good")


@everywhere
@pytest.mark.parametrize(
    "fault", [hang_up, reset_after(b"x" * 100, 10), cut_after(b"x" * 100, 10)],
    ids=["hang-up", "reset", "cut"],
)  # fmt: skip
async def test_what_breaks_is_sent_again(
    server: FaultServer, backend: BackendName, fault: Handler
) -> None:
    server.on("/", first(fault, good, 1))
    async with rp_net.Client(backend=backend, retries=FAST) as client:
        assert (await client.get(server.url())).content == b"good"


@each_backend
@pytest.mark.parametrize("fault", [hang_up, lambda exchange: exchange.reset()])
@pytest.mark.parametrize("retries", [0, 2])
async def test_it_is_sent_as_often_as_was_said(
    server: FaultServer, backend: BackendName, fault: Callable[[Exchange], None], retries: int
) -> None:
    server.on("/", fault)
    async with rp_net.Client(backend=backend, retries=rp_net.Retry(retries, base=0)) as client:
        with pytest.raises(rp_net.ReadError):
            await client.get(server.url())
    assert len(server.requests) == retries + 1


@each_backend
@pytest.mark.parametrize("status", [*RETRIED, 400, 404, 501, 505])
async def test_answers_after_which_it_is_of_use(
    server: FaultServer, backend: BackendName, status: int
) -> None:
    server.on("/", lambda exchange: exchange.respond(status, b"last"))
    async with rp_net.Client(backend=backend, retries=FAST) as client:
        response = await client.request("GET", server.url())
    assert (response.status, response.content) == (status, b"last")
    assert len(server.requests) == (3 if status in RETRIED else 1)


@each_backend
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "POST", "PATCH"])
async def test_only_what_may_be_done_twice(
    server: FaultServer, backend: BackendName, method: str
) -> None:
    numbers = itertools.count()

    def handler(exchange: Exchange) -> None:
        if next(numbers):
            exchange.respond(503)
        else:
            exchange.close()

    server.on("/", handler)
    async with rp_net.Client(backend=backend, retries=FAST) as client:
        if method in ("POST", "PATCH"):
            with pytest.raises(rp_net.ReadError):
                await client.request(method, server.url())
            assert (await client.request(method, server.url())).status == 503
            assert len(server.requests) == 2
        else:
            assert (await client.request(method, server.url())).status == 503
            assert len(server.requests) == 3


@on_asyncio
async def test_methods_and_statuses_of_the_caller(server: FaultServer) -> None:
    server.on("/", first(lambda exchange: exchange.respond(418), good, 1))
    mine = rp_net.Retry(1, methods=frozenset({"POST"}), statuses=frozenset({418}), base=0)
    assert (await rp_net.post(server.url(), retries=mine)).content == b"good"


@each_backend
@pytest.mark.parametrize("as_date", [False, True])
async def test_the_server_says_how_long(
    server: FaultServer, backend: BackendName, as_date: bool
) -> None:
    server.on("/", busy(b"good", 1, 1, as_date=as_date))
    begun = time.perf_counter()
    async with rp_net.Client(backend=backend, retries=FAST) as client:
        assert (await client.get(server.url())).content == b"good"
    assert 0.9 < time.perf_counter() - begun < 2.5


@on_asyncio
async def test_a_wait_that_is_too_long_is_not_begun(server: FaultServer) -> None:
    server.on("/", busy(b"", None, 5))
    begun = time.perf_counter()
    with pytest.raises(rp_net.HTTPStatusError):
        await rp_net.get(server.url(), timeout=2)
    with pytest.raises(rp_net.HTTPStatusError):
        await rp_net.get(server.url(), retries=rp_net.Retry(2, max_retry_after=1))
    assert time.perf_counter() - begun < 1
    assert len(server.requests) == 2


@on_asyncio
async def test_a_stream_is_retried_up_to_its_head(server: FaultServer) -> None:
    server.on("/", first(hang_up, good, 1))
    async with rp_net.stream(server.url(), retries=FAST) as response:
        assert await response.read() == b"good"
    server.on("/", cut_once(b"x" * 100, 10))
    server.reset_log()
    async with rp_net.stream(server.url(), retries=FAST) as response:
        with pytest.raises(rp_net.IncompleteBodyError):
            await response.read()
    assert len(server.requests) == 1


def asked(method: str = "GET") -> Request:
    return Request(method, parse_url("http://a/"), rp_net.Headers())


@given(tried=st.integers(0, 60), base=st.floats(0, 9), cap=st.floats(0, 99))
def test_waits_are_within_the_bounds(tried: int, base: float, cap: float) -> None:
    retry = rp_net.Retry(100, base=base, cap=cap)
    wait = retry.wait_after_error(rp_net.ReadError("x"), asked(), tried)
    assert wait is not None
    assert 0 <= wait <= min(cap, base * 2**tried)


def test_waits_are_spread() -> None:
    retry = rp_net.Retry(9, base=1.0, cap=4.0)
    waits = [retry.wait_after_error(rp_net.ReadError("x"), asked(), 5) or 0 for _ in range(500)]
    assert min(waits) < 0.5
    assert max(waits) > 3.5


def test_what_no_repetition_helps() -> None:
    retry = rp_net.Retry(9)
    for error in (
        rp_net.BlockedAddressError("x"), rp_net.ProtocolError("x"), rp_net.BodyLimitError("x"),
        rp_net.RedirectError("x"), rp_net.NetTimeoutError("x", "total"), ValueError("x"),
    ):  # fmt: skip
        assert retry.wait_after_error(error, asked(), 0) is None
    assert retry.wait_after_error(rp_net.ReadError("x"), asked("POST"), 0) is None
    assert retry.wait_after_error(rp_net.ReadError("x"), asked(), 9) is None


def test_retry_after_in_both_forms() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 58 < (seconds_of(later) or 0) <= 60
    assert seconds_of("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert seconds_of(" 120 ") == 120
    assert seconds_of("9" * 400) is not None
    for wrong in (None, "", "-1", "1.5", "soon", "\u0663", "Wed, 99 Oct 2015 07:28:00 GMT"):
        assert seconds_of(wrong) is None


@given(st.text(max_size=60))
def test_no_retry_after_is_a_crash(text: str) -> None:
    seconds = seconds_of(text)
    assert seconds is None or seconds >= 0


def test_what_is_no_number_of_retries_is_refused() -> None:
    for wrong in (-1, rp_net):
        with pytest.raises((TypeError, ValueError)):
            rp_net.Client(retries=wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        rp_net.Retry(base=-1)
