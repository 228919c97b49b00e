"""`load` with its options, for the operations that load one image or many."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, get_args

from rp_core import MissingDependencyError, UnsupportedError, read_source
from rp_image._decode import Decoded, Encoded, check_size, decode
from rp_image._errors import DecodeError, NoSuchFrameError
from rp_image._header import read_header
from rp_image._headers.jpeg import check_scans, find_defect
from rp_image._pixels import as_stored, own, to_mode, upright
from rp_image._sizes import target_size
from rp_image._types import MAX_PIXELS, DType, ImageInfo, Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rp_core import Source
    from rp_image._header import Header
    from rp_image._types import Image

Icc: TypeAlias = Literal["keep", "srgb"]
Cache: TypeAlias = bool | Literal["readonly"]
Size: TypeAlias = "float | tuple[int, int]"


class LoadOptions(TypedDict, total=False):
    """The options of `load`, for the operations that load many."""

    mode: Mode
    dtype: DType | None
    size: Size | None
    frame: int
    orient: bool
    strict: bool
    max_pixels: int | None
    icc: Icc
    cache: Cache
    urls: bool
    backend: str | Sequence[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """`load` with its options, checked."""

    mode: Mode = "auto"
    dtype: DType | None = None
    size: Size | None = None
    frame: int = 0
    orient: bool = True
    strict: bool = True
    max_pixels: int | None = MAX_PIXELS
    icc: Icc = "keep"
    cache: Cache = False
    urls: bool = True
    backend: str | Sequence[str] | None = None
    spare: int = 2
    clip: bool = False
    profile_needed: bool = True
    key: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse options that make no sense."""
        _check_choice("mode", self.mode, get_args(Mode))
        _check_choice("dtype", self.dtype, (None, *get_args(DType)))
        _check_choice("icc", self.icc, get_args(Icc))
        _check_choice("cache", self.cache, (False, True, "readonly"))
        check_limit(self.max_pixels)
        if not isinstance(self.frame, int) or isinstance(self.frame, bool):
            raise TypeError(f"frame must be an int, not {self.frame!r}")
        if self.frame < 0:
            raise ValueError(f"frame must be at least 0, not {self.frame}")
        if self.size is not None:
            target_size((1, 1), self.size)
        decode.using(self.backend)
        backend = self.backend if isinstance(self.backend, str) else tuple(self.backend or ())
        chosen = self.mode, self.dtype, self.size, self.frame, self.orient, self.strict
        key = repr(
            (
                *chosen,
                self.max_pixels,
                self.icc,
                backend,
                self.spare,
                self.clip,
                self.profile_needed,
            )
        )
        object.__setattr__(self, "key", key)

    def __call__(self, source: Source) -> Image:
        """`load` with its options, for the operations that load one image or many."""
        try:
            if self.cache:
                from rp_image._cache import load_cached

                return load_cached(self, source)
            return self.decode(read_source(source, urls=self.urls))
        except DecodeError as error:
            if isinstance(source, (str, PathLike)):
                error.add_note(f"while loading {fspath(source)[:200]!r}")
            raise

    def decode(self, data: bytes) -> Image:
        """Decode the bytes of a file."""
        return self.decode_page(data, read_header(data, self.frame))

    def decode_page(self, data: bytes, header: Header) -> Image:
        """Decode the picture that a header is of."""
        check_size(header, self.max_pixels)
        if header.many_scans and self.max_pixels is not None:
            check_scans(data, header)
        if self.strict and (defect := _defect(data, header)):
            raise DecodeError(f"the {header.info.format} is damaged or cut off: {defect}")
        if self.icc == "srgb" and header.info.format == "jxl":
            header.info = replace(header.info, icc=self._profile_of(data, header))
        info = header.info
        size = target_size(self._shape(info), self.size) if self.size else None
        if _is_composed(header, self.frame):
            info, decoded = self._compose(data, header)
        else:
            decoded = self._decode_frame(data, header, size)
        pixels = decoded.pixels
        if self.icc == "srgb" and info.icc and info.color != "lab":
            try:
                pixels = self._to_srgb(pixels, info)
            except DecodeError:
                if self.profile_needed:
                    raise
                return replace(self, icc="keep").decode_page(data, header)
        if self.orient != decoded.is_upright:
            turn = upright if self.orient else as_stored
            pixels = turn(pixels, info.orientation)
        return own(self._finish(to_mode(pixels, info, self.mode), size))

    def _profile_of(self, data: bytes, header: Header) -> bytes | None:
        from rp_image._icc import profile_of

        try:
            return profile_of(data, header)
        except (MissingDependencyError, DecodeError):
            if self.profile_needed:
                raise
            return None

    def _to_srgb(self, pixels: Image, info: ImageInfo) -> Image:
        """Apply the profile, to 8 bits where those are wanted: more need an extra."""
        from rp_image._icc import to_srgb

        if self.dtype == "uint8":
            from rp_image._depth import as_uint8

            pixels = as_uint8(pixels, clip=self.clip)
        return to_srgb(pixels, info)

    def _finish(self, pixels: Image, size: tuple[int, int] | None) -> Image:
        """Bring the picture to the size and the type that were asked for."""
        if size and pixels.shape[:2] != size:
            from rp_image._resize import resize

            pixels = resize(own(pixels), size)
        return self.in_depth(pixels)

    def in_depth(self, pixels: Image) -> Image:
        """Bring samples to the type that was asked for."""
        if self.dtype is None or pixels.dtype == self.dtype:
            return pixels
        from rp_image import _depth

        if self.dtype == "float32":
            return _depth.as_float32(pixels)
        convert = _depth.as_uint8 if self.dtype == "uint8" else _depth.as_uint16
        return convert(pixels, clip=self.clip)

    def _shape(self, info: ImageInfo) -> tuple[int, int]:
        turned = self.orient and info.orientation > 4
        return (info.width, info.height) if turned else (info.height, info.width)

    def _decode_frame(self, data: bytes, header: Header, size: tuple[int, int] | None) -> Decoded:
        info = header.info
        if self.frame and header.index != self.frame:
            from rp_image._animations.others import decode_frame

            if self.backend is not None and "pillow" not in _names(self.backend):
                raise UnsupportedError(f"later frames of {info.format} are decoded by pillow only")
            return decode_frame(data, header, self.frame)
        least = None
        if size:
            turned = self.orient and info.orientation > 4
            height, width = size[::-1] if turned else size
            least = min(info.height, height * self.spare), min(info.width, width * self.spare)
        inks = self.icc == "srgb" and info.icc is not None and info.color == "cmyk"
        request = Encoded(data, header, self.mode, self.strict, least, inks)
        return decode.using(self.backend)(request)

    def _compose(self, data: bytes, header: Header) -> tuple[ImageInfo, Decoded]:
        from rp_image._animations.pieces import compose, has_transparency

        number = -1
        pictures = compose(
            data, header, strict=self.strict, max_pixels=self.max_pixels, backend=self.backend
        )
        for number, (picture, _) in enumerate(pictures):
            if number == self.frame:
                has_alpha = header.info.has_alpha or has_transparency(data, header)
                return replace(header.info, has_alpha=has_alpha), Decoded(picture)
        if number < 0:
            raise DecodeError(f"the {header.info.format} has no frame that is whole")
        raise NoSuchFrameError.of(self.frame, number + 1)


