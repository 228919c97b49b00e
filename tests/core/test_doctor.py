"""`python -m rp_core`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

import pytest

Done: TypeAlias = "subprocess.CompletedProcess[str]"
pytestmark = pytest.mark.once
PACKAGE = """
from rp_core import Fallback, extra
work = Fallback("rp_fake.work")
@work.via({needs})
def fast(request): ...
@work.via(needs="rp_not_there", install=extra("slow"))
def slow(request): ...
"""


def fake_package(folder: Path, needs: str) -> None:
    package, metadata = folder / "rp_fake", folder / "rp_fake-1.2.3.dist-info"
    package.mkdir()
    metadata.mkdir()
    (package / "__init__.py").write_text("__all__ = ['work']\ndef work(): ...\n")
    (package / "_work.py").write_text(PACKAGE.format(needs=needs))
    (package / "__main__.py").write_text("raise SystemExit('not to be imported')")
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: rp-fake\nVersion: 1.2.3\n")
    (metadata / "entry_points.txt").write_text("[rp_core.packages]\nrp-fake = rp_fake\n")


def doctor(folder: Path, *arguments: str, home: Path | None = None) -> Done:
    return subprocess.run(
        [sys.executable, "-m", "rp_core", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        env={
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "",  # it imports all there is
            "XDG_CACHE_HOME": str(home or folder / "caches"),
        },
    )


def test_the_doctor_names_packages_operations_and_states(tmp_path: Path) -> None:
    fake_package(tmp_path, "")
    done = doctor(tmp_path)
    assert done.stderr == ""
    assert sys.executable in done.stdout.splitlines()[0]
    assert (
        "rp-fake 1.2.3\n"
        "  operations: work\n"
        "  rp_fake.work\n"
        "    fast         installed\n"
        '    slow         missing    not installed; run: pip install "rp-fake[slow]"\n'
    ) in done.stdout


def test_the_doctor_speaks_json(tmp_path: Path) -> None:
    fake_package(tmp_path, "")
    report: Any = json.loads(doctor(tmp_path, "--json").stdout)
    fake = next(package for package in report["packages"] if package["name"] == "rp-fake")
    assert fake == {
        "name": "rp-fake",
        "version": "1.2.3",
        "operations": ["work"],
        "chains": {
            "rp_fake.work": [
                {
                    "name": "fast",
                    "state": "installed",
                    "version": "",
                    "reason": "",
                    "install": 'pip install "rp-fake"',
                },
                {
                    "name": "slow",
                    "state": "missing",
                    "version": "",
                    "reason": 'not installed; run: pip install "rp-fake[slow]"',
                    "install": 'pip install "rp-fake[slow]"',
                },
            ]
        },
        "error": "",
    }
    chains = [chain for package in report["packages"] for chain in package["chains"].values()]
    assert report["chain_count"] == len(chains)
    assert report["backend_count"] == sum(map(len, chains))
    assert report["executable"] == sys.executable


@pytest.mark.parametrize("needs", ["", 'needs="rp_gone"', 'needs="rp_fake.broken"'])
def test_an_operation_that_nothing_can_do_is_an_exit_status(tmp_path: Path, needs: str) -> None:
    fake_package(tmp_path, needs)
    done = doctor(tmp_path, "--json")
    packages = json.loads(done.stdout)["packages"]
    chains = [chain for package in packages for chain in package["chains"].values()]
    unable = any(all(b["state"] != "installed" for b in chain) for chain in chains)
    assert unable or not needs
    assert done.returncode == bool(needs)


def test_an_operation_that_was_left_out_by_choice_is_none(tmp_path: Path) -> None:
    fake_package(tmp_path, 'needs="rp_gone", install=extra("fast")')
    done = doctor(tmp_path, "--json")
    packages = json.loads(done.stdout)["packages"]
    (fake,) = (package for package in packages if package["name"] == "rp-fake")
    states = [backend["state"] for backend in fake["chains"]["rp_fake.work"]]
    assert states == ["missing", "missing"]
    assert done.returncode == 0


def test_a_package_that_cannot_be_imported_is_reported(tmp_path: Path) -> None:
    fake_package(tmp_path, "")
    (tmp_path / "rp_fake" / "__init__.py").write_text("raise RuntimeError('no such luck')")
    done = doctor(tmp_path)
    assert "rp-fake 1.2.3\n  broken: RuntimeError: no such luck\n" in done.stdout
    assert done.returncode == 1


def test_a_broken_backend_is_shown_with_the_line_that_mends_it(tmp_path: Path) -> None:
    fake_package(tmp_path, 'needs="rp_ruin", install=extra("fast")')
    (tmp_path / "rp_ruin").mkdir()
    done = doctor(tmp_path)
    line = next(line for line in done.stdout.splitlines() if line.startswith("    fast "))
    assert "broken     installed but broken: the package 'rp_ruin' is an empty folder" in line
    assert line.endswith('; run: pip install "rp-fake[fast]"')


def test_a_backend_is_shown_with_the_version_of_what_it_needs(tmp_path: Path) -> None:
    fake_package(tmp_path, 'needs="anyio"')
    report = json.loads(doctor(tmp_path, "--json").stdout)
    fake = next(package for package in report["packages"] if package["name"] == "rp-fake")
    assert fake["chains"]["rp_fake.work"][0]["version"] == version("anyio")


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the folder is set as on Linux")


@linux_only
def test_caches_are_listed_with_their_sizes_and_links_are_not_followed(tmp_path: Path) -> None:
    caches = fill_caches(tmp_path)
    report = json.loads(doctor(tmp_path, "--json", home=tmp_path / "home").stdout)
    assert [(cache["name"], cache["size"]) for cache in report["caches"]] == [
        ("rp-image", 1500 + os.lstat(caches / "rp-image" / "link").st_size),
        ("rp-net", 0),
    ]
    assert "rp-image          0.0 MB" in doctor(tmp_path, home=tmp_path / "home").stdout


@linux_only
def test_clearing_the_caches_follows_no_link_and_keeps_the_locks(tmp_path: Path) -> None:
    caches = fill_caches(tmp_path)
    (caches / "rp-net" / ".lock").touch()
    done = doctor(tmp_path, "--clear-cache", home=tmp_path / "home")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in caches.rglob("*")) == [
        ".lock",
        "outside",
        "rp-image",
        "rp-net",
    ]
    assert (tmp_path / "precious" / "file").read_text() == "precious"


@linux_only
def test_clearing_no_cache_at_all_is_fine(tmp_path: Path) -> None:
    done = doctor(tmp_path, "--clear-cache")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def fill_caches(folder: Path) -> Path:
    precious, caches = folder / "precious", folder / "home" / "rp"
    precious.mkdir()
    (precious / "file").write_text("precious")
    (caches / "rp-image" / "deep").mkdir(parents=True)
    (caches / "rp-net").mkdir()
    (caches / "rp-image" / "file").write_bytes(bytes(1000))
    (caches / "rp-image" / "deep" / "file").write_bytes(bytes(500))
    (caches / "rp-image" / "link").symlink_to(precious)
    (caches / "outside").symlink_to(precious)
    return caches
