"""What is there is gone on from, where it is sure to be the beginning of what comes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

import rp_net
from support.downloads import BOTH, CUT, NEVER, PAIRS, QUICK, begun, noise, part_of
from support.fault_content import OLD, Content
from support.fault_cuts import chunk_no_last, cut_after, cut_once
from support.fault_exchange import Exchange, Handler
from support.fault_server import FaultServer

PAYLOAD: Final = noise(30_000)
OTHER: Final = noise(30_000, 2)
NEWER: Final = "Thu, 01 Jan 2021 00:00:00 GMT"


@pytest.fixture(params=BOTH)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    return request.param


async def gone_on(
    path: Path, first: Content, second: Handler, cut: int = CUT
) -> tuple[rp_net.Download, list[str | None], list[str | None]]:
    """Break a download off, and download again from what answers then."""
    with FaultServer() as server:
        url = await begun(server, path, first, cut)
        server.on("/x", second)
        done = await rp_net.download(url, path, retries=QUICK)
        asked = server.requests
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    return done, [r.header("Range") for r in asked], [r.header("If-Range") for r in asked]


@pytest.mark.parametrize(("anyio_backend", "backend"), PAIRS, indirect=["anyio_backend"])
async def test_the_rest_is_asked_for_and_no_more(backend: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    with FaultServer() as server:
        url = await begun(server, path, Content(PAYLOAD))
        server.on("/x", Content(PAYLOAD))
        async with rp_net.Client(backend=backend) as client:  # type: ignore[arg-type]
            done = await client.download(url, path)
        asked = [(r.header("Range"), r.header("If-Range")) for r in server.requests]
    assert asked == [(f"bytes={CUT}-", '"one"')]
    assert (done.resumed_from, done.size, path.read_bytes()) == (CUT, len(PAYLOAD), PAYLOAD)
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]


async def test_a_date_is_a_validator_if_it_is_old_enough(tmp_path: Path) -> None:
    content = Content(PAYLOAD, None, OLD)
    done, ranges, conditions = await gone_on(tmp_path / "x", content, content)
    assert (ranges, conditions) == ([f"bytes={CUT}-"], [OLD])
    assert (done.resumed_from, Path(done.path).read_bytes()) == (CUT, PAYLOAD)


@pytest.mark.parametrize(
    "content", [Content(PAYLOAD, 'W/"one"'), Content(PAYLOAD, None)], ids=["weak", "none"]
)
async def test_without_a_strong_validator_all_is_fetched_anew(
    content: Content, tmp_path: Path
) -> None:
    path = tmp_path / "x"
    with FaultServer() as server:
        url = server.on("/x", cut_once(PAYLOAD, CUT, content=content))
        done = await rp_net.download(url, path, retries=QUICK)
        assert [r.header("Range") for r in server.requests] == [None, None]
    assert (done.resumed_from, path.read_bytes()) == (0, PAYLOAD)


def spoilt(content: Content, *headers: tuple[str, str], without: str = "") -> Handler:
    """Answer ranges with other fields."""

    def handler(exchange: Exchange) -> None:
        answer = content.answer(exchange.request)
        if answer.status in (206, 416):
            for name in {without, *dict(headers)}:
                values = [value for key, value in headers if key == name]
                answer = answer.without(name, *values)
        answer.send(exchange)

    return handler


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Content(PAYLOAD), Content(OTHER, '"two"')),
        (Content(PAYLOAD), Content(OTHER, '"two"', naive=True)),
        (Content(PAYLOAD), Content(OTHER, 'W/"two"', naive=True)),
        (Content(PAYLOAD), Content(OTHER + b"more", '"one"')),
        (Content(PAYLOAD), Content(OTHER[:20_000], '"one"')),
        (Content(PAYLOAD), Content(OTHER[:5_000], '"two"', naive=True)),
        (Content(PAYLOAD), Content(OTHER, ranges=False)),
        (Content(PAYLOAD, None, OLD), Content(OTHER, None, NEWER)),
        (Content(PAYLOAD, None, OLD), Content(OTHER, None, NEWER, naive=True)),
        (Content(PAYLOAD, '"one"', OLD), Content(OTHER, None, NEWER, naive=True)),
        (Content(PAYLOAD), Content(OTHER[:CUT], '"two"', naive=True)),
    ],
    ids=[
        "etag", "etag-naive", "weak-naive", "grown", "shrunk", "shrunk-naive", "no-ranges",
        "date", "date-naive", "etag-gone-naive", "as-long-as-the-part",
    ],
)  # fmt: skip
async def test_a_file_that_has_changed_is_fetched_anew(
    first: Content, second: Content, tmp_path: Path
) -> None:
    done, _, _ = await gone_on(tmp_path / "x", first, second)
    assert (tmp_path / "x").read_bytes() == second.payload
    assert done.size == len(second.payload)


async def test_a_file_that_is_fetched_anew_is_not_resumed(tmp_path: Path) -> None:
    done, _, _ = await gone_on(tmp_path / "x", Content(PAYLOAD), Content(OTHER, '"two"'))
    assert done.resumed_from == 0


async def complete_part(path: Path, server: FaultServer) -> str:
    """Get all the bytes, but not the end of the chunked coding."""
    url = server.on("/x", chunk_no_last(PAYLOAD, content=Content(PAYLOAD)))
    with pytest.raises(rp_net.NetError):
        await rp_net.download(url, path, retries=NEVER)
    assert part_of(path).read_bytes() == PAYLOAD
    server.reset_log()
    return url


async def test_416_to_a_complete_part_means_that_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with FaultServer() as server:
        url = await complete_part(path, server)
        server.on("/x", Content(PAYLOAD))
        done = await rp_net.download(url, path, digest="sha256")
        assert server.hits("/x") == 1
    assert (done.resumed_from, path.read_bytes(), done.etag) == (len(PAYLOAD), PAYLOAD, '"one"')


async def test_416_of_another_file_means_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with FaultServer() as server:
        url = await complete_part(path, server)
        server.on("/x", Content(OTHER, '"two"', naive=True))
        await rp_net.download(url, path, retries=QUICK)
    assert path.read_bytes() == OTHER


@pytest.mark.parametrize("said", ["bytes */29999", "bytes */*", "", "bytes 0-1/30000"])
async def test_416_that_says_something_else_means_nothing(said: str, tmp_path: Path) -> None:
    fields = [("Content-Range", said)] if said else []
    second = spoilt(Content(PAYLOAD), *fields, without="Content-Range")
    path = tmp_path / "x"
    with FaultServer() as server:
        url = await complete_part(path, server)
        server.on("/x", second)
        await rp_net.download(url, path, retries=QUICK)
        assert [r.header("Range") for r in server.requests] == [f"bytes={len(PAYLOAD)}-", None]
    assert path.read_bytes() == PAYLOAD


async def test_without_resume_all_is_fetched_anew(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with FaultServer() as server:
        url = await begun(server, path, Content(PAYLOAD))
        server.on("/x", Content(OTHER))
        done = await rp_net.download(url, path, resume=False)
        assert server.requests[0].header("Range") is None
    assert (path.read_bytes(), done.resumed_from) == (OTHER, 0)


@pytest.mark.parametrize(("anyio_backend", "backend"), PAIRS, indirect=["anyio_backend"])
async def test_an_early_end_is_told_as_one(backend: str, tmp_path: Path) -> None:
    with FaultServer() as server:
        url = server.on("/x", cut_after(PAYLOAD, CUT))
        async with rp_net.Client(backend=backend) as client:  # type: ignore[arg-type]
            with pytest.raises(rp_net.TruncatedError) as caught:
                await client.download(url, tmp_path / "x", retries=NEVER)
    assert (caught.value.got, caught.value.expected) == (CUT, len(PAYLOAD))
