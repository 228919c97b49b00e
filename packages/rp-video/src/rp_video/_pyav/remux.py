"""Packets of films, copied where that gives exactly the frames that are asked for."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import av
import numpy as np

from rp_core import av_fraction
from rp_video._errors import EncodeError
from rp_video._pyav.film import Film, has_side_alpha
from rp_video._pyav.index import index_of
from rp_video._pyav.opening import create, translated
from rp_video._pyav.pixels import orientation_of
from rp_video._pyav.sound import SoundTrack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_video._formats import Container
    from rp_video._reporting import Report
    from rp_video._sound import Sound

_HOLDS: Final = {
    "mp4": frozenset({"h264", "hevc", "av1", "vp9", "mpeg4"}),
    "mov": frozenset({"h264", "hevc", "mjpeg", "mpeg4"}),
    "webm": frozenset({"vp8", "vp9", "av1"}),
    "avi": frozenset({"mjpeg"}),
    "matroska": frozenset(
        {"h264", "hevc", "av1", "vp8", "vp9", "mpeg4", "mjpeg", "ffv1", "mpeg2video"}
    ),
}
_NEAR: Final = 0.0021


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


class Copy(NamedTuple):
    """A part whose packets give exactly its frames.

    Attributes:
        part: The part.
        order: Times of its packets in ticks, in storage order.
    """

    part: Part
    order: list[int]

    @property
    def delay(self) -> int:
        """By how many ticks packets must come before they are shown."""
        ordered = sorted(self.order)
        return max(early - time for early, time in zip(ordered, self.order, strict=True))


def copies_of(parts: list[Part], container: Container) -> list[Copy] | None:
    """Return parts whose packets can be put one after the other, or None where they cannot."""
    kinds = set()
    copies = []
    for part in parts:
        with Film(part.path) as film:
            if film.counts_in_storage_order or has_side_alpha(film.stream):
                return None
            if film.codec not in _HOLDS[container.muxer]:
                return None
            if not len(index_of(Path(part.path)).keys):
                return None
            if (order := _closed_order(film, part)) is None:
                return None
            copies.append(Copy(part, order))
            kinds.add(_kind(film))
    return copies if len(kinds) == 1 else None


def _kind(film: Film) -> tuple[object, ...]:
    """Return what must be the same for packets to go into one stream."""
    film.seek(None)
    picture = next(film.pictures())
    context = film.stream.codec_context
    shape = context.width, context.height, picture.format.name, bytes(context.extradata or b"")
    return film.codec, shape, av_fraction(film.stream.sample_aspect_ratio), orientation_of(picture)


def _closed_order(film: Film, part: Part) -> list[int] | None:
    """Return the packets of a part, if it begins with a key frame and needs no later packet."""
    order: list[int] = []
    left = False
    _go_to(film, part)
    for packet in film.packets():
        if packet.pts is None or packet.is_discard:
            return None
        if packet.dts is not None and packet.dts >= part.end:
            break
        if not order:
            if packet.pts == part.start and packet.is_keyframe:
                order.append(packet.pts)
            elif packet.pts >= part.start:
                return None
        elif packet.pts >= part.end:
            left = True
        elif packet.pts > part.start:
            if left:
                return None
            order.append(packet.pts)
    return order or None


def copy(
    copies: list[Copy], path: str, container: Container, sound: Sound | None, report: Report
) -> None:
    """Write the packets of parts, one after the other, with a sound, and report their number.

    Raises:
        EncodeError: The format does not take them, or gives other frames or times.
    """
    with translated(path, EncodeError), ExitStack() as stack:
        films = [stack.enter_context(Film(part.path)) for part, _ in copies]
        output = stack.enter_context(create(path, container))
        track = _track(output, films[0])
        heard = SoundTrack.of(output, container, sound)
        if heard:
            stack.callback(heard.close)
        offset, done = Fraction(0), 0
        delay = max(each.delay * each.part.time_base for each in copies)
        for each, film in zip(copies, films, strict=True):
            for packet in _packets(film, each, offset, delay):
                if heard and packet.dts is not None:
                    heard.write_until(packet.dts * film.time_base)
                packet.stream = track
                output.mux_one(packet)
                done += 1
                report(done)
            offset += (each.part.end - each.part.start) * film.time_base
        if heard:
            heard.finish(offset)
    _verify(copies, path)


def _track(output: Any, film: Film) -> Any:
    """Add a stream like that of a film.

    Raises:
        EncodeError: The format does not hold it.
    """
    try:
        track = output.add_stream_from_template(film.stream, opaque=not _has_encoder(film))
    except ValueError as error:
        raise EncodeError(f"the format does not hold {film.codec}: {error}") from error
    if aspect := av_fraction(film.stream.sample_aspect_ratio):
        track.sample_aspect_ratio = aspect
    return track


def _has_encoder(film: Film) -> bool:
    try:
        av.Codec(film.stream.codec_context.codec.name, "w")
    except ValueError:
        return False
    return True


def _packets(film: Film, copy: Copy, offset: Fraction, delay: Fraction) -> Iterator[Any]:
    """Yield the packets of a part, in storage order, moved to where it begins.

    The times of decoding are made anew, since not every format has them.
    """
    part, order = copy
    shift = round(offset / film.time_base) - part.start
    early = ceil(delay / film.time_base)
    ordered = sorted(order)
    _go_to(film, part)
    wanted = iter(zip(order, ordered, strict=True))
    pts, dts = next(wanted)
    for packet in film.packets():
        if packet.pts != pts:
            continue
        if pts == ordered[-1]:
            packet.duration = part.end - pts
        packet.pts, packet.dts = pts + shift, dts + shift - early
        yield packet
        if (following := next(wanted, None)) is None:
            return
        pts, dts = following


def _verify(copies: list[Copy], path: str) -> None:
    """Look whether a file has as many frames as it should, at their times."""
    index = index_of.uncached(Path(path))
    expected: list[float] = []
    offset = 0.0
    for part, order in copies:
        expected += [offset + float((time - part.start) * part.time_base) for time in sorted(order)]
        offset += float((part.end - part.start) * part.time_base)
    found = (index.times - index.times[0]) * float(index.time_base)
    if len(found) != len(expected) or abs(found - np.array(expected)).max() > _NEAR:
        raise EncodeError(f"{path}: the copy has other frames than its source")


def _go_to(film: Film, part: Part) -> None:
    index = index_of(Path(film.path))
    film.seek(None if part.start == index.times[0] else part.start)
