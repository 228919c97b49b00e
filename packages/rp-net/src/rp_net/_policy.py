"""Which addresses may be connected to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final, TypeAlias

from rp_net._errors import BlockedAddressError
from rp_net._url import parse_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rp_net._url import Url

Address: TypeAlias = IPv4Address | IPv6Address
# What `is_global` of some Python releases lets through (IANA's special-purpose registries).
_NOT_PUBLIC: Final = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "224.0.0.0/3", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16",
        "fc00::/7", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
_NAT64: Final = ip_network("64:ff9b::/96")
_GLOBAL_UNICAST: Final = ip_network("2000::/3")
_LOCAL_NAMES: Final = ("localhost", "local", "internal", "lan", "home.arpa", "onion")


class PublicOnly:
    """A policy: only public addresses may be connected to, whatever name or redirect leads there.

    The name is looked up once, every address it has is checked, and the connection goes to one of
    these; so for each redirect. With it, proxies of the environment are not used.

    Args:
        allow: Networks ("10.1.0.0/16") or addresses that may be connected to all the same.

    Raises:
        ValueError: One of them is no network.
        TypeError: It is one string.
    """

    __module__ = "rp_net"

    def __init__(self, *, allow: Iterable[str] = ()) -> None:
        if isinstance(allow, str):
            raise TypeError("allow is a list of networks, not one")
        self._allow = tuple(ip_network(text) for text in allow)

    def __eq__(self, other: object) -> bool:
        """Return whether it allows the same."""
        return isinstance(other, PublicOnly) and self._allow == other._allow

    def __hash__(self) -> int:
        """Return the hash of what it allows."""
        return hash(self._allow)

    def allows(self, address: str) -> bool:
        """Return whether an IP address may be connected to."""
        ip = ip_address(address.partition("%")[0])
        inner = _leads_to(ip)
        forms = (ip,) if inner is None else (ip, inner)
        if any(form in net for form in forms for net in self._allow):
            return True
        if inner is not None:
            return _is_public(inner)
        return _is_public(ip) and (ip.version == 4 or ip in _GLOBAL_UNICAST)

    def check(self, host: str, addresses: Iterable[str]) -> None:
        """Refuse a host if one of its addresses may not be connected to.

        Raises:
            BlockedAddressError: One may not.
        """
        for address in addresses:
            if not self.allows(address):
                raise BlockedAddressError(f"{host}: {address} is not a public address")

    def check_url(self, url: Url) -> None:
        """Refuse a URL whose host is an address that may not be connected to.

        Raises:
            BlockedAddressError: It may not.
        """
        if is_address(url.host):
            self.check(url.host, [url.host])


def is_public_url(url: str) -> bool:
    """Return whether a URL is http or https and names no private host.

    Names are not looked up, so a public name with a private address passes: to be safe from that,
    give the request `policy=PublicOnly()`, which checks the address that is connected to.

    Args:
        url: Any text.
    """
    try:
        parsed = parse_url(url)
    except ValueError:
        return False
    host = parsed.host.rstrip(".")
    if is_address(host):
        return PublicOnly().allows(host)
    name = f".{host}"
    if any(name.endswith(f".{local}") for local in _LOCAL_NAMES):
        return False
    last = host.rpartition(".")[2]
    return bool(last) and "." in host and not last.isdigit() and not last.startswith("0x")


def is_address(host: str) -> bool:
    """Return whether a host is an IP address rather than a name."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_public(ip: Address) -> bool:
    if ip.is_multicast or not ip.is_global:
        return False
    return not any(ip.version == net.version and ip in net for net in _NOT_PUBLIC)


def _leads_to(ip: Address) -> Address | None:
    """Return the IPv4 address that an IPv6 address stands for; None: it stands for itself."""
    if isinstance(ip, IPv4Address):
        return None
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour
