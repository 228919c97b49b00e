"""JPEG XL headers (ISO/IEC 18181-1, annex D; 18181-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._headers.isobmff import boxes
from rp_image._types import ImageInfo, Sample

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_RATIOS: Final = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_ALPHA: Final = 0
_SPOT, _CFA = 2, 5
_RGB, _GRAY = 0, 1
_D65, _PRIMARIES, _CURVE = 1, 1, 13
_MOST_HEADER: Final = 1 << 16
_MARK: Final = b"\xff\x0a"


class Colors(NamedTuple):
    """Which colours are meant.

    Attributes:
        is_gray: Whether there is one.
        is_srgb: Whether white, primaries and curve are those of sRGB.
        curve: At which bit of the codestream the curve is named, where primaries are those of sRGB.
    """

    is_gray: bool
    is_srgb: bool
    curve: int | None = None


_SRGB: Final = Colors(is_gray=False, is_srgb=True)


def read_header(data: Sliceable) -> Header:
    """Read the header of a JPEG XL codestream, bare or in a container."""
    if data[0:2] == _MARK:
        return _read_codestream(data[0:_MOST_HEADER], None, None)
    code, exif, xmp = b"", None, None
    defect = None
    for box in boxes(data):
        if box.kind in {b"jxlc", b"jxlp"} and len(code) < _MOST_HEADER:
            body = box.body(data, _MOST_HEADER)
            code += body if box.kind == b"jxlc" else body[4:]
        elif box.kind == b"Exif":
            body = box.body(data)
            exif = body[4 + int.from_bytes(body[:4]) :] or None
        elif box.kind == b"xml ":
            xmp = box.body(data)
        if not box.is_whole(data):
            defect = f"the box {box.kind!r} is cut off"
    if code[:2] != _MARK:
        raise DecodeError("the jxl has no codestream")
    header = _read_codestream(code, exif, xmp)
    header.defect = defect
    return header


class _Bits:
    """Numbers of any width, the low bit first."""

    def __init__(self, data: bytes) -> None:
        self._number = int.from_bytes(data, "little")
        self._count = len(data) * 8
        self.place = 0

    def take(self, count: int) -> int:
        self.place += count
        if self.place > self._count:
            raise EOFError
        value = self._number & ((1 << count) - 1)
        self._number >>= count
        return value

    def choose(self, *choices: tuple[int, int]) -> int:
        """Read U32: two bits choose the constant, and the bits that are added to it."""
        constant, count = choices[self.take(2)]
        return constant + self.take(count)


def _read_codestream(code: bytes, exif: bytes | None, xmp: bytes | None) -> Header:
    bits = _Bits(code[:_MOST_HEADER])
    bits.take(8 * len(_MARK))
    height, width = _size(bits)
    if bits.take(1):
        return Header(ImageInfo("jxl", width, height, exif=exif, xmp=xmp), details=_SRGB)
    orientation, animated = _extra_fields(bits) if bits.take(1) else (1, False)
    depth, sample = _depth(bits)
    bits.take(1)
    extras = bits.choose((0, 0), (1, 0), (2, 4), (1, 12))
    kinds = [_extra_channel(bits) for _ in range(extras)]
    bits.take(1)
    colors = _SRGB if bits.take(1) else _colors(bits)
    info = ImageInfo(
        "jxl",
        width,
        height,
        frames=2 if animated else 1,
        color="gray" if colors.is_gray else "rgb",
        bits=depth,
        sample=sample,
        has_alpha=_ALPHA in kinds,
        orientation=orientation,
        exif=exif,
        xmp=xmp,
    )
    return Header(info, animated=animated, details=colors)


def _colors(bits: _Bits) -> Colors:
    profiled = bits.take(1)
    space = _enum(bits)
    gray = space == _GRAY
    if profiled or space not in {_RGB, _GRAY}:
        return Colors(gray, is_srgb=False)
    if _enum(bits) != _D65 or (not gray and _enum(bits) != _PRIMARIES) or bits.take(1):
        return Colors(gray, is_srgb=False)
    place = bits.place
    return Colors(gray, _enum(bits) == _CURVE, place)


def _enum(bits: _Bits) -> int:
    return bits.choose((0, 0), (1, 0), (2, 4), (18, 6))


def _size(bits: _Bits) -> tuple[int, int]:
    small = bits.take(1)

    def side() -> int:
        if small:
            return (bits.take(5) + 1) * 8
        return bits.choose((1, 9), (1, 13), (1, 18), (1, 30))

    height = side()
    ratio = bits.take(3)
    if not ratio:
        return height, side()
    across, down = _RATIOS[ratio - 1]
    return height, height * across // down


def _preview(bits: _Bits) -> None:
    small = bits.take(1)

    def side() -> None:
        if small:
            bits.choose((16, 0), (32, 0), (1, 5), (33, 9))
        else:
            bits.choose((1, 6), (65, 8), (321, 10), (1345, 12))

    side()
    if not bits.take(3):
        side()


def _extra_fields(bits: _Bits) -> tuple[int, bool]:
    """Return the orientation, and whether it is an animation."""
    orientation = bits.take(3) + 1
    if bits.take(1):
        _size(bits)
    if bits.take(1):
        _preview(bits)
    animated = bool(bits.take(1))
    if animated:
        bits.choose((100, 0), (1000, 0), (1, 10), (1, 30))
        bits.choose((1, 0), (1001, 0), (1, 8), (1, 10))
        bits.choose((0, 0), (0, 3), (0, 16), (0, 32))
        bits.take(1)
    return orientation, animated


def _depth(bits: _Bits) -> tuple[int, Sample]:
    if not bits.take(1):
        return bits.choose((8, 0), (10, 0), (12, 0), (1, 6)), "unsigned"
    depth = bits.choose((32, 0), (16, 0), (24, 0), (1, 6))
    bits.take(4)
    return depth, "float"


def _extra_channel(bits: _Bits) -> int:
    """Return what an extra channel is for."""
    if bits.take(1):
        return _ALPHA
    kind = _enum(bits)
    _depth(bits)
    bits.choose((0, 0), (3, 0), (4, 0), (1, 3))
    name = bits.choose((0, 0), (0, 4), (16, 5), (48, 10))
    for _ in range(name):
        bits.take(8)
    if kind == _ALPHA:
        bits.take(1)
    elif kind == _SPOT:
        bits.take(64)
    elif kind == _CFA:
        bits.choose((1, 0), (0, 2), (3, 4), (19, 8))
    return kind
