"""Load a folder of photographs at once, and make a contact sheet of them.

    uv run examples/quickstart.py [FOLDER]

Without a folder it takes the photographs that scikit-image carries.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import rp_core
import rp_image
import rp_image.sync

SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
SHEET = Path("contact-sheet.jpg")


def photographs() -> list[Path]:
    """Return the images of the folder that was given, or those of scikit-image."""
    if len(sys.argv) > 1:
        folder, suffixes = Path(sys.argv[1]), SUFFIXES
    else:
        spec = find_spec("skimage")
        if spec is None or spec.origin is None:
            raise SystemExit("give a folder of images, or install scikit-image")
        folder, suffixes = Path(spec.origin).parent / "data", {".jpg", ".png"}
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in suffixes)
    if not found:
        raise SystemExit(f"no images in {folder}")
    return found


def thumbnail(image: rp_image.Image) -> rp_image.Image:
    """Bring an image of any depth to 8-bit RGB of at most 160 x 160, on the decoding thread."""
    small = rp_image.sync.resize_to_fit(image, 160, 160)
    return (small[:, :, :3] // 257).astype("uint8") if small.dtype == "uint16" else small[:, :, :3]


async def count_by_backend(paths: list[Path]) -> dict[str, int]:
    """Return how many of the images each backend decodes by itself."""
    counts = {}
    for backend in ("simplejpeg", "opencv", "pillow"):
        images = await rp_image.load_many(paths, backend=backend, on_error="skip")
        counts[backend] = len(images)
    return counts


async def seconds_one_by_one(paths: list[Path]) -> float:
    """Return how long it takes to load the images one after the other."""
    began = perf_counter()
    for path in paths:
        with suppress(rp_core.RpError):
            await rp_image.load(path)
    return perf_counter() - began


async def seconds_together(paths: list[Path]) -> float:
    """Return how long `load_many` takes."""
    began = perf_counter()
    await rp_image.load_many(paths, on_error="skip")
    return perf_counter() - began


async def main() -> None:
    """Load a folder, say what decoded it and how fast, and write the contact sheet."""
    paths = photographs()
    images = await rp_image.load_many(paths, progress=True, on_error="skip")
    megapixels = sum(image.shape[0] * image.shape[1] for image in images) / 1e6
    print(f"{len(images)} of {len(paths)} images, {megapixels:.1f} megapixels")
    for backend, count in (await count_by_backend(paths)).items():
        print(f"  {backend:<10} alone decodes {count}")

    one_by_one, together = await seconds_one_by_one(paths), await seconds_together(paths)
    print(
        f"one by one {one_by_one:.2f} s, load_many {together:.2f} s: {one_by_one / together:.1f}x"
    )

    thumbnails = await rp_image.load_many(paths, transform=thumbnail, on_error="skip")
    sheet = await rp_image.grid(thumbnails, cell=(160, 160), gap=8, background=32)
    await rp_image.save(sheet, SHEET)
    print(f"{SHEET}: {sheet.shape[1]} x {sheet.shape[0]}")


asyncio.run(main())
