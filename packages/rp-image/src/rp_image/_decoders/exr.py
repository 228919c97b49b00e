"""EXR by OpenEXR."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_core import UnsupportedError
from rp_image._errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rp_image._decode import Encoded
    from rp_image._types import Image

# Rec. ITU-R BT.709 luminance, the default of EXR files without a chromaticities attribute.
_LUMINANCE: Final = (0.2126, 0.7152, 0.0722)


def decode_exr(request: Encoded) -> Image:
    """Decode the first part to (H, W) or (H, W, C) float32, values as stored.

    Also where there is alpha, by which files mostly have their colours multiplied: divided by it,
    light where alpha is 0 would be lost.

    Raises:
        UnsupportedError: It has no channels that make a picture.
    """
    import io

    import OpenEXR

    with OpenEXR.File(io.BytesIO(request.data), separate_channels=True) as file:
        channels = {name: channel.pixels for name, channel in file.parts[0].channels.items()}
    return _picture(channels, request)


def _picture(channels: Mapping[str, Any], request: Encoded) -> Image:
    """Choose the channels of the picture: of the file, or else of its first layer."""
    if not channels:
        raise DecodeError("OpenEXR finds no channels")
    prefix = "" if any("." not in name for name in channels) else _layer(channels)
    here = {name.removeprefix(prefix): pixels for name, pixels in channels.items()}
    alpha = ["A"] if request.info.has_alpha and "A" in here else []
    if {"Y", "RY", "BY"} <= here.keys():
        planes = _from_luminance(here, request)
        planes += [here[name] for name in alpha]
    elif {"R", "G", "B"} & here.keys():
        empty = np.zeros((request.info.height, request.info.width), np.float32)
        planes = [here.get(name, empty) for name in (*"RGB", *alpha)]
    elif "Y" in here or len(here) == 1 + len(alpha):
        name = "Y" if "Y" in here else next(name for name in here if name not in alpha)
        planes = [here[name], *(here[name] for name in alpha)]
    else:
        raise UnsupportedError(f"no picture is made of the channels {', '.join(channels)}")
    shape = request.info.height, request.info.width
    whole = [_whole(plane, shape) for plane in planes]
    return np.asarray(whole[0] if len(whole) == 1 else np.stack(whole, axis=2))


def _layer(channels: Mapping[str, Any]) -> str:
    first = next(iter(channels))
    return first[: first.rindex(".") + 1]


def _whole(plane: Any, shape: tuple[int, int]) -> Image:
    """Repeat the samples of a channel of lower resolution."""
    plane = np.asarray(plane, np.float32)
    if plane.shape == shape:
        return np.asarray(plane)
    rows = np.arange(shape[0]) * plane.shape[0] // shape[0]
    columns = np.arange(shape[1]) * plane.shape[1] // shape[1]
    return np.asarray(plane[rows][:, columns])


def _from_luminance(here: Mapping[str, Any], request: Encoded) -> list[Any]:
    """Undo RY = (R - Y) / Y and BY = (B - Y) / Y."""
    shape = request.info.height, request.info.width
    luma, red, blue = (_whole(here[name], shape) for name in ("Y", "RY", "BY"))
    red, blue = (red + 1) * luma, (blue + 1) * luma
    green = (luma - _LUMINANCE[0] * red - _LUMINANCE[2] * blue) / _LUMINANCE[1]
    return [red, green, blue]
