"""URLs as HTTP sends them: parsed once, normal in form (RFC 3986, 6.2)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote, unquote, urlencode, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias

    Scalar: TypeAlias = str | int | float | bool
    ParamTypes: TypeAlias = (
        Mapping[str, Scalar | Iterable[Scalar] | None] | Iterable[tuple[str, Scalar]]
    )

_PORTS: Final = {"http": 80, "https": 443}
_PATH_SAFE: Final = "/:@!$&'()*+,;=~-._%[]|^"
_QUERY_SAFE: Final = _PATH_SAFE + "?{}`\\"
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f]")
_BREAKS: Final = re.compile(r"[\r\n\t\0]")
_USERINFO: Final = re.compile(r"//[^/?#]*@")
_HOST: Final = re.compile(r"[a-z0-9_.~!$&'()*+,;=-]+|\[[0-9a-f:.]+(%25[a-z0-9._~-]+)?\]")


class Url(NamedTuple):
    """An absolute http or https URL.

    Attributes:
        scheme: "http" or "https".
        host: Lower case, ASCII; an IPv6 address without brackets.
        port: Explicit, or that of the scheme.
        target: Path and query as they are sent; begins with "/".
        fragment: Without "#".
        userinfo: What stood before "@": (user, password), or None.
    """

    scheme: str
    host: str
    port: int
    target: str
    fragment: str = ""
    userinfo: tuple[str, str] | None = None

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port."""
        return self[:3]

    @property
    def authority(self) -> str:
        """Host and port as the Host field has them: without the scheme's own port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def explicit_port(self) -> int | None:
        """The port, unless it is the scheme's own."""
        return None if self.port == _PORTS[self.scheme] else self.port

    @property
    def path(self) -> str:
        """The path alone, as it is sent."""
        return self.target.partition("?")[0]

    def __str__(self) -> str:
        """Return the URL without userinfo and fragment: what a cache knows it by."""
        return f"{self.scheme}://{self.authority}{self.target}"


@lru_cache(maxsize=1024)
def parse_url(text: str) -> Url:
    """Parse an absolute URL.

    Raises:
        ValueError: It is no http or https URL, or one that parsers read in different ways.
    """
    if not isinstance(text, str):
        raise TypeError(f"a URL is a string, not {type(text).__name__!r}")
    text = text.strip(" \t\r\n\f")
    if _BREAKS.search(text):
        raise ValueError(f"a URL with a line break: {_shown(text)!r}")
    parts = _split(text)
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise ValueError(f"not an http or https URL: {_shown(text)!r}")
    if not parts.netloc:
        raise ValueError(f"a URL without a host: {_shown(text)!r}")
    if "\\" in parts.netloc or _CONTROL.search(parts.netloc):
        raise ValueError(f"a URL whose host is ambiguous: {_shown(text)!r}")
    userinfo, at, _ = parts.netloc.rpartition("@")
    user, _, password = userinfo.partition(":")
    return Url(
        scheme,
        _host(parts.hostname or "", text),
        _port(parts, scheme, text),
        _target(parts.path, parts.query if "?" in text.partition("#")[0] else None),
        parts.fragment,
        (unquote(user), unquote(password)) if at else None,
    )


def join_url(base: Url, reference: str) -> Url:
    """Resolve a reference, as of a Location field, against the URL it came from.

    A fragment goes along where the reference has none (RFC 9110, 10.2.2).

    Raises:
        ValueError: The result is no http or https URL.
    """
    reference = reference.strip(" \t\r\n\f")
    url = parse_url(urljoin(str(base), reference))
    return url if url.fragment or "#" in reference else url._replace(fragment=base.fragment)


def add_params(url: Url, params: ParamTypes | None) -> Url:
    """Append query parameters; a value that is None is left out, a list is repeated."""
    if not params:
        return url
    items = params.items() if hasattr(params, "items") else params
    pairs = [(name, text) for name, value in items for text in _texts(value)]
    query = urlencode(pairs)
    if not query:
        return url
    joint = "&" if "?" in url.target else "?"
    return url._replace(target=url.target + joint + query)


def _shown(text: str) -> str:
    """Return a URL for a message: without what may be a password."""
    return _USERINFO.sub("//", text)[:200]


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [text for item in value for text in _texts(item)]
    return [str(value)]


def _split(text: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    try:
        return urlsplit(text)
    except ValueError as error:
        raise ValueError(f"not a URL: {_shown(text)!r} ({error})") from None


def _host(host: str, text: str) -> str:
    host = unquote(host) if "%" in host and ":" not in host else host
    if not host.isascii():
        host = _to_ascii(host, text)
    host = host.lower()
    shown = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(shown) or len(host) > 255:
        raise ValueError(f"a URL whose host is none: {_shown(text)!r}")
    return host


def _to_ascii(host: str, text: str) -> str:
    import idna

    try:
        return idna.encode(host, uts46=True, std3_rules=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"a URL whose host is none: {_shown(text)!r} ({error})") from None


def _port(parts, scheme: str, text: str) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001
    try:
        port = parts.port
    except ValueError:
        raise ValueError(f"a URL whose port is none: {_shown(text)!r}") from None
    return _PORTS[scheme] if port is None else int(port)


def _target(path: str, query: str | None) -> str:
    path = _quoted(_without_dots(path or "/"), _PATH_SAFE)
    return path if query is None else f"{path}?{_quoted(query, _QUERY_SAFE)}"


def _quoted(text: str, safe: str) -> str:
    return _LONE_PERCENT.sub("%25", quote(text, safe=safe, errors="surrogatepass"))


def _without_dots(path: str) -> str:
    """Remove dot segments (RFC 3986, 5.2.4)."""
    if "/." not in path and "/%2" not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for number, segment in enumerate(segments):
        plain = segment.replace("%2e", ".").replace("%2E", ".")
        last = number == len(segments) - 1
        if plain == "..":
            del kept[-1:]
        elif plain != ".":
            kept.append(segment)
            continue
        if last:
            kept.append("")
    return "/" + "/".join(kept)
