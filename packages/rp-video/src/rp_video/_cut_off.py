"""Whether a film ends before its container says."""

from __future__ import annotations

import os

import rp_core


def is_cut_off(path: str) -> bool:
    """Return whether a part of the container reaches past the end of the file, or is missing.

    Beside the containers that rp_core knows, a GIF needs its trailer.
    """
    with open(path, "rb") as file:
        if file.read(4) != b"GIF8":
            return rp_core.is_cut_off(file)
        file.seek(max(0, os.fstat(file.fileno()).st_size - 64))
        return not file.read().rstrip(b"\0").endswith(b"\x3b")
