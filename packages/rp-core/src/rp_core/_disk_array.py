"""Arrays in a `DiskStore`: as in a .npy file, C-contiguous and without Python objects."""

from __future__ import annotations

import math
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from xxhash import xxh3_128

from rp_core._disk_read import DamagedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_core._disk_read import Buffer, OpenFile

_MOST_HEADER: Final = 1 << 16
_PREFIX: Final = 10  # magic, version, length of the header
_BLOCK: Final = 1 << 17


def encode_array(value: Any) -> Sequence[Buffer]:
    """Return an array as the parts of a .npy file.

    Raises:
        TypeError: It is no plain array, or holds Python objects.
    """
    import numpy as np

    if type(value) is not np.ndarray or value.dtype.hasobject:
        kind = getattr(value, "dtype", "no dtype")
        raise TypeError(f"a store holds plain arrays, not {type(value).__name__} of {kind}")
    array = value if value.flags.c_contiguous else value.copy("C")
    head = BytesIO()
    try:
        described = np.lib.format.descr_to_dtype(np.lib.format.dtype_to_descr(array.dtype))
        np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(array))
        contents = array.reshape(-1).view("u1").data if array.nbytes else b""
    except ValueError as error:  # fields that overlap, are too many, or have odd names
        raise TypeError(f"a store cannot hold an array of {value.dtype}: {error}") from error
    if described != array.dtype:
        raise TypeError(f"a .npy file cannot hold an array of {value.dtype}")
    return [head.getvalue(), contents]


def read_array(file: OpenFile, begin: int, size: int, digest: str) -> Any:
    """Return an array from the part of a file that is as a .npy file.

    Raises:
        DamagedError: Its XXH3-128 is not `digest`, or it is no array.
        EOFError: The file ends before.
    """
    import numpy as np

    start = file.read(min(size, _PREFIX), begin)
    length = int.from_bytes(start[_PREFIX - 2 : _PREFIX], "little")
    head = file.read(min(size, _PREFIX + length), begin)
    shape, dtype = _parse_array_header(head)
    if len(head) + math.prod(shape) * dtype.itemsize != size:
        raise DamagedError("a lying array")
    array = np.empty(shape, dtype)
    contents = array.reshape(-1).view("u1").data if array.nbytes else memoryview(b"")
    seen = xxh3_128(head)
    for offset in range(0, len(contents), _BLOCK):  # each hashed while it is in the CPU's cache
        block = contents[offset : offset + _BLOCK]
        file.read_into(block, begin + len(head) + offset)
        seen.update(block)
    if seen.hexdigest() != digest:
        raise DamagedError("damaged value")
    return array


@lru_cache(maxsize=64)
def _parse_array_header(head: bytes) -> tuple[tuple[int, ...], Any]:
    import numpy as np

    file = BytesIO(head)
    try:
        version = np.lib.format.read_magic(file)
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file, _MOST_HEADER)
    except Exception as error:  # it is parsed as Python, which raises anything
        raise DamagedError("no array") from error
    if version != (1, 0) or fortran or dtype.hasobject:
        raise DamagedError("an array that no store writes")
    return shape, dtype
