"""Kernels for filters and brushes: made once, remembered, and read-only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import cached
from rp_image._sizes import checked_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_BYTES: Final = 64 << 20
_LARGEST: Final = 4096


def circle_kernel(diameter: int) -> NDArray[np.bool_]:
    """Return a disk: a pixel is in it where its centre is within half the diameter of the middle.

    Args:
        diameter: Side of the array, 1 to 4096.

    Returns:
        Array (diameter, diameter) bool, read-only.

    Raises:
        TypeError: `diameter` is no int.
        ValueError: It is out of range.
    """
    return _circle(_checked(diameter))


def gaussian_kernel(diameter: int, sigma: float) -> NDArray[np.float64]:
    """Return a Gaussian around the middle of a square, with the sum 1.

    Args:
        diameter: Side of the array, 1 to 4096.
        sigma: Standard deviation in pixels, above 0.

    Returns:
        Array (diameter, diameter) float64, read-only.

    Raises:
        TypeError: `diameter` is no int, or `sigma` no number.
        ValueError: One of them is out of range.
    """
    deviation = checked_number("sigma", sigma)
    if not 0 < deviation < float("inf"):
        raise ValueError(f"sigma must be positive and finite, not {sigma}")
    return _gaussian(_checked(diameter), deviation)


@cached(maxsize=None, max_bytes=_MOST_BYTES, copy="readonly")
def _circle(diameter: int) -> NDArray[np.bool_]:
    # In half pixels, whole numbers: no rounding decides whether the rim is in.
    place = np.arange(diameter, dtype=np.int64) * 2 - (diameter - 1)
    return _read_only(place[:, None] ** 2 + place**2 <= diameter**2)


@cached(maxsize=None, max_bytes=_MOST_BYTES, copy="readonly")
def _gaussian(diameter: int, sigma: float) -> NDArray[np.float64]:
    place = np.arange(diameter) - (diameter - 1) / 2
    nearest = np.abs(place).min()
    with np.errstate(over="ignore", under="ignore"):
        # A factor at a time: neither the square of a tiny sigma nor of a huge one is a number.
        line = np.exp(((nearest - place) / sigma) * ((nearest + place) / sigma) / 2)
    line /= line.sum()
    return _read_only(line[:, None] * line)


def _checked(diameter: object) -> int:
    if not isinstance(diameter, (int, np.integer)) or isinstance(diameter, bool):
        raise TypeError(f"diameter must be an int, not {diameter!r}")
    if not 1 <= diameter <= _LARGEST:
        raise ValueError(f"diameter must be 1 to {_LARGEST}, not {diameter}")
    return int(diameter)


def _read_only(kernel: NDArray[Any]) -> NDArray[Any]:
    # Over bytes, so that not even `setflags` makes it writable for one and all.
    return np.frombuffer(kernel.tobytes(), kernel.dtype).reshape(kernel.shape)
