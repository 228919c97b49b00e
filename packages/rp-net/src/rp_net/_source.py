"""What reads http and https URLs for the other packages: `rp_image.load("https://...")`."""

from __future__ import annotations

from typing import Any

from rp_net._fetch import fetch
from rp_net._policy import PublicOnly
from rp_net._settings import check_policy
from rp_net._shared import shared_engine

_policy: PublicOnly | None = PublicOnly()


def set_source_policy(policy: PublicOnly | None) -> None:
    """Say where the other packages may read URLs from; at first only public addresses.

    Args:
        policy: Such as `PublicOnly(allow=["10.0.0.0/8"])`; None: anywhere.
    """
    global _policy
    check_policy(policy)
    _policy = policy


async def read(url: str, max_bytes: int) -> bytes:
    """Return the body at a URL, of at most so many bytes.

    Raises:
        LimitExceededError: There are more.
        NetError: As `rp_net.get` raises.
    """
    options: dict[str, Any] = {"max_bytes": max_bytes, "policy": _policy}
    return (await fetch(await shared_engine(), "GET", url, options)).content
