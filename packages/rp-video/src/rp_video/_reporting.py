"""What tells how far an operation has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_core import Progress

    ShowProgress: TypeAlias = bool | Callable[[Progress], object]
    Report: TypeAlias = Callable[[int], None]
