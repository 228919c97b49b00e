"""The folder of a `DiskStore`, which nobody else may write to."""

from __future__ import annotations

import os
import secrets
import stat


def private_folder(name: str, folder: str | os.PathLike[str] | None) -> str:
    """Return the folder of a store, made on demand.

    Raises:
        PermissionError: It belongs to another user, or others may write to it.
        OSError: It cannot be made.
    """
    from rp_core._platform import cache_dir

    if folder is None:
        path = os.fspath(cache_dir(name))
    else:
        path = os.path.abspath(os.fspath(folder))
        os.makedirs(path, mode=0o700, exist_ok=True)
    if os.name == "posix":
        found = os.stat(path)
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o022:
            raise PermissionError(f"not private, or another user's: {path}")
    return path


def temporary_in(folder: str) -> str:
    """Return the path of a file that is not there yet, in a folder that may have been removed."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return os.path.join(folder, f".{secrets.token_hex(8)}.tmp")
