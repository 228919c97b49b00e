"""What do grids and transfers of tensors cost, on the GPU if there is one?

    uv run benchmarks/tensors.py [--quick] [--repeats N] [--only TABLE]

Needs PyTorch. Each call waits until the device is done. The physical limits: a grid is written
once, at the bandwidth of the device's memory; a transfer is bound by the bus, from page-locked
memory; an area resize reads the picture once.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from _common import describe_machine, interleave, print_table, read_options

from rp_image import torch as rt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TABLES: Final = ("grid", "memory", "upload", "resize")
MICRO: Final = 1e6


def timed(
    title: str, calls: Mapping[str, Callable[[], object]], repeats: int, wait: Callable[[], object]
) -> None:
    """Time calls in turns, each until the device is done, and print a table."""

    def until_done(call: Callable[[], object]) -> object:
        result = call()
        wait()
        return result

    samples = interleave({name: partial(until_done, call) for name, call in calls.items()}, repeats)
    ours = next(sample.wall for name, sample in samples.items() if name.startswith("ours"))
    rows = [
        [name, f"{sample.wall * MICRO:.0f}", f"{sample.wall / ours:.2f}"]
        for name, sample in samples.items()
    ]
    print_table(f"{title}, median of {repeats}", ["", "us", "it / ours"], rows)


def grids(torch: Any, device: Any, size: tuple[int, int]) -> dict[str, Callable[[], object]]:
    """Return the ways to have the coordinates of every pixel on a device."""
    height, width = size

    def meshgrid(where: Any) -> Any:
        axes = (torch.linspace(0, 1, length, device=where) for length in (height, width))
        y, x = torch.meshgrid(*axes, indexing="ij")
        return torch.stack([x, y])

    return {
        "ours, cached": partial(rt.coordinate_grid, height, width, device=device),
        "meshgrid on the device": partial(meshgrid, device),
        "meshgrid on the CPU, sent": lambda: meshgrid("cpu").to(device),
    }


def uploads(torch: Any, device: Any, image: Any) -> dict[str, Callable[[], object]]:
    """Return the ways to bring a picture to a device, channels first."""

    def contiguous() -> Any:
        return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))).to(device)

    ways: dict[str, Callable[[], object]] = {
        "ours": partial(rt.to_torch, image, device=device),
        "transposed by numpy, sent": contiguous,
    }
    if torch.device(device).type == "cuda":
        locked = torch.from_numpy(image).pin_memory()
        ways["ours, pin=True"] = partial(rt.to_torch, image, device=device, pin=True)
        ways["limit: page-locked already"] = lambda: locked.to(device, non_blocking=True)
    return ways


def resizing(device: Any, image: Any) -> dict[str, Callable[[], object]]:
    """Return the ways to shrink a picture on its device."""
    from torch.nn.functional import interpolate

    tensor = rt.to_torch(image, device=device)
    floats = tensor.float().contiguous()
    size = image.shape[0] * 2 // 7, image.shape[1] * 2 // 7
    return {
        "ours, area, uint8": partial(rt.resize, tensor, size),
        "ours, area, float32": partial(rt.resize, floats, size),
        "interpolate area (whole pixels)": partial(interpolate, floats[None], size, mode="area"),
        "interpolate bilinear, antialias": partial(
            interpolate, floats[None], size, mode="bilinear", antialias=True
        ),
    }


def held(torch: Any, device: Any) -> list[list[str]]:
    """Return how much memory of the device forty grids leave behind."""
    before = torch.cuda.memory_allocated()
    for row in range(40):
        rt.coordinate_grid(1080 + row, 1920, device=device)
    ours = torch.cuda.memory_allocated() - before
    kept = sum(2 * (1080 + row) * 1920 * 4 for row in range(40))
    return [["ours", f"{ours / 1e6:.2f}"], ["the grids, if kept", f"{kept / 1e6:.0f}"]]


def main() -> None:
    """Measure, and print a table for each question."""
    import torch

    options = read_options(__doc__ or "", repeats=31, quick_repeats=5, tables=TABLES)
    on_gpu = torch.cuda.is_available()
    device = torch.device("cuda" if on_gpu else "cpu")
    wait = torch.cuda.synchronize if on_gpu else lambda: None
    print(describe_machine("numpy", "torch"))
    print(torch.cuda.get_device_name() if on_gpu else "no GPU: on the CPU")
    image = np.random.default_rng(1).integers(0, 256, (3000, 4000, 3), np.uint8)
    if options.quick:
        image = np.ascontiguousarray(image[:1000, :1000])
    if options.only in {"", "grid"}:
        for size in ((1080, 1920), (2160, 3840)):
            title = f"Coordinates of {size[1]} x {size[0]} pixels"
            timed(title, grids(torch, device, size), options.repeats, wait)
    if options.only in {"", "memory"} and on_gpu:
        print_table("Memory held by 40 sizes, MB", ["", "MB"], held(torch, device))
    if options.only in {"", "upload"}:
        timed("12 MP to the device", uploads(torch, device, image), options.repeats, wait)
    if options.only in {"", "resize"}:
        timed("12 MP to 1 MP", resizing(device, image), options.repeats, wait)


if __name__ == "__main__":
    main()
