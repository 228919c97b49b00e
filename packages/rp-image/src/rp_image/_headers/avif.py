"""AVIF headers (AV1 Image File Format 1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_image._headers.heif import read_boxes

if TYPE_CHECKING:
    from rp_image._header import Header
    from rp_image._slices import Sliceable


def read_header(data: Sliceable) -> Header:
    """Read the boxes of an AVIF file."""
    return read_boxes(data, "avif")
