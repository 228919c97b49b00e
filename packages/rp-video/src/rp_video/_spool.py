"""Frames that are gone through more than once, kept on disk where they are many."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Self

from rp_video._encoding import image_of, same_shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_video._types import Image

_MOST_IN_MEMORY: Final = 128 << 20


class Spool:
    """Images of one shape; a context manager that takes its temporary file away."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_MOST_IN_MEMORY)  # noqa: SIM115
        self.shape: tuple[int, ...] = ()
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._file.close()

    def add(self, item: object) -> None:
        """Keep a frame.

        Raises:
            TypeError, ValueError: It is none, or not of the shape of the first.
        """
        image = image_of(item)
        self.shape = same_shape(self.shape, image)
        self._file.write(image.tobytes())
        self.count += 1

    def __iter__(self) -> Iterator[Image]:
        import numpy as np

        self._file.seek(0)
        rows, columns, channels = self.shape
        for _ in range(self.count):
            data = bytearray(self._file.read(rows * columns * channels))
            yield np.frombuffer(data, np.uint8).reshape(self.shape)


class Given:
    """The same for frames that are all there already: nothing is copied."""

    def __init__(self, frames: Sequence[Any]) -> None:
        self._frames = frames
        self.count = len(frames)
        self.shape: tuple[int, ...] = ()
        for frame in frames:
            self.shape = same_shape(self.shape, image_of(frame))

    def __iter__(self) -> Iterator[Image]:
        return map(image_of, self._frames)
