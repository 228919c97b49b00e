"""TIFF headers (TIFF 6.0; BigTIFF; Adobe's technical notes 1 to 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rp_image._errors import DecodeError
from rp_image._header import Header
from rp_image._headers.exif import ORIENTATION, extract, orientation_of
from rp_image._headers.ifd import Tags
from rp_image._types import Color, ImageInfo, Sample

if TYPE_CHECKING:
    from rp_image._slices import Sliceable

WIDTH, LENGTH, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
FILL_ORDER, SAMPLES, ROWS_PER_STRIP, PLANAR, PREDICTOR = 266, 277, 278, 284, 317
COLOR_MAP, TILE_WIDTH, TILE_LENGTH, SUB_DIRECTORIES = 320, 322, 323, 330
EXTRA_SAMPLES, SAMPLE_FORMAT, JPEG_TABLES, SUBSAMPLING = 338, 339, 347, 530
ICC_PROFILE, XMP, DNG_VERSION = 34675, 700, 50706
_YCC_COEFFICIENTS, _REFERENCE = 529, 532
_STRIPS, _TILES = (273, 279), (324, 325)
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, MASK, CMYK, YCBCR, CIELAB = 0, 1, 2, 3, 4, 5, 6, 8
ICC_LAB: Final = 9
_CFA: Final = frozenset({32803, 34892})
_COLORS: Final[dict[int, Color]] = {
    WHITE_IS_ZERO: "gray",
    BLACK_IS_ZERO: "gray",
    MASK: "gray",
    PALETTE: "palette",
    CMYK: "cmyk",
    CIELAB: "lab",
    ICC_LAB: "lab",
}
_CHANNELS: Final = {"gray": 1, "palette": 1, "cmyk": 4, "rgb": 3, "lab": 3}
_SAMPLES: Final[dict[int, Sample]] = {1: "unsigned", 2: "signed", 3: "float", 4: "unsigned"}
_ALPHA_KINDS: Final = frozenset({1, 2, 999})  # 999 is Corel Draw's.
PREMULTIPLIED: Final = 1
NONE, DEFLATE, OLD_DEFLATE, PACKBITS = 1, 8, 32946, 32773
CCITT: Final = frozenset({2, 3, 4})
LZW, JPEG, OLD_JPEG = 5, 7, 6
BY_CODECS: Final = frozenset({LZW, DEFLATE, OLD_DEFLATE})
BY_LIBTIFF: Final = frozenset({LZW, *CCITT, DEFLATE, OLD_DEFLATE})
_FOR_PILLOW: Final = frozenset({NONE, *CCITT, LZW, JPEG, OLD_JPEG, DEFLATE, OLD_DEFLATE, PACKBITS})
_PREDICTED: Final = frozenset({LZW, DEFLATE, OLD_DEFLATE, 34925, 50000})  # And LZMA, Zstandard.
BT_601: Final = (0.299, 0.587, 0.114)
_MOST_SAMPLES: Final = 1 << 10
_MOST_SEGMENTS: Final = 1 << 20


@dataclass(slots=True)
class Layout:
    """How a page stores its samples.

    Attributes:
        order: "<" or ">", the byte order.
        compression: The scheme, as its tag numbers it.
        photometric: What the samples mean, as its tag numbers it.
        bits: Bits of each sample.
        sample: Kind of the samples.
        samples: How many there are to a pixel.
        alpha: Which one is alpha, or None.
        premultiplied: Whether the others are multiplied by it.
        planar: Whether each sample has a plane of its own.
        predictor: 1 for none, 2 for differences, 3 for differences of floats.
        low_first: Whether the first pixel of a byte is in its low bits.
        segments: Where each strip or tile begins, and its bytes.
        height, width: Of one strip or tile.
        is_tiled: Whether these are tiles.
        palette: Colour map, red first, or nothing.
        tables: JPEG tables that the strips share.
        subsampling: Of chroma, across and down.
        weights: Of red, green and blue in the luma of YCbCr.
        reference: What is black and white, of luma and of each chroma.
    """

    order: str
    compression: int
    photometric: int
    bits: tuple[int, ...]
    sample: Sample
    samples: int
    alpha: int | None
    premultiplied: bool
    planar: bool
    predictor: int
    low_first: bool
    segments: tuple[tuple[int, int], ...]
    height: int
    width: int
    is_tiled: bool
    palette: tuple[int, ...]
    tables: bytes | None
    subsampling: tuple[int, int]
    weights: tuple[float, ...] = BT_601
    reference: tuple[float, ...] = ()


def read_page(data: Sliceable, index: int, offset: int | None = None) -> Header:
    """Read one directory of a TIFF; of a camera's raw file, leave it to LibRaw.

    Args:
        data: The file.
        index: The number of the directory.
        offset: Where it begins, if that is known.
    """
    try:
        tags = Tags(data, index, offset=offset)
    except ValueError as error:
        raise DecodeError(f"the tiff is damaged: {error}") from error
    if _is_raw(data, tags):
        from rp_image._headers import raw

        return raw.read_header(data)
    width, height = tags.number(WIDTH, default=0), tags.number(LENGTH, default=0)
    layout = _layout(tags, width, height)
    info = ImageInfo(
        "tiff",
        width,
        height,
        color=_COLORS.get(layout.photometric, "rgb"),
        bits=8 if layout.photometric == PALETTE else max(layout.bits),
        sample=layout.sample,
        has_alpha=layout.alpha is not None,
        orientation=_orientation(tags),
        exif=extract(tags),
        icc=tags.raw(ICC_PROFILE),
        xmp=tags.raw(XMP),
    )
    plain = (
        info.bits <= 8
        and info.sample == "unsigned"
        and layout.compression in _FOR_PILLOW
        and len(set(layout.bits)) == 1
    )
    area = layout.width * layout.height if layout.is_tiled else 0
    # Other samples are decoded with those of the picture: four count as one pixel.
    largest = max(area, width * height) * -(-layout.samples // 4)
    defect = _defect(layout, len(data))
    return Header(info, plain=plain, defect=defect, largest=largest, index=index, details=layout)


def count_frames(data: Sliceable) -> int:
    """Return the number of pages."""
    return Tags(data).count_pages()


def _layout(tags: Tags, width: int, height: int) -> Layout:
    samples = tags.number(SAMPLES, default=1)
    compression = tags.number(COMPRESSION, default=NONE)
    photometric = tags.number(PHOTOMETRIC, default=RGB if samples in {3, 4} else BLACK_IS_ZERO)
    tiled = TILE_WIDTH in tags
    rows = min(height, tags.number(ROWS_PER_STRIP, default=height) or height)
    alpha, premultiplied = _alpha(tags, samples, photometric)
    bits = tags.values(BITS) or (1,)
    if not 1 <= samples <= _MOST_SAMPLES:
        raise DecodeError(f"the tiff has {samples} samples a pixel")
    if photometric == YCBCR:
        across, down = (*tags.values(SUBSAMPLING), 2, 2)[:2]
    else:
        across = down = 1
    where, sizes = _TILES if tiled else _STRIPS
    return Layout(
        order=tags.order,
        compression=compression,
        photometric=photometric,
        bits=(bits * samples)[:samples] if len(bits) < samples else bits[:samples],
        sample=_SAMPLES.get(max(tags.values(SAMPLE_FORMAT) or (1,)), "float"),
        samples=samples,
        alpha=alpha,
        premultiplied=premultiplied,
        planar=tags.number(PLANAR, default=1) == 2 and samples > 1,
        predictor=tags.number(PREDICTOR, default=1) if compression in _PREDICTED else 1,
        low_first=tags.number(FILL_ORDER, default=1) == 2,
        segments=_segments(tags.values(where), tags.values(sizes), rows),
        height=tags.number(TILE_LENGTH, default=0) if tiled else rows,
        width=tags.number(TILE_WIDTH, default=0) if tiled else width,
        is_tiled=tiled,
        palette=tags.values(COLOR_MAP),
        tables=tags.raw(JPEG_TABLES),
        subsampling=(across, down),
        weights=_weights(tags),
        reference=tags.fractions(_REFERENCE),
    )


def _segments(
    starts: tuple[int, ...], sizes: tuple[int, ...], rows: int
) -> tuple[tuple[int, int], ...]:
    """Pair where segments begin with how long they are; a missing length is "to the end"."""
    if len(starts) > _MOST_SEGMENTS or not rows:
        raise DecodeError("the tiff has too many strips")
    lengths = (*sizes, *(1 << 62 for _ in starts[len(sizes) :]))
    return tuple(zip(starts, lengths, strict=False))


def _orientation(tags: Tags) -> int:
    value = tags.number(ORIENTATION, default=0)
    return value if 1 <= value <= 8 else orientation_of(None, [tags.raw(XMP) or b""])


def _alpha(tags: Tags, samples: int, photometric: int) -> tuple[int | None, bool]:
    """Return which sample is alpha, and whether the others are multiplied by it.

    A fourth one beside RGB is, where nothing is said of it.
    """
    base = _CHANNELS[_COLORS.get(photometric, "rgb")]
    if EXTRA_SAMPLES in tags:
        for place, kind in enumerate(tags.values(EXTRA_SAMPLES), base):
            if kind in _ALPHA_KINDS and place < samples:
                return place, kind == PREMULTIPLIED
        return None, False
    return (3, False) if photometric == RGB and samples == 4 else (None, False)


def _weights(tags: Tags) -> tuple[float, ...]:
    weights = tags.fractions(_YCC_COEFFICIENTS)
    return weights if len(weights) == 3 and all(weights) and weights[0] + weights[2] < 1 else BT_601


def _is_raw(data: Sliceable, tags: Tags) -> bool:
    """Return whether this is a camera's raw file, whose first directory may be a thumbnail."""
    if DNG_VERSION in tags or tags.number(PHOTOMETRIC, default=0) in _CFA:
        return True
    for offset in tags.values(SUB_DIRECTORIES)[:16]:
        try:
            if Tags(data, offset=offset).number(PHOTOMETRIC, default=0) in _CFA:
                return True
        except EOFError:
            continue
    return False


def _defect(layout: Layout, length: int) -> str | None:
    if layout.photometric == PALETTE and len(layout.palette) < 3 << min(16, layout.bits[0]):
        return "the colour map is too short"
    most = 1 << 62
    if layout.compression == NONE:  # A length may be too large, and no pixel is missing.
        per_pixel = layout.bits[0] * (1 if layout.planar else layout.samples)
        most = (layout.width * per_pixel + 7) // 8 * layout.height
    if any(start + min(size, most) > length for start, size in layout.segments if size < 1 << 62):
        return "the pixels are cut off"
    return None
