"""A GIF by Pillow, with one palette for all frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import UnsupportedError, check_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rp_video._save_gif import GifRequest

_SAMPLES: Final = 16


def encode(request: GifRequest) -> None:
    """Write a GIF.

    Raises:
        UnsupportedError: The frames have alpha.
    """
    from PIL import Image

    if request.images.shape[2] == 4:
        raise UnsupportedError("it gives frames with alpha a palette each")
    palette = _palette(request)
    error_diffusion = request.dither in {"sierra2_4a", "floyd_steinberg"}
    dither = Image.Dither.FLOYDSTEINBERG if error_diffusion else Image.Dither.NONE

    def pictures() -> Iterator[Any]:
        for image in request.images:
            check_wanted()
            yield Image.fromarray(np.ascontiguousarray(image)).quantize(
                palette=palette, dither=dither
            )

    frames = pictures()
    first = next(frames)
    loops = {} if request.loop == 1 else {"loop": max(0, request.loop - 1)}
    with open(request.path, "wb") as file:
        first.save(
            file,
            "GIF",
            save_all=True,
            append_images=frames,
            duration=[delay * 10 for delay in request.delays],
            optimize=False,
            disposal=1,
            **loops,
        )


def _palette(request: GifRequest) -> Any:
    """Make a palette from frames spread over the film."""
    from PIL import Image

    step = -(-request.images.count // _SAMPLES)
    rows = [image[::2, ::2] for n, image in enumerate(request.images) if n % step == 0]
    sample = Image.fromarray(np.ascontiguousarray(np.concatenate(rows)))
    return sample.quantize(request.colors, method=Image.Quantize.MEDIANCUT)
