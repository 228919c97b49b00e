"""ICO and CUR headers (Microsoft icon resources)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError, NoSuchFrameError
from rp_image._header import Header
from rp_image._headers import bmp
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_ENTRY: Final = struct.Struct("<BBBBHHII")
_MOST: Final = 1 << 10
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_DIB_SIZES: Final = frozenset({12, 40, 52, 56, 64, 108, 124})


def matches(head: bytes, length: int) -> bool:
    """Return whether this is a folder of icons or cursors whose first entry fits the file."""
    if head[:4] not in {b"\0\0\1\0", b"\0\0\2\0"} or len(head) < 22:
        return False
    count = int.from_bytes(head[4:6], "little")
    *_, size, offset = _ENTRY.unpack_from(head, 6)
    return 0 < count <= _MOST and size > 0 and 6 + 16 * count <= offset < length


def read_page(data: Sliceable, index: int) -> Header:
    """Read the header of one of the icons; the first is the largest, of the most bits."""
    count = int.from_bytes(data[4:6], "little")
    table = data[6 : 6 + 16 * min(count, _MOST)]
    entries = [
        _ENTRY.unpack_from(table, at) for at in range(0, len(table) - _ENTRY.size + 1, _ENTRY.size)
    ]
    found = [entry for entry in (_read_any(data, size, at) for *_, size, at in entries) if entry]
    if not found:
        raise DecodeError("the ico has no picture that can be read")
    if index >= len(found):
        raise NoSuchFrameError.of(index, len(found))
    info, start, end, layout = sorted(found, key=_rank, reverse=True)[index]
    info = ImageInfo(
        "ico", info.width, info.height, frames=len(found), color=info.color, has_alpha=True
    )
    defect = "the picture is cut off" if end > len(data) else None
    return Header(info, defect=defect, body=start, index=index, details=(layout, end))


def _rank(entry: tuple[ImageInfo, int, int, bmp.Layout | None]) -> tuple[int, int, int]:
    info, start, _, layout = entry
    return info.width * info.height, layout.depth if layout else info.bits * 4, -start


def _read_any(
    data: Sliceable, size: int, offset: int
) -> tuple[ImageInfo, int, int, bmp.Layout | None] | None:
    """Return what an entry holds, or nothing if it is damaged."""
    try:
        return _read(data, size, offset)
    except (struct.error, LookupError, EOFError, ValueError, DecodeError):
        return None


def _read(
    data: Sliceable, size: int, offset: int
) -> tuple[ImageInfo, int, int, bmp.Layout | None] | None:
    """Return what an entry holds, and where; a layout for a bitmap, None for a PNG."""
    head = data[offset : offset + 8]
    end = offset + size
    if head == _PNG:
        return _of_png(data[offset : offset + 33]), offset, end, None
    if int.from_bytes(head[:4], "little") not in _DIB_SIZES:
        return None
    layout = bmp.read_dib(data[offset : offset + 1200])
    # The size of an entry is not always right.
    end = max(end, min(len(data), offset + layout.size + 1024 + layout.stride * layout.height))
    height = abs(layout.height) // 2
    info = ImageInfo("bmp", layout.width, height, color="palette" if layout.depth <= 8 else "rgb")
    return info, offset, end, layout


def _of_png(head: bytes) -> ImageInfo:
    """Read no more than the first chunk: hundreds of entries may share one file."""
    width, height, bits, kind = struct.unpack(">IIBB", head[16:26])
    return ImageInfo("png", width, height, bits=bits, color="palette" if kind == 3 else "rgb")
