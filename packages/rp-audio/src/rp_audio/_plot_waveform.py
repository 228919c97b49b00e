"""Draw sound as people look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from rp_audio._given import audio_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rp_audio._types import Samples, Sound

Color: TypeAlias = tuple[int, int, int]
_MOST_PIXELS = 1 << 26


def plot_waveform(
    sound: Sound,
    /,
    *,
    width: int = 1200,
    height: int = 240,
    color: Color = (31, 119, 180),
    background: Color = (255, 255, 255),
) -> NDArray[Any]:
    """Draw the waveform of sound: its peaks, and inside them, stronger, its mean power.

    Args:
        sound: An `Audio`, or samples and their rate.
        width: Of the image, in pixels; all of the sound goes into it.
        height: Of the image, in pixels; each channel gets a row of its own, which reaches from
            full scale to full scale.
        color: Of the waveform, RGB, 0 to 255.
        background: Of all else.

    Returns:
        uint8 array (height, width, 3), RGB.

    Raises:
        TypeError: It is no sound, or an option is of the wrong type.
        ValueError: It is no sound, or an option makes no sense.
    """
    import numpy as np

    samples = audio_of(sound).samples
    _check_size(width, height, samples.shape[1])
    ink, paper = _check_color("color", color), _check_color("background", background)
    image = np.empty((height, width, 3), np.uint8)
    image[:] = paper
    edges = np.linspace(0, height, samples.shape[1] + 1).round().astype(int)
    faint = ((np.array(ink, float) + np.array(paper, float)) / 2).round().astype(np.uint8)
    for channel in range(samples.shape[1]):
        row = image[edges[channel] : edges[channel + 1]]
        low, high, power = envelope(samples[:, channel], width)
        _fill(row, low, high, faint)
        _fill(row, -power, power, np.array(ink, np.uint8))
    return image


def envelope(channel: Samples, columns: int) -> tuple[Any, Any, Any]:
    """Return the smallest, the largest and the mean (RMS) of the samples in each column."""
    import numpy as np

    if not len(channel):
        return (np.zeros(columns),) * 3
    starts = np.arange(columns) * len(channel) // columns
    lengths = np.diff(np.append(starts, len(channel)))
    low, high = np.minimum.reduceat(channel, starts), np.maximum.reduceat(channel, starts)
    squares = np.add.reduceat(np.square(channel, dtype=np.float64), starts)
    return low, high, np.sqrt(squares / np.maximum(lengths, 1))


def _fill(row: NDArray[Any], low: Any, high: Any, ink: NDArray[Any]) -> None:
    """Colour each column from its smallest to its largest; at least the middle line."""
    import numpy as np

    middle = (len(row) - 1) / 2
    tops = np.clip(np.round(middle - high * middle), 0, len(row) - 1)
    bottoms = np.clip(np.round(middle - low * middle), 0, len(row) - 1)
    lines = np.arange(len(row))[:, None]
    row[(lines >= tops) & (lines <= bottoms)] = ink


def _check_size(width: int, height: int, channels: int) -> None:
    for name, value, least in (("width", width, 1), ("height", height, channels)):
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise TypeError(f"{name} must be an int, not {value!r}")
        if value < least:
            raise ValueError(f"{name} must be at least {least}, not {value}")
    if width * height > _MOST_PIXELS:
        raise ValueError(f"an image of {width} x {height} is too large")


def _check_color(name: str, color: Color) -> Color:
    if not isinstance(color, tuple) or len(color) != 3:
        raise TypeError(f"{name} must be a tuple of red, green and blue, not {color!r}")
    if not all(isinstance(part, int) and 0 <= part <= 255 for part in color):
        raise ValueError(f"{name} must be three numbers of 0 to 255, not {color!r}")
    return color