@lru_cache(maxsize=256, typed=True)
def remembered(**options: Any) -> Loader:
    """Return the loader with these options, checked once."""
    return Loader(**options)


def _names(backend: str | Sequence[str]) -> Sequence[str]:
    return (backend,) if isinstance(backend, str) else backend


def _is_composed(header: Header, frame: int) -> bool:
    """Return whether a frame is made of the ones before it."""
    info = header.info
    if info.format == "webp":
        return info.frames > 1 or header.animated
    return frame > 0 and (info.format == "gif" or (info.format == "png" and header.details > 0))


def _check_choice(name: str, value: object, choices: tuple[object, ...]) -> None:
    if not any(value is choice or value == choice for choice in choices):
        known = ", ".join(map(repr, choices))
        raise ValueError(f"{name} must be one of {known}, not {value!r}")


def check_limit(max_pixels: int | None) -> None:
    """Refuse a `max_pixels` that is no positive number."""
    if max_pixels is None:
        return
    if not isinstance(max_pixels, int) or isinstance(max_pixels, bool):
        raise TypeError(f"max_pixels must be an int or None, not {max_pixels!r}")
    if max_pixels < 1:
        raise ValueError(f"max_pixels must be at least 1, not {max_pixels}")


def _defect(data: bytes, header: Header) -> str | None:
    if header.info.format == "jpeg":
        return find_defect(data, header.body)
    return header.defect
