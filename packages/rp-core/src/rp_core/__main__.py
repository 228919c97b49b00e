"""`python -m rp_core`: the doctor."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rp_core._cache_folders import cache_folders, clear_caches
from rp_core._doctor import examine

if TYPE_CHECKING:
    from rp_core._doctor import BackendReport, PackageReport, Report

MEGABYTE = 1e6


def main() -> int:
    """Print the report, or clear the caches; return 1 where something is broken."""
    parser = argparse.ArgumentParser(
        prog="python -m rp_core", description="Show what of the rp packages works here, and why."
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--clear-cache", action="store_true", help="empty the cache folders of all rp packages"
    )
    chosen = parser.parse_args()
    if chosen.clear_cache:
        return _clear_cache()
    report = examine()
    if chosen.json:
        print(json.dumps(_as_json(report), indent=2))
    else:
        _print(report)
    return int(report.is_broken)


def _clear_cache() -> int:
    before = cache_folders()
    errors = clear_caches()
    after = {folder.name: folder.size for folder in cache_folders()}
    for folder in before:
        freed = folder.size - after.get(folder.name, 0)
        print(f"{folder.name}: {freed / MEGABYTE:.1f} MB freed in {folder.path}")
    for error in errors:
        print(error, file=sys.stderr)
    return int(bool(errors))


def _as_json(report: Report) -> dict[str, Any]:
    return {
        **asdict(report),
        "caches": [folder._asdict() for folder in report.caches],
        "chain_count": report.chain_count,
        "backend_count": report.backend_count,
    }


def _print(report: Report) -> None:
    print(f"Python {report.python} at {report.executable}")
    print(f"{report.chain_count} chains, {report.backend_count} backends")
    for package in report.packages:
        _print_package(package)
    print("\ncaches")
    for folder in report.caches:
        print(f"  {folder.name:<12} {folder.size / MEGABYTE:>8.1f} MB  {folder.path}")
    if not report.caches:
        print("  none")


def _print_package(package: PackageReport) -> None:
    print(f"\n{package.name} {package.version}")
    if package.error:
        print(f"  broken: {package.error}")
    if package.operations:
        print(f"  operations: {', '.join(package.operations)}")
    for operation, backends in package.chains.items():
        print(f"  {operation}")
        for backend in backends:
            _print_backend(backend)


def _print_backend(backend: BackendReport) -> None:
    mend = "" if backend.install in backend.reason else f"; run: {backend.install}"
    reason = f"{backend.reason}{mend}" if backend.reason else backend.version
    print(f"    {backend.name:<12} {backend.state:<10} {reason}".rstrip())


if __name__ == "__main__":
    sys.exit(main())
