"""Generate files of photographs: smooth, textured, lightly noisy, and no two of a kind alike."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image
from skimage import data

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PHOTOGRAPHS: Final = ("astronaut", "coffee", "chelsea", "rocket")
NOISE: Final = 2.0
OPTIONS: Final[dict[str, dict[str, Any]]] = {"jpg": {"quality": 90}, "png": {}}


def make_photo(seed: int, width: int, height: int) -> NDArray[np.uint8]:
    """Cut a part out of a photograph, scale it up, and add a sensor's noise."""
    random = np.random.default_rng(seed)
    whole = Image.fromarray(getattr(data, PHOTOGRAPHS[seed % len(PHOTOGRAPHS)])())
    share = random.uniform(0.6, 0.95)
    part_height = min(whole.height, whole.width * height // width) * share
    part_width = part_height * width / height
    left = random.uniform(0, whole.width - part_width)
    top = random.uniform(0, whole.height - part_height)
    box = (left, top, left + part_width, top + part_height)
    photo = np.asarray(whole.resize((width, height), Image.Resampling.BICUBIC, box))
    noise = random.normal(0, NOISE, (height, width, 1)) + random.normal(0, 1, photo.shape)
    return np.clip(photo + noise, 0, 255).astype(np.uint8)


def write_photos(
    folder: Path, count: int, kind: str, width: int, height: int, *, distinct: int
) -> list[str]:
    """Write `count` files of a kind ("jpg" or "png"), copies of `distinct` different ones."""
    folder.mkdir()
    paths = [folder / f"{number:04}.{kind}" for number in range(count)]
    write = partial(_write_photo, kind=kind, width=width, height=height)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, enumerate(paths[:distinct])))
    for number, path in enumerate(paths[distinct:]):
        shutil.copyfile(paths[number % distinct], path)
    return [str(path) for path in paths]


def _write_photo(numbered: tuple[int, Path], *, kind: str, width: int, height: int) -> None:
    seed, path = numbered
    Image.fromarray(make_photo(seed, width, height)).save(path, **OPTIONS[kind])
