"""Put images side by side."""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from rp_image._fit import resize_to_fit
from rp_image._pixels import opaque
from rp_image._resize import check_array
from rp_image._sizes import checked_pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rp_image._types import Image


def grid(
    images: Iterable[Image],
    *,
    columns: int | None = None,
    cell: tuple[int, int] | None = None,
    gap: int = 0,
    background: float | Sequence[float] = 0,
) -> Image:
    """Arrange images in rows, each centred in a cell of the same size.

    Args:
        images: Arrays (H, W), (H, W, 3) or (H, W, 4), of one dtype. Larger ones are shrunk to the
            cell; smaller ones are not enlarged.
        columns: Cells in a row; default: as near to a square number as possible.
        cell: (height, width) in pixels; default: the largest height and the largest width.
        gap: Pixels between cells, and around them.
        background: Value of what no image covers: one for all channels, or one for each, in the
            range of the dtype. An alpha that is not given is transparent.

    Returns:
        Array (H, W, 3), or (H, W, 4) where an image has alpha.

    Raises:
        TypeError: The images differ in dtype, or an argument has the wrong type.
        ValueError: There is no image, or a number makes no sense.
    """
    tiles = list(images)
    _check(tiles, columns, gap)
    largest = tuple(max(tile.shape[axis] for tile in tiles) for axis in (0, 1))
    cell_height, cell_width = checked_pair(largest if cell is None else cell)
    columns = min(columns or ceil(sqrt(len(tiles))), len(tiles))
    channels = 4 if any(tile.ndim == 3 and tile.shape[2] == 4 for tile in tiles) else 3
    rows = ceil(len(tiles) / columns)
    size = rows * (cell_height + gap) + gap, columns * (cell_width + gap) + gap
    canvas = _canvas(*size, channels, tiles[0].dtype, background)
    for index, tile in enumerate(tiles):
        row, column = divmod(index, columns)
        top, left = gap + row * (cell_height + gap), gap + column * (cell_width + gap)
        fitted = resize_to_fit(tile, cell_height, cell_width, grow=False)
        top += (cell_height - fitted.shape[0]) // 2
        left += (cell_width - fitted.shape[1]) // 2
        _paste(canvas[top : top + fitted.shape[0], left : left + fitted.shape[1]], fitted)
    return canvas


def _check(tiles: list[Image], columns: int | None, gap: int) -> None:
    if not tiles:
        raise ValueError("a grid needs at least one image")
    for tile in tiles:
        check_array(tile)
        if tile.ndim == 3 and tile.shape[2] == 2:
            raise ValueError("a grid takes no gray with alpha; convert it by to_rgba")
    if any(tile.dtype != tiles[0].dtype for tile in tiles):
        raise TypeError("the images of a grid must be of one dtype")
    for name, value, least in (("columns", columns, 1), ("gap", gap, 0)):
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"{name} must be an int, not {value!r}")
        if value < least:
            raise ValueError(f"{name} must be at least {least}, not {value}")


def _canvas(
    height: int,
    width: int,
    channels: int,
    dtype: np.dtype[Any],
    background: float | Sequence[float],
) -> Image:
    canvas = np.zeros((height, width, channels), dtype)
    values = np.atleast_1d(np.asarray(background, float))
    if dtype.kind == "u":
        values = np.rint(values)
    if dtype.kind == "u" and not ((values >= 0) & (values <= opaque(dtype))).all():
        raise ValueError(f"background must be in the range of {dtype}, not {background!r}")
    if values.size == 1:
        canvas[:, :, :3] = values[0]
    elif values.size in {3, channels}:
        canvas[:, :, : values.size] = values
    else:
        raise ValueError(f"background must have 1 or {channels} values, not {values.size}")
    return canvas


def _paste(place: Image, tile: Image) -> None:
    """Copy a tile, gray spread over the colours and a missing alpha opaque."""
    place[:, :, :3] = tile[:, :, None] if tile.ndim == 2 else tile[:, :, :3]
    if place.shape[2] == 4:
        has_alpha = tile.ndim == 3 and tile.shape[2] == 4
        place[:, :, 3] = tile[:, :, 3] if has_alpha else opaque(tile.dtype)
