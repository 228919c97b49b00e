"""Slow a film down with a model of your own: the shape of a function for `slowmo`.

    uv run examples/interpolation_model.py FILM

The model here is a small network with weights that nobody trained: it shows where yours goes, such
as RIFE. It needs torch.
"""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Lock
from typing import Any

import torch

import rp_video.sync as rp_video


class Method:
    """A callable `(before, after, t) -> image`, called in several threads: one model, one lock."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._correction = torch.nn.Conv2d(7, 3, 3, padding=1).eval().to(device)
        self._lock = Lock()

    def __call__(self, before: Any, after: Any, time: float) -> Any:
        """Return the image (H, W, 3), uint8, at a time between two of them."""
        with self._lock, torch.inference_mode():
            between = self._between(self._tensor(before), self._tensor(after), time)
            return (between[0] * 255).round().byte().permute(1, 2, 0).contiguous().cpu().numpy()

    def _tensor(self, image: Any) -> Any:
        """Return an image as a tensor (1, 3, H, W) in 0..1."""
        return torch.from_numpy(image).to(self._device).permute(2, 0, 1)[None].float() / 255

    def _between(self, before: Any, after: Any, time: float) -> Any:
        """Return what a blend would be, and a correction by the model."""
        moment = torch.full_like(before[:, :1], time)
        blend = before * (1 - time) + after * time
        correction = self._correction(torch.cat([before, after, moment], 1)).tanh()
        return (blend + 0.01 * correction).clamp(0, 1)


def main() -> None:
    """Write FILM-slow.mp4, which lasts twice as long."""
    film = Path(sys.argv[1])
    device = "cuda" if torch.cuda.is_available() else "cpu"
    slow = film.with_name(f"{film.stem}-slow.mp4")
    rp_video.slowmo(film, slow, 2, method=Method(device))
    print(slow)


if __name__ == "__main__":
    main()
