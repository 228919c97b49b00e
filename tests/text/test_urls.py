"""Texts come from URLs where rp-net is installed, and from responses as they come."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

import rp_text
import rp_text.sync

rp_net = pytest.importorskip("rp_net")

BODIES = {
    "/a.txt": b"first\r\nsecond\n",
    "/a.txt.gz": gzip.compress(b"first\nsecond\n"),
    "/a.json": b'{"a": [1, 2]}',
    "/a.py?x=1": b"def f(): pass\n",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = BODIES[self.path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *about: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    rp_net.set_source_policy(None)
    yield f"http://127.0.0.1:{server.server_port}"
    rp_net.set_source_policy(rp_net.PublicOnly())
    server.shutdown()
    server.server_close()


async def test_urls_are_read(site: str) -> None:
    assert await rp_text.read_text(f"{site}/a.txt") == "first\nsecond\n"
    lines = [line async for line in rp_text.read_lines(f"{site}/a.txt.gz")]
    assert lines == ["first\n", "second\n"]
    assert await rp_text.load_json(f"{site}/a.json") == {"a": [1, 2]}
    shown = await rp_text.highlight_file(f"{site}/a.py?x=1")
    assert shown == rp_text.sync.highlight("def f(): pass\n", "python")
    with pytest.raises(ValueError, match="URLs are refused"):
        await rp_text.read_text(f"{site}/a.txt", urls=False)


def test_urls_are_read_in_plain_code(site: str) -> None:
    assert rp_text.sync.read_text(f"{site}/a.txt") == "first\nsecond\n"
    assert rp_text.sync.load_json(f"{site}/a.json") == {"a": [1, 2]}


async def test_a_response_is_read_as_it_comes(site: str) -> None:
    async with rp_net.stream(f"{site}/a.txt") as response:
        lines = [line async for line in rp_text.read_lines(response.iter_bytes())]
    assert lines == ["first\n", "second\n"]
