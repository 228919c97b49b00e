"""The name of a file that a response gives (RFC 6266, RFC 8187): one name, in no other folder."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import unquote, unquote_to_bytes

from rp_net._url import parse_url

if TYPE_CHECKING:
    from rp_net._headers import Headers

MOST_BYTES: Final = 200
FALLBACK: Final = "download"
_PARAMETER: Final = re.compile(
    r""";\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;"\s][^;]*)"""
)
_RESERVED: Final = re.compile(
    r"(con|conin\$|conout\$|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.IGNORECASE
)
_SEPARATORS: Final = re.compile(r"[/\\\u2044\u2215\uff0f\uff3c\u29f5\u29f8]")
_UNSAFE: Final = re.compile(r'[<>:"|?*]')


class HasHead(Protocol):
    """A response, streamed or not."""

    url: str
    headers: Headers


def filename_from(response: HasHead) -> str:
    """Return the name that a response has for its body.

    It comes from Content-Disposition, or else from the path of the URL. It is one path component
    that can be created on every system: no separators, control characters, leading dots, names of
    devices; at most 200 bytes.

    Args:
        response: A `Response` or `StreamedResponse`.
    """
    told = _from_disposition(response.headers.get("content-disposition", ""))
    return safe_name(told) or safe_name(_from_url(response.url)) or FALLBACK


def safe_name(name: str) -> str:
    """Return the last component of a name, with what no file name may have left out."""
    name = "".join(
        c
        for c in unicodedata.normalize("NFC", name)
        if unicodedata.category(c)[0] != "C" and unicodedata.category(c) not in {"Zl", "Zp"}
    )
    name = _SEPARATORS.split(name)[-1] if name.strip() else ""
    name = _shortened(_UNSAFE.sub("_", name).strip(". \u00a0"))
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def _from_disposition(value: str) -> str:
    plain = extended = ""
    for key, raw in _PARAMETER.findall(f";{value.partition(';')[2]}"):
        if key.lower() == "filename*" and not extended:
            extended = _extended(raw.strip())
        elif key.lower() == "filename" and not plain:
            plain = _plain(raw.strip())
    return extended or plain


def _extended(value: str) -> str:
    charset, _, rest = value.strip('"').partition("'")
    if charset.lower() not in {"utf-8", "iso-8859-1"}:
        return ""
    return unquote_to_bytes(rest.partition("'")[2]).decode(charset, "replace")


def _plain(value: str) -> str:
    if value.startswith('"'):
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    with suppress(UnicodeError):  # read as Latin-1; those who send more mean UTF-8
        value = value.encode("latin-1").decode("utf-8")
    return unquote(value) if "%" in value else value


def _from_url(url: str) -> str:
    try:
        path = parse_url(url).path
    except ValueError:
        return ""
    return unquote(path.rsplit("/", 1)[-1])


def _shortened(name: str) -> str:
    if len(name.encode("utf-8", "replace")) <= MOST_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix.encode()) > 20:
        stem, dot, suffix = name, "", ""
    room = MOST_BYTES - len((dot + suffix).encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + dot + suffix
