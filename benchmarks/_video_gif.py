"""Ways to write an animated GIF."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from _net_work import Clock
from _video_work import Way, likeness, megabytes, read_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from _video_work import Figures, Job

    Write = Callable[[str, Sequence[Any]], None]

RATE: Final = 25
DELAY: Final = 1000 // RATE


def by_rp(path: str, frames: Sequence[Any], **how: Any) -> None:
    """By rp_video."""
    import rp_video.sync

    rp_video.sync.save_gif(path, frames, rate=RATE, **how)


def by_pillow(path: str, frames: Sequence[Any]) -> None:
    """By Pillow, as its documentation says."""
    from PIL import Image

    first, *others = [Image.fromarray(frame) for frame in frames]
    first.save(path, save_all=True, append_images=others, duration=DELAY, loop=0)


def shown(path: str) -> list[Any]:
    """Return the frames of a GIF as they are shown, one for each tick of the rate."""
    import numpy as np
    from PIL import Image, ImageSequence

    images: list[Any] = []
    with Image.open(path) as film:
        for frame in ImageSequence.Iterator(film):
            ticks = round(frame.info["duration"] / DELAY)
            images += [np.asarray(frame.convert("RGB"))] * ticks
    return images


def written(job: Job, write: Write) -> Figures:
    """Time one way, and compare what is shown with what was given."""
    import numpy as np

    frames = list(np.load(job.given["frames"]))
    path = job.path("out.gif")
    write(path, [np.ascontiguousarray(frame[:64, :64]) for frame in frames[:2]])
    clock = Clock()
    write(path, frames)
    figures = read_clock(clock, len(frames))
    return figures | {"size": megabytes(path), "psnr": likeness(shown(path), frames)}


WAYS: Final[dict[str, Way]] = {
    "rp_video.sync.save_gif": Way(partial(written, write=by_rp), ("PIL",)),
    "rp_video.sync.save_gif, dither none": Way(
        partial(written, write=partial(by_rp, dither="none")), ("PIL",)
    ),
    "Pillow": Way(partial(written, write=by_pillow), ("PIL",), rounds=2),
}
