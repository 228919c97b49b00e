"""Animations: whole pictures, however the file stores them."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image as Pillow

import rp_image.sync
from rp_core import LimitExceededError, NoBackendError, UnsupportedError
from rp_image import DecodeError
from rp_image._decode import decode
from rp_image._frames import frames, load_animation
from support import files
from support import images as make
from support.case import PALETTE, rgb, rgba
from support.images import Array

BACKENDS = [backend.name for backend in decode.backends if backend.state == "installed"]
SOLID = np.full(make.ramp(1).shape, 255, np.uint8)


def moving(count: int = 4, channels: int = 3) -> list[Array]:
    """Return pictures that differ."""
    return [np.roll(make.ramp(channels), step, axis=1) for step in range(count)]


def saved(pictures: list[Array], name: str, **options: object) -> bytes:
    buffer = BytesIO()
    first, *others = (Pillow.fromarray(picture) for picture in pictures)
    first.save(
        buffer, name, save_all=True, append_images=others, duration=[40, 80, 120, 160], **options
    )
    return buffer.getvalue()


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("name", ["PNG", "WEBP"])
def test_frames_are_whole_pictures_with_their_durations(name: str, channels: int) -> None:
    pictures = moving(4, channels)
    options = {"lossless": True, "exact": True} if name == "WEBP" else {}
    data = saved(pictures, name, **options)

    found = list(frames(data))

    assert [frame.duration for frame in found] == [40, 80, 120, 160]
    assert [frame.index for frame in found] == [0, 1, 2, 3]
    for frame, picture in zip(found, pictures, strict=True):
        seen = picture[:, :, 3:] > 0 if channels == 4 else True
        np.testing.assert_array_equal(frame.image * seen, picture * seen)
    assert rp_image.sync.probe(data).frames == 4


def test_a_frame_is_loaded_by_its_number() -> None:
    pictures = moving()
    for name in ("PNG", "WEBP"):
        data = saved(pictures, name, **({"lossless": True} if name == "WEBP" else {}))
        for number, picture in enumerate(pictures):
            np.testing.assert_array_equal(rp_image.sync.load(data, frame=number), picture)
        with pytest.raises(IndexError, match="no frame 4: the file has 4"):
            rp_image.sync.load(data, frame=4)


def _control(delay: int, disposal: int, key: int | None) -> bytes:
    flags = disposal << 2 | (key is not None)
    return b"!\xf9\4" + bytes([flags, delay & 255, delay >> 8, key or 0, 0])


def test_gif_frames_are_disposed_of_as_browsers_do() -> None:
    indices = make.ramp(1) % 16
    small = files.gif_frame(indices[:2, :3], place=(1, 2))
    whole = files.gif_frame(indices)
    blocks = [
        _control(5, 1, None), whole,
        _control(7, 3, None), small,
        _control(9, 2, None), small,
        _control(0, 0, 5), small,
    ]  # fmt: skip
    data = files.gif(blocks, (9, 6), PALETTE)
    first = rgba(PALETTE[indices], SOLID)
    patch = first[:2, :3]
    second = first.copy()
    second[2:4, 1:4] = patch
    cleared = first.copy()
    cleared[2:4, 1:4] = 0
    last = cleared.copy()
    shown = indices[:2, :3] != 5
    last[2:4, 1:4][shown] = patch[shown]

    found = list(frames(data))

    assert [frame.duration for frame in found] == [50, 70, 90, 0]
    for frame, expected in zip(found, [first, second, second, last], strict=True):
        np.testing.assert_array_equal(frame.image, expected)
    np.testing.assert_array_equal(rp_image.sync.load(data, frame=3, mode="rgba"), last)


def test_gif_frames_do_not_depend_on_what_others_set_in_pillow() -> None:
    from PIL import GifImagePlugin

    indices = make.ramp(1) % 16
    blocks = [_control(5, 1, 5), files.gif_frame(indices)] * 2
    data = files.gif(blocks, (9, 6), PALETTE)
    expected = [frame.image for frame in frames(data)]
    before = GifImagePlugin.LOADING_STRATEGY
    GifImagePlugin.LOADING_STRATEGY = GifImagePlugin.LoadingStrategy.RGB_ALWAYS
    try:
        found = [frame.image for frame in frames(data)]
    finally:
        GifImagePlugin.LOADING_STRATEGY = before

    np.testing.assert_array_equal(found, expected)


def test_apng_of_16_bits_keeps_them() -> None:
    first, second = (make.ramp(4, np.uint16, 16), 65535 - make.ramp(4, np.uint16, 16))
    data = files.apng(first, second, 2, is_first=True, depth=16)
    if not {"codecs", "opencv"}.intersection(BACKENDS):
        with pytest.raises(NoBackendError, match=r'pip install "rp-image\[opencv\]"'):
            list(frames(data))
        return

    found = [frame.image for frame in frames(data)]

    np.testing.assert_array_equal(found, [first, second])


def test_opaque_animations_are_rgb_and_others_rgba() -> None:
    indices = make.ramp(1) % 16
    frame = files.gif_frame(indices)
    plain = files.gif([_control(1, 1, None), frame] * 2, (9, 6), PALETTE)
    keyed = files.gif([_control(1, 1, None), frame, _control(1, 1, 5), frame], (9, 6), PALETTE)
    cleared = files.gif([_control(1, 2, None), frame, _control(1, 1, 5), frame], (9, 6), PALETTE)

    assert load_animation(plain).images.shape == (2, 6, 9, 3)
    assert load_animation(keyed).images.shape == (2, 6, 9, 3)
    assert load_animation(cleared).images.shape == (2, 6, 9, 4)


def test_load_animation_is_bounded() -> None:
    data = saved(moving(), "PNG")

    assert load_animation(data, max_pixels=4 * 54).images.shape == (4, 6, 9, 3)
    with pytest.raises(LimitExceededError, match="the frames have more than"):
        load_animation(data, max_pixels=4 * 54 - 1)


def test_loop_counts() -> None:
    # Of a GIF, what is stored is how often it is shown again.
    assert load_animation(saved(moving(), "GIF", loop=3)).loop == 4
    assert load_animation(saved(moving(), "GIF")).loop == 1
    assert load_animation(saved(moving(), "WEBP", loop=2)).loop == 2
    assert load_animation(saved(moving(), "PNG", loop=5)).loop == 5


def test_pages_of_a_tiff_are_frames() -> None:
    buffer = BytesIO()
    pages = [make.ramp(3), make.ramp(3)[:3], make.ramp(1)]
    first, *others = (Pillow.fromarray(page) for page in pages)
    first.save(buffer, "TIFF", save_all=True, append_images=others, compression="tiff_lzw")

    found = [frame.image for frame in frames(buffer.getvalue())]

    assert [image.shape for image in found] == [(6, 9, 3), (3, 9, 3), (6, 9, 3)]
    np.testing.assert_array_equal(found[2], rgb(pages[2]))
    with pytest.raises(DecodeError, match="differ in size"):
        load_animation(buffer.getvalue())
    with pytest.raises(IndexError):
        rp_image.sync.load(buffer.getvalue(), frame=3)


def test_a_still_image_has_one_frame() -> None:
    (frame,) = frames(make.png(make.ramp(3), 2))

    np.testing.assert_array_equal(frame.image, make.ramp(3))


def test_a_sequence_of_avif() -> None:
    pictures = [make.photo(), 255 - make.photo(), make.photo()]
    data = saved(pictures, "AVIF", quality=90)

    found = list(frames(data))

    assert [frame.duration for frame in found] == [40, 80, 120]
    for frame, picture in zip(found, pictures, strict=True):
        assert np.abs(frame.image.astype(int) - picture).mean() < 5
    with pytest.raises(UnsupportedError, match="pillow only"):
        rp_image.sync.load(data, frame=1, backend="codecs")
