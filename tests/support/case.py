"""One image file and the pixels that it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from support.images import Array

PALETTE = np.array([[i * 16, 255 - i * 13, i * 7 % 256] for i in range(16)], np.uint8)
ALPHAS = bytes([0, 128, 255, 17])


@dataclass(frozen=True)
class Case:
    """One file; `backends` are those that must decode it, the others decline or fail."""

    name: str
    data: bytes
    pixels: Array
    backends: frozenset[str]
    tolerance: int = 0
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def of(*names: str) -> frozenset[str]:
    return frozenset(names)


BOTH = of("opencv", "pillow")
ALL = of("simplejpeg", "opencv", "pillow")
PILLOW = of("pillow")
NUMPY = of("numpy")


def rgb(gray: Array) -> Array:
    """Spread gray over three channels."""
    return np.repeat(gray[:, :, None], 3, axis=2)


def rgba(color: Array, alpha: Array) -> Array:
    """Add an alpha plane."""
    return np.dstack([color, alpha])


def scaled(samples: Array, depth: int) -> Array:
    """Scale samples of a few bits to 0..255."""
    return (samples.astype(int) * 255 // ((1 << depth) - 1)).astype(np.uint8)
