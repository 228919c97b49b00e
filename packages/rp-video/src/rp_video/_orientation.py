"""How a stored picture is turned to be upright."""

from __future__ import annotations

from dataclasses import dataclass
from struct import unpack_from

_ONE = 1 << 16


@dataclass(frozen=True, slots=True)
class Orientation:
    """A transposition, and then mirrors.

    Attributes:
        swaps: Whether rows become columns.
        mirrors_rows: Whether the last row then comes first.
        mirrors_columns: Whether the last column then comes first.
    """

    swaps: bool = False
    mirrors_rows: bool = False
    mirrors_columns: bool = False

    @classmethod
    def of_matrix(cls, data: bytes) -> Orientation:
        """Read a display matrix (ISO/IEC 14496-12, 6.2.2), of which quarter turns are applied."""
        a, b, _, c, d, *_ = unpack_from("=9i", data)
        if abs(a) == abs(d) == _ONE and not (b or c):
            return cls(swaps=False, mirrors_rows=d < 0, mirrors_columns=a < 0)
        if abs(b) == abs(c) == _ONE and not (a or d):
            return cls(swaps=True, mirrors_rows=b < 0, mirrors_columns=c < 0)
        return cls()

    @property
    def rotation(self) -> int:
        """Degrees clockwise: 0, 90, 180 or 270; a mirror image is mirrored before, sideways."""
        if self.swaps:
            return 90 if self.mirrors_columns else 270
        return 180 if self.mirrors_rows else 0

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height of the upright picture; or of the stored one, given the other."""
        return (height, width) if self.swaps else (width, height)

    @property
    def is_mirrored(self) -> bool:
        """Whether it shows the stored picture as a mirror does, and not only turned."""
        return self.swaps == (self.mirrors_rows == self.mirrors_columns)

    @property
    def filters(self) -> tuple[tuple[str, str | None], ...]:
        """The filters of FFmpeg that turn a picture, each with its options."""
        if self.swaps:
            return (("transpose", str(2 * self.mirrors_rows + self.mirrors_columns)),)
        mirrors = ("vflip", self.mirrors_rows), ("hflip", self.mirrors_columns)
        return tuple((name, None) for name, is_used in mirrors if is_used)
