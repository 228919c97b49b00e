"""Write a label onto an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import numpy as np

from rp_core import LimitExceededError
from rp_image._composite import color_of, composite
from rp_image._pixels import opaque
from rp_image._resize import check_array
from rp_image._sizes import checked_pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_image._types import Image

Corner: TypeAlias = Literal["top left", "top right", "bottom left", "bottom right"]
_LONGEST: Final = 1000
_MOST_SIZE: Final = 1000
_MOST_PIXELS: Final = 1 << 26


def draw_label(
    image: Image,
    text: str,
    *,
    position: tuple[int, int] | Corner = "top left",
    size: int = 16,
    color: float | Sequence[float] | None = None,
    background: float | Sequence[float] | None = None,
) -> Image:
    """Write text onto a copy of an image, in the font that Pillow brings.

    Args:
        image: As in `resize`.
        text: At most 1000 characters; a line break begins a new line.
        position: (top, left) of the text in pixels, or a corner. What lies outside the image is
            cut off.
        size: Height of the font in pixels, 1 to 1000.
        color: Of the text: one number or three (of a gray image, one), in the range of the type;
            default: white.
        background: Of a box behind the text; default: black at half its strength. An alpha as the
            last of four numbers says how strong it is.

    Returns:
        A new array of the same shape and type.

    Raises:
        TypeError: `image` is no such array, or `text` no string.
        ValueError: The text is too long, or an option makes no sense.
        LimitExceededError: The text would have more than 67 million pixels.
    """
    check_array(image)
    if not isinstance(text, str):
        raise TypeError(f"text must be a str, not {text!r}")
    if len(text) > _LONGEST:
        raise ValueError(f"text must have at most {_LONGEST} characters, not {len(text)}")
    if not isinstance(size, int) or not 1 <= size <= _MOST_SIZE:
        raise ValueError(f"size must be an int, 1 to {_MOST_SIZE}, not {size!r}")
    most = opaque(image.dtype)
    ink = color_of(most if color is None else color, image.dtype)
    box = color_of((0, 0, 0, most // 2 or 0.5) if background is None else background, image.dtype)
    mask = _render(text, size)
    out = image.copy(order="C")
    if not mask.size:
        return out
    top, left = _place(position, mask.shape, image.shape)
    rows = slice(max(0, top), max(0, min(image.shape[0], top + mask.shape[0])))
    columns = slice(max(0, left), max(0, min(image.shape[1], left + mask.shape[1])))
    part = mask[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    if part.size:
        out[rows, columns] = _drawn(out[rows, columns], part, ink, box)
    return out


def _render(text: str, size: int) -> Image:
    """Return how much of each pixel the text covers, 0 to 255, with a margin around."""
    from PIL import Image as Pillow
    from PIL import ImageDraw, ImageFont

    font = ImageFont.load_default(size)
    margin = max(1, size // 4)
    left, top, right, bottom = ImageDraw.Draw(Pillow.new("L", (1, 1))).multiline_textbbox(
        (0, 0), text or " ", font=font
    )
    height, width = int(bottom - top) + 2 * margin, int(right - left) + 2 * margin
    if height * width > _MOST_PIXELS:
        raise LimitExceededError(f"the text would have {width} x {height} pixels")
    picture = Pillow.new("L", (width, height))
    ImageDraw.Draw(picture).multiline_text((margin - left, margin - top), text, fill=255, font=font)
    return np.asarray(picture)


def _place(
    position: tuple[int, int] | Corner, extent: tuple[int, ...], shape: tuple[int, ...]
) -> tuple[int, int]:
    if isinstance(position, str):
        if position not in get_args(Corner):
            raise ValueError(f"position must be one of {get_args(Corner)}, not {position!r}")
        vertical, _, horizontal = position.partition(" ")
        return (
            0 if vertical == "top" else shape[0] - extent[0],
            0 if horizontal == "left" else shape[1] - extent[1],
        )
    return checked_pair(position, "position", "(top, left)")


def _drawn(place: Image, mask: Image, ink: Image, box: Image) -> Image:
    """Lay the box, then the text, over a part of the image; its alpha grows where they are."""
    below = place[..., None] if place.ndim == 2 else place
    most = opaque(place.dtype)
    strength = box[3] if len(box) == 4 else most
    for color, alpha in (
        (box, np.full(mask.shape, strength, place.dtype)),
        (ink, (mask / 255 * most).astype(place.dtype)),
    ):
        layer = np.empty((*mask.shape, 4), place.dtype)
        layer[:, :, :3] = color[:3]
        layer[:, :, 3] = alpha
        done = composite(layer, place if below is place else below[:, :, 0])
        below = place = _like(done, place)
    return place


def _like(done: Image, place: Image) -> Image:
    """Bring RGB or RGBA back to the channels that the image has."""
    from rp_image._color import to_gray

    if place.ndim == 2:
        return to_gray(done)
    if place.shape[2] <= 2:
        return np.dstack([to_gray(done), *np.moveaxis(done, 2, 0)[3:]])
    return done
