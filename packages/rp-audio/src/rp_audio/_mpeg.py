"""Frames of MPEG audio (MP3) and of ADTS (AAC), counted without decoding them."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from rp_audio._sniff import skip_id3

if TYPE_CHECKING:
    from collections.abc import Iterator

_V1, _V2, _V25 = 3, 2, 0
# kbit/s by layer (3: I, 2: II, 1: III), as the four bits of the header number them.
_BITRATES: Final = {
    (_V1, 3): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (_V1, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (_V1, 1): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (_V2, 3): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (_V2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (_V2, 1): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES: Final = {
    _V1: (44100, 48000, 32000),
    _V2: (22050, 24000, 16000),
    _V25: (11025, 12000, 8000),
}
_XING_AT: Final = (13, 36)  # the tag comes after the side information of a frame
_WINDOW: Final = 1 << 20


class _Frame(NamedTuple):
    length: int
    samples: int


def ends_early(file: BinaryIO, size: int) -> bool:
    """Return whether a file has fewer bytes than its tag says, or ends within a frame."""
    start = _start(file)
    promised = _tagged_bytes(file, start)
    if promised is not None:
        return start + promised > size
    return any(is_cut for _, is_cut in _walk(file, start, size))


def count_samples(file: BinaryIO, size: int) -> int | None:
    """Return how many samples the frames of a file have; None: they are not to be followed."""
    total = 0
    for frame, is_cut in _walk(file, _start(file), size):
        total += 0 if is_cut else frame.samples
    return total or None


def has_tag(file: BinaryIO) -> bool:
    """Return whether the first frame of an MP3 is a Xing or VBRI tag, which says how long it is."""
    return _tagged_bytes(file, _start(file)) is not None


def goes_on(file: BinaryIO, size: int) -> bool:
    """Return whether frames follow behind those that the tag counts: files were joined."""
    start = _start(file)
    promised = _tagged_bytes(file, start)
    if not promised or start + promised >= size:
        return False
    end = start + promised
    file.seek(end)
    file.seek(end + skip_id3(file.read(10)))
    return _parse(file.read(10)) is not None


def is_variable(file: BinaryIO, size: int) -> bool:
    """Return whether the frames of a file differ in length by more than the padding."""
    lengths = {frame.length for frame, is_cut in _walk(file, _start(file), size) if not is_cut}
    return len(lengths) > 0 and max(lengths) - min(lengths) > 4


def _start(file: BinaryIO) -> int:
    file.seek(0)
    return skip_id3(file.read(10))


def _tagged_bytes(file: BinaryIO, start: int) -> int | None:
    """Return how many bytes the tag in the first frame counts, from that frame on."""
    file.seek(start)
    head = file.read(200)
    frame = _parse(head)
    if frame is None or not head[1] & 0x06:
        return None
    for at in range(_XING_AT[0], _XING_AT[1] + 1):
        if head[at : at + 4] in {b"Xing", b"Info"}:
            flags = int.from_bytes(head[at + 4 : at + 8], "big")
            place = at + 8 + (4 if flags & 1 else 0)
            return int.from_bytes(head[place : place + 4], "big") if flags & 2 else None
    if head[36:40] == b"VBRI":
        return int.from_bytes(head[46:50], "big")
    return None


def _walk(file: BinaryIO, start: int, size: int) -> Iterator[tuple[_Frame, bool]]:
    """Yield each frame, and whether the file ends within it; stop at what is no frame."""
    window, base, offset = b"", start, start
    while offset < size:
        if offset + 10 > base + len(window):
            file.seek(offset)
            window, base = file.read(_WINDOW), offset
        head = window[offset - base : offset - base + 10]
        frame = _parse(head)
        if frame is None:
            return
        yield frame, offset + frame.length > size
        offset += frame.length


def _parse(head: bytes) -> _Frame | None:
    """Read the header of a frame (ISO/IEC 11172-3, 2.4.1.3; ADTS: ISO/IEC 13818-7, 6.2)."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = head[1] >> 1 & 3
    if layer == 0:
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        return _Frame(length, 1024 * ((head[6] & 3) + 1)) if length >= 7 else None
    version = head[1] >> 3 & 3
    number, rate_number = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or number in {0, 15} or rate_number == 3:
        return None
    bitrate = 1000 * _BITRATES[_V1 if version == _V1 else _V2, layer][number]
    rate = _RATES[version][rate_number]
    padding = head[2] >> 1 & 1
    if layer == 3:
        return _Frame((12 * bitrate // rate + padding) * 4, 384)
    samples = 576 if layer == 1 and version != _V1 else 1152
    return _Frame(samples // 8 * bitrate // rate + padding, samples)
