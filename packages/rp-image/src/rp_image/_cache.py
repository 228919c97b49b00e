"""The one store of loaded images."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rp_core import cached, file_key, is_url, read_source

if TYPE_CHECKING:
    from rp_core import Source
    from rp_image._loader import Loader
    from rp_image._types import Image

CACHE_BYTES: Final = 256 << 20


def load_cached(loader: Loader, source: Source) -> Image:
    """Load an image, or hand out the one that was loaded before."""
    image = _load(loader, _path_or_bytes(loader, source))
    return image if loader.cache == "readonly" else image.copy()


def _path_or_bytes(loader: Loader, source: Any) -> str | bytes:
    """Return the name of a file, or else what is read from the source."""
    if isinstance(source, (str, os.PathLike)) and not is_url(source):
        return source if isinstance(source, str) else os.fsdecode(source)
    return read_source(source, urls=loader.urls)


def _key(loader: Loader, source: str | bytes) -> str:
    """Name a file by its state, bytes by a digest, so that the key does not hold them."""
    if isinstance(source, str):
        return f"{loader.key}{file_key(source)}"
    from hashlib import blake2b

    return f"{loader.key}{blake2b(source, digest_size=20).hexdigest()}"


@cached(maxsize=None, max_bytes=CACHE_BYTES, key=_key, copy="readonly")
def _load(loader: Loader, source: str | bytes) -> Image:
    return loader.decode(read_source(Path(source) if isinstance(source, str) else source))
