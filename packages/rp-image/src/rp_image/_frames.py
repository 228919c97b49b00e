"""The frames of an animation, one by one or all at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rp_core import LimitExceededError, read_source
from rp_image._decode import check_size
from rp_image._errors import DecodeError
from rp_image._header import checked, read_header
from rp_image._loader import Loader
from rp_image._pixels import own, to_mode, upright
from rp_image._types import MAX_PIXELS, ImageInfo, Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from rp_core import Source
    from rp_image._header import Header
    from rp_image._types import Image


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of an animation.

    Attributes:
        image: Array as from `load`, of the size of the whole picture.
        index: Its number, from 0 on.
        duration: How long it is shown, in milliseconds; 0 where the file does not say.
    """

    __module__ = "rp_image"

    image: Image
    index: int
    duration: float


@dataclass(frozen=True, slots=True)
class Animation:
    """An animation in memory.

    Attributes:
        images: Array (N, H, W, 3) or (N, H, W, 4); of gray (N, H, W).
        durations: How long each is shown, in milliseconds.
        loop: How often all of them are shown; 0: for ever.
    """

    __module__ = "rp_image"

    images: NDArray[Any]
    durations: tuple[float, ...]
    loop: int = 0


def frames(
    source: Source,
    /,
    *,
    mode: Mode = "auto",
    orient: bool = True,
    strict: bool = True,
    max_pixels: int | None = MAX_PIXELS,
    urls: bool = True,
) -> Iterator[Frame]:
    """Yield the frames of an animation, or the pages of a TIFF, one at a time.

    What the file stores as a difference is put together to whole pictures. A frame is decoded when
    it is asked for; only the picture of the one before it is kept. A still image has one frame.

    Args:
        source: As in `load`.
        mode: As in `load`; "auto" is the same for all frames of an animation.
        orient: As in `load`.
        strict: As in `load`.
        max_pixels: The most pixels of one frame.
        urls: Whether URLs may be read.

    Yields:
        Each `Frame`.

    Raises:
        FormatError, LimitExceededError, DecodeError, NoBackendError: As `load`, at the first frame
            or at the one that is damaged.
    """
    loader = Loader(mode=mode, orient=orient, strict=strict, max_pixels=max_pixels, urls=urls)
    for index, (image, duration) in enumerate(timed(read_source(source, urls=urls), loader)):
        yield Frame(image, index, duration)


def load_animation(
    source: Source,
    /,
    *,
    mode: Mode = "auto",
    orient: bool = True,
    strict: bool = True,
    max_pixels: int | None = MAX_PIXELS,
    urls: bool = True,
) -> Animation:
    """Load all frames of an animation.

    Args:
        source: As in `load`.
        mode: As in `frames`.
        orient: As in `load`.
        strict: As in `load`.
        max_pixels: The most pixels of all frames together; None: no limit. `frames` gives them one
            by one.
        urls: Whether URLs may be read.

    Returns:
        The `Animation`: frames, durations in ms, loop count.

    Raises:
        LimitExceededError: All frames together have more than `max_pixels`.
        DecodeError: A frame is damaged, or the pages differ in size or type.
        FormatError, NoBackendError: As `load`.
    """
    data = read_source(source, urls=urls)
    images: list[Image] = []
    durations: list[float] = []
    pixels = 0
    for frame in frames(data, mode=mode, orient=orient, strict=strict, max_pixels=max_pixels):
        pixels += frame.image.shape[0] * frame.image.shape[1]
        if max_pixels is not None and pixels > max_pixels:
            raise LimitExceededError(f"the frames have more than max_pixels={max_pixels}")
        images.append(frame.image)
        durations.append(frame.duration)
    first = images[0]
    if any((image.shape, image.dtype) != (first.shape, first.dtype) for image in images):
        raise DecodeError("the pages differ in size or type")
    return Animation(np.stack(images), tuple(durations), loop_of(data))


def loop_of(data: bytes) -> int:
    """Return how often an animation is shown; 0: for ever."""
    from rp_image._animations.pieces import COMPOSED, loop_count

    header = read_header(data)
    return loop_count(data, header) if header.info.format in COMPOSED else 0


def timed(data: bytes, loader: Loader) -> Iterator[tuple[Image, float]]:
    """Yield each frame as a loader has it, and the milliseconds for which it is shown."""
    header = read_header(data)
    check_size(header, loader.max_pixels)
    if header.defect and loader.strict:
        raise DecodeError(f"the {header.info.format} is damaged or cut off: {header.defect}")
    yield from _pictures(data, header, loader)


def _pictures(data: bytes, header: Header, loader: Loader) -> Iterator[tuple[Image, float]]:
    from rp_image._animations.others import decode_frames
    from rp_image._animations.pieces import COMPOSED

    info = header.info
    if info.format == "png" and not header.details:
        yield loader.decode(data), 0.0
    elif info.format in COMPOSED and (header.animated or info.format == "gif"):
        yield from _composed(data, header, loader)
    elif info.format == "tiff":
        yield from _pages(data, loader)
    elif info.format in {"dicom", "fits", "spe"}:
        for index in range(info.frames):
            yield replace(loader, frame=index).decode(data), 0.0
    elif info.frames > 1 and info.format in {"avif", "jxl"}:
        for pixels, duration in decode_frames(data, header):
            turned = loader.orient and info.format != "jxl"
            yield _finished(pixels, info, loader, turned=turned), duration
    else:
        yield loader.decode(data), 0.0


def _composed(data: bytes, header: Header, loader: Loader) -> Iterator[tuple[Image, float]]:
    from rp_image._animations.pieces import compose, has_transparency

    has_alpha = header.info.has_alpha or has_transparency(data, header)
    info = replace(header.info, has_alpha=has_alpha)
    pictures = compose(data, header, strict=loader.strict, max_pixels=loader.max_pixels)
    empty = True
    for picture, duration in pictures:
        empty = False
        yield _finished(picture.copy(), info, loader, turned=loader.orient), duration
    if empty:
        raise DecodeError(f"the {info.format} has no frame that is whole")


def _pages(data: bytes, loader: Loader) -> Iterator[tuple[Image, float]]:
    from rp_image._headers.ifd import Tags
    from rp_image._headers.tiff import read_page

    for index, offset in enumerate(Tags(data).pages()):
        header = checked("tiff", read_page, data, index, offset)
        yield replace(loader, frame=index).decode_page(data, header), 0.0


def _finished(pixels: Image, info: ImageInfo, loader: Loader, *, turned: bool) -> Image:
    if loader.icc == "srgb" and info.icc:
        from rp_image._icc import to_srgb

        pixels = to_srgb(pixels, info)
    image = loader.in_depth(to_mode(pixels, info, loader.mode))
    return own(upright(image, info.orientation) if turned else image)
