"""The first and the last page of an Ogg file, which say how much sound there is (RFC 3533)."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

if TYPE_CHECKING:
    from rp_audio._encoded import Encoded

_HEADER: Final = 27
_MOST_BYTES: Final = 1 << 17  # two pages at most
_LAST: Final = 4
_UNKNOWN: Final = (1 << 64) - 1


class _Page(NamedTuple):
    flags: int
    granule: int
    serial: bytes
    body: bytes
    is_whole: bool


def ends_early(file: BinaryIO, size: int) -> bool:
    """Return whether the last page is cut, or does not say that it is the last."""
    page = _last_page(file, size)
    return page is None or not page.is_whole or not page.flags & _LAST


def count_samples(file: BinaryIO, size: int) -> int | None:
    """Return how many samples there are, by the last page; None: it does not say.

    It says so (Vorbis I, A.2; RFC 7845, section 4) if it is of the only stream, as others that are
    joined to it count anew, and if that was not cut at its beginning.
    """
    if not is_single(file, size):
        return None
    file.seek(0)
    first, last = _parse(file.read(_MOST_BYTES)), _last_page(file, size)
    if first is None or last is None or last.granule == _UNKNOWN:
        return None
    if first.body.startswith(b"OpusHead"):
        return max(0, last.granule - int.from_bytes(first.body[10:12], "little"))
    return last.granule if first.body.startswith(b"\x01vorbis") else None


def is_single(file: BinaryIO, size: int) -> bool:
    """Return whether there is one stream, which no other is joined to."""
    file.seek(0)
    first, last = _parse(file.read(_MOST_BYTES)), _last_page(file, size)
    return first is None or last is None or first.serial == last.serial


def vorbis_end(encoded: Encoded) -> int | None:
    """Return the number of the sample before which the sound of a Vorbis file ends, if it says so.

    FFmpeg gives a part of the padding, too.
    """
    if encoded.format != "ogg":
        return None
    with encoded.open() as file:
        count = count_samples(file, encoded.size)
        file.seek(0)
        is_vorbis = b"\x01vorbis" in file.read(64)
    return count if is_vorbis else None


def _last_page(file: BinaryIO, size: int) -> _Page | None:
    file.seek(max(0, size - _MOST_BYTES))
    tail = file.read()
    at = tail.rfind(b"OggS")
    return _parse(tail[at:]) if at >= 0 else None


def _parse(data: bytes) -> _Page | None:
    if len(data) < _HEADER or not data.startswith(b"OggS"):
        return None
    table = data[_HEADER : _HEADER + data[26]]
    begin = _HEADER + data[26]
    body = data[begin : begin + sum(table)]
    is_whole = len(table) == data[26] and len(body) == sum(table)
    return _Page(data[5], int.from_bytes(data[6:14], "little"), data[14:18], body, is_whole)
