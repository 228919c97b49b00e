"""NPY headers (NEP 1)."""

from __future__ import annotations

import ast
import struct
from typing import TYPE_CHECKING, Any, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._types import ImageInfo, Sample

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

_MOST_HEADER: Final = 1 << 14
_LONGEST: Final = 1 << 31
_SAMPLES: Final[dict[str, Sample]] = {"u": "unsigned", "b": "unsigned", "i": "signed", "f": "float"}
_SIZES: Final = {"u": "1248", "i": "1248", "f": "248", "b": "1"}


def read_header(data: Sliceable) -> Header:
    """Read the header of an NPY file; `details` is (dtype, Fortran order, shape)."""
    wide = data[6:7] > b"\1"
    (length,) = struct.unpack("<I" if wide else "<H", data[8 : 12 if wide else 10])
    body = (12 if wide else 10) + length
    if length > _MOST_HEADER:
        raise DecodeError("the npy header is too long")
    try:
        fields: Any = ast.literal_eval(data[body - length : body].decode("latin-1").strip())
        kind, fortran, shape = fields["descr"], bool(fields["fortran_order"]), fields["shape"]
    except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError) as error:
        raise DecodeError("the npy header is malformed") from error
    if not isinstance(kind, str) or kind[1:2] not in _SAMPLES or kind[2:] not in _SIZES[kind[1:2]]:
        raise DecodeError(f"the npy holds {kind!r}, not numbers")
    if not _is_image(shape):
        raise DecodeError(f"the npy has the shape {shape!r}, not that of an image")
    channels = shape[2] if len(shape) == 3 else 1
    bits = 1 if kind[1] == "b" else int(kind[2:]) * 8
    info = ImageInfo(
        "npy",
        shape[1],
        shape[0],
        color="gray" if channels < 3 else "rgb",
        bits=bits,
        sample=_SAMPLES[kind[1]],
        has_alpha=channels in {2, 4},
    )
    short = body + shape[0] * shape[1] * channels * int(kind[2:]) > len(data)
    defect = "the pixels are cut off" if short else None
    return Header(info, defect=defect, body=body, details=(kind, fortran, shape))


def _is_image(shape: object) -> bool:
    if not isinstance(shape, tuple):
        return False
    if not all(type(side) is int and 0 < side < _LONGEST for side in shape):
        return False
    return len(shape) == 2 or (len(shape) == 3 and shape[2] <= 4)
