"""The examples of every README are tests."""

from __future__ import annotations

import asyncio
import os
from http.server import SimpleHTTPRequestHandler
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

from sybil import Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

_evaluate = PythonEvaluator()


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *about: object) -> None:
        """Write no log."""


def run(example: Example) -> None:
    """Run an example, and the coroutine function `main` where it defines one."""
    _evaluate(example)
    main = example.namespace.pop("main", None)
    if iscoroutinefunction(main):
        asyncio.run(main())


def give_photographs(namespace: dict[str, Any]) -> None:
    """Put a folder with a few photographs, and a site that serves it, into the namespace."""
    import gzip
    from functools import partial
    from http.server import ThreadingHTTPServer
    from tempfile import mkdtemp
    from threading import Thread

    import numpy as np

    import rp_audio.sync
    import rp_image.sync
    import rp_video.sync

    folder = Path(mkdtemp(prefix="rp-readme-"))
    namespace["old_cache"] = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    namespace["folder"] = folder
    namespace["photographs"] = [folder / f"photograph-{number}.jpg" for number in range(3)]
    for number, path in enumerate(namespace["photographs"]):
        rp_image.sync.save(np.full((300, 400, 3), number * 80, np.uint8), path)
    namespace["film"] = folder / "film.mp4"
    shades = [np.full((120, 160, 3), number * 6, np.uint8) for number in range(40)]
    rp_video.sync.save(namespace["film"], shades, rate=25)
    namespace["sound"] = folder / "sound.wav"
    wave = np.sin(np.arange(96_000) / 20)[:, None] * [0.4, 0.2]
    rp_audio.sync.save(namespace["sound"], (wave, 48_000))
    namespace["log"] = folder / "log.txt.gz"
    namespace["log"].write_bytes(gzip.compress(b"INFO begun\nERROR no coffee\n"))
    namespace["code"] = folder / "code.py"
    namespace["code"].write_text("def f(x):\n    return x + 1\n")
    (folder / "list.json").write_text('["photograph-0.jpg", "photograph-1.jpg"]')
    handler = partial(_Quiet, directory=str(folder))
    server = namespace["server"] = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    namespace["site"] = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()


def take_photographs(namespace: dict[str, Any]) -> None:
    """Stop the site and remove the folder."""
    from shutil import rmtree

    namespace["server"].shutdown()
    namespace["server"].server_close()
    rmtree(namespace["folder"])
    if namespace["old_cache"] is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = namespace["old_cache"]


pytest_collect_file = Sybil(
    parsers=[CodeBlockParser("python", run)],
    patterns=["README.md"],
    setup=give_photographs,
    teardown=take_photographs,
).pytest()
