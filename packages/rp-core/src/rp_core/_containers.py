"""Whether a file ends before its container says, read from the outermost structure alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_BOXES: Final = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip", b"styp", b"pnot"})
_MOST_PARTS: Final = 1 << 20


def is_cut_off(file: BinaryIO) -> bool:
    """Return whether a part of the container reaches past the end of the file, or is missing.

    Known are ISO base media (MP4, MOV, M4A), Matroska and WebM, and RIFF (AVI, WAV); of the others,
    and of what was written live, nothing outermost says how long they are.

    Args:
        file: A file that can be searched; it is left at some other place.
    """
    file.seek(0)
    head = file.read(12)
    size = file.seek(0, os.SEEK_END)
    for is_such, reaches_past in _KINDS:
        if is_such(head):
            return reaches_past(file, size)
    return False


def _boxes_reach_past(file: BinaryIO, size: int) -> bool:
    """Follow the boxes (ISO/IEC 14496-12, 4.2); a size of 0 stands for the rest of the file."""
    offset = 0
    has_index = False
    for _ in range(_MOST_PARTS):
        file.seek(offset)
        head = file.read(16)
        if len(head) < 8:
            return bool(head) or not has_index
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        has_index = has_index or kind == b"moov"
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length == 0:
            return False
        if length < 8 or offset + length > size:
            return True
        offset += length
    return False


def _segment_reaches_past(file: BinaryIO, size: int) -> bool:
    """Follow the outermost elements (RFC 8794, section 4; RFC 9559)."""
    offset = 0
    for _ in range(_MOST_PARTS):
        if offset >= size:
            break
        file.seek(offset)
        head = file.read(12)
        id_length = _vint_length(head[:1])
        data = head[id_length:]
        length = _vint_length(data[:1])
        if len(data) < length:
            return True
        value = int.from_bytes(data[:length], "big") & ((1 << 7 * length) - 1)
        if value == (1 << 7 * length) - 1:  # unknown: it was written live
            return False
        offset += id_length + length + value
    return offset > size


def _vint_length(first: bytes) -> int:
    return 9 - first[0].bit_length() if first and first[0] else 8


def _riff_reaches_past(file: BinaryIO, size: int) -> bool:
    """Follow the RIFF chunks; an AVI of more than 1 GB has several (OpenDML 1.02)."""
    offset = 0
    while offset < size:
        file.seek(offset)
        head = file.read(8)
        if head[:4] != b"RIFF":
            return False
        length = int.from_bytes(head[4:8], "little")
        if length in {0, 0xFFFFFFFF}:
            return False
        if offset + 8 + length > size:
            return True
        offset += 8 + length + (length & 1)
    return False


_KINDS: Final[tuple[tuple[Callable[[bytes], bool], Callable[[BinaryIO, int], bool]], ...]] = (
    (lambda head: head[4:8] in _BOXES, _boxes_reach_past),
    (lambda head: head[:4] == b"\x1a\x45\xdf\xa3", _segment_reaches_past),
    (lambda head: head[:4] == b"RIFF", _riff_reaches_past),
)
