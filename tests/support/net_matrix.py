"""Backends and event loops on which a test of rp_net runs."""

from __future__ import annotations

import sys
from typing import Any, Final

import pytest

from rp_net._options import BackendName as BackendName

BACKENDS: Final = ("aiohttp", "httpx2", "httpx", "stdlib")
ASYNCIO: Final = ("asyncio", {"use_uvloop": False})
_LOOPS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "asyncio": ASYNCIO,
    "trio": ("trio", {}),
    **({} if sys.platform == "win32" else {"uvloop": ("asyncio", {"use_uvloop": True})}),
}


def _matrix(loops: tuple[str, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("anyio_backend", "backend"),
        [
            pytest.param(_LOOPS[loop], backend, id=f"{backend}-{loop}")
            for backend in BACKENDS
            for loop in loops
            if loop in _LOOPS and (backend, loop) != ("aiohttp", "trio")
        ],
    )


everywhere = _matrix(("asyncio", "uvloop", "trio"))
each_backend = _matrix(("asyncio",))
on_two_loops = _matrix(("asyncio", "trio"))
on_asyncio = pytest.mark.parametrize("anyio_backend", [pytest.param(ASYNCIO, id="asyncio")])
