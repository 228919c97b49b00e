"""What is installed: packages, operations, and the state of their backends."""

from __future__ import annotations

import pkgutil
import sys
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.metadata import entry_points, version
from typing import TYPE_CHECKING

from rp_core._chain import chains

if TYPE_CHECKING:
    from rp_core._backend import Backend, State


@dataclass(frozen=True, slots=True)
class BackendReport:
    """One backend: its state, and for one that cannot work the reason and what mends it."""

    name: str
    state: State
    reason: str
    install: str


@dataclass(frozen=True, slots=True)
class PackageReport:
    """One rp package: its version, and the backends of each operation in order.

    `error` says why it cannot be imported; empty where it can.
    """

    name: str
    version: str
    operations: dict[str, list[BackendReport]]
    error: str = ""


def examine() -> list[PackageReport]:
    """Look at every rp package that is installed; this imports them and their backends."""
    found = sorted(entry_points(group="rp_core.packages"), key=lambda entry: entry.name)
    return [_examine_package(entry.name, entry.value) for entry in found]


def main() -> int:
    """Print the report; return 1 where a package or every backend of an operation is broken."""
    reports = examine()
    if "--json" in sys.argv[1:]:
        import json

        print(json.dumps([asdict(report) for report in reports], indent=2))
    else:
        print(f"Python {sys.version.split()[0]} at {sys.executable}")
        for report in reports:
            _print(report)
    return int(any(map(_is_broken, reports)))


def _is_broken(report: PackageReport) -> bool:
    unable = (
        all(b.state != "installed" for b in backends) for backends in report.operations.values()
    )
    return bool(report.error) or any(unable)


def _examine_package(name: str, module: str) -> PackageReport:
    try:
        package = import_module(module)
        for submodule in pkgutil.iter_modules(package.__path__, f"{module}."):
            if not submodule.name.endswith("__main__"):
                import_module(submodule.name)
    except Exception as error:  # a broken package may raise anything
        return PackageReport(name, version(name), {}, f"{type(error).__name__}: {error}")
    own = {
        operation: [_examine_backend(backend) for backend in chain.backends]
        for operation, chain in chains.items()
        if operation.partition(".")[0] == module
    }
    return PackageReport(name, version(name), own)


def _examine_backend(backend: Backend[..., object]) -> BackendReport:
    reason = "" if backend.obstacle is None else str(backend.obstacle)
    return BackendReport(backend.name, backend.state, reason, backend.install.line)


def _print(report: PackageReport) -> None:
    print(f"\n{report.name} {report.version}")
    if report.error:
        print(f"  broken: {report.error}")
    for operation, backends in report.operations.items():
        print(f"  {operation}")
        for backend in backends:
            print(f"    {backend.name:<12} {backend.state:<10} {backend.reason}".rstrip())
