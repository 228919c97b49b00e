"""Question 7: is JSON written and read as fast as by the library that does it?"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from _audio_turns import LIMIT, wall
from _common import milliseconds
from _text_data import records
from _text_turns import OURS, Table, ask, micro, on_asyncio, timed, timed_on
from _video_report import Bar
from _video_work import check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from _text_turns import Found, Measure

LARGE: Final = 7000
SMALL: Final = 3
MOST: Final = 1.1
JSON, ORJSON = "json", "orjson"
COPY: Final = f"{LIMIT}the bytes are copied"
BACKENDS: Final = {"": None, ", orjson": ORJSON}
SEPARATORS: Final = (",", ":")


def dump_by_us(value: Any, backend: Any = None) -> bytes:
    """Write by ours."""
    return _face().dump_json(value, backend=backend)


def load_by_us(data: bytes, backend: Any = None) -> Any:
    """Read by ours."""
    return _face().load_json(data, backend=backend)


def _face() -> Any:
    import rp_text.sync

    return rp_text.sync
