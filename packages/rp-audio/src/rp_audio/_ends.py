"""Where a sound file should end, by what its container says."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final, Literal

import rp_core
from rp_audio import _mpeg, _ogg
from rp_audio._sniff import skip_id3

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from rp_audio._encoded import Encoded

    End: TypeAlias = tuple[bool, int | None]

_MOST_CHUNKS: Final = 1 << 16
# What programs write for the size of samples that they do not know when they begin.
_UNKNOWN_SIZES: Final = frozenset({0, 0xFFFFFFFF})
_UNKNOWN_FROM: Final = 0x7FFFF000
_EXTENSIBLE: Final = 0xFFFE
_FIXED_TAGS: Final = frozenset({1, 3, 6, 7})  # integers, floats, A-law, mu-law
_FIXED_TYPES: Final = frozenset(
    {b"NONE", b"sowt", b"twos", b"raw ", b"fl32", b"FL32", b"fl64", b"FL64", b"in24", b"in32",
     b"alaw", b"ALAW", b"ulaw", b"ULAW", b"23ni", b"42ni"}
)  # fmt: skip


def cut_off(encoded: Encoded, got: int) -> End:
    """Return whether a file ends before its sound should, and how many samples it should have.

    Args:
        encoded: The file.
        got: How many samples of each channel came out of it, from its beginning to its end.
    """
    look = _KINDS.get(encoded.format)
    if look is None:
        return False, None
    with encoded.open() as file:
        is_cut, expected = look(file, encoded.size)
    if encoded.format == "flac":
        is_cut = expected is not None and got < expected
    return is_cut, expected


def promised_samples(encoded: Encoded, told: int | None) -> int | None:
    """Return how many samples of each channel a file should have.

    Args:
        encoded: The file.
        told: What a library says, which may be a guess where the container does not say.
    """
    with encoded.open() as file:
        if encoded.format in {"mp3", "aac"}:
            if not _mpeg.has_tag(file):
                return _mpeg.count_samples(file, encoded.size)
            return None if _mpeg.goes_on(file, encoded.size) else told
        look = _KINDS.get(encoded.format)
        expected = look(file, encoded.size)[1] if look else None
    return told if expected is None else expected


def _riff(file: BinaryIO, size: int) -> End:
    """Follow the chunks of a WAV file to its samples (RF64: EBU Tech 3306)."""
    head = file.read(12)
    order: Literal["big", "little"] = "big" if head.startswith(b"RIFX") else "little"
    align, long_size, fact, offset = 0, None, None, 12
    for _ in range(_MOST_CHUNKS):
        file.seek(offset)
        chunk = file.read(8 + 26)
        if len(chunk) < 8:
            return True, None
        length = int.from_bytes(chunk[4:8], order)
        if chunk.startswith(b"fmt "):
            align = _align_of(chunk, order)
        elif chunk.startswith(b"fact"):
            fact = int.from_bytes(chunk[8:12], order)
        elif chunk.startswith(b"ds64"):
            long_size = int.from_bytes(chunk[16:24], "little")
        elif chunk.startswith(b"data"):
            if head.startswith(b"RF64") and long_size is not None:
                length = long_size
            elif length in _UNKNOWN_SIZES or length >= _UNKNOWN_FROM:
                return False, None
            return offset + 8 + length > size, length // align if align else fact or None
        offset += 8 + length + (length & 1)
    return False, None


def _align_of(chunk: bytes, order: Literal["big", "little"]) -> int:
    """Return the bytes of one sample of all channels; 0: samples have no size of their own."""
    tag = int.from_bytes(chunk[8:10], order)
    if tag == _EXTENSIBLE:
        tag = int.from_bytes(chunk[32:34], order)
    return int.from_bytes(chunk[20:22], order) if tag in _FIXED_TAGS else 0


def _aiff(file: BinaryIO, size: int) -> End:
    """Follow the chunks of an AIFF file (Audio IFF 1.3)."""
    offset, frames, is_cut = 12, None, True
    for _ in range(_MOST_CHUNKS):
        file.seek(offset)
        chunk = file.read(30)
        if len(chunk) < 8:
            break
        length = int.from_bytes(chunk[4:8], "big")
        if chunk.startswith(b"COMM"):
            is_fixed = length < 22 or chunk[26:30] in _FIXED_TYPES
            frames = int.from_bytes(chunk[10:14], "big") if is_fixed else None
        elif chunk.startswith(b"SSND"):
            is_cut = offset + 8 + length > size
        offset += 8 + length + (length & 1)
    return is_cut, frames


def _au(file: BinaryIO, size: int) -> End:
    head = file.read(24)
    begin, length = int.from_bytes(head[4:8], "big"), int.from_bytes(head[8:12], "big")
    return length != 0xFFFFFFFF and begin + length > size, None


def _caf(file: BinaryIO, size: int) -> End:
    """Follow the chunks of a CAF file (Apple Core Audio Format 1.0); -1 is up to the end."""
    offset = 8
    for _ in range(_MOST_CHUNKS):
        file.seek(offset)
        chunk = file.read(12)
        if len(chunk) < 12:
            return offset != size, None
        length = int.from_bytes(chunk[4:12], "big", signed=True)
        if length < 0:
            return False, None
        offset += 12 + length
    return False, None


def _flac(file: BinaryIO, size: int) -> End:  # noqa: ARG001
    """Read how many samples there are (RFC 9639, section 8.2); 0: nobody knows."""
    head = file.read(10)
    file.seek(skip_id3(head))
    info = file.read(42)
    samples = int.from_bytes(info[18:26], "big") & (1 << 36) - 1
    return False, samples or None


def _ogg_pages(file: BinaryIO, size: int) -> End:
    if _ogg.ends_early(file, size):
        return True, None
    return False, _ogg.count_samples(file, size)


def _asf(file: BinaryIO, size: int) -> End:
    """Compare the size that the file properties say (ASF 1.2, section 3.2); live ones say none."""
    head = file.read(4096)
    at = head.find(b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65")
    if at < 0 or len(head) < at + 92:
        return False, None
    is_live = head[at + 88] & 1
    return not is_live and int.from_bytes(head[at + 40 : at + 48], "little") > size, None


def _by_rp_core(file: BinaryIO, size: int) -> End:  # noqa: ARG001
    return rp_core.is_cut_off(file), None


def _mpeg_audio(file: BinaryIO, size: int) -> End:
    return _mpeg.ends_early(file, size), None


_KINDS: Final[dict[str, Callable[[BinaryIO, int], End]]] = {
    "wav": _riff,
    "rifx": _riff,
    "aiff": _aiff,
    "au": _au,
    "caf": _caf,
    "flac": _flac,
    "ogg": _ogg_pages,
    "wma": _asf,
    "m4a": _by_rp_core,
    "matroska": _by_rp_core,
    "mp3": _mpeg_audio,
    "aac": _mpeg_audio,
}
