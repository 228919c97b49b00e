"""Save an animation."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import numpy as np

from rp_image._encoding import check_writable, format_of
from rp_image._muxers import muxer_of
from rp_image._save import write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rp_image._types import Format, Image

ANIMATED: Final = frozenset({"gif", "png", "webp"})


def save_animation(
    images: Iterable[Image],
    path: str | os.PathLike[str],
    *,
    duration: float | Sequence[float] = 100,
    loop: int = 0,
    format: Format | None = None,  # noqa: A002
    quality: int | None = None,
    lossless: bool = False,
    durable: bool = False,
) -> None:
    """Save frames as an animated GIF, PNG (APNG) or WebP.

    Each frame is encoded before the next one is asked for. Of a frame, only the part is stored
    that differs from the one before it.

    Args:
        images: Arrays of one shape, (H, W), (H, W, 3) or (H, W, 4), and one type: uint8, or for PNG
            uint16. A GIF holds 256 colours a frame; what has more is reduced to the nearest.
        path: Destination; its folder must exist.
        duration: Milliseconds for which each frame is shown, or one number for each. GIF counts in
            10 ms: rounding is carried on, so that the sum stays right.
        loop: How often it is shown; 0: for ever.
        format: "gif", "png" or "webp"; default: by the suffix of `path`.
        quality: 1 to 100, for WebP (default 80).
        lossless: Whether WebP is to lose nothing.
        durable: Whether to wait until the file is on the disk (fsync).

    Raises:
        TypeError: A frame is no array of such a type.
        ValueError: There is no frame, the frames differ in shape or type, the durations do not
            match them, or the format is not animated.
        EncodeError: No backend could encode a frame.
        OSError: The file could not be written; the old one stays.
    """
    path = os.fspath(path)
    name = format or format_of(path)
    timed = _timed(images, duration)
    write(path, encode_animation(timed, name, loop, quality, lossless=lossless), durable=durable)


def encode_animation(
    timed: Iterable[tuple[Image, float]],
    name: Format,
    loop: int,
    quality: int | None,
    *,
    lossless: bool,
) -> bytes:
    """Encode frames, each with the milliseconds for which it is shown."""
    if name not in ANIMATED:
        raise ValueError(f"{name} is not animated; name one of {', '.join(sorted(ANIMATED))}")
    if not isinstance(loop, int) or isinstance(loop, bool) or not 0 <= loop <= 65535:
        raise ValueError(f"loop must be 0 to 65535, not {loop!r}")
    muxer = muxer_of(name)(loop=loop, quality=quality, lossless=lossless)
    before: Image | None = None
    for image, length in timed:
        check_writable(image)
        if before is not None and (image.shape, image.dtype) != (before.shape, before.dtype):
            raise ValueError(f"the frames differ: {before.shape} and {image.shape}")
        muxer.add(image, before, length)
        before = image.copy()
    if before is None:
        raise ValueError("an animation needs at least one frame")
    return muxer.finish()


def _timed(
    images: Iterable[Image], duration: float | Sequence[float]
) -> Iterator[tuple[Image, float]]:
    lengths = None if isinstance(duration, (int, float)) else list(duration)
    count = 0
    for count, image in enumerate(images, 1):
        if lengths is not None and count > len(lengths):
            raise ValueError(f"there are {len(lengths)} durations, and more frames")
        length = float(duration if lengths is None else lengths[count - 1])  # type: ignore[arg-type]
        if not 0 <= length < 1 << 24 or not np.isfinite(length):
            raise ValueError(f"a duration must be 0 ms or more, not {length}")
        yield image, length
    if lengths is not None and count < len(lengths):
        raise ValueError(f"there are {len(lengths)} durations, but {count} frames")
