"""Load sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rp_audio._flow import flow_of, gathered
from rp_audio._options import check_options
from rp_audio._types import Audio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_audio._types import Seconds
    from rp_core import Source

MAX_BYTES: Final = 1 << 32


def load(
    source: Source,
    /,
    *,
    rate: int | None = None,
    mono: bool = False,
    start: Seconds = 0,
    stop: Seconds | None = None,
    strict: bool = False,
    max_bytes: int | None = MAX_BYTES,
    urls: bool = True,
    backend: str | Sequence[str] | None = None,
) -> Audio:
    """Load sound.

    The format is found from the content, never from the name: WAV, FLAC, MP3, Ogg (Vorbis, Opus),
    AIFF, CAF and AU; with the extra `av` or `ffmpeg` also M4A, AAC, WMA, the sound of films, and
    whatever else FFmpeg reads.

    Args:
        source: A path, bytes, a binary file, a `data:` URL or a URL (https needs rp-net); with
            `await`, also an async file.
        rate: Samples a second to resample to, in Hz. None: that of the file. Opus is 48 kHz.
        mono: Whether to make one channel of all, their mean.
        start: Time in seconds at which to begin.
        stop: Time in seconds at which to end. None: at the end.
        strict: Whether a file that is cut off or damaged is an error; otherwise it is a warning,
            and what there is is given.
        max_bytes: The most bytes that the samples may take, before they are resampled. None: any
            number.
        urls: Whether URLs may be read.
        backend: "soundfile", "pyav", "miniaudio" or "ffmpeg" alone, or an order of these. None:
            the fastest that can, by the format.

    Returns:
        `Audio(samples, rate)`: float32 (samples, channels), full scale at -1 and 1: 8-bit silence
        is 0.0, the lowest number of 16 bits is -1.0. Files of floats, and lossy ones, may go beyond
        full scale. The padding that encoders of AAC, MP3 and Opus put around sound is taken off
        where the file says how long it is.

    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError: As from the file system.
        DecodeError: There is no sound in the file; or, with `strict`, some of it does not decode.
        TruncatedError: With `strict`, the file is cut off.
        LimitExceededError: The samples take more than `max_bytes`.
        NoBackendError: Each backend is missing, or declines.
        TypeError, ValueError: An argument makes no sense.
    """
    options = check_options(
        rate=rate, mono=mono, start=start, stop=stop, strict=strict, max_bytes=max_bytes,
        urls=urls, backend=backend,
    )  # fmt: skip
    flow = flow_of(source, options)
    return Audio(gathered(flow), flow.rate)
