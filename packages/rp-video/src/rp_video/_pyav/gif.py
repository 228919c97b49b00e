"""A GIF by FFmpeg's palettegen and paletteuse, in this process."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
import av.filter

from rp_core import check_wanted
from rp_video._errors import EncodeError
from rp_video._formats import raw_pixels
from rp_video._pyav.opening import translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_video._save_gif import GifRequest
    from rp_video._types import Image

_TICK: Final = Fraction(1, 100)


def encode(request: GifRequest) -> None:
    """Write a GIF."""
    with translated(request.path, EncodeError):
        palette = _palette(request)
        options = {"loop": request.repeats, "final_delay": str(request.delays[-1])}
        with av.open(f"file:{request.path}", "w", format="gif", options=options) as container:
            stream: Any = container.add_stream("gif", rate=100)
            stream.height, stream.width = request.images.shape[:2]
            stream.pix_fmt = "pal8"
            stream.codec_context.time_base = _TICK
            for picture in _reduced(request, palette):
                check_wanted()
                container.mux(stream.encode(picture))
            container.mux(stream.encode(None))


def _palette(request: GifRequest) -> Any:
    graph = av.filter.Graph()
    begin = _buffer(graph, request)
    made = graph.add("palettegen", request.palettegen)
    end = graph.add("buffersink")
    begin.link_to(made)
    made.link_to(end)
    graph.configure()
    for number, image in enumerate(request.images):
        check_wanted()
        begin.push(_picture(image, number))
    begin.push(None)
    return end.pull()


def _reduced(request: GifRequest, palette: Any) -> Iterator[Any]:
    """Yield the frames in the colours of the palette."""
    graph = av.filter.Graph()
    begin = _buffer(graph, request)
    colors = graph.add_buffer(
        width=palette.width, height=palette.height, format=palette.format, time_base=_TICK
    )
    reduce = graph.add("paletteuse", request.paletteuse)
    end = graph.add("buffersink")
    begin.link_to(reduce, 0, 0)
    colors.link_to(reduce, 0, 1)
    reduce.link_to(end)
    graph.configure()
    palette.pts, palette.time_base = 0, _TICK
    colors.push(palette)
    colors.push(None)
    time = 0
    for image, delay in zip(request.images, request.delays, strict=True):
        begin.push(_picture(image, time))
        yield from _ready(end)
        time += delay
    begin.push(None)
    yield from _ready(end)


def _ready(end: Any) -> Iterator[Any]:
    while True:
        try:
            picture = end.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        picture.time_base = _TICK
        yield picture


def _buffer(graph: Any, request: GifRequest) -> Any:
    rows, columns, channels = request.images.shape
    return graph.add_buffer(width=columns, height=rows, format=_format(channels), time_base=_TICK)


def _format(channels: int) -> Any:
    return av.VideoFormat(raw_pixels(channels))


def _picture(image: Image, time: int) -> Any:
    # Not its own memory: the filter keeps the picture for longer than this array lives.
    picture = av.VideoFrame.from_ndarray(image, raw_pixels(image.shape[2]))
    picture.pts, picture.time_base = time, _TICK
    return picture
