"""Images as tensors of PyTorch (extra `torch`); plain functions, the same in async code."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import numpy as np

from rp_core import require
from rp_image._sizes import target_size

if TYPE_CHECKING:
    from rp_image._resize import Method
    from rp_image._types import Image

Tensor: TypeAlias = Any
Range: TypeAlias = Literal["unit", "pixel", "ndc"]
_REMEMBERED: Final = 256
_axes: Final[dict[tuple[Any, ...], Tensor]] = {}
_lock: Final = Lock()


def to_torch(image: Image, *, device: Any = None, pin: bool = False) -> Tensor:
    """Convert an image to a tensor, channels first.

    On the CPU, and without `pin`, the tensor shares the memory of the array where the array is
    writable: writing to one changes the other.

    Args:
        image: Array (H, W) or (H, W, C) of any type that PyTorch has.
        device: Where the tensor is to be; default: the CPU.
        pin: Whether to copy to page-locked memory first, from where a GPU fetches by itself.

    Returns:
        Tensor (C, H, W), for gray (1, H, W), of the same type.

    Raises:
        MissingDependencyError: PyTorch is not installed.
        TypeError: `image` is no array, or of a type that PyTorch has not.
        ValueError: It has another shape.
    """
    torch = _torch()
    if not isinstance(image, np.ndarray):
        raise TypeError(f"image must be a numpy array, not {type(image).__name__!r}")
    if image.ndim not in {2, 3}:
        raise ValueError(f"image must be (H, W) or (H, W, C), not {image.shape}")
    planes = image[:, :, None] if image.ndim == 2 else image
    shareable = planes.flags.writeable and planes.dtype.isnative and min(planes.strides) >= 0
    native = planes if shareable else np.array(planes, planes.dtype.newbyteorder("="), order="C")
    tensor = torch.from_numpy(native).permute(2, 0, 1)
    if pin:
        tensor = tensor.contiguous().pin_memory()
    return tensor if device is None else tensor.to(device, non_blocking=pin)


def from_torch(tensor: Tensor) -> Image:
    """Convert a tensor (C, H, W) to an image.

    Args:
        tensor: On any device, with 1 to 4 channels; gradients are left behind.

    Returns:
        A new array (H, W, C), for one channel (H, W), C-contiguous.

    Raises:
        MissingDependencyError: PyTorch is not installed.
        TypeError: `tensor` is no tensor.
        ValueError: It has another shape.
    """
    torch = _torch()
    if not isinstance(tensor, torch.Tensor):
        raise TypeError(f"tensor must be a torch.Tensor, not {type(tensor).__name__!r}")
    if tensor.ndim != 3 or not 1 <= tensor.shape[0] <= 4:
        raise ValueError(f"tensor must be (C, H, W) with C 1 to 4, not {tuple(tensor.shape)}")
    image = np.array(
        tensor.detach().cpu().resolve_conj().resolve_neg().permute(1, 2, 0).numpy(), order="C"
    )
    return image[:, :, 0] if image.shape[2] == 1 else image


def coordinate_grid(
    height: int,
    width: int,
    *,
    device: Any = None,
    dtype: Any = None,
    range: Range = "unit",  # noqa: A002
) -> Tensor:
    """Return the coordinates of every pixel, x first.

    The axes of the last sizes are kept on their devices, and each grid is laid out there anew: so
    nothing is sent again, no memory of the device is held, and writing to one grid spoils no other.

    Args:
        height: Rows, at least 1.
        width: Columns, at least 1.
        device: Where the tensor is to be; default: PyTorch's default device.
        dtype: Its type; default: PyTorch's default type.
        range: "unit": 0 to 1 from the first pixel to the last; "pixel": 0 to size - 1; "ndc": -1
            to 1 from edge to edge, the centres of pixels half a pixel inside, as `grid_sample`
            takes them with align_corners=False.

    Returns:
        Tensor (2, height, width): x, then y.

    Raises:
        MissingDependencyError: PyTorch is not installed.
        TypeError: A side is no int.
        ValueError: A side is below 1, or `range` is none of these.
    """
    torch = _torch()
    height, width = target_size((1, 1), (height, width))
    if range not in get_args(Range):
        raise ValueError(f"range must be one of {', '.join(get_args(Range))}, not {range!r}")
    device = torch.get_default_device() if device is None else torch.device(device)
    if device.type == "cuda" and device.index is None:
        device = torch.device("cuda", torch.cuda.current_device())
    dtype = torch.get_default_dtype() if dtype is None else dtype
    x = _axis(width, device, dtype, range)
    y = _axis(height, device, dtype, range)
    return torch.stack([x.expand(height, width), y[:, None].expand(height, width)])


def resize(tensor: Tensor, size: float | tuple[int, int], *, method: Method = "auto") -> Tensor:
    """Resize a tensor on its own device, by the formulas of `rp_image.resize`.

    Args:
        tensor: (C, H, W) or (N, C, H, W); floats, or uint8, which is rounded.
        size: As in `rp_image.resize`.
        method: As in `rp_image.resize`. Alpha is one more channel.

    Returns:
        A new tensor of the same type on the same device.

    Raises:
        MissingDependencyError: PyTorch is not installed.
        TypeError: `tensor` is no tensor of such a type.
        ValueError: The shape, the size or the method makes no sense.
    """
    torch = _torch()
    if not isinstance(tensor, torch.Tensor):
        raise TypeError(f"tensor must be a torch.Tensor, not {type(tensor).__name__!r}")
    if not tensor.is_floating_point() and tensor.dtype != torch.uint8:
        raise TypeError(f"tensor must be of floats or uint8, not {tensor.dtype}")
    if tensor.ndim not in {3, 4}:
        raise ValueError(f"tensor must be (C, H, W) or (N, C, H, W), not {tuple(tensor.shape)}")
    if not tensor.numel():
        raise ValueError(f"tensor has no samples: {tuple(tensor.shape)}")
    lengths = target_size(tuple(tensor.shape[-2:]), size)
    # In half precision, sums would drift.
    work = tensor.double() if tensor.dtype == torch.float64 else tensor.float()
    axes = [(-1, lengths[1]), (-2, lengths[0])]
    if method != "lanczos" and lengths[0] < tensor.shape[-2]:
        axes.reverse()  # Whole rows are gathered faster, and then there are fewer.
    for axis, length in axes:
        work = _resize_axis(torch, work, axis, length, method)
        if tensor.dtype == torch.uint8:
            work = work.clamp(0, 255)
    if tensor.is_floating_point():
        return work.clone() if work is tensor else work.to(tensor.dtype)
    return work.round().to(torch.uint8)


def _resize_axis(torch: Any, tensor: Tensor, axis: int, length: int, method: str) -> Tensor:
    from rp_image._weights import METHODS, nearest, taps

    old = tensor.shape[axis]
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {method!r}")
    if length == old:
        return tensor
    if method == "auto":
        method = "area" if length < old else "linear"
    if method == "nearest":
        return tensor.index_select(axis, torch.from_numpy(nearest(old, length)).to(tensor.device))
    index, weight = taps(old, length, method)
    places = torch.from_numpy(index).to(tensor.device)
    weights = torch.from_numpy(weight).to(tensor.device, tensor.dtype)
    if axis == -2:
        weights = weights[:, :, None]
    tensor = tensor.contiguous()
    out = tensor.index_select(axis, places[:, 0]) * weights[:, 0]
    for tap in np.arange(1, index.shape[1]).tolist():
        out.addcmul_(tensor.index_select(axis, places[:, tap]), weights[:, tap])
    return out


def _axis(*key: Any) -> Tensor:
    """Return the coordinates along one axis, remembered; never handed out itself."""
    axis = _axes.get(key)
    if axis is None:
        axis = _make_axis(*key)
        if type(axis) is not _torch().Tensor:  # A stand-in, while a program is traced.
            return axis
        with _lock:
            _axes[key] = axis
            while len(_axes) > _REMEMBERED:
                del _axes[next(iter(_axes))]
    return axis


def _make_axis(length: int, device: Any, dtype: Any, kind: str) -> Tensor:
    torch = _torch()
    place = torch.arange(length, dtype=torch.float64, device="cpu")
    if kind == "unit":
        place = place / max(1, length - 1)
    elif kind == "ndc":
        place = (place * 2 + 1) / length - 1
    return place.to(device=device, dtype=dtype)


def _torch() -> Any:
    return require("torch", extra="torch", package="rp-image")
