"""Image file directories: the tags of TIFF files and of EXIF blocks (TIFF 6.0; BigTIFF)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._errors import NoSuchFrameError

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_TYPES: Final = {1: "B", 2: "s", 3: "H", 4: "I", 6: "b", 7: "s", 8: "h", 9: "i", 13: "I", 16: "Q"}
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SHORT, _LONG8 = 3, 16
MARKS: Final = {"<": b"II", ">": b"MM"}
MOST_VALUES: Final = 1 << 20
MOST_ENTRIES: Final = 1 << 12
MOST_PAGES: Final = 1 << 16


class Tags:
    """The tags of one directory.

    Args:
        data: The file.
        page: Which directory of the chain.
        offset: Where the directory is, if not in the chain.

    Raises:
        ValueError: This is no TIFF structure.
        EOFError: It is cut off.
        NoSuchFrameError: The chain ends before that page.
    """

    def __init__(self, data: Sliceable, page: int = 0, *, offset: int | None = None) -> None:
        self._data = data
        mark = data[0:4]
        if mark[:2] not in {b"II", b"MM"}:
            raise ValueError("no TIFF structure")
        self.order = "<" if mark[:2] == b"II" else ">"
        self._big = b"+" in mark[2:]
        self._offset = "Q" if self._big else "I"
        self._entry_size = 20 if self._big else 12
        (self._first,) = self._unpack(self._offset, 8 if self._big else 4)
        start, count = self._directory(self._page(page) if offset is None else offset)
        places = (start + index * self._entry_size for index in range(min(count, MOST_ENTRIES)))
        self._entries = dict(map(self._entry, places))

    def __contains__(self, tag: int) -> bool:
        """Return whether the tag is there."""
        return tag in self._entries

    def values(self, tag: int) -> tuple[int, ...]:
        """Return the integers of a tag, or none if it is not there."""
        if tag not in self._entries:
            return ()
        kind, count, where = self._entries[tag]
        code = _TYPES.get(kind)
        if code is None or code == "s" or count > MOST_VALUES:
            return ()
        return self._unpack(f"{count}{code}", where)

    def number(self, tag: int, *, default: int) -> int:
        """Return the first integer of a tag."""
        return next(iter(self.values(tag)), default)

    def raw(self, tag: int) -> bytes | None:
        """Return the bytes of a tag."""
        if tag not in self._entries:
            return None
        kind, count, where = self._entries[tag]
        return self._data[where : where + count] if _TYPES.get(kind) in {"B", "s"} else None

    def place_of(self, tag: int) -> int | None:
        """Return where the value of a short tag of one value is, if it is there."""
        kind, count, where = self._entries.get(tag, (0, 0, 0))
        return where if (kind, count) == (_SHORT, 1) else None

    def packed(self, start: int) -> bytes:
        """Return this directory and its values, to be put at a place of a file."""
        values_start = start + 2 + 12 * len(self._entries) + 4
        table, values = b"", b""
        for tag, (kind, count, where) in sorted(self._entries.items()):
            size = _SIZES.get(kind, 1) * count
            value = self._data[where : where + size] if size <= MOST_VALUES else b""
            if len(value) > 4:
                place = struct.pack(f"{self.order}I", values_start + len(values))
                values += value + b"\0" * (len(value) & 1)
            else:
                place = value.ljust(4, b"\0")
            table += struct.pack(f"{self.order}HHI", tag, kind, count) + place
        return struct.pack(f"{self.order}H", len(self._entries)) + table + bytes(4) + values

    def count_pages(self) -> int:
        """Return the number of directories; a chain that runs in circles ends where it closes."""
        seen: set[int] = set()
        offset = self._first
        while offset and offset not in seen and len(seen) < MOST_PAGES:
            seen.add(offset)
            try:
                start, count = self._directory(offset)
                (offset,) = self._unpack(self._offset, start + count * self._entry_size)
            except EOFError:
                break
        return len(seen)

    def _page(self, page: int) -> int:
        """Return where a directory of the chain begins."""
        offset = self._first
        for passed in range(min(page, MOST_PAGES)):
            start, count = self._directory(offset)
            (offset,) = self._unpack(self._offset, start + count * self._entry_size)
            if not offset:
                raise NoSuchFrameError.of(page, passed + 1)
        return offset

    def _directory(self, offset: int) -> tuple[int, int]:
        """Return where the entries of a directory begin, and how many there are."""
        head = "Q" if self._big else "H"
        (count,) = self._unpack(head, offset)
        return offset + struct.calcsize(head), count

    def _entry(self, offset: int) -> tuple[int, tuple[int, int, int]]:
        tag, kind, count = self._unpack(f"HH{self._offset}", offset)
        inline = offset + (12 if self._big else 8)
        size = (8 if kind == _LONG8 else _SIZES.get(kind, 4)) * count
        if size > (8 if self._big else 4):
            (inline,) = self._unpack(self._offset, inline)
        return tag, (kind, count, inline)

    def _unpack(self, form: str, offset: int) -> tuple[int, ...]:
        size = struct.calcsize(self.order + form)
        chunk = self._data[offset : offset + size]
        if len(chunk) < size:
            raise EOFError("a TIFF structure is cut off")
        return struct.unpack(self.order + form, chunk)
