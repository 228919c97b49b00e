"""Read a whole film into one array."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from rp_core import LimitExceededError, readable_path, reporting
from rp_video._decoding import decoding_of
from rp_video._errors import DecodeError
from rp_video._open_frames import open_frames
from rp_video._stream import frames_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from rp_core import Progress
    from rp_video._types import Image, Seconds, Size

MAX_BYTES = 1 << 31


def load(
    path: str | os.PathLike[str],
    *,
    start: Seconds | None = None,
    stop: Seconds | None = None,
    step: int = 1,
    size: Size | None = None,
    alpha: bool = False,
    max_bytes: int | None = MAX_BYTES,
    strict: bool = False,
    backend: str | Sequence[str] | None = None,
    progress: bool | Callable[[Progress], object] = False,
) -> NDArray[Any]:
    """Read the frames of a film into one array.

    Args:
        path: The file.
        start: As in `stream`.
        stop: As in `stream`.
        step: As in `stream`.
        size: As in `stream`.
        alpha: As in `stream`.
        max_bytes: The most bytes of the array, 2 GiB by default; None: no limit. `stream` gives the
            frames one by one.
        strict: As in `stream`.
        backend: As in `stream`.
        progress: As in `save`.

    Returns:
        uint8 array (N, H, W, 3) RGB, or (N, H, W, 4) RGBA.

    Raises:
        LimitExceededError: The frames have more than `max_bytes`; no more of them are decoded.
        DecodeError, TruncatedError, NoBackendError, OSError, TypeError, ValueError: As `stream`.
    """
    ask = open_frames.using(backend)
    request = decoding_of(
        readable_path(path), start=start, stop=stop, step=step, size=size, alpha=alpha
    )
    stack = _Stack(max_bytes)
    frames = frames_of(request, ask, strict=strict)
    with closing(frames), reporting(progress, None) as report:
        for count, frame in enumerate(frames, 1):
            stack.add(frame.image)
            report(count)
    return stack.array()


class _Stack:
    """An array that grows in place: a list would take as much again when it is put together."""

    def __init__(self, max_bytes: int | None) -> None:
        self._max_bytes = max_bytes
        self._images: Any = None
        self._count = 0

    def add(self, image: Image) -> None:
        import numpy as np

        if self._max_bytes is not None and (self._count + 1) * image.nbytes > self._max_bytes:
            raise LimitExceededError(
                f"{self._count + 1} frames of {image.shape} have more than "
                f"max_bytes={self._max_bytes}"
            )
        if self._images is None:
            self._images = np.empty((8, *image.shape), np.uint8)
        if self._count == len(self._images):
            self._images.resize((self._count * 3 // 2, *image.shape), refcheck=False)
        self._images[self._count] = image
        self._count += 1

    def array(self) -> NDArray[Any]:
        if self._images is None:
            raise DecodeError("there is no frame between start and stop")
        self._images.resize((self._count, *self._images.shape[1:]), refcheck=False)
        images: NDArray[Any] = self._images
        return images
