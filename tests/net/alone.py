"""Fetch, stream, cache and download with the one backend that is here: its name is the argument."""

from __future__ import annotations

import sys
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import rp_net.sync as rp_net

BODY = b"hello" * 1000


class Handler(BaseHTTPRequestHandler):
    """Gives one body, which may be kept."""

    protocol_version = "HTTP/1.1"
    hits = 0

    def do_GET(self) -> None:
        """Answer."""
        Handler.hits += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.send_header("Cache-Control", "max-age=60")
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *about: object) -> None:
        """Write no log."""


def main(backend: str) -> None:
    """Do what the package is for, and see that it was this backend."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    with tempfile.TemporaryDirectory() as folder, rp_net.Client(cache=rp_net.Cache()) as client:
        assert client.get(url).content == BODY
        assert client.get(url).from_cache
        with client.stream(url + "?stream") as response:
            assert response.read() == BODY
        done = client.download(url, Path(folder) / "x", digest="sha256")
        assert Path(done.path).read_bytes() == BODY
        assert client.backend == backend, client.backend
    assert Handler.hits == 3, Handler.hits
    server.shutdown()
    server.server_close()
    print(f"rp-net works with {backend} alone")


if __name__ == "__main__":
    main(sys.argv[1])
