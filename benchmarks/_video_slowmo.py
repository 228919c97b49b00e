"""Ways to slow a film down, and how near the new frames come to those that were left out."""

from __future__ import annotations

import subprocess
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from _net_work import Clock
from _video_content import RATE
from _video_work import Way, check, decoded, likeness, read_clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from _video_work import Figures, Job

    Slow = Callable[[str, str], None]


def by_rp(film: str, path: str, method: Any) -> None:
    """By rp_video."""
    import rp_video.sync

    how: dict[str, Any] = {"preset": "ultrafast"}
    if path.endswith(".mkv"):
        how = {"codec": "ffv1"}
    rp_video.sync.slowmo(film, path, 2, method=method, **how)


def by_program(film: str, path: str) -> None:
    """By the ffmpeg program."""
    import imageio_ffmpeg

    filters = f"setpts=2*PTS,minterpolate=fps={RATE}:mi_mode=mci"
    h264 = ["-c:v", "libx264", "-crf", "20", "-preset", "ultrafast"]
    how = ["-c:v", "ffv1"] if path.endswith(".mkv") else h264
    source = ["-v", "error", "-y", "-i", film]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *source, "-vf", filters, *how, path]
    check(subprocess.run(command, check=False).returncode, 0)


def write_kept(path: str, frames: list[Any]) -> None:
    """Write frames without loss."""
    import rp_video.sync

    rp_video.sync.save(path, frames, rate=RATE, codec="ffv1")


def slowed(job: Job, slow: Slow) -> Figures:
    """Time one way; then compare its frames with the whole film: those left out, those kept."""
    import numpy as np

    truth = np.load(job.given["frames"])
    path = job.path("out.mkv")
    slow(job.warm, path)
    clock = Clock()
    slow(job.film, job.path("out.mp4"))
    figures = read_clock(clock, len(truth))
    slow(job.given["lossless"], path)
    images = list(decoded(path))[: len(truth)]
    check(len(images) >= len(truth) - 2, True)
    known = truth[: len(images)]
    return figures | {
        "psnr": likeness(images[1::2], known[1::2]),
        "kept": likeness(images[::2], known[::2]),
    }


WAYS: Final[dict[str, Way]] = {
    "rp_video, flow": Way(partial(slowed, slow=partial(by_rp, method="flow")), ("cv2",)),
    "rp_video, minterpolate": Way(
        partial(slowed, slow=partial(by_rp, method="minterpolate")), rounds=2
    ),
    "rp_video, blend": Way(partial(slowed, slow=partial(by_rp, method="blend"))),
    "ffmpeg, minterpolate": Way(partial(slowed, slow=by_program), ("imageio_ffmpeg",), rounds=2),
}
