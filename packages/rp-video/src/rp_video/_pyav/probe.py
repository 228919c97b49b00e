"""What a film is, from its headers and its first picture."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from rp_core import av_fraction, av_time_base
from rp_video._errors import DecodeError
from rp_video._pyav.film import Film, has_side_alpha
from rp_video._pyav.index import index_of
from rp_video._pyav.pixels import orientation_of
from rp_video._types import AudioInfo, VideoInfo

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame


def probe(path: str, *, count: bool) -> VideoInfo:
    """Return what a film is.

    Raises:
        DecodeError: There is no film in the file, or no picture of it decodes.
    """
    with Film(path) as film:
        picture = next(film.pictures(), None)
        if picture is None:
            raise DecodeError(f"{path}: no picture of it decodes")
        return _info(film, picture, count=count)


def is_interlaced(path: str) -> bool:
    """Return whether the first picture of a film consists of two fields."""
    with Film(path) as film:
        picture = next(film.pictures(), None)
        return picture is not None and picture.interlaced_frame


def _info(film: Film, picture: VideoFrame, *, count: bool) -> VideoInfo:
    stream = film.stream
    orientation = orientation_of(picture)
    width, height = orientation.size(picture.width, picture.height)
    index = index_of(Path(film.path)) if count else None
    start = index.start if index else (picture.pts or 0) * film.time_base
    duration = index.end - index.start if index else _duration(film)
    aspect = av_fraction(stream.sample_aspect_ratio) or Fraction(1)
    side_alpha = has_side_alpha(stream)
    return VideoInfo(
        width=width,
        height=height,
        rate=_rate(film, len(index) if index else None, duration),
        duration=None if duration is None else float(duration),
        frames=len(index) if index else None,
        start=float(start),
        rotation=orientation.rotation,
        is_mirrored=orientation.is_mirrored,
        format=_format_name(film),
        codec=film.codec,
        pixel_format=f"yuva{picture.format.name[3:]}" if side_alpha else picture.format.name,
        bits=max(part.bits for part in picture.format.components),
        has_alpha=side_alpha or any(part.is_alpha for part in picture.format.components),
        primaries=picture.color_primaries,
        transfer=picture.color_trc,
        pixel_aspect=1 / aspect if orientation.swaps else aspect,
        audio=audio_info(film.container),
    )


def _duration(film: Film) -> Fraction | None:
    if film.stream.duration:
        return film.stream.duration * film.time_base
    if film.container.duration:
        return Fraction(film.container.duration, av.time_base)
    return None


def _rate(film: Film, count: int | None, duration: Fraction | None) -> Fraction:
    """Return the rate that the headers give, unless the frames that were counted tell another."""
    stated = av_fraction(film.stream.average_rate) or av_fraction(film.stream.guessed_rate)
    rate = stated or Fraction(0)
    if not count or not duration:
        return rate
    found = count / duration
    return rate if abs(found - rate) <= found / 200 else found.limit_denominator(1001)


def _format_name(film: Film) -> str:
    """Return the one of FFmpeg's names of the format that is meant."""
    names = film.container.format.name.split(",")
    suffix = Path(film.path).suffix[1:].lower()
    if suffix in names:
        return suffix
    preferred = {"matroska": "webm" if suffix == "webm" else "mkv", "mov": "mp4"}
    return preferred.get(names[0], names[0])


def audio_info(container: InputContainer) -> AudioInfo | None:
    """Return what the sound of a file is; None: it has none."""
    stream: Any = container.streams.best("audio")
    if stream is None or stream.codec_context is None:
        return None
    length = stream.duration * av_time_base(stream) if stream.duration else None
    if length is None and container.duration:
        length = Fraction(container.duration, av.time_base)
    return AudioInfo(
        codec=stream.codec_context.codec.canonical_name,
        rate=stream.codec_context.sample_rate,
        channels=stream.codec_context.layout.nb_channels,
        duration=None if length is None else float(length),
    )
