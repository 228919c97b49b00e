"""Images as tensors: shared where they can be, and grids that nobody spoils."""

from __future__ import annotations

import numpy as np
import pytest

import rp_image.sync as rp
from support import images as make

torch = pytest.importorskip("torch")
from rp_image import torch as rt  # noqa: E402


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_an_image_goes_there_and_back(channels: int, dtype: type[np.generic]) -> None:
    image = make.ramp(channels).astype(dtype)

    tensor = rt.to_torch(image)

    assert tuple(tensor.shape) == (channels, 6, 9)
    np.testing.assert_array_equal(rt.from_torch(tensor), image)
    assert not np.shares_memory(rt.from_torch(tensor), image)


def test_memory_is_shared_where_the_array_is_writable() -> None:
    image = make.ramp(3)
    rt.to_torch(image)[0, 0, 0] = 77
    assert image[0, 0, 0] == 77
    frozen = make.ramp(3)
    frozen.setflags(write=False)
    rt.to_torch(frozen)[0, 0, 0] = 77
    assert frozen[0, 0, 0] != 77
    np.testing.assert_array_equal(rt.from_torch(rt.to_torch(frozen[::-1])), frozen[::-1])


def test_grids_of_two_sizes_are_never_confused() -> None:
    assert tuple(rt.coordinate_grid(2, 3).shape) == (2, 2, 3)
    assert tuple(rt.coordinate_grid(5, 7).shape) == (2, 5, 7)
    pixel = rt.coordinate_grid(2, 3, range="pixel")
    assert pixel.tolist() == [[[0, 1, 2], [0, 1, 2]], [[0, 0, 0], [1, 1, 1]]]
    assert rt.coordinate_grid(2, 3)[0, 0].tolist() == [0, 0.5, 1]
    assert rt.coordinate_grid(1, 2, range="ndc")[0, 0].tolist() == [-0.5, 0.5]
    assert rt.coordinate_grid(2, 3, dtype=torch.float64).dtype == torch.float64


def test_a_write_does_not_spoil_the_cache() -> None:
    rt.coordinate_grid(4, 4)[:] = 9

    assert rt.coordinate_grid(4, 4).max() == 1


@pytest.mark.parametrize("size", [(3, 4), (12, 20), (4, 20), 0.5])
@pytest.mark.parametrize("method", ["auto", "nearest", "linear", "area", "lanczos"])
def test_tensors_are_resized_as_images_are(size: object, method: rp.Method) -> None:
    image = make.photo()
    tensor = rt.resize(rt.to_torch(image), size, method=method)  # type: ignore[arg-type]

    expected = rp.resize(image, size, method=method)  # type: ignore[arg-type]
    difference = np.abs(rt.from_torch(tensor).astype(int) - expected)
    assert difference.max() <= 2
    assert tuple(rt.resize(rt.to_torch(image)[None], size).shape[:2]) == (1, 3)  # type: ignore[arg-type]


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(TypeError):
        rt.to_torch([[1]])  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        rt.from_torch(np.zeros((3, 2, 2)))
    with pytest.raises(ValueError, match="range"):
        rt.coordinate_grid(2, 2, range="deg")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="method"):
        rt.resize(torch.zeros(3, 4, 4), 2, method="cubic")  # type: ignore[arg-type]
