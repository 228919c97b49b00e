"""GIF: indices by Pillow's LZW decoder, colours by the palette of the frame (GIF89a).

Pillow's own reader gives other pixels once anyone in the process sets its loading strategy.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

import numpy as np

from rp_image._errors import DecodeError
from rp_image._headers.gif import CONTROL, IMAGE, TRANSPARENT, blocks, table_size

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_image._decode import Encoded
    from rp_image._types import Image

_INTERLACED: Final = 0x40
_BLOCK_OF_ZEROS: Final = b"\xff" + bytes(255)


def decode_gif(request: Encoded) -> Image:
    """Decode the first frame to RGB, or RGBA where it is transparent or does not fill the canvas.

    Raises:
        DecodeError: The frame is missing, or pixels are.
    """
    data, info = request.data, request.info
    control = bytes(4)
    for kind, head, start, body in blocks(data):
        if head[:1] == CONTROL and kind != IMAGE:
            control = data[start + 3 : start + 7]
        if kind == IMAGE:
            table = _table(data, head, start)
            index = _indices(data, head, body, strict=request.strict)
            key = control[3] if control[0] & TRANSPARENT else None
            return _onto_canvas(table, index, key, head, (info.height, info.width))
    raise DecodeError("the gif has no frame")


def _table(data: bytes, head: bytes, start: int) -> Image:
    """Return 256 colours: those of the frame, or of the file, or else a ramp of gray."""
    size = table_size(head[8:9])
    colors = data[start + 10 : start + 10 + size] or data[13 : 13 + table_size(data[10:11])]
    table = np.zeros((256, 3), np.uint8)
    if colors:
        table[: len(colors) // 3] = np.frombuffer(colors, np.uint8).reshape(-1, 3)
    else:
        table[:] = np.arange(256, dtype=np.uint8)[:, None]
    return table


def _indices(data: bytes, head: bytes, body: int, *, strict: bool) -> Image:
    from PIL import Image as Pillow

    width, height = struct.unpack("<HH", head[4:8])
    coded = data[body:] if strict else _continued(data, body, width * height)
    options = data[body - 1], head[8] & _INTERLACED, -1

    def decode_rows(count: int) -> Image:
        try:
            return np.asarray(Pillow.frombytes("L", (width, count), coded, "gif", *options))
        except (ValueError, OSError, SystemError) as error:
            raise DecodeError(f"the pixels of the gif are damaged: {error}") from error

    try:
        return decode_rows(height)
    except DecodeError:
        if strict or options[1]:
            raise
    return _first_rows(decode_rows, height, width)


def _first_rows(decode_rows: Callable[[int], Image], height: int, width: int) -> Image:
    """Return as many rows as there are, the others of the first colour."""
    index = np.zeros((height, width), np.uint8)
    some, all_rows = 0, height
    while all_rows - some > 1:
        middle = (some + all_rows) // 2
        try:
            index[:middle] = decode_rows(middle)
        except DecodeError:
            all_rows = middle
        else:
            some = middle
    if not some:
        raise DecodeError("the gif has no row that is whole")
    return index


def _continued(data: bytes, position: int, pixels: int) -> bytes:
    """Return sub-blocks, those that are cut off filled up by zeros: codes of the first colour."""
    blocks = []
    while length := data[position : position + 1]:
        part = data[position + 1 : position + 1 + length[0]]
        if not part:
            break
        blocks.append(length + part.ljust(length[0], b"\0"))
        position += 1 + length[0]
    return b"".join(blocks) + _BLOCK_OF_ZEROS * (pixels // 160 + 1)


def _onto_canvas(
    table: Image, index: Image, key: int | None, head: bytes, size: tuple[int, int]
) -> Image:
    left, top = struct.unpack("<HH", head[:4])
    if key is None and index.shape == size:
        return table[index]
    opaque = np.full((256, 1), 255, np.uint8)
    if key is not None:
        opaque[key] = 0
    canvas = np.zeros((*size, 4), np.uint8)
    canvas[top : top + index.shape[0], left : left + index.shape[1]] = np.hstack([table, opaque])[
        index
    ]
    return canvas
