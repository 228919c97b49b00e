"""FFmpeg's motion-compensated interpolation, in this process."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
import av.filter

from rp_core import MissingDependencyError, check_wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rp_video._types import Frame, Image

_TICK: Final = Fraction(1, 90_000)


def slowed(frames: Iterable[Frame], factor: Fraction, rate: Fraction) -> Iterator[Image]:
    """Yield the frames of a slower film, the last one held to its end.

    Raises:
        MissingDependencyError: This build of FFmpeg lacks the filter.
    """
    if "minterpolate" not in av.filter.filters_available:
        raise MissingDependencyError('no minterpolate; run: pip install --upgrade "av"')
    graph: Any = None
    origin = end = 0.0
    count = 0
    image: Image | None = None
    for frame in frames:
        check_wanted()
        if graph is None:
            graph, origin = _graph(frame.image, rate), frame.time
        end = frame.time + frame.duration - origin
        given = av.VideoFrame.from_ndarray(frame.image, "rgb24")
        given.pts = round(Fraction(frame.time - origin) * factor / _TICK)
        given.time_base = _TICK
        graph.push(given)
        for made in _ready(graph):
            image = made
            count += 1
            yield image
    if graph is None:
        return
    graph.push(None)
    total = round(Fraction(end) * factor * rate)
    for made in _ready(graph):
        if count < total:
            image = made
            count += 1
            yield image
    held = frame.image if image is None else image
    for _ in range(total - count):
        yield held


def _graph(image: Image, rate: Fraction) -> Any:
    graph = av.filter.Graph()
    rows, columns = image.shape[:2]
    end = graph.add_buffer(
        width=columns, height=rows, format=av.VideoFormat("rgb24"), time_base=_TICK
    )
    options = f"fps={rate.numerator}/{rate.denominator}:mi_mode=mci"
    for name, option in (("minterpolate", options), ("format", "rgb24"), ("buffersink", None)):
        following = graph.add(name, option)
        end.link_to(following)
        end = following
    graph.configure()
    return graph


def _ready(graph: Any) -> Iterator[Image]:
    while True:
        try:
            picture = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        yield picture.to_ndarray().copy()
