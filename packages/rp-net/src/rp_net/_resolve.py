"""From a host's name to its addresses, once, by the policy."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from rp_net._errors import ConnectError

if TYPE_CHECKING:
    from rp_net._policy import PublicOnly


async def resolve(host: str, port: int, policy: PublicOnly | None) -> list[str]:
    """Return the addresses of a host, all of which the policy admits.

    Raises:
        ConnectError: There is no such host.
        BlockedAddressError: The policy forbids one of its addresses.
    """
    from anyio import getaddrinfo

    try:
        found = await getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ConnectError(f"{host}: {error}") from error
    return _admitted(host, [str(info[4][0]) for info in found], policy)


def resolve_here(host: str, port: int, policy: PublicOnly | None) -> list[str]:
    """Do the same in this thread; blocks."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ConnectError(f"{host}: {error}") from error
    return _admitted(host, [str(info[4][0]) for info in found], policy)


def _admitted(host: str, found: list[str], policy: PublicOnly | None) -> list[str]:
    addresses = list(dict.fromkeys(found))
    if policy:
        policy.check(host, addresses)
    return addresses
