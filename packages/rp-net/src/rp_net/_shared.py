"""The client behind the functions of the package: one per event loop, closed with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from rp_net._engine import Engine
from rp_net._loop import loop_token
from rp_net._settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

_keepers: WeakKeyDictionary[Any, tuple[Engine, AsyncGenerator[None, None]]] = WeakKeyDictionary()
_DEFAULTS: dict[str, Any] = {
    "params": None,
    "auth": None,
    "cache": None,
    "proxy": None,
    "tls": None,
    "policy": None,
    "follow_redirects": True,
    "max_redirects": 10,
    "allow_downgrade": False,
    "max_bytes": 1 << 28,
    "max_connections": 100,
    "http2": False,
    "backend": "auto",
}


async def shared_engine() -> Engine:
    """Return the engine of this event loop; it keeps no cookies between calls.

    An async generator that was begun is closed by the loop as it ends: that closes the engine.
    """
    loop = loop_token()
    kept = _keepers.get(loop)
    if kept is None:
        engine = Engine(Settings.of(**_DEFAULTS), keep_cookies=False)
        keeper = _keep(engine)
        await anext(keeper)
        kept = _keepers[loop] = engine, keeper
    return kept[0]


async def _keep(engine: Engine) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await engine.close()
