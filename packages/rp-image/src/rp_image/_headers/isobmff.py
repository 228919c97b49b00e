"""Boxes of the ISO base media file format (ISO/IEC 14496-12), of AVIF, HEIF, JP2 and JXL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_image._slices import Sliceable

MOST_BOXES: Final = 1 << 16


class Box(NamedTuple):
    """A box: its kind, and where its body begins and ends."""

    kind: bytes
    start: int
    end: int

    def body(self, data: Sliceable, most: int = 1 << 26) -> bytes:
        """Return the body, or as much of it as is wanted."""
        return data[self.start : min(self.end, self.start + most)]

    def is_whole(self, data: Sliceable) -> bool:
        """Return whether its end is inside the file."""
        return self.end <= len(data)


def boxes(data: Sliceable, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Yield the boxes between two places; the end of the last one may lie beyond."""
    end = len(data) if end is None else min(end, len(data))
    for _ in range(MOST_BOXES):
        head = data[start : min(end, start + 16)]
        if len(head) < 8:
            return
        size, kind, skip = int.from_bytes(head[:4]), head[4:8], 8
        if size == 1:
            size, skip = int.from_bytes(head[8:16]), 16
        elif size == 0:
            size = end - start
        if size < skip:
            return
        yield Box(kind, start + skip, start + size)
        start += size


def find(data: Sliceable, path: str, start: int = 0, end: int | None = None) -> Box | None:
    """Return the first box at a path of kinds, such as "moov/trak/mdia"; a meta box is entered."""
    kind, _, rest = path.partition("/")
    for box in boxes(data, start, end):
        if box.kind == kind.encode():
            if not rest:
                return box
            inner = box.start + (4 if kind == "meta" else 0)
            if found := find(data, rest, inner, box.end):
                return found
    return None
