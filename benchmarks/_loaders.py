"""The ways to load many images that are compared: ours, those of the peers, and the limit."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import numpy as np
from PIL import Image

import rp_image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Images: TypeAlias = Sequence[np.ndarray[Any, Any]]


ONE_BY_ONE: Final = "rp_image.sync.load, one by one"


class Batch(Protocol):
    """Loads paths in a number of threads."""

    def __call__(self, paths: Sequence[str], threads: int) -> Images:
        """Return the images, in order."""
        ...


def ours() -> dict[str, Callable[[Sequence[str]], Images]]:
    """Return our two faces, with no argument but the paths."""

    async def load_many(paths: Sequence[str]) -> Images:
        return await rp_image.load_many(paths)

    return {
        "rp_image.sync.load_many": rp_image.sync.load_many,
        "await rp_image.load_many": lambda paths: asyncio.run(load_many(paths)),
        ONE_BY_ONE: lambda paths: [rp_image.sync.load(path) for path in paths],
    }


def peers() -> dict[str, Batch]:
    """Return the peers that are installed, each as a function of paths and a thread count."""
    batches = {"Pillow": pooled(with_pillow), "Pillow, no convert": pooled(with_plain_pillow)}
    if find_spec("cv2"):
        cv2 = import_module("cv2")
        batches["OpenCV, cvtColor"] = pooled(with_opencv)
        if hasattr(cv2, "IMREAD_COLOR_RGB"):
            batches["OpenCV, COLOR_RGB"] = pooled(
                lambda path: cv2.imread(path, cv2.IMREAD_COLOR_RGB)
            )
    batches["simplejpeg or imagecodecs"] = pooled(by_hand)
    if find_spec("imageio"):
        batches["imageio.v3"] = pooled(import_module("imageio.v3").imread)
    if find_spec("rp"):
        rp = import_module("rp")
        batches["rp.load_images"] = lambda paths, threads: rp.load_images(
            *paths, num_threads=threads
        )
    return batches


def pooled(load: Callable[[str], Any]) -> Batch:
    """Make a batch of a function of one path, as one writes it by hand."""

    def batch(paths: Sequence[str], threads: int) -> Images:
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(load, paths))

    return batch


def with_pillow(path: str) -> Any:
    """Load by Pillow, as its documentation does."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def with_plain_pillow(path: str) -> Any:
    """Load by Pillow without `convert`, which copies what is RGB already."""
    with Image.open(path) as image:
        return np.asarray(image)


def with_opencv(path: str) -> Any:
    """Load by OpenCV and swap the channels, as most do."""
    cv2 = import_module("cv2")
    return cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)


def by_hand(path: str) -> Any:
    """Load by the library that is the fastest for the format, which ours stand on too."""
    data = Path(path).read_bytes()
    if path.endswith("jpg"):
        return import_module("simplejpeg").decode_jpeg(data, "RGB")
    return import_module("imagecodecs").png_decode(data)


def make_limit(paths: Sequence[str], shape: tuple[int, int, int]) -> Callable[[], float]:
    """Make what measures the CPU seconds that decoding one file takes at the least.

    From memory, on one thread, into warm memory: no file, and hardly a page fault.
    """
    contents = [Path(path).read_bytes() for path in paths]
    decode = _jpeg_into(np.zeros(shape, np.uint8)) if paths[0].endswith("jpg") else _decode_png

    def measure() -> float:
        start = time.thread_time()
        for content in contents:
            decode(content)
        return (time.thread_time() - start) / len(contents)

    return measure


def _jpeg_into(buffer: Any) -> Callable[[bytes], object]:
    decode = import_module("simplejpeg").decode_jpeg
    return lambda content: decode(content, "RGB", buffer=buffer)


def _decode_png(content: bytes) -> object:
    """Decode by OpenCV where it is installed, else by Pillow."""
    if not find_spec("cv2"):
        return Image.open(BytesIO(content)).load()
    cv2 = import_module("cv2")
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
