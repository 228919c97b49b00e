"""The items of a HEIF file: AVIF and HEIC pictures, and what belongs to them (ISO/IEC 23008-12)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._headers.isobmff import Box, boxes, find

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

MOST_ITEMS: Final = 1 << 16
_MOST_METADATA: Final = 1 << 26


@dataclass(slots=True)
class Items:
    """What the meta box of a HEIF file says.

    Attributes:
        primary: Number of the picture.
        kinds: Type of each item, such as b"av01"; of a mime item, its content type behind it.
        properties: The properties of each item, as kind and body, in the order of association.
        references: Kind, source and targets of each reference.
        places: Where the bytes of each item are: (start, length) in the file.
    """

    primary: int = 0
    kinds: dict[int, bytes] = field(default_factory=dict)
    properties: dict[int, list[tuple[bytes, bytes]]] = field(default_factory=dict)
    references: list[tuple[bytes, int, list[int]]] = field(default_factory=list)
    places: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def property_of(self, item: int, kind: bytes) -> bytes | None:
        """Return the first property of a kind that an item has."""
        return next((body for name, body in self.properties.get(item, ()) if name == kind), None)

    def content(self, data: Sliceable, item: int) -> bytes:
        """Return the bytes of an item of metadata."""
        places = self.places.get(item, ())
        if sum(length for _, length in places) > _MOST_METADATA:
            return b""
        return b"".join(data[start : start + length] for start, length in places)

    def described_by(self, kind: bytes) -> list[int]:
        """Return the items that point to the primary one by a reference of a kind."""
        return [
            s for name, s, targets in self.references if name == kind and self.primary in targets
        ]


def read_items(data: Sliceable) -> Items:
    """Read the meta box.

    Raises:
        DecodeError: There is none.
    """
    meta = find(data, "meta")
    if meta is None:
        raise DecodeError("there is no meta box")
    inner = {box.kind: box for box in boxes(data, meta.start + 4, meta.end)}
    items = Items()
    if box := inner.get(b"pitm"):
        body = box.body(data)
        items.primary = int.from_bytes(body[4:6] if body[0] == 0 else body[4:8])
    if box := inner.get(b"iinf"):
        _read_kinds(data, box, items)
    if box := inner.get(b"iref"):
        _read_references(data, box, items)
    if box := inner.get(b"iprp"):
        _read_properties(data, box, items)
    if box := inner.get(b"iloc"):
        _read_places(box.body(data), inner.get(b"idat"), items)
    return items


def _read_kinds(data: Sliceable, box: Box, items: Items) -> None:
    skip = 6 if data[box.start : box.start + 1] == b"\0" else 8
    for entry in boxes(data, box.start + skip, box.end):
        body = entry.body(data)
        version = body[0]
        if version < 2:
            continue
        wide = version > 2
        number = int.from_bytes(body[4:8] if wide else body[4:6])
        kind, rest = (body[10:14], body[14:]) if wide else (body[8:12], body[12:])
        items.kinds[number] = kind + rest.split(b"\0")[1] if kind == b"mime" else kind


def _read_references(data: Sliceable, box: Box, items: Items) -> None:
    size = 2 if data[box.start : box.start + 1] == b"\0" else 4
    for entry in boxes(data, box.start + 4, box.end):
        body = entry.body(data)
        source, count = int.from_bytes(body[:size]), int.from_bytes(body[size : size + 2])
        places = range(size + 2, min(len(body), size + 2 + count * size), size)
        targets = [int.from_bytes(body[at : at + size]) for at in places]
        items.references.append((entry.kind, source, targets))


def _read_properties(data: Sliceable, box: Box, items: Items) -> None:
    container = find(data, "ipco", box.start, box.end)
    if container is None:
        return
    known = [(b.kind, b.body(data)) for b in boxes(data, container.start, container.end)]
    found = defaultdict(list)
    for entry in boxes(data, box.start, box.end):
        if entry.kind != b"ipma":
            continue
        body = entry.body(data)
        version, wide = body[0], body[3] & 1
        step = 2 if version < 1 else 4
        position = 8
        for _ in range(min(int.from_bytes(body[4:8]), MOST_ITEMS)):
            number, count = int.from_bytes(body[position : position + step]), body[position + step]
            position += step + 1
            for _ in range(count):
                index = int.from_bytes(body[position : position + 1 + wide])
                index &= 0x7FFF if wide else 0x7F
                position += 1 + wide
                if 0 < index <= len(known):
                    found[number].append(known[index - 1])
    items.properties = dict(found)


def _read_places(body: bytes, inside: Box | None, items: Items) -> None:
    version = body[0]
    sizes = [body[4] >> 4, body[4] & 15, body[5] >> 4, (body[5] & 15) if version else 0]
    wide = 4 if version == 2 else 2
    position = 6 + wide
    reader = _Reader(body, position)
    left = MOST_ITEMS
    for _ in range(min(int.from_bytes(body[6 : 6 + wide]), MOST_ITEMS)):
        number = reader.take(wide)
        method = reader.take(2) & 15 if version else 0
        reader.take(2)
        base = reader.take(sizes[2])
        if method == 1 and inside:
            base += inside.start
        extents = []
        count = reader.take(2)
        left -= count
        if left < 0:
            raise DecodeError("the items are in too many pieces")
        for _ in range(count):
            if version:
                reader.take(sizes[3])
            offset = reader.take(sizes[0])
            extents.append((base + offset, reader.take(sizes[1])))
        items.places[number] = extents


class _Reader:
    def __init__(self, body: bytes, position: int) -> None:
        self._body = body
        self._position = position

    def take(self, size: int) -> int:
        """Return the next number of so many bytes."""
        if self._position + size > len(self._body):
            raise EOFError
        self._position += size
        return int.from_bytes(self._body[self._position - size : self._position])
