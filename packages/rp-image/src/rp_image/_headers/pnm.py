"""PNM headers: PBM, PGM, PPM and PAM, plain and raw (Netpbm)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_MOST_HEADER: Final = 1 << 16
_TOKEN: Final = re.compile(rb"(?:\s|#[^\r\n]*[\r\n])*(\d{1,9})")
_COMMENT: Final = re.compile(rb"#[^\r\n]*[\r\n]")
_LINE: Final = re.compile(rb"[^\n]*\n")
_PLAIN: Final = frozenset(b"123")


class Layout(NamedTuple):
    """How the samples are written: as text, in bits (1 is black) or in bytes; and the largest."""

    is_text: bool
    is_bits: bool
    channels: int
    most: int


def read_header(data: Sliceable) -> Header:
    """Read the header of a PNM."""
    head = data[0:_MOST_HEADER]
    kind = head[1]
    if kind == ord("7"):
        width, height, channels, most, body = _read_pam(head)
    else:
        numbers, body = _numbers(head, 2 if kind in b"14" else 3)
        (width, height), most = numbers[:2], 1 if kind in b"14" else numbers[2]
        channels = 3 if kind in b"36" else 1
    if not 1 <= most <= 65535 or channels not in {1, 2, 3, 4}:
        raise DecodeError(f"the pnm has {channels} channels and samples up to {most}")
    layout = Layout(kind in _PLAIN, kind in b"14", channels, most)
    info = ImageInfo(
        "pnm",
        width,
        height,
        color="gray" if channels < 3 else "rgb",
        bits=most.bit_length(),
        has_alpha=channels in {2, 4},
    )
    size = 2 if most > 255 else 1
    row = (width + 7) // 8 if kind == ord("4") else width * channels * size
    short = not layout.is_text and body + row * height > len(data)
    defect = "the pixels are cut off" if short else None
    return Header(info, defect=defect, body=body, details=layout)


def _numbers(head: bytes, count: int) -> tuple[list[int], int]:
    """Return the numbers of the header, and where the pixels begin: one blank behind the last.

    A comment there ends with that blank, as netpbm reads it.
    """
    numbers = []
    position = 2
    for _ in range(count):
        found = _TOKEN.match(head, position)
        if found is None:
            raise DecodeError("the pnm header is malformed")
        numbers.append(int(found[1]))
        position = found.end()
    comment = _COMMENT.match(head, position)
    return numbers, comment.end() if comment else position + 1


def _read_pam(head: bytes) -> tuple[int, int, int, int, int]:
    """Return width, height, depth, largest sample and where the pixels begin."""
    fields: dict[bytes, int] = {}
    position = 3
    for line in _LINE.finditer(head, position):
        position = line.end()
        if not line[0].strip():
            continue
        name, *values = line[0].split()
        value = values[0] if values else b""
        if name == b"ENDHDR":
            break
        if name in {b"WIDTH", b"HEIGHT", b"DEPTH", b"MAXVAL"}:
            if not value.isdigit():
                raise DecodeError("a number of the pam header is none")
            fields[name] = int(value)
    else:
        raise EOFError
    if len(fields) < 4:
        raise DecodeError("the pam header lacks a number")
    return fields[b"WIDTH"], fields[b"HEIGHT"], fields[b"DEPTH"], fields[b"MAXVAL"], position
