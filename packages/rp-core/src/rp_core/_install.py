"""What installs a backend, and installing it where the user allowed that."""

from __future__ import annotations

import os
import sys
from threading import Lock
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

_allowed: bool | None = None
_lock = Lock()
_tried: dict[str, bool] = {}


class Install(NamedTuple):
    """Where a backend comes from.

    Attributes:
        kind: "base" (the package's own dependencies), "extra", or "system" (a system package).
        name: Name of the extra or of the system package; empty for "base".
        package: The distribution that declares the extra; empty until a chain fills it in.
    """

    kind: Literal["base", "extra", "system"]
    name: str = ""
    package: str = ""

    @property
    def line(self) -> str:
        """The command that installs it."""
        if self.kind == "system":
            return f"install the system package {self.name}"
        extra = f"[{self.name}]" if self.kind == "extra" else ""
        return f'pip install "{self.package}{extra}"'

    def of(self, package: str) -> Install:
        """Return the same for a distribution, unless it names one already."""
        return self if self.package else Install(self.kind, self.name, package)

    def run_if_allowed(self) -> bool:
        """Install a declared extra into this interpreter if the user allowed that.

        Returns:
            Whether something was installed.
        """
        if self.kind != "extra" or not _is_allowed() or not _is_declared(self):
            return False
        requirement = f"{self.package}[{self.name}]"
        with _lock:  # asked by many threads, and for every input that fails, it runs once
            if requirement not in _tried:
                _tried[requirement] = _run_installer(requirement)
            return _tried[requirement]


Install.__module__ = "rp_core"
base = Install("base")


def extra(name: str, *, package: str = "") -> Install:
    """Say that a backend comes with an extra of its package."""
    return Install("extra", name, package)


def system(name: str) -> Install:
    """Say that a backend comes with a system package, such as "espeak-ng"."""
    return Install("system", name)


def allow_install(allow: bool = True) -> None:
    """Allow missing extras to be installed when they are first needed.

    Only extras that an installed rp package declares are ever installed, with uv or else pip,
    into this interpreter. Without this call the environment decides: `RP_AUTO_INSTALL=1`.
    """
    global _allowed
    _allowed = allow


def _is_allowed() -> bool:
    return os.environ.get("RP_AUTO_INSTALL") == "1" if _allowed is None else _allowed


def _is_declared(install: Install) -> bool:
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        return install.name in (metadata(install.package).get_all("Provides-Extra") or ())
    except PackageNotFoundError:
        return False


def _run_installer(requirement: str) -> bool:
    import importlib
    import shutil
    import subprocess

    if uv := shutil.which("uv"):
        command = [uv, "pip", "install", "--python", sys.executable, requirement]
    else:
        command = [sys.executable, "-m", "pip", "install", requirement]
    print(f"rp: {' '.join(command)}", file=sys.stderr)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
    importlib.invalidate_caches()
    return done.returncode == 0
