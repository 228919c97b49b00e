from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rp_text._formatter import formatted
from rp_text._highlighter import painted
from rp_text._json_reader import parse

if TYPE_CHECKING:
    from rp_core import Fallback

CHAINS: dict[str, Fallback[Any, Any]] = {
    "formatter": formatted,
    "highlighter": painted,
    "json_backend": parse,
}
_ONCE = frozenset({"test_detect_encoding", "test_format_html", "test_strip_html", "test_urls"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "text" not in item.path.parts:
            continue
        params: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
        if "'use_uvloop': True" in str(params.get("anyio_backend", "")):
            item.add_marker("thorough")
        if item.path.stem in _ONCE:
            item.add_marker("once")


@pytest.fixture(autouse=True)
def only_what_is_installed(request: pytest.FixtureRequest) -> None:
    """Skip what is for a backend that is missing: a wheel is tested alone, too."""
    params = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    marker = request.node.get_closest_marker("needs")
    for name, chain in CHAINS.items():
        for backend in chain.backends:
            wanted = params.get(name) == backend.name or (marker and backend.name in marker.args)
            if wanted and backend.state != "installed":
                pytest.skip(f"{backend.name} is not here: {backend.obstacle}")
