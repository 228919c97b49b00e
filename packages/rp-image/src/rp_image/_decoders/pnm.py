"""The pixels of PBM, PGM, PPM and PAM (Netpbm)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_image._decoders.common import to_full_scale, unpack_bits
from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from rp_image._decode import Encoded
    from rp_image._headers.pnm import Layout
    from rp_image._types import Image

_COMMENT: Final = re.compile(rb"#[^\r\n]*")
_BLANK: Final = re.compile(rb"\s")
_AT_ONCE: Final = 1 << 20


def decode(request: Encoded) -> Image:
    """Decode to (H, W) or (H, W, C), scaled to the whole range; what is missing is black.

    Raises:
        DecodeError: A sample is no number, or samples are missing and `strict` was asked for.
    """
    header, info = request.header, request.info
    layout: Layout = header.details
    count = info.width * info.height * layout.channels
    body = memoryview(request.data)[header.body :]
    if layout.is_text:
        samples = _text(bytes(body), count, layout, strict=request.strict)
    elif layout.is_bits:
        samples = _bits(body, info.height, info.width)
    else:
        kind = np.dtype(">u2" if layout.most > 255 else np.uint8)
        samples = np.frombuffer(
            body[: min(count, len(body) // kind.itemsize) * kind.itemsize], kind
        )
    if len(samples) < count:
        if request.strict:
            raise DecodeError("samples are missing")
        samples = np.concatenate([samples, np.zeros(count - len(samples), samples.dtype)])
    if layout.is_bits:
        samples = 1 - samples
    shape = (info.height, info.width, layout.channels)
    pixels = samples.reshape(shape if layout.channels > 1 else shape[:2])
    return to_full_scale(pixels, layout.most)


def _text(body: bytes, count: int, layout: Layout, *, strict: bool) -> Image:
    text = _COMMENT.sub(b"", body) if b"#" in body else body
    if layout.is_bits:
        digits = np.frombuffer(b"".join(text.split()), np.uint8)[:count]
        if ((digits != 48) & (digits != 49)).any():
            raise DecodeError("a bit is neither 0 nor 1")
        return digits - 48
    out = np.zeros(count, np.uint16 if layout.most > 255 else np.uint8)
    filled = 0
    for numbers in _numbers(text):
        part = numbers[: count - filled]
        if len(part) and (part.min() < 0 or (strict and part.max() > layout.most)):
            raise DecodeError("a sample is larger than the header allows")
        out[filled : filled + len(part)] = part.clip(0, layout.most)
        filled += len(part)
        if filled == count:
            break
    return out[:filled]


def _numbers(text: bytes) -> Iterator[NDArray[Any]]:
    """Yield the numbers of a text, a part at a time: as objects they take twenty times its size."""
    position = 0
    while position < len(text):
        blank = _BLANK.search(text, position + _AT_ONCE)
        end = blank.start() if blank else len(text)
        words = text[position:end].split()
        if b"_" in text[position:end] or b"+" in text[position:end]:
            raise DecodeError("a sample is no number")
        try:
            yield np.array(words, np.int64) if words else np.zeros(0, np.int64)
        except (ValueError, OverflowError) as error:
            raise DecodeError("a sample is no number") from error
        position = end


def _bits(body: memoryview, height: int, width: int) -> Image:
    stride = (width + 7) // 8
    rows = np.frombuffer(body[: len(body) // stride * stride][: height * stride], np.uint8)
    return unpack_bits(rows.reshape(-1, stride), 1, width).reshape(-1)
