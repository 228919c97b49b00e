"""From decoded pictures to arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av.filter

from rp_video._formats import raw_pixels
from rp_video._orientation import Orientation
from rp_video._sizes import full_size, interpolation

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from rp_video._pyav.film import Film
    from rp_video._types import Image, Size


class Pixels:
    """Converts pictures to upright RGB or RGBA arrays of one size.

    The work is done by FFmpeg's own filters, so that the pixels are those of the ffmpeg program.
    """

    def __init__(self, film: Film, size: Size | None, *, alpha: bool) -> None:
        self._asked = size
        self._stored = film.size
        self._size: tuple[int, int] | None = None
        self._format = raw_pixels(4 if alpha else 3)
        self._rotation: int | None = None
        self._orientation = Orientation()
        self._kind: tuple[object, ...] | None = None
        self._graph: Any = None

    def array(self, picture: VideoFrame) -> Image:
        """Return a picture as an array that nobody else has."""
        if self._rotation != picture.rotation:
            self._rotation, self._orientation = picture.rotation, orientation_of(picture)
        orientation = self._orientation
        if self._size is None:
            stored = self._stored if all(self._stored) else (picture.width, picture.height)
            self._size = full_size(self._asked, *orientation.size(*stored))
        kind = (picture.width, picture.height, picture.format.name, picture.colorspace,
                picture.color_range, orientation)  # fmt: skip
        if kind != self._kind:
            self._graph = self._made(picture, orientation, self._size)
            self._kind = kind
        self._graph.push(picture)
        converted = self._graph.pull()
        image: Image = converted.to_ndarray()
        # Without conversion it is the decoder's own picture, from which others may be predicted.
        is_shared = picture.format.name == self._format or not image.flags.c_contiguous
        return image.copy() if is_shared else image

    def _made(self, picture: VideoFrame, orientation: Orientation, size: tuple[int, int]) -> Any:
        graph = av.filter.Graph()
        graph.threads = 1
        end = graph.add_buffer(
            width=picture.width,
            height=picture.height,
            format=picture.format,
            time_base=picture.time_base,
        )
        filters = list(orientation.filters)
        upright = orientation.size(picture.width, picture.height)
        if size != upright:
            how = interpolation(size, upright)
            filters.append(("scale", f"{size[0]}:{size[1]}:flags={how}"))
        for name, options in (*filters, ("format", self._format), ("buffersink", None)):
            following = graph.add(name, options)
            end.link_to(following)
            end = following
        graph.configure()
        return graph


def orientation_of(picture: VideoFrame) -> Orientation:
    """Return how a picture is turned to be upright.

    Not to be asked of each: a picture whose side data was looked at is part of a reference cycle.
    """
    parts: Any = picture.side_data
    matrix = parts.get("DISPLAYMATRIX")
    return Orientation() if matrix is None else Orientation.of_matrix(bytes(matrix))
