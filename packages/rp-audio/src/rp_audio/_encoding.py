"""What a backend is asked for when sound is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rp_core import check_wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rp_audio._formats import Depth, Format
    from rp_audio._types import Samples

_PIECE = 1 << 16


@dataclass(slots=True)
class Clipping:
    """What was beyond full scale.

    Attributes:
        count: Number of samples, of all channels.
        peak: The largest of them, as a factor of full scale.
    """

    count: int = 0
    peak: float = 1.0


@dataclass(frozen=True, slots=True)
class Encoding:
    """One request to write sound.

    Attributes:
        path: Where to write it; there is an empty file already.
        target: What it will be called.
        format: Its format.
        depth: How samples are stored, where the format is not lossy.
        quality: 0 to 1, where it is; None: as its encoder has it.
        rate: Samples a second.
        channels: Number of channels.
        blocks: The samples, in order.
        clipping: What is beyond full scale, as it is found.
    """

    path: str
    target: str
    format: Format
    depth: Depth
    quality: float | None
    rate: int
    channels: int
    blocks: Iterable[Samples]
    clipping: Clipping = field(default_factory=Clipping)

    def pieces(self) -> Iterator[Samples]:
        """Yield the samples in small pieces, cut to full scale unless they are stored as floats."""
        for block in self.blocks:
            for start in range(0, len(block), _PIECE):
                check_wanted()
                piece = block[start : start + _PIECE]
                yield piece if self.depth == "float" else self._within(piece)

    def _within(self, piece: Samples) -> Samples:
        import numpy as np

        low, high = piece.min(), piece.max()
        if low >= -1 and high <= 1:
            return piece
        self.clipping.count += int(np.count_nonzero(np.abs(piece) > 1))
        self.clipping.peak = max(self.clipping.peak, float(high), -float(low))
        return np.clip(piece, -1, 1)


def quantized(piece: Samples, bits: int) -> Any:
    """Return samples in -1..1 as integers of so many bits: the nearest, at the top of their type.

    -1 is the lowest of them; 1 would be one more than the highest, and is the highest.
    """
    import numpy as np

    scale = 2.0 ** (bits - 1)
    wide = np.float64 if bits > 24 else np.float32
    levels = np.rint(np.multiply(piece, scale, dtype=wide))
    levels = np.minimum(levels, wide(scale - 1))
    if bits == 16:
        return levels.astype(np.int16)
    return levels.astype(np.int32) << (32 - bits)
