"""Digests are checked whole, and what is no digest is refused."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rp_net
from rp_net._digests import Digest, digests_in, parse_digest
from rp_net._headers import Headers
from support.downloads import ASYNCIO, QUICK, noise
from support.fault_content import Content
from support.fault_exchange import Exchange
from support.fault_server import FaultServer

PAYLOAD: Final = noise(30_000)
ALGORITHMS: Final = ("sha256", "sha512", "sha384", "sha1", "md5", "blake2b")


@pytest.fixture
def anyio_backend() -> object:
    return ASYNCIO


def hexed(algorithm: str, data: bytes = PAYLOAD) -> str:
    return hashlib.new(algorithm, data).hexdigest()


def coded(algorithm: str, data: bytes = PAYLOAD) -> str:
    return base64.b64encode(hashlib.new(algorithm, data).digest()).decode()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_digest_is_named_in_hex_or_base64(algorithm: str) -> None:
    right = Digest(algorithm, hexed(algorithm))
    assert parse_digest(f"{algorithm}:{hexed(algorithm)}") == right
    assert parse_digest(f" {algorithm.upper()}:{hexed(algorithm).upper()} ") == right
    assert parse_digest(f"{algorithm}-{coded(algorithm)}") == right
    assert parse_digest(algorithm) == Digest(algorithm)


def test_bare_hex_is_sha256() -> None:
    assert parse_digest(hexed("sha256")) == Digest("sha256", hexed("sha256"))
    assert parse_digest("sha-256:" + hexed("sha256")) == Digest("sha256", hexed("sha256"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sha256:",
        "sha256:12",
        "sha256:" + "g" * 64,
        "sha256:" + "0" * 63,
        "crc32:00000000",
        "0" * 63,
        "sha256-",
        "sha256-!" + "A" * 43,
        "sha256-" + coded("sha256").rstrip("="),
        "sha256-" + coded("sha1"),
        "sha512-" + coded("sha256"),
    ],
)
def test_what_is_no_digest_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_digest(text)


@given(st.text(max_size=90), st.sampled_from([*ALGORITHMS, ""]), st.sampled_from([":", "-", ""]))
def test_more_than_the_name_of_an_algorithm_is_never_taken_for_it(
    rest: str, name: str, between: str
) -> None:
    try:
        digest = parse_digest(name + between + rest)
    except ValueError:
        return
    bare = (name + between + rest).strip().lower().replace("-", "").replace("_", "")
    assert digest.hex is not None or bare == digest.algorithm.replace("_", "")


async def test_a_digest_that_is_none_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    for text in ("", "sha256-" + "?" * 44, "sha256:0"):
        with pytest.raises(ValueError):
            await rp_net.download("http://127.0.0.1:1/", tmp_path / "x", digest=text)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_the_digest_is_checked(algorithm: str, tmp_path: Path) -> None:
    right, wrong = f"{algorithm}:{hexed(algorithm)}", f"{algorithm}:{hexed(algorithm, b'')}"
    with FaultServer() as server:
        url = server.on("/x", Content(PAYLOAD))
        done = await rp_net.download(url, tmp_path / "x", digest=right)
        assert done.digest == right
        with pytest.raises(rp_net.DigestError):
            await rp_net.download(url, tmp_path / "y", digest=wrong)
    assert os.listdir(tmp_path) == ["x"]


def test_fields_of_the_server_are_read() -> None:
    sha, long = coded("sha256"), coded("sha512")
    text = f"sha-256=:{sha}:, md5=:AAAA:, sha-512=:{long}:, unixsum=:1:"
    found = digests_in(Headers({"Repr-Digest": text}), "repr-digest")
    assert found == [Digest("sha256", hexed("sha256")), Digest("sha512", hexed("sha512"))]


@pytest.mark.parametrize("text", ["", "sha-256", "sha-256=abc", "sha-256=:?:", "=::", "sha-256=::"])
def test_fields_that_say_nothing_are_passed_over(text: str) -> None:
    assert digests_in(Headers({"Repr-Digest": text}), "repr-digest") == []


@pytest.mark.parametrize("field", ["Repr-Digest", "Content-Digest"])
@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
async def test_what_the_server_promises_is_checked(
    field: str, algorithm: str, tmp_path: Path
) -> None:
    name = algorithm.replace("sha", "sha-")
    with FaultServer() as server:
        right = ((field, f"{name}=:{coded(algorithm)}:"),)
        wrong = ((field, f"{name}=:{coded(algorithm, b'')}:"),)
        good = server.on("/good", Content(PAYLOAD, headers=right))
        bad = server.on("/bad", Content(PAYLOAD, headers=wrong))
        await rp_net.download(good, tmp_path / "good")
        with pytest.raises(rp_net.DigestError):
            await rp_net.download(bad, tmp_path / "bad")
    assert os.listdir(tmp_path) == ["good"]


async def test_content_digest_is_of_the_rest_and_repr_digest_of_the_whole(tmp_path: Path) -> None:
    n = 10_000

    def answer(exchange: Exchange) -> None:
        resumed = exchange.request.header("Range") == f"bytes={n}-"
        body = PAYLOAD[n:] if resumed else PAYLOAD
        digests = (
            ("Repr-Digest", f"sha-256=:{coded('sha256')}:"),
            ("Content-Digest", f"sha-256=:{coded('sha256', body)}:"),
        )
        right = Content(PAYLOAD, headers=digests).answer(exchange.request)
        if resumed:
            right.send(exchange)
        else:
            exchange.send(right.head() + right.body[:n])
            exchange.close()

    with FaultServer() as server:
        done = await rp_net.download(server.on("/x", answer), tmp_path / "x", retries=QUICK)
        assert server.hits("/x") == 2
    assert done.size == len(PAYLOAD)


async def test_a_resumed_file_with_a_wrong_digest_is_fetched_anew(tmp_path: Path) -> None:
    n = 10_000
    hits = 0

    def answer(exchange: Exchange) -> None:
        nonlocal hits
        hits += 1
        content = Content(noise(30_000, 2) if hits == 1 else PAYLOAD)
        right = content.answer(exchange.request)
        if hits == 1:
            exchange.send(right.head() + right.body[:n])
            exchange.close()
        else:
            right.send(exchange)

    digest = f"sha256:{hexed('sha256')}"
    with FaultServer() as server:
        url = server.on("/x", answer)
        done = await rp_net.download(url, tmp_path / "x", digest=digest, retries=QUICK)
        assert [r.header("Range") for r in server.requests] == [None, f"bytes={n}-", None]
    assert (tmp_path / "x").read_bytes() == PAYLOAD
    assert done.resumed_from == 0


async def test_a_coded_body_is_not_compared_with_digests_of_its_coding(tmp_path: Path) -> None:
    from support.fault_cuts import gzipped

    content = gzipped(PAYLOAD)
    digest = coded("sha256", content.payload)
    fields = (*content.headers, ("Content-Digest", f"sha-256=:{digest}:"))
    with FaultServer() as server:
        url = server.on("/x", Content(content.payload, content.etag, headers=fields))
        await rp_net.download(url, tmp_path / "x", digest=f"sha256:{hexed('sha256')}")
    assert (tmp_path / "x").read_bytes() == PAYLOAD
