"""How fast is the video package: streams, single frames, maps, encoding, GIFs, slow motion?

    uv run --with decord2 benchmarks/video.py [--quick] [--repeats N] [--only 1,2]
        [--moviepy PYTHON]

Ours and the peers do the same, in turns, each in a fresh process that measures itself, once it has
done the same with a tiny film, so that nothing is imported within the time. CPU time is that of all
threads, and of the programs that are run. Films are generated. moviepy wants an older Pillow than
we do: `--moviepy` takes the Python of an environment that has it. The ratio is the figure of the
best peer by that of the row: above 1 is better than every peer.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from _common import describe_machine
from _net_work import end_orderly
from _video_content import Scene, take, write_film, write_scene
from _video_frames import MOST_SECONDS, write_truth
from _video_map import calibrate
from _video_report import ask
from _video_slowmo import write_kept
from _video_tables import (
    ENCODE,
    FRAMES,
    GIF_MOVING,
    GIF_STILL,
    MAP_SLEEP,
    MAP_WORK,
    MEMORY,
    SLOWMO,
    STREAM,
)
from _video_work import Job

if TYPE_CHECKING:
    from collections.abc import Callable

LIBRARIES: Final = ("rp-core", "rp-video", "av", "numpy", "opencv-python-headless", "imageio",
                    "imageio-ffmpeg", "decord2", "pillow")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says, and where films are written."""

    quick: bool
    repeats: int
    only: tuple[str, ...]
    moviepy: str
    folder: Path = Path()

    def count(self, usual: int, quick: int) -> int:
        """Return how many frames."""
        return quick if self.quick else usual

    def job(self, film: Path, **given: Any) -> Job:
        """Return a job with a film."""
        return Job(str(self.folder), str(film), str(self.folder / "warm.mp4"), given)


def read_arguments() -> Given:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="The video package and its peers.")
    parser.add_argument("--quick", action="store_true", help="fewer and smaller data")
    parser.add_argument("--repeats", type=int, help="rounds; default 3, quick 1")
    parser.add_argument("--moviepy", default="", help="Python of an environment with moviepy")
    parser.add_argument(
        "--only",
        default=",".join(QUESTIONS),
        help="questions: 1 stream, 2 single frames, 3 memory, 4 map_frames, 5 encoding, 6 GIF, "
        "7 slow motion; default: all",
    )
    given = parser.parse_args()
    only = tuple(given.only.split(","))
    if not set(only) <= set(QUESTIONS):
        parser.error("--only takes numbers from 1 to 7, with commas")
    return Given(given.quick, given.repeats or (1 if given.quick else 3), only, given.moviepy)


def save_frames(path: Path, scene: Scene, count: int) -> None:
    """Write frames as they are."""
    import numpy as np

    np.save(path, np.stack(take(scene, count)))


def ask_stream(given: Given) -> None:
    """Question 1."""
    film, count = given.folder / "full.mp4", given.count(120, 60)
    write_scene(film, Scene(1920, 1080, 3, noise=1.5), count, preset="medium")
    job = given.job(film, count=count, frame=1920 * 1080 * 3)
    ask(STREAM, job, given.repeats, given.moviepy)


def ask_frames(given: Given) -> None:
    """Question 2."""
    film, count = given.folder / "long.mp4", given.count(900, 400)
    scene = Scene(1280, 720, 3, noise=1.5)
    write_scene(film, scene, count, g="250", keyint_min="250", sc_threshold="0", bf="3")
    numbers = random.Random(4).sample(range(count), given.count(50, 20))
    truth = given.folder / "truth.npy"
    known = write_truth(str(film), numbers, truth)
    ask(
        replace(
            FRAMES, title=f"2. {len(numbers)} {FRAMES.title} {count} of 720p, GOP 250, B-frames"
        ),
        given.job(film, numbers=numbers, truth=str(truth), known=known),
        given.repeats,
        given.moviepy,
    )
    print(
        "\nThe index is built within the first call. Exact: at most 1 off on average from a whole "
        "decode by PyAV, and nearer to that frame than to its neighbours; nearest: only the "
        f"latter. OpenCV stops after {MOST_SECONDS} s, and has one call."
    )


def ask_memory(given: Given) -> None:
    """Question 3."""
    film, count = given.folder / "held.mp4", given.count(400, 100)
    write_scene(film, Scene(1280, 720, 3, noise=1.5), count)
    job = given.job(film, count=count, frame=1280 * 720 * 3)
    ask(MEMORY, job, given.repeats, given.moviepy)


def ask_map(given: Given) -> None:
    """Question 4."""
    film, count = given.folder / "small.mp4", given.count(120, 40)
    write_scene(film, Scene(640, 360, 3, noise=1.5), count)
    passes = calibrate()
    ask(MAP_WORK, given.job(film, count=count, passes=passes), given.repeats, given.moviepy)
    print(f"\nThe work: zlib.crc32 of 1 MiB, {passes} times, which holds no GIL; then 255 - image.")
    ask(MAP_SLEEP, given.job(film, count=count, passes=0), given.repeats, given.moviepy)


def ask_encode(given: Given) -> None:
    """Question 5."""
    frames = given.folder / "frames.npy"
    save_frames(frames, Scene(1280, 720, 3, noise=1.5), given.count(120, 40))
    for preset in ("medium", "veryfast"):
        question = replace(ENCODE, title=f"{ENCODE.title}, {preset}")
        job = given.job(Path(), frames=str(frames), preset=preset)
        ask(question, job, given.repeats, given.moviepy)


def ask_gif(given: Given) -> None:
    """Question 6."""
    for question, speed in ((GIF_STILL, 0), (GIF_MOVING, 4)):
        frames = given.folder / f"gif{speed}.npy"
        save_frames(frames, Scene(480, 270, speed), given.count(50, 15))
        job = given.job(Path(), frames=str(frames))
        ask(question, job, given.repeats, given.moviepy)


def ask_slowmo(given: Given) -> None:
    """Question 7."""
    count = given.count(79, 25)
    frames, film = given.folder / "whole.npy", given.folder / "kept.mp4"
    save_frames(frames, Scene(640, 360, 3), count)
    kept = [image for number, image in enumerate(take(Scene(640, 360, 3), count)) if not number % 2]
    write_film(film, kept)
    lossless = film.with_suffix(".mkv")
    write_kept(str(lossless), kept)
    job = given.job(film, frames=str(frames), lossless=str(lossless))
    ask(SLOWMO, job, given.repeats, given.moviepy)
    print(
        f"\nOf {count} frames each second one was taken away; these move by 2 to 8 pixels from one "
        "to the next. PSNR is that of the frames made anew, against those taken away; those kept "
        "show what conversions cost; source and result are stored without loss (ffv1). Timed is "
        "another call, from H.264 to H.264 of preset ultrafast, that the codec may not hide it."
    )


QUESTIONS: Final[dict[str, Callable[[Given], None]]] = {
    "1": ask_stream,
    "2": ask_frames,
    "3": ask_memory,
    "4": ask_map,
    "5": ask_encode,
    "6": ask_gif,
    "7": ask_slowmo,
}


def main() -> None:
    """Measure what is asked for."""
    given = read_arguments()
    end_orderly()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    print(describe_machine(*LIBRARIES), flush=True)
    for name in given.only:
        with tempfile.TemporaryDirectory(prefix="rp-video-") as folder:
            own = replace(given, folder=Path(folder))
            write_scene(own.folder / "warm.mp4", Scene(160, 128, 0), 8)
            QUESTIONS[name](own)


if __name__ == "__main__":
    main()
