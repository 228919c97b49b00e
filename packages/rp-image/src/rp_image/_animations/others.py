"""The frames of AVIF sequences, which the codec decodes whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_core import UnsupportedError
from rp_image._decode import Decoded
from rp_image._errors import DecodeError, NoSuchFrameError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_image._header import Header
    from rp_image._types import Image


def decode_frame(data: bytes, header: Header, index: int) -> Decoded:
    """Decode one frame.

    Raises:
        NoSuchFrameError: There are fewer.
    """
    number = -1
    for number, (pixels, _) in enumerate(decode_frames(data, header)):
        if number == index:
            return Decoded(pixels, header.info.format == "jxl")
    raise NoSuchFrameError.of(index, number + 1)


def decode_frames(data: bytes, header: Header) -> Iterator[tuple[Image, float]]:
    """Yield each frame as decoded, and its duration in milliseconds.

    Raises:
        UnsupportedError: Frames of more than 8 bits, and those of JPEG XL, are not read.
    """
    from rp_image._decoders.pillow import open_image, to_array

    info = header.info
    if info.format not in {"avif", "jxl"} or info.frames < 2:
        from rp_image._decode import Encoded, decode

        decoded = decode(Encoded(data, header))
        yield decoded.pixels, 0.0
        return
    if info.format == "jxl":
        raise UnsupportedError("of an animated JPEG XL, only the first frame is read")
    if info.bits > 8:
        raise UnsupportedError(f"frames of {info.format} are read with 8 bits a sample, not more")
    index = 0
    try:
        with open_image(data, info.format) as image:
            for index in range(getattr(image, "n_frames", 1)):
                image.seek(index)
                yield to_array(image), float(image.info.get("duration", 0))
    except EOFError:
        return
    except (OSError, ValueError, RuntimeError, ArithmeticError) as error:
        raise DecodeError(f"frame {index} cannot be decoded: {error}") from error
