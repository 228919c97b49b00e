"""Write sound to a file."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from rp_audio._decibels import check_number
from rp_audio._encoding import Encoding, Passage
from rp_audio._errors import ClippedWarning, EncodeError
from rp_audio._formats import format_for
from rp_audio._given import audio_of
from rp_audio._source_error import SourceError
from rp_audio._write_sound import write_sound
from rp_core import atomic_write, writable_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterator, Sequence

    from rp_audio._formats import Depth, Format
    from rp_audio._types import Audio, Samples, Sound


class Choices(NamedTuple):
    """How a file is to be written, checked."""

    path: str
    format: Format
    depth: Depth
    quality: float | None
    durable: bool
    ask: Callable[[Encoding], None]


def save(
    path: str | os.PathLike[str],
    sound: Sound | Iterable[Sound] | AsyncIterable[Sound],
    *,
    depth: Depth | None = None,
    quality: float | None = None,
    durable: bool = False,
    backend: str | Sequence[str] | None = None,
) -> None:
    """Write sound to a file, which takes its place when it is whole.

    Args:
        path: Destination; its suffix names the format: .wav .flac .aiff .mp3 .ogg (Vorbis) .opus,
            and with the extra `av` or `ffmpeg` .m4a (AAC).
        sound: An `Audio`, or samples and their rate; or an iterable of these, such as `stream`
            gives, on an event loop also an async one: they are written one after the other as they
            come, and have the same rate and number of channels.
        depth: How WAV, AIFF and FLAC store samples: 8, 16 (default) or 24 bits; but for FLAC also
            32, or "float". Each sample goes to the nearest value, without dither.
        quality: Of MP3, Ogg, Opus and M4A, from 0, the smallest file, to 1, the best. None: what
            its encoder has for usual.
        durable: Whether to wait until the file is on the disk (fsync).
        backend: "soundfile", "pyav" or "ffmpeg" alone, or an order of these. None: the first that
            can.

    A format that does not have the rate of the sound (Opus, MP3, AAC) gets it resampled to the next
    that it has, for which a backend of `resample` is needed.

    Warns:
        ClippedWarning: Samples were beyond full scale, and have been cut to it. Floats stay.

    Raises:
        TypeError: It is no sound, or an argument has the wrong type.
        ValueError: There are no samples, they are not finite, the format does not hold them, or an
            argument makes no sense.
        EncodeError: It could not be written; `.attempts` says why, backend by backend.
        NoBackendError: There is none for the format, or for the rate.
        OSError: The file could not be written; the old one stays.
    """
    choices = choices_of(path, depth=depth, quality=quality, durable=durable, backend=backend)
    rate, channels, blocks = _flowing(sound)
    write(choices, rate, channels, blocks)


def choices_of(
    path: str | os.PathLike[str],
    *,
    depth: Depth | None = None,
    quality: float | None = None,
    durable: bool = False,
    backend: str | Sequence[str] | None = None,
) -> Choices:
    """Return how a file is to be written.

    Raises:
        TypeError, ValueError, OSError: As `save`.
    """
    target = writable_path(path)
    kind = format_for(target)
    if depth is not None and (depth not in kind.depths or isinstance(depth, (bool, float))):
        known = ", ".join(map(repr, sorted(kind.depths, key=str))) or "none: it is lossy"
        raise ValueError(f"depth of {kind.name}: {known}, not {depth!r}")
    if quality is not None:
        if not kind.is_lossy:
            raise ValueError(f"{kind.name} keeps every sample, and has no quality")
        check_number("quality", quality, 0, 1)
    return Choices(target, kind, depth or 16, quality, durable, write_sound.using(backend))


def write(choices: Choices, rate: int, channels: int, blocks: Iterator[Samples]) -> None:
    """Write blocks of samples as they come.

    Raises:
        Exception: As `save`.
    """
    kind = choices.format
    if channels > kind.channels:
        raise ValueError(f"{kind.name} has {kind.channels} channels at most, not {channels}")
    if rate > kind.most_rate:
        raise ValueError(f"{kind.name} has {kind.most_rate} Hz at most, not {rate}; see resample")
    wanted = kind.rate_for(rate)
    if wanted != rate:
        from rp_audio._resample import streamed

        blocks = streamed(blocks, rate, wanted, channels)
    first = next(blocks, None)
    if first is None:
        raise ValueError("there are no samples to write")
    flow = Passage()
    with atomic_write(choices.path, durable=choices.durable) as file:
        request = Encoding(
            file, choices.path, kind, choices.depth, choices.quality, wanted, channels,
            chain([first], blocks), flow,
        )  # fmt: skip
        del first
        _encode(request, choices.ask)
    if flow.clipped:
        message = f"{choices.path}: {flow.clipped} samples of up to {flow.peak:.3g} were cut"
        warnings.warn(f"{message} to full scale; see normalize", ClippedWarning, stacklevel=3)


def _encode(request: Encoding, ask: Callable[[Encoding], None]) -> None:
    try:
        ask(request)
    except SourceError as error:
        raise error.failure from error.failure.__cause__
    except EncodeError:
        _ask_the_disk(request.file)
        raise


def _ask_the_disk(file: BinaryIO) -> None:
    """Raise the error that keeps the disk from taking more, which libraries do not pass on.

    Raises:
        OSError: It is full, or fails.
    """
    file.seek(0, os.SEEK_END)
    file.write(bytes(1 << 16))
    file.flush()


def _flowing(sound: Any) -> tuple[int, int, Iterator[Samples]]:
    """Return the rate, the channels and the samples of what was given to be written."""
    if isinstance(sound, tuple):
        audio = audio_of(sound)
        return audio.rate, audio.channels, iter([audio.samples] if len(audio.samples) else [])
    if hasattr(sound, "__aiter__"):
        raise TypeError("an async iterable of sounds needs the async face")
    if not isinstance(sound, Iterable) or isinstance(sound, (str, bytes)):
        raise TypeError(
            "sound is an Audio, samples and their rate, or an iterable of these, "
            f"not {type(sound).__name__!r}"
        )
    items = map(audio_of, sound)
    first = next(items, None)
    if first is None:
        raise ValueError("there are no samples to write")
    return first.rate, first.channels, _alike(first, items)


def _alike(first: Audio, items: Iterator[Audio]) -> Iterator[Samples]:
    for audio in chain([first], items):
        if (audio.rate, audio.channels) != (first.rate, first.channels):
            raise ValueError(
                f"all sounds of a file have one form: {first.channels} channels of {first.rate} Hz,"
                f" not {audio.channels} of {audio.rate}"
            )
        if len(audio.samples):
            yield audio.samples
