"""What a sound file is, as the ffmpeg program tells it."""

from __future__ import annotations

import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from rp_audio._ends import promised_samples
from rp_audio._errors import DecodeError
from rp_audio._ffmpeg.decode import temporary
from rp_audio._pcm import codec_of, is_lossless
from rp_audio._types import AudioInfo
from rp_core import Ffmpeg, ffmpeg_input

if TYPE_CHECKING:
    from rp_audio._encoded import Encoded

_INPUT: Final = re.compile(r"Input #0, (.+?), from ")
_STREAM: Final = re.compile(
    r"Stream #0:\d+.*: Audio: (\w+).*?, (\d+) Hz, ([^,\n]+)(?:, (?:s(\d+)p?(?: \((\d+) bit\))?)?)?"
)
_DURATION: Final = re.compile(r"Duration: (\d+):(\d+):([\d.]+)")
_LAYOUTS: Final = {"mono": 1, "stereo": 2, "2.1": 3, "quad": 4, "4.0": 4, "5.0": 5, "5.1": 6,
                   "6.1": 7, "7.1": 8}  # fmt: skip


def probe(encoded: Encoded) -> AudioInfo:
    """Return what ffmpeg says of a file.

    Raises:
        DecodeError: It does not read it.
    """
    lines: list[str] = []
    with nullcontext(encoded.path) if encoded.path else temporary(encoded) as path:
        with Ffmpeg(ffmpeg_input(path), on_line=lines.append) as run:
            run.wait()
        text = "\n".join(lines)
        of_file, of_stream = _INPUT.search(text), _STREAM.search(text)
        if not of_file or not of_stream:
            raise DecodeError(f"{encoded.name}: {run.complaint}")
    codec, rate, layout, wide, bits_of_them = of_stream.groups()
    name, bits = codec_of(codec)
    if is_lossless(name):
        bits = int(bits_of_them or wide or 0) or None
    channels = _LAYOUTS.get(re.sub(r"\(.*", "", layout).strip()) or _number_in(layout)
    if not channels or not int(rate):
        raise DecodeError(f"{encoded.name}: there is no sound in it")
    kind = encoded.format or of_file[1].partition(",")[0]
    frames = promised_samples(encoded, None)
    duration = _seconds(text) if frames is None else frames / int(rate)
    return AudioInfo(kind, name, int(rate), channels, frames, duration, bits)


def _seconds(text: str) -> float | None:
    found = _DURATION.search(text)
    return 3600 * int(found[1]) + 60 * int(found[2]) + float(found[3]) if found else None


def _number_in(layout: str) -> int:
    found = re.search(r"\d+", layout)
    return int(found[0]) if found else 0
