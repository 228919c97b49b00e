"""Colours of films that are written: converted and tagged alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from av.video.reformatter import ColorRange, Colorspace

if TYPE_CHECKING:
    from rp_video._encoding import Look


def conversion(pixels: str) -> dict[str, Any]:
    """Return how RGB becomes the pixels of a film: BT.709 in limited range, JPEG's own as JFIF."""
    if pixels.startswith("yuvj"):
        return {"dst_colorspace": Colorspace.ITU601, "dst_color_range": ColorRange.JPEG}
    if pixels.startswith("yuv"):
        return {"dst_colorspace": Colorspace.ITU709, "dst_color_range": ColorRange.MPEG}
    return {}


def tag(context: Any, pixels: str, look: Look) -> None:
    """Say in the file how its colours are meant (numbers of ITU-T H.273)."""
    if pixels.startswith("yuv") and not pixels.startswith("yuvj"):
        context.color_primaries, context.color_trc = look.primaries, look.transfer
        context.colorspace = 1
        context.color_range = ColorRange.MPEG.value
