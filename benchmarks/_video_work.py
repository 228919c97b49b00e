"""What the ways of one question about films share: a job, its figures, and small helpers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from _net_work import Clock, missing_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Figures = dict[str, float]

NEEDS_OWN: Final = "an environment of its own (it pins pillow<12): --moviepy PYTHON"


@dataclass(frozen=True, slots=True)
class Job:
    """What one process has to do.

    Attributes:
        folder: Where it may write.
        film: The film in question.
        warm: A tiny film, to load what is loaded at first use.
        given: What else the question gives.
    """

    folder: str
    film: str
    warm: str
    given: dict[str, Any] = field(default_factory=dict)

    def path(self, name: str) -> str:
        """Return a path in the folder."""
        return str(Path(self.folder, name))


@dataclass(frozen=True, slots=True)
class Way:
    """One row of a table: how it is done, and what that needs.

    Attributes:
        run: Does the job and measures itself.
        needs: Modules that have to be installed.
        rounds: In how many rounds it takes part at most; slow ones in fewer. 0: in all.
        is_apart: Whether it has an environment of its own.
    """

    run: Callable[[Job], Figures]
    needs: tuple[str, ...] = ()
    rounds: int = 0
    is_apart: bool = False

    def missing(self, apart: str) -> list[str]:
        """Return what is not installed; `apart` is the Python of the other environment."""
        if self.is_apart:
            return [] if apart else [NEEDS_OWN]
        return missing_of(self.needs)


def read_clock(clock: Clock, done: float, **figures: float) -> Figures:
    """Return what has passed, beside other figures."""
    measured = clock.read(done)
    return {"done": done, "wall": measured.wall, "cpu": measured.cpu, **figures}


def check(found: object, expected: object) -> None:
    """Refuse what is not as expected.

    Raises:
        ValueError: It is not.
    """
    if found != expected:
        raise ValueError(f"{found} and not {expected}")


def count_frames(path: str) -> int:
    """Return how many pictures of a film decode."""
    import av

    with av.open(path) as container:
        return sum(1 for _ in container.decode(video=0))


def decoded(path: str) -> Iterator[Any]:
    """Yield the frames of a film as PyAV gives them."""
    import av

    with av.open(path) as container:
        container.streams.video[0].thread_type = "AUTO"
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def difference(one: Any, other: Any) -> float:
    """Return the mean absolute difference of two images."""
    import numpy as np

    return float(np.abs(one.astype(np.int16) - other).mean())


def likeness(ones: Iterable[Any], others: Sequence[Any]) -> float:
    """Return the mean PSNR in dB of frames and those they should be; equal ones count as 100."""
    import numpy as np

    values = []
    for one, other in zip(ones, others, strict=True):
        error = float(np.square(one.astype(np.float32) - other).mean())
        values.append(10 * math.log10(255**2 / error) if error else 100.0)
    return sum(values) / len(values)


def megabytes(path: str) -> float:
    """Return the size of a file."""
    return Path(path).stat().st_size / 1e6
