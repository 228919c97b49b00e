"""What is installed: packages, operations, the state of their backends, the caches."""

from __future__ import annotations

import pkgutil
import sys
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points, packages_distributions, version
from inspect import isfunction
from typing import TYPE_CHECKING

from rp_core._cache_folders import CacheFolder, cache_folders
from rp_core._chain import chains
from rp_core._install import base

if TYPE_CHECKING:
    from types import ModuleType

    from rp_core._backend import Backend, State


@dataclass(frozen=True, slots=True)
class BackendReport:
    """One backend: its state, and for one that cannot work the reason and what mends it.

    `version` is that of the distribution which brings its module; empty where there is none.
    """

    name: str
    state: State
    version: str
    reason: str
    install: str


@dataclass(frozen=True, slots=True)
class PackageReport:
    """One rp package: its version, its public functions, and the backends of each chain in order.

    `error` says why it cannot be imported; empty where it can.
    """

    name: str
    version: str
    operations: list[str]
    chains: dict[str, list[BackendReport]]
    error: str = ""

    def is_unable(self, chain: list[BackendReport]) -> bool:
        """Return whether no backend works, though one is broken or belongs to the base."""
        if any(backend.state == "installed" for backend in chain):
            return False
        line = base.of(self.name).line
        return any(backend.state == "broken" or backend.install == line for backend in chain)


@dataclass(frozen=True, slots=True)
class Report:
    """All of it."""

    python: str
    executable: str
    packages: list[PackageReport]
    caches: list[CacheFolder]

    @property
    def chain_count(self) -> int:
        """How many operations have a chain of backends."""
        return sum(len(package.chains) for package in self.packages)

    @property
    def backend_count(self) -> int:
        """How many backends there are in all chains."""
        return sum(len(chain) for package in self.packages for chain in package.chains.values())

    @property
    def is_broken(self) -> bool:
        """Whether a package cannot be imported, or an operation that should work does not.

        One of which all backends are optional, and missing, is left out by choice.
        """
        return any(
            package.error or any(map(package.is_unable, package.chains.values()))
            for package in self.packages
        )


def examine() -> Report:
    """Look at every rp package that is installed; this imports them and their backends."""
    found = sorted(entry_points(group="rp_core.packages"), key=lambda entry: entry.name)
    packages = [_examine_package(entry.name, entry.value) for entry in found]
    return Report(sys.version.split()[0], sys.executable, packages, cache_folders())


def _examine_package(name: str, module: str) -> PackageReport:
    try:
        package = import_module(module)
        for submodule in pkgutil.iter_modules(package.__path__, f"{module}."):
            if not submodule.name.endswith("__main__"):
                import_module(submodule.name)
        operations = _functions(package)
    except Exception as error:  # a broken package may raise anything
        return PackageReport(name, version(name), [], {}, f"{type(error).__name__}: {error}")
    own = {
        operation: [_examine_backend(backend) for backend in chain.backends]
        for operation, chain in chains.items()
        if operation.partition(".")[0] == module
    }
    return PackageReport(name, version(name), operations, own)


def _functions(package: ModuleType) -> list[str]:
    public = {name: getattr(package, name) for name in getattr(package, "__all__", [])}
    return [name for name, value in public.items() if isfunction(value)]


def _examine_backend(backend: Backend[..., object]) -> BackendReport:
    reason = "" if backend.obstacle is None else str(backend.obstacle)
    brought = _version_of(backend.needs) if backend.needs else ""
    return BackendReport(backend.name, backend.state, brought, reason, backend.install.line)


def _version_of(module: str) -> str:
    """Return the version of the distribution that brings a module; the first one, of several."""
    brings = _distributions().get(module.partition(".")[0], [])
    return version(brings[0]) if brings else ""


@cache
def _distributions() -> dict[str, list[str]]:
    return dict(packages_distributions())
