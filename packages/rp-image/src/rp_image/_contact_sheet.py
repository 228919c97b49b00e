"""Many files on one sheet."""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import Failure, LimitExceededError
from rp_core.sync import thread_map
from rp_image._composite import color_of, composite
from rp_image._draw import draw_label
from rp_image._thumbnail import Thumbnailer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rp_core import Source
    from rp_image._types import Image

_MOST_PIXELS: Final = 1 << 28
_FONT: Final = 12
_LINE: Final = 20
_LONGEST_LABEL: Final = 1000


def contact_sheet(
    sources: Iterable[Source],
    *,
    columns: int | None = None,
    cell: int = 160,
    gap: int = 8,
    background: float | Sequence[float] = 255,
    labels: bool | Sequence[str] = False,
    strict: bool = True,
    urls: bool = True,
) -> Image:
    """Load files as thumbnails and arrange them on one sheet.

    The pictures are decoded on worker threads, and put onto the sheet as they come: beside the
    sheet, memory holds a few of them, whatever their number.

    Args:
        sources: As in `load`, but no async files.
        columns: Cells in a row; default: as near to a square number as possible.
        cell: Pixels of a side of a cell, in whose middle each picture is.
        gap: Pixels between cells, and around them.
        background: Colour of the sheet: one number or three, 0 to 255.
        labels: Whether to write the name of each file below it; or the texts themselves.
        strict: Whether a file that cannot be loaded is an error; otherwise its cell stays empty.
        urls: Whether URLs may be read.

    Returns:
        Array (H, W, 3) uint8.

    Raises:
        TypeError: A label is no str.
        ValueError: There is no source, or a number makes no sense.
        LimitExceededError: The sheet would have more than 268 million pixels.
        Exception: What `thumbnail` raised first, with a note of the source.
    """
    files = list(sources)
    if not files:
        raise ValueError("a contact sheet needs at least one source")
    across = ceil(sqrt(len(files))) if columns is None else columns
    for name, value, least in (("cell", cell, 1), ("gap", gap, 0), ("columns", across, 1)):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ValueError(f"{name} must be an int, at least {least}, not {value!r}")
    across = min(across, len(files))
    texts = _texts(files, labels)
    step = cell + gap, cell + gap + (_LINE if texts else 0)
    size = ceil(len(files) / across) * step[1] + gap, across * step[0] + gap
    if size[0] * size[1] > _MOST_PIXELS:
        raise LimitExceededError(f"the sheet would have {size[1]} x {size[0]} pixels")
    color = color_of(background, np.dtype(np.uint8))
    if len(color) != 3:
        raise ValueError(f"the background is one number or three, not {background!r}")
    sheet = np.empty((*size, 3), np.uint8)
    sheet[...] = color
    on_error: Any = "raise" if strict else "return"
    with thread_map(Thumbnailer(cell, urls=urls), files, cpu=True, on_error=on_error) as pictures:
        for index, picture in enumerate(pictures):
            row, column = divmod(index, across)
            top, left = gap + row * step[1], gap + column * step[0]
            if not isinstance(picture, Failure):
                _paste(sheet, picture, top, left, cell)
            if texts:
                place = sheet[top + cell : top + cell + _LINE, left : left + cell]
                place[...] = _label(place, texts[index], color)
    return sheet


def _paste(sheet: Image, picture: Image, top: int, left: int, cell: int) -> None:
    height, width = picture.shape[:2]
    top, left = top + (cell - height) // 2, left + (cell - width) // 2
    place = sheet[top : top + height, left : left + width]
    place[...] = composite(picture, place.copy()) if picture.shape[2] == 4 else picture


def _texts(files: Sequence[Any], labels: bool | Sequence[str]) -> list[str]:
    import os

    if labels is False:
        return []
    if labels is True:
        return [
            os.path.basename(os.fsdecode(file))
            if isinstance(file, (str, os.PathLike))
            else f"{number}"
            for number, file in enumerate(files, 1)
        ]
    if len(labels) != len(files):
        raise ValueError(f"there are {len(files)} sources, but {len(labels)} labels")
    texts = list(labels)
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"a label must be a str, not {text!r}")
    return texts


def _label(place: Image, text: str, color: Image) -> Image:
    dark = int(color.astype(int).sum()) > 382
    ink = 0 if dark else 255
    most = min(_LONGEST_LABEL, max(1, place.shape[1] // 6))
    short = text if len(text) <= most else text[: most - 1] + "…"
    return draw_label(place, short, size=_FONT, color=ink, background=(*color.tolist(), 0))
