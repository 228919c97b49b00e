"""What machine this is."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


def is_linux() -> bool:
    """Return whether this is Linux."""
    return sys.platform.startswith("linux")


def is_macos() -> bool:
    """Return whether this is macOS."""
    return sys.platform == "darwin"


def is_windows() -> bool:
    """Return whether this is Windows."""
    return sys.platform == "win32"


def in_notebook() -> bool:
    """Return whether this code runs in a Jupyter kernel, Colab included."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def cache_dir(name: str) -> Path:
    """Return a private folder for cached data, made on demand.

    Args:
        name: Name of the folder, one path component, such as "rp-image".

    Returns:
        The folder under the user's cache directory; only this user may enter it (0700).

    Raises:
        ValueError: `name` is not a single path component.
        OSError: The folder cannot be made.
    """
    if not name or name in {".", ".."} or "\0" in name or not {"/", "\\", ":"}.isdisjoint(name):
        raise ValueError(f"not the name of a folder: {name!r}")
    folder = cache_root() / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def cache_root() -> Path:
    """Return the folder that holds those of `cache_dir`; it need not exist."""
    from platformdirs import user_cache_path

    return user_cache_path("rp", appauthor=False)


def cpu_count() -> int:
    """Return how many CPUs this process may use."""
    import os

    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
