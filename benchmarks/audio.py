"""How fast is the audio package: loading, resampling, streaming, speech?

    uv run benchmarks/audio.py [--rounds N] [--seconds S] [--only load|resample|memory|speech]

Ours and the peers do the same, in turns, on sound that is generated. CPU time is that of all
threads, and of the programs that are run; speech is by the clock on the wall. The ratio is the
figure of the best peer by that of the row: above 1 is better than every peer.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from _audio_load import ask_load
from _audio_memory import ask_memory
from _audio_resample import ask_resample
from _audio_speech import ask_speech
from _common import describe_machine
from _net_work import end_orderly

if TYPE_CHECKING:
    from collections.abc import Callable

LIBRARIES: Final = ("rp-core", "rp-audio", "numpy", "soundfile", "av", "miniaudio", "soxr", "scipy",
                    "imageio-ffmpeg", "librosa", "pydub")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says, and where files are written."""

    rounds: int
    seconds: float
    folder: Path


QUESTIONS: Final[dict[str, Callable[[Given], None]]] = {
    "load": lambda given: ask_load(given.folder, given.seconds, given.rounds),
    "resample": lambda given: ask_resample(given.seconds, given.rounds),
    "memory": lambda given: ask_memory(given.folder, given.seconds / 3, given.rounds),
    "speech": lambda given: ask_speech(given.folder, given.rounds),
}


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description="The audio package and its peers.")
    parser.add_argument("--rounds", type=int, default=5, help="default 5")
    parser.add_argument(
        "--seconds", type=float, default=180, help="length of the sound; that of a stream is a "
        "third of it, and ten times as long; default 180"
    )  # fmt: skip
    parser.add_argument("--only", choices=QUESTIONS, help="one question; default: all")
    options = parser.parse_args()
    end_orderly()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    print(describe_machine(*LIBRARIES))
    for name in [options.only] if options.only else QUESTIONS:
        with tempfile.TemporaryDirectory(prefix="rp-audio-") as folder:
            QUESTIONS[name](Given(options.rounds, options.seconds, Path(folder)))


if __name__ == "__main__":
    main()
