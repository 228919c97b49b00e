"""Run pyright on this folder: faces.py must be clean, and misuse.py refused where it says so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Print what is wrong; return 0 if nothing is."""
    options = ["--outputjson", "--pythonpath", sys.executable]
    command = [sys.executable, "-m", "pyright", *options, str(HERE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)["generalDiagnostics"]
    found = {
        (Path(entry["file"]).name, entry["range"]["start"]["line"] + 1): entry["message"]
        for entry in report
        if entry["severity"] == "error"
    }
    lines = (HERE / "misuse.py").read_text("utf-8").splitlines()
    wanted = {("misuse.py", number) for number, line in enumerate(lines, 1) if "# refused" in line}
    for name, number in sorted(wanted - found.keys()):
        print(f"{name}:{number} is accepted, and must be refused")
    unwanted = {where: why for where, why in found.items() if where not in wanted}
    for (name, number), why in sorted(unwanted.items()):
        print(f"{name}:{number} {why}")
    print(f"pyright: {len(wanted & found.keys())} of {len(wanted)} misuses refused")
    return int(bool(wanted - found.keys() or unwanted))


if __name__ == "__main__":
    sys.exit(main())
