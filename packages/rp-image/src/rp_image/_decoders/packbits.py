"""PackBits (TIFF 6.0, section 9)."""

from __future__ import annotations


def unpack(packed: bytes, length: int) -> bytes:
    """Unpack to so many bytes, or fewer where the input ends before.

    Args:
        packed: Runs: n below 128 before n + 1 literal bytes, above 128 before one to be repeated
            257 - n times; 128 is passed over.
        length: Bytes wanted.
    """
    parts: list[bytes] = []
    missing, position, end = length, 0, len(packed)
    while missing > 0 and position < end:
        count = packed[position]
        if count < 128:
            part = packed[position + 1 : position + 2 + count]
            position += 2 + count
        elif count > 128:
            part = packed[position + 1 : position + 2] * (257 - count)
            position += 2
        else:
            position += 1
            continue
        parts.append(part)
        missing -= len(part) or 1
    return b"".join(parts)[:length]
