"""DICOM headers (DICOM PS3.5, PS3.10)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._headers.samples import Samples, check_index
from rp_image._types import ImageInfo

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_LONG: Final = frozenset({b"OB", b"OD", b"OF", b"OL", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT"})
_ROWS, _COLUMNS, _ALLOCATED, _BITS, _SIGNED = (
    0x00280010,
    0x00280011,
    0x00280100,
    0x00280101,
    0x00280103,
)
_SAMPLES, _MEANING, _PLANAR, _FRAMES = 0x00280002, 0x00280004, 0x00280006, 0x00280008
_INTERCEPT, _SLOPE, _PIXELS, _SYNTAX = 0x00281052, 0x00281053, 0x7FE00010, 0x00020010
_BIG_ENDIAN: Final = b"1.2.840.10008.1.2.2"
_IMPLICIT: Final = b"1.2.840.10008.1.2"
_PLAIN_SYNTAXES: Final = frozenset({_IMPLICIT, b"1.2.840.10008.1.2.1"})
_YCC: Final = b"YBR_FULL"
_MEANINGS: Final = frozenset({(1, b"MONOCHROME1"), (1, b"MONOCHROME2"), (3, b"RGB"), (3, _YCC)})
_DELIMITERS, _END_OF_SEQUENCE = 0xFFFE, 0xFFFEE0DD
_MOST_ELEMENTS: Final = 1 << 16
_UNKNOWN: Final = 0xFFFFFFFF
_MOST_VALUE: Final = 64


def read_page(data: Sliceable, index: int) -> Header:
    """Read the elements before the pixels, for one of the pictures."""
    values, start = _elements(data)
    frames = max(1, int(_decimal(values.get(_FRAMES), 1)))
    check_index(index, frames)
    meaning = values.get(_MEANING, b"MONOCHROME2").strip(b" \0")
    channels = _number(values.get(_SAMPLES, b"\1\0"))
    allocated = _number(values.get(_ALLOCATED, b"\x10\0"))
    signed = bool(_number(values.get(_SIGNED, b"\0\0")))
    scale, zero = _decimal(values.get(_SLOPE), 1), _decimal(values.get(_INTERCEPT), 0)
    scaled = (scale, zero) != (1, 0)
    bits = _number(values.get(_BITS, b"\x10\0"))
    if not 1 <= bits <= allocated:
        raise DecodeError(f"the dicom has {bits} bits in {allocated}")
    info = ImageInfo(
        "dicom",
        _number(values.get(_COLUMNS)),
        _number(values.get(_ROWS)),
        frames=frames,
        color="gray" if channels == 1 else "rgb",
        bits=32 if scaled else bits,
        sample="float" if scaled else "signed" if signed else "unsigned",
    )
    stored = Samples(
        start,
        f"<{'i' if signed else 'u'}{max(1, allocated // 8)}",
        channels,
        is_planar=_number(values.get(_PLANAR, b"\0\0")) == 1,
        scale=scale,
        zero=zero,
        is_inverted=meaning == b"MONOCHROME1",
        is_ycc=meaning == _YCC,
        refusal=_refusal(values, meaning, channels, allocated)
        or ("luma of floats is not read" if meaning == _YCC and (scaled or signed) else ""),
    )
    size = info.width * info.height * channels * allocated // 8 * frames
    short = not stored.refusal and start + size > len(data)
    defect = "the samples are cut off" if short else None
    return Header(info, defect=defect, index=index, details=stored)


def _refusal(values: dict[int, bytes], meaning: bytes, channels: int, allocated: int) -> str:
    """Say why the samples are not plain, if they are not."""
    syntax = values.get(_SYNTAX, _IMPLICIT).rstrip(b"\0 ")
    if syntax not in _PLAIN_SYNTAXES:
        return f"the samples of the dicom are compressed by {syntax.decode('latin-1')}"
    if (channels, meaning) not in _MEANINGS or allocated not in {8, 16, 32}:
        return f"{channels} samples of {allocated} bits, {meaning.decode('latin-1')}, are not read"
    return ""


def _decimal(value: bytes | None, default: float) -> float:
    text = (value or b"").strip(b" \0")
    return float(text) if text else default


def _number(value: bytes | None) -> int:
    if value is None or len(value) < 2:
        raise DecodeError("the dicom lacks the size of the picture")
    return int.from_bytes(value[:2], "little")


def _elements(data: Sliceable) -> tuple[dict[int, bytes], int]:
    """Return the short values of the elements up to the pixels, and where those begin."""
    found: dict[int, bytes] = {}
    position, implicit = 132, False
    nesting = _Nesting()
    for _ in range(_MOST_ELEMENTS):
        head = data[position : position + 12]
        if len(head) < 8:
            break
        group, element = struct.unpack_from("<HH", head)
        tag = group << 16 | element
        if tag > _PIXELS and group != _DELIMITERS:
            break
        if group > 2:
            syntax = found.get(_SYNTAX, b"").rstrip(b"\0 ")
            if syntax == _BIG_ENDIAN:
                raise DecodeError("a big-endian dicom is not read")
            implicit = syntax == _IMPLICIT
        is_unknown = not implicit and head[4:6] == b"UN"
        position, length = _value(head, position, implicit=implicit or nesting.is_implicit)
        if tag == _PIXELS and not nesting.inside:
            break
        nesting.pass_by(tag, length, is_unknown=is_unknown)
        if length == _UNKNOWN:
            continue
        if length <= _MOST_VALUE and not nesting.inside:
            found.setdefault(tag, data[position : position + length])
        position += length
    return found, position


class _Nesting:
    """Sequences of unknown length: what is in them is not of this picture."""

    def __init__(self) -> None:
        self.inside = 0
        self._first_unknown = _MOST_ELEMENTS

    @property
    def is_implicit(self) -> bool:
        """Whether one of them is of an unknown kind, which holds no kinds (PS3.5, 6.2.2)."""
        return self.inside >= self._first_unknown

    def pass_by(self, tag: int, length: int, *, is_unknown: bool) -> None:
        """Enter or leave a sequence."""
        if length == _UNKNOWN and tag >> 16 != _DELIMITERS:
            self.inside += 1
            if is_unknown:
                self._first_unknown = min(self._first_unknown, self.inside)
        elif tag == _END_OF_SEQUENCE and self.inside:
            self.inside -= 1
            if not self.is_implicit:
                self._first_unknown = _MOST_ELEMENTS


def _value(head: bytes, position: int, *, implicit: bool) -> tuple[int, int]:
    """Return where a value begins, and its length."""
    if implicit or head[:2] == b"\xfe\xff":
        return position + 8, int.from_bytes(head[4:8], "little")
    if head[4:6] in _LONG:
        return position + 12, int.from_bytes(head[8:12], "little")
    return position + 8, int.from_bytes(head[6:8], "little")
