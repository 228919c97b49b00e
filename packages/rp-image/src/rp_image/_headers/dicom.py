"""DICOM headers (DICOM PS3.5, PS3.10)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_LONG: Final = frozenset({b"OB", b"OD", b"OF", b"OL", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT"})
_ROWS, _COLUMNS, _BITS, _SIGNED = 0x00280010, 0x00280011, 0x00280101, 0x00280103
_SAMPLES, _FRAMES, _PIXELS, _SYNTAX = 0x00280002, 0x00280008, 0x7FE00010, 0x00020010
_BIG_ENDIAN: Final = b"1.2.840.10008.1.2.2"
_IMPLICIT: Final = b"1.2.840.10008.1.2"
_MOST_ELEMENTS: Final = 1 << 16
_UNKNOWN: Final = 0xFFFFFFFF
_MOST_VALUE: Final = 64


def read_header(data: Sliceable) -> Header:
    """Read the elements before the pixels."""
    values = _elements(data)
    frames = values.get(_FRAMES, b"1").strip(b" \0")
    info = ImageInfo(
        "dicom",
        _number(values.get(_COLUMNS)),
        _number(values.get(_ROWS)),
        frames=int(frames) if frames.isdigit() else 1,
        color="gray" if _number(values.get(_SAMPLES, b"\1\0")) == 1 else "rgb",
        bits=_number(values.get(_BITS, b"\x10\0")),
        sample="signed" if _number(values.get(_SIGNED, b"\0\0")) else "unsigned",
    )
    return Header(info)


def _number(value: bytes | None) -> int:
    if value is None or len(value) < 2:
        raise DecodeError("the dicom lacks the size of the picture")
    return int.from_bytes(value[:2], "little")


def _elements(data: Sliceable) -> dict[int, bytes]:
    """Return the short values of the elements, up to the pixels."""
    found: dict[int, bytes] = {}
    position, implicit = 132, False
    for _ in range(_MOST_ELEMENTS):
        head = data[position : position + 12]
        if len(head) < 8:
            break
        group, element = struct.unpack_from("<HH", head)
        tag = group << 16 | element
        if tag >= _PIXELS:
            break
        if group > 2:
            syntax = found.get(_SYNTAX, b"").rstrip(b"\0 ")
            if syntax == _BIG_ENDIAN:
                raise DecodeError("a big-endian dicom is not read")
            implicit = syntax == _IMPLICIT
        position, length = _value(head, position, implicit=implicit)
        if length == _UNKNOWN:  # A sequence: its items are walked through as if they were ours.
            continue
        if length <= _MOST_VALUE:
            found.setdefault(tag, data[position : position + length])
        position += length
    return found


def _value(head: bytes, position: int, *, implicit: bool) -> tuple[int, int]:
    """Return where a value begins, and its length."""
    if implicit or head[:2] == b"\xfe\xff":
        return position + 8, int.from_bytes(head[4:8], "little")
    if head[4:6] in _LONG:
        return position + 12, int.from_bytes(head[8:12], "little")
    return position + 8, int.from_bytes(head[6:8], "little")
