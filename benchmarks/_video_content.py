"""Generated films: what a camera sees that moves, with things that move by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Image = NDArray[Any]

RATE: Final = 30
REACH: Final = 200
OBJECTS: Final = 4


@dataclass(frozen=True, slots=True)
class Scene:
    """What is filmed.

    Attributes:
        width: Pixels per row.
        height: Rows.
        speed: Pixels that the picture moves from frame to frame, at most and each way; 0: the
            camera stands still, and one thing moves.
        noise: Standard deviation of a sensor's noise, new in every frame.
    """

    width: int
    height: int
    speed: float
    noise: float = 0.0


def texture(height: int, width: int, seed: int) -> Image:
    """Return broad shapes with finer and finer, weaker and weaker detail, mostly in lightness."""
    import cv2
    import numpy as np

    random = np.random.default_rng(seed)
    total = np.zeros((height, width, 3), np.float32)
    for cell, strength in ((160, 50), (64, 30), (24, 18), (9, 10), (4, 5)):
        size = (height // cell + 2, width // cell + 2)
        tint = random.normal(0, strength / (3 if cell > 50 else 8), (*size, 3))
        rough = random.normal(0, strength, (*size, 1)) + tint
        total += cv2.resize(
            rough.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
    return np.clip(total + 120, 0, 255)


def scenery(height: int, width: int) -> Image:
    """Return a texture with things of sharp edges in it; uint8."""
    import cv2
    import numpy as np

    random = np.random.default_rng(9)
    shade = np.zeros((height, width), np.float32)
    for _ in range(height * width // 20_000):
        middle = (int(random.integers(width)), int(random.integers(height)))
        size = (int(random.integers(10, 60)), int(random.integers(10, 60)))
        box = cv2.boxPoints((middle, size, float(random.uniform(0, 90)))).astype(np.int32)
        cv2.fillPoly(shade, [box], float(random.uniform(-60, 60)), cv2.LINE_AA)
    whole = texture(height, width, seed=3) + shade[:, :, None]
    return np.asarray(np.clip(whole, 0, 255).round(), np.uint8)


def filmed(scene: Scene) -> Iterator[Image]:
    """Yield the frames of a scene, uint8 RGB, for ever."""
    import cv2
    import numpy as np

    height, width = scene.height, scene.width
    margin = REACH + 24 if scene.speed else 0
    canvas = scenery(height + 2 * margin, width + 2 * margin)
    random = np.random.default_rng(5)
    grain = random.normal(0, scene.noise or 1, (height + 64, width + 64, 3)).astype(np.int8)
    things = [Thing(number, scene) for number in range(OBJECTS if scene.speed else 1)]
    time = 0
    while True:
        if scene.speed:
            where = camera(scene, time, margin)
            image = cv2.warpAffine(canvas, where, (width, height), flags=cv2.INTER_LINEAR)
        else:
            image = canvas.copy()
        for thing in things:
            thing.draw(image, time)
        if scene.noise:
            top, left = random.integers(0, 64, 2)
            part = grain[top : top + height, left : left + width]
            image = cv2.add(image, part, dtype=cv2.CV_8U)
        yield np.ascontiguousarray(image)
        time += 1


def camera(scene: Scene, time: int, margin: int) -> Any:
    """Return the matrix of the camera's pan, zoom and turn at a time."""
    import cv2

    pace = scene.speed / REACH
    across, down = REACH * sin(pace * time), REACH * sin(0.8 * pace * time + 1)
    middle = (scene.width / 2 + margin + across, scene.height / 2 + margin + down)
    turn, zoom = 1.5 * sin(time / 50), 1.03 + 0.02 * sin(time / 40)
    matrix = cv2.getRotationMatrix2D(middle, turn, zoom)
    matrix[0, 2] -= margin + across
    matrix[1, 2] -= margin + down
    return matrix


class Thing:
    """A textured disk that goes its own way."""

    def __init__(self, number: int, scene: Scene) -> None:
        import cv2
        import numpy as np

        self._number, self._scene = number, scene
        self._radius = scene.height // (8 + number)
        side = 2 * self._radius + 4
        self._pixels = np.clip(texture(side, side, 11 + number) + 40 * (number % 2) - 20, 0, 255)
        mask = np.zeros((side, side), np.float32)
        cv2.circle(mask, (side // 2, side // 2), self._radius - 2, 1, -1, cv2.LINE_AA)
        self._mask = mask

    def draw(self, image: Image, time: int) -> None:
        """Draw it into a frame, at a place between the pixels."""
        import cv2
        import numpy as np

        x, y = self._place(time)
        left, top = int(x), int(y)
        side = len(self._mask)
        shift = np.array([[1, 0, x - left], [0, 1, y - top]], np.float32)
        mask = cv2.warpAffine(self._mask, shift, (side, side))[:, :, None]
        pixels = cv2.warpAffine(self._pixels, shift, (side, side), borderMode=cv2.BORDER_REPLICATE)
        part = image[top : top + side, left : left + side]
        part[:] = np.round(part * (1 - mask) + pixels * mask)

    def _place(self, time: int) -> tuple[float, float]:
        """Return the left upper corner, which goes around in an ellipse of its own."""
        room = [side - len(self._mask) - 2 for side in (self._scene.width, self._scene.height)]
        pace = 2 * (self._scene.speed or 2) / room[0]
        turn = pace * time * (1 - 0.15 * self._number) + 2 * pi * self._number / OBJECTS
        return room[0] * (0.5 + 0.5 * cos(turn)), room[1] * (0.5 + 0.5 * sin(turn))


def take(scene: Scene, count: int) -> list[Image]:
    """Return so many frames."""
    return list(islice(filmed(scene), count))


def write_film(path: Path, frames: Iterable[Image], **options: str) -> None:
    """Write a film with x264, by hand; its colours are BT.601, and it does not say so."""
    import av

    stream: Any = None
    chosen = {"crf": "20", "preset": "veryfast"} | options
    with av.open(str(path), "w") as container:
        for image in frames:
            if stream is None:
                stream = container.add_stream("libx264", rate=RATE, options=chosen)
                stream.height, stream.width = image.shape[:2]
                stream.pix_fmt = "yuv420p"
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))


def write_scene(path: Path, scene: Scene, count: int, **options: str) -> None:
    """Write a film of so many frames of a scene."""
    write_film(path, islice(filmed(scene), count), **options)
