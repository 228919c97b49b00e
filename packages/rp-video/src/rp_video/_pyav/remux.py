"""Packets of films, copied where that gives exactly the frames that are asked for."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import av

from rp_video._errors import EncodeError
from rp_video._pyav.film import Film
from rp_video._pyav.index import index_of
from rp_video._pyav.opening import translated
from rp_video._pyav.pixels import orientation_of
from rp_video._pyav.sound import SoundTrack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_video._formats import Container
    from rp_video._sound import Sound

_HOLDS: Final = {
    "mp4": frozenset({"h264", "hevc", "av1", "vp9", "mpeg4"}),
    "mov": frozenset({"h264", "hevc", "prores", "mjpeg", "mpeg4"}),
    "webm": frozenset({"vp8", "vp9", "av1"}),
    "avi": frozenset({"mjpeg", "ffv1"}),
}
_FASTSTART: Final = {"movflags": "+faststart"}


class Part(NamedTuple):
    """A part of a film: from the first frame to where the last has been shown.

    Attributes:
        path: The film.
        start: In ticks.
        end: In ticks.
        time_base: Seconds per tick.
    """

    path: str
    start: int
    end: int
    time_base: Fraction

    @property
    def start_time(self) -> Fraction:
        """Time of the first frame in seconds."""
        return self.start * self.time_base


def part_between(path: str, start: Fraction | None, stop: Fraction | None) -> Part:
    """Return the part of a film with the frames between two times.

    Raises:
        ValueError: There is no frame between them.
    """
    index = index_of(Path(path))
    first = 0 if start is None else index.first_from(start)
    last = len(index) if stop is None else index.first_from(stop)
    if first >= last:
        raise ValueError(f"there is no frame between start={start} and stop={stop}")
    end = int(index.times[last]) if last < len(index) else int(index.times[-1]) + index.last
    return Part(path, int(index.times[first]), end, index.time_base)


def can_copy(parts: list[Part], container: Container) -> bool:
    """Return whether the packets of parts, one after the other, give exactly their frames."""
    kinds = set()
    for part in parts:
        with Film(part.path) as film:
            holds = _HOLDS.get(container.muxer)
            if film.counts_in_storage_order or (holds is not None and film.codec not in holds):
                return False
            if not len(index_of(Path(part.path)).keys) or not _is_closed(film, part):
                return False
            kinds.add(_kind(film))
    return len(kinds) == 1


def _kind(film: Film) -> tuple[object, ...]:
    """Return what must be the same for packets to go into one stream."""
    context = film.stream.codec_context
    sound: Any = film.container.streams.best("audio")
    heard = None
    if sound is not None:
        codec = sound.codec_context
        heard = codec.name, codec.sample_rate, codec.layout.name, bytes(codec.extradata or b"")
    film.seek(None)
    picture = next(film.pictures())
    seen = context.width, context.height, picture.format.name, bytes(context.extradata or b"")
    alpha = film.stream.metadata.get("alpha_mode")
    return film.codec, seen, alpha, orientation_of(picture), heard


def _is_closed(film: Film, part: Part) -> bool:
    """Return whether a part begins with a key frame, and needs nothing of what comes after it."""
    begun = False
    left = False
    _go_to(film, part)
    for packet in film.packets():
        if packet.pts is None:
            continue
        if packet.dts is not None and packet.dts >= part.end:
            break
        if not begun:
            if packet.pts == part.start:
                if not packet.is_keyframe:
                    return False
                begun = True
            elif packet.pts > part.start:
                return False
        elif packet.pts >= part.end:
            left = True
        elif packet.pts > part.start and left:
            return False
    return begun


def copy(parts: list[Part], path: str, container: Container, sound: Sound | None) -> None:
    """Write the packets of parts, one after the other, with a sound."""
    options = _FASTSTART if container.muxer in {"mp4", "mov"} else {}
    with ExitStack() as stack, translated(path, EncodeError):
        films = [stack.enter_context(Film(part.path)) for part in parts]
        output = av.open(f"file:{path}", "w", format=container.muxer, options=options)
        stack.enter_context(output)
        track = output.add_stream_from_template(films[0].stream)
        heard = SoundTrack.of(output, container, sound)
        if heard:
            stack.callback(heard.close)
        offset = Fraction(0)
        for part, film in zip(parts, films, strict=True):
            for packet in _packets(film, part, offset):
                if heard and packet.dts is not None:
                    heard.write_until(packet.dts * film.time_base)
                packet.stream = track
                output.mux_one(packet)
            offset += (part.end - part.start) * film.time_base
        if heard:
            heard.finish(offset)


def _packets(film: Film, part: Part, offset: Fraction) -> Iterator[Any]:
    """Yield the packets of a part, in storage order, moved to where it begins."""
    _go_to(film, part)
    shift = round(offset / film.time_base) - part.start
    begun = False
    for packet in film.packets():
        if packet.pts is None:
            continue
        if packet.dts is not None and packet.dts >= part.end:
            return
        begun = begun or packet.pts == part.start
        if not begun or packet.pts < part.start or packet.pts >= part.end:
            continue
        packet.pts += shift
        if packet.dts is not None:
            packet.dts += shift
        yield packet


def _go_to(film: Film, part: Part) -> None:
    index = index_of(Path(film.path))
    film.seek(None if part.start == index.times[0] else part.start)
