"""Make a sound, bring it to a level, look at it, write it, and speak over it if that can be done.

    uv run examples/audio.py [FOLDER]

Writes chime.flac, chime.mp3, chime.png and, with espeak-ng, spoken.mp3 into the folder: here, if
none is named.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import rp_audio.sync as rp_audio
import rp_core
import rp_image.sync as rp_image

RATE = 48_000


def bell(frequency: float, seconds: float = 1.5) -> rp_audio.Audio:
    """Return a tone that dies away, a little later in the right channel."""
    time = np.arange(round(seconds * RATE)) / RATE
    wave = sum(
        np.sin(2 * np.pi * frequency * partial * time) * np.exp(-3 * partial * time) / partial
        for partial in (1, 2, 3)
    )
    stereo = np.stack([wave, np.roll(wave, RATE // 200)], axis=1)
    return rp_audio.fade((0.4 * stereo, RATE), fade_in=0.005, fade_out=0.1)


def main(folder: Path) -> None:
    """Make the files."""
    bells = [bell(frequency) for frequency in (523.25, 659.25, 783.99, 1046.5)]
    chime = rp_audio.mix(bells, starts=[0, 0.35, 0.7, 1.05])
    chime = rp_audio.normalize(chime, "loudness", target=-18)
    print(f"{chime.duration:.2f} s at {rp_audio.loudness(chime):.1f} LUFS")
    rp_audio.save(folder / "chime.flac", chime, depth=24)
    rp_audio.convert(folder / "chime.flac", folder / "chime.mp3", quality=0.7)
    rp_image.save(rp_audio.plot_waveform(chime, width=900), folder / "chime.png")
    try:
        speech = rp_audio.tts("The bells have rung.", language="en-GB")
    except rp_core.NoBackendError as error:
        print(error)
        return
    spoken = rp_audio.mix([chime, speech], starts=[0, 1.2], volumes=[0.4, 1], rate=RATE)
    rp_audio.save(folder / "spoken.mp3", rp_audio.normalize(spoken))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
