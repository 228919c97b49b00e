"""Write DICOM, FITS and SPE."""

from __future__ import annotations

import struct

from support.images import Array


def element(group: int, number: int, kind: bytes, value: bytes) -> bytes:
    value += (b"\0" if kind in {b"UI", b"OB"} else b" ") * (len(value) & 1)
    head = struct.pack("<HH", group, number) + kind
    if kind in {b"OB", b"OW"}:
        return head + b"\0\0" + struct.pack("<I", len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def dicom(
    pixels: Array,
    *more: bytes,
    meaning: bytes = b"",
    stored: int = 0,
    frames: int = 1,
    planar: int = 0,
    syntax: bytes = b"1.2.840.10008.1.2.1",
) -> bytes:
    def short(number: int, value: int) -> bytes:
        return element(0x28, number, b"US", struct.pack("<H", value))

    height, width, *rest = pixels.shape[1:] if frames > 1 else pixels.shape
    if planar:
        rest, height, width = [3], *pixels.shape[1:]
    channels = rest[0] if rest else 1
    bits = pixels.dtype.itemsize * 8
    meta = element(2, 0x10, b"UI", syntax)
    meta = element(2, 0, b"UL", struct.pack("<I", len(meta))) + meta
    body = element(8, 0x16, b"UI", b"1.2.840.10008.5.1.4.1.1.7") + short(2, channels)
    body += element(0x28, 4, b"CS", meaning or (b"RGB" if channels == 3 else b"MONOCHROME2"))
    body += short(6, planar) if channels == 3 else b""
    body += element(0x28, 8, b"IS", b"%d" % frames) if frames > 1 else b""
    body += short(0x10, height) + short(0x11, width) + short(0x100, bits)
    body += short(0x101, stored or bits) + short(0x102, (stored or bits) - 1)
    body += short(0x103, int(pixels.dtype.kind == "i")) + b"".join(more)
    body += element(0x7FE0, 0x10, b"OW", pixels.tobytes())
    return bytes(128) + b"DICM" + meta + body


def fits(samples: Array, *cards: str) -> bytes:
    """Write rows from the bottom up, as the format has it."""
    bits = samples.dtype.itemsize * (8 if samples.dtype.kind in "iu" else -8)
    axes = "".join(
        f"NAXIS{n}  = {length:>20}".ljust(80) for n, length in enumerate(reversed(samples.shape), 1)
    )
    head = "SIMPLE  =                    T".ljust(80) + f"BITPIX  = {bits:>20}".ljust(80)
    head += f"NAXIS   = {samples.ndim:>20}".ljust(80) + axes
    head += "".join(card.ljust(80) for card in cards) + "END".ljust(80)
    head += " " * (-len(head) % 2880)
    upturned = samples[..., ::-1, :]
    body = upturned.astype(upturned.dtype.newbyteorder(">")).tobytes()
    return head.encode() + body + bytes(-len(body) % 2880)


def spe(samples: Array, kind: int) -> bytes:
    head = bytearray(4100)
    struct.pack_into("<f", head, 1992, 2.5)
    struct.pack_into("<H", head, 42, samples.shape[2])
    struct.pack_into("<h", head, 108, kind)
    struct.pack_into("<H", head, 656, samples.shape[1])
    struct.pack_into("<i", head, 1446, samples.shape[0])
    return bytes(head) + samples.tobytes()


def sequence(group: int, number: int, *items: bytes, kind: bytes = b"SQ") -> bytes:
    """Write a sequence whose length, and that of its items, is not said."""
    unknown = struct.pack("<I", 0xFFFFFFFF)
    delimit = [struct.pack("<HHI", 0xFFFE, number, 0) for number in (0xE00D, 0xE0DD)]
    body = b"".join(struct.pack("<HH", 0xFFFE, 0xE000) + unknown + i + delimit[0] for i in items)
    return struct.pack("<HH", group, number) + kind + b"\0\0" + unknown + body + delimit[1]
