"""`python -m rp_core`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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
    (package / "__init__.py").write_text("")
    (package / "_work.py").write_text(PACKAGE.format(needs=needs))
    (package / "__main__.py").write_text("raise SystemExit('not to be imported')")
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: rp-fake\nVersion: 1.2.3\n")
    (metadata / "entry_points.txt").write_text("[rp_core.packages]\nrp-fake = rp_fake\n")


def doctor(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rp_core", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
    )


def test_the_doctor_names_packages_operations_and_states(tmp_path: Path) -> None:
    fake_package(tmp_path, "")
    done = doctor(tmp_path)
    assert done.stderr == ""
    assert sys.executable in done.stdout.splitlines()[0]
    assert (
        "rp-fake 1.2.3\n"
        "  rp_fake.work\n"
        "    fast         installed\n"
        '    slow         missing    not installed; run: pip install "rp-fake[slow]"\n'
    ) in done.stdout


def test_the_doctor_speaks_json(tmp_path: Path) -> None:
    fake_package(tmp_path, "")
    reports: Any = json.loads(doctor(tmp_path, "--json").stdout)
    fake = next(report for report in reports if report["name"] == "rp-fake")
    assert fake == {
        "name": "rp-fake",
        "version": "1.2.3",
        "operations": {
            "rp_fake.work": [
                {
                    "name": "fast",
                    "state": "installed",
                    "reason": "",
                    "install": 'pip install "rp-fake"',
                },
                {
                    "name": "slow",
                    "state": "missing",
                    "reason": 'not installed; run: pip install "rp-fake[slow]"',
                    "install": 'pip install "rp-fake[slow]"',
                },
            ]
        },
        "error": "",
    }


@pytest.mark.parametrize("needs", ["", 'needs="rp_gone"', 'needs="rp_fake.broken"'])
def test_an_operation_that_nothing_can_do_is_an_exit_status(tmp_path: Path, needs: str) -> None:
    fake_package(tmp_path, needs)
    done = doctor(tmp_path, "--json")
    operations = [
        backends for report in json.loads(done.stdout) for backends in report["operations"].values()
    ]
    unable = any(all(b["state"] != "installed" for b in backends) for backends in operations)
    assert unable or not needs
    assert done.returncode == int(unable)


def test_a_package_that_cannot_be_imported_is_reported(tmp_path: Path) -> None:
    fake_package(tmp_path, "")
    (tmp_path / "rp_fake" / "__init__.py").write_text("raise RuntimeError('no such luck')")
    done = doctor(tmp_path)
    assert "rp-fake 1.2.3\n  broken: RuntimeError: no such luck\n" in done.stdout
    assert done.returncode == 1
