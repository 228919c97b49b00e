"""Image file directories: the tags of TIFF files and of EXIF blocks (TIFF 6.0; BigTIFF)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._errors import NoSuchFrameError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from typing import TypeAlias

    from rp_image._slices import Sliceable

    Field: TypeAlias = "tuple[int, int, int, bytes | Tags]"

_LONG8: Final = {16: "Q", 17: "q", 18: "Q"}  # Of BigTIFF.
_TYPES: Final = {1: "B", 2: "s", 3: "H", 4: "I", 6: "b", 7: "s", 8: "h", 9: "i", 13: "I", **_LONG8}
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_LONG: Final = 4
_RATIONAL: Final = 5
EXIF, GPS, INTEROPERABILITY = 0x8769, 0x8825, 0xA005
_POINTERS: Final = frozenset({EXIF, GPS, INTEROPERABILITY})
_MOST_PACKED: Final = 1 << 22
_DEEPEST: Final = 2
MARKS: Final = {"<": b"II", ">": b"MM"}
MOST_VALUES: Final = 1 << 20
MOST_ENTRIES: Final = 1 << 12
MOST_PAGES: Final = 1 << 16


def pack_directory(fields: list[Field], start: int, order: str, depth: int = 0) -> bytes:
    """Return a directory to be put at a place of a file, and its values behind it."""
    place = start + 6 + 12 * len(fields)
    table, values = [], []
    for tag, kind, count, value in fields:
        body = value if isinstance(value, bytes) else value.packed(place, depth + 1)
        inline = body.ljust(4, b"\0")
        if body is not value or len(body) > 4:
            inline = struct.pack(f"{order}I", place)
            values.append(body + b"\0" * (len(body) & 1))
            place += len(values[-1])
        table.append(struct.pack(f"{order}HHI", tag, kind, count) + inline)
    return b"".join([struct.pack(f"{order}H", len(fields)), *table, bytes(4), *values])


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
        self._start = self._page(page) if offset is None else offset
        start, self._count = self._directory(self._start)
        most = min(self._count, MOST_ENTRIES)
        places = (start + index * self._entry_size for index in range(most))
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

    def fractions(self, tag: int) -> tuple[float, ...]:
        """Return the unsigned fractions of a tag, or none if it is not there or one is infinite."""
        kind, count, where = self._entries.get(tag, (0, 0, 0))
        if kind != _RATIONAL or count > MOST_VALUES:
            return ()
        numbers = self._unpack(f"{2 * count}I", where)
        if not all(numbers[1::2]):
            return ()
        return tuple(a / b for a, b in zip(numbers[::2], numbers[1::2], strict=True))

    def place_of(self, tag: int) -> tuple[int, int] | None:
        """Return where the first whole number of a tag is, and its bytes."""
        kind, count, where = self._entries.get(tag, (0, 0, 0))
        if not count or _TYPES.get(kind, "s") == "s":
            return None
        return where, struct.calcsize(f"={_TYPES[kind]}")

    def entry_of(self, tag: int) -> tuple[int, int, int] | None:
        """Return where the directory begins, how many entries it has, and which one a tag is."""
        for index in range(self._count):
            if self._unpack("H", self._start + 2 + 12 * index) == (tag,):
                return self._start, self._count, index
        return None

    def fields(self, only: Container[int] | None = None, depth: int = 0) -> list[Field]:
        """Return entries as they go into another file, those that are whole.

        Args:
            only: The tags that are wanted; None: all.
            depth: How many directories point to this one.
        """
        found: list[Field] = []
        left = _MOST_PACKED
        for tag, (kind, count, where) in sorted(self._entries.items()):
            if only is not None and tag not in only:
                continue
            if tag in _POINTERS:
                if depth < _DEEPEST and (below := self._below(tag)):
                    found.append((tag, _LONG, 1, below))
                continue
            size = _SIZES.get(kind, 0) * count
            value = self._data[where : where + size] if size <= left else b""
            if value and len(value) == size:
                left -= size
                found.append((tag, kind, count, value))
        return found

    def _below(self, tag: int) -> Tags | None:
        try:
            return Tags(self._data, offset=self.number(tag, default=0))
        except (ValueError, EOFError):
            return None

    def packed(self, start: int, depth: int = 0) -> bytes:
        """Return this directory, its values and what it points to, to be put at a place."""
        return pack_directory(self.fields(depth=depth), start, self.order, depth)

    def count_pages(self) -> int:
        """Return the number of directories."""
        return sum(1 for _ in self.pages())

    def pages(self) -> Iterator[int]:
        """Yield where each directory begins; a chain that runs in circles ends where it closes."""
        seen: set[int] = set()
        offset = self._first
        while offset and offset not in seen and len(seen) < MOST_PAGES:
            seen.add(offset)
            yield offset
            try:
                start, count = self._directory(offset)
                (offset,) = self._unpack(self._offset, start + count * self._entry_size)
            except EOFError:
                return

    def _page(self, page: int) -> int:
        """Return where a directory of the chain begins."""
        if page == 0:
            return self._first
        passed = 0
        for passed, offset in enumerate(self.pages()):
            if passed == page:
                return offset
        raise NoSuchFrameError.of(page, passed + 1)

    def _directory(self, offset: int) -> tuple[int, int]:
        """Return where the entries of a directory begin, and how many there are."""
        head = "Q" if self._big else "H"
        (count,) = self._unpack(head, offset)
        return offset + struct.calcsize(head), count

    def _entry(self, offset: int) -> tuple[int, tuple[int, int, int]]:
        tag, kind, count = self._unpack(f"HH{self._offset}", offset)
        inline = offset + (12 if self._big else 8)
        size = (8 if kind in _LONG8 else _SIZES.get(kind, 4)) * count
        if size > (8 if self._big else 4):
            (inline,) = self._unpack(self._offset, inline)
        return tag, (kind, count, inline)

    def _unpack(self, form: str, offset: int) -> tuple[int, ...]:
        size = struct.calcsize(self.order + form)
        chunk = self._data[offset : offset + size]
        if len(chunk) < size:
            raise EOFError("a TIFF structure is cut off")
        return struct.unpack(self.order + form, chunk)
