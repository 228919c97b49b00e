"""Make a film, and of it an animated GIF and a strip of thumbnails.

    uv run examples/video.py [FILM]

Without a film it draws one: a ball that jumps over a field.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import rp_image.sync as rp_image
import rp_video.sync as rp_video


def ball() -> Iterator[Any]:
    """Yield the frames of a ball that jumps."""
    down, across = np.mgrid[0:270, 0:480].astype(np.float32)
    sky = np.dstack([120 + down / 4, 170 + down / 5, 235 - down / 8])
    grass = np.dstack([60 + across * 0, 130 + 20 * np.sin(across / 9 + down / 5), 70 + across * 0])
    field = np.where((down > 200)[..., None], grass, sky)
    for number in range(75):
        x = 40 + number * 5.4
        y = 190 - 130 * abs(np.sin(number / 12))
        cover = np.clip(24 - np.hypot(across - x, down - y), 0, 1)[..., None]
        light = np.clip(1.1 - np.hypot(across - x + 8, down - y + 8) / 48, 0.3, 1)[..., None]
        picture = field * (1 - cover) + cover * light * np.array([240, 90, 40])
        yield picture.clip(0, 255).astype(np.uint8)


def main() -> None:
    """Write ball.mp4, ball.gif and ball-strip.png."""
    film = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("ball.mp4")
    if len(sys.argv) == 1:
        rp_video.save(film, ball(), rate=25)
    info = rp_video.probe(film)
    print(
        f"{film}: {info.frames} frames {info.width}x{info.height}, {info.duration} s, {info.codec}"
    )

    gif = film.with_suffix(".gif")
    rp_video.convert(film, gif, size=(240, None), rate=12.5)
    print(f"{gif}: {gif.stat().st_size // 1000} kB")

    strip = rp_video.thumbnail_strip(film, 6, columns=3, size=(240, None))
    picture = film.with_name(f"{film.stem}-strip.png")
    rp_image.save(strip, picture)
    print(f"{picture}: {strip.shape[1]}x{strip.shape[0]}")


if __name__ == "__main__":
    main()
