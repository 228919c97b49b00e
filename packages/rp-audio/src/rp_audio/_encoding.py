"""What a backend is asked for when sound is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from rp_audio._source_error import SourceError
from rp_core import check_wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rp_audio._formats import Depth, Format
    from rp_audio._types import Samples

_PIECE = 1 << 16


@dataclass(slots=True)
class Passage:
    """What is seen of the samples as they are taken.

    Attributes:
        has_begun: Whether any were.
        clipped: How many, of all channels, were beyond full scale.
        peak: The largest of them, as a factor of full scale.
    """

    has_begun: bool = False
    clipped: int = 0
    peak: float = 1.0


@dataclass(frozen=True, slots=True)
class Encoding:
    """One request to write sound.

    Attributes:
        file: Where to write it: an empty file, which has a name.
        target: What it will be called.
        format: Its format.
        depth: How samples are stored, where the format is not lossy.
        quality: 0 to 1, where it is; None: as its encoder has it.
        rate: Samples a second.
        channels: Number of channels.
        blocks: The samples, in order.
        flow: What is seen of them.
    """

    file: BinaryIO
    target: str
    format: Format
    depth: Depth
    quality: float | None
    rate: int
    channels: int
    blocks: Iterable[Samples]
    flow: Passage = field(default_factory=Passage)

    def pieces(self) -> Iterator[Samples]:
        """Yield the samples in small pieces, cut to full scale unless they are stored as floats."""
        for block in self._given():
            for start in range(0, len(block), _PIECE):
                check_wanted()
                piece = block[start : start + _PIECE]
                yield piece if self.depth == "float" else self._within(piece)

    def _given(self) -> Iterator[Samples]:
        self.flow.has_begun = True
        try:
            yield from self.blocks
        except Exception as error:
            raise SourceError(error) from error

    @property
    def path(self) -> str:
        """The name of the file."""
        return self.file.name

    def _within(self, piece: Samples) -> Samples:
        import numpy as np

        low, high = piece.min(), piece.max()
        if low >= -1 and high <= 1:
            return piece
        self.flow.clipped += int(np.count_nonzero(np.abs(piece) > 1))
        self.flow.peak = max(self.flow.peak, float(high), -float(low))
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
