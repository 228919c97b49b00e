"""Frames between two frames, along the movement from one to the other."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rp_core import require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rp_video._types import Image


def between(before: Image, after: Image, times: Sequence[float]) -> list[Image]:
    """Return the frames at times between two frames, 0 being the first and 1 the second.

    Dense inverse search (Kroeger et al., ECCV 2016) finds where each pixel goes, both ways; the
    movement from the frame between is approximated from these two (Jiang et al., Super SloMo, CVPR
    2018, equation 4), both frames are moved along it, and blended by their nearness.

    Raises:
        MissingDependencyError: OpenCV is not installed.
    """
    cv2: Any = require("cv2", extra="opencv", package="rp-video")
    grays = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in (before, after)]
    if min(grays[0].shape) < 16:
        return blend(before, after, times)
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    forth = search.calc(grays[0], grays[1], None)
    back = search.calc(grays[1], grays[0], None)
    grid = _grid(*grays[0].shape)
    images = []
    for time in times:
        ahead, behind = 1 - time, time
        to_before = cv2.addWeighted(back, behind * behind, forth, -ahead * behind, 0)
        to_after = cv2.addWeighted(forth, ahead * ahead, back, -ahead * behind, 0)
        moved = [
            cv2.remap(image, cv2.add(grid, way), None, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)
            for image, way in ((before, to_before), (after, to_after))
        ]
        images.append(cv2.addWeighted(moved[0], ahead, moved[1], behind, 0))
    return images


@lru_cache(maxsize=4)
def _grid(rows: int, columns: int) -> NDArray[Any]:
    """Return where each pixel stands: float32 (H, W, 2), x and y."""
    import numpy as np

    grid = np.empty((rows, columns, 2), np.float32)
    grid[..., 0], grid[..., 1] = np.arange(columns), np.arange(rows)[:, None]
    grid.flags.writeable = False
    return grid


def blend(before: Image, after: Image, times: Sequence[float]) -> list[Image]:
    """Return the frames at times between two frames, faded from the first to the second."""
    import numpy as np

    images = []
    for time in times:
        weight = round(time * 256)
        mixed = before.astype(np.uint16) * (256 - weight) + after.astype(np.uint16) * weight + 128
        images.append((mixed >> 8).astype(np.uint8))
    return images
