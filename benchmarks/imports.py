"""What does it cost to import us?

Every target is imported in a fresh process, in turns with the others and with bare Python, from
warm bytecode of its own folder. The main figure is taken inside the child, around the import,
because starting a process is noisier than any of our imports.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from _common import describe_machine, milliseconds, print_table, read_options, rounds

if TYPE_CHECKING:
    from collections.abc import Sequence

BARE: Final = ""
FLOOR: Final = "an_empty_module"
OURS: Final = ("rp_core", "rp_image", "rp_net")
PEERS: Final = ("PIL.Image", "numpy", "cv2", "imageio.v3", "httpx2", "aiohttp", "rp")
CHILD: Final = """
import sys, time
sys.path.append({folder!r})
before = set(sys.modules)
start = time.perf_counter()
{statement}
took = time.perf_counter() - start
print(took, *sorted(set(sys.modules) - before))
"""


class Import(NamedTuple):
    """One import in one process: seconds inside it, seconds of the process, modules loaded."""

    inside: float
    process: float
    modules: tuple[str, ...]


def run_child(target: str, folder: Path) -> Import:
    """Import a target in a fresh isolated Python, with the bytecode kept in `folder`."""
    statement = f"import {target}" if target else "pass"
    code = CHILD.format(folder=str(folder), statement=statement)
    command = [sys.executable, "-I", "-X", f"pycache_prefix={folder / 'bytecode'}", "-c", code]
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    process = time.perf_counter() - start
    took, *modules = done.stdout.splitlines()[-1].split()
    return Import(float(took), process, tuple(modules))


def measure(targets: Sequence[str], folder: Path, repeats: int) -> dict[str, list[Import]]:
    """Import each target `repeats` times, in turns."""
    (folder / f"{FLOOR}.py").touch()
    for target in targets:
        run_child(target, folder)
    taken: dict[str, list[Import]] = {target: [] for target in targets}
    for target in rounds(targets, repeats):
        taken[target].append(run_child(target, folder))
    return taken


def row_of(target: str, taken: dict[str, list[Import]], best_peer: float) -> list[str]:
    """Make the table's row of one target; process times are paired with bare Python's."""
    inside = _inside(taken[target])
    over = median(
        one.process - bare.process for one, bare in zip(taken[target], taken[BARE], strict=True)
    )
    modules = taken[target][0].modules
    return [
        target,
        milliseconds(inside),
        milliseconds(over),
        f"{best_peer / inside:.1f}",
        f"{len(modules)}{', all rp_*' if is_ours(modules) else ''}",
    ]


def is_ours(modules: Sequence[str]) -> bool:
    """Return whether all modules are those of the suite."""
    return all(name.partition(".")[0] in OURS for name in modules)


def _inside(imports: Sequence[Import]) -> float:
    return median(one.inside for one in imports)


def main() -> None:
    """Measure and print."""
    options = read_options("The cost of our imports.", repeats=41, quick_repeats=7)
    peers = [name for name in PEERS if find_spec(name.partition(".")[0])]
    targets = [BARE, FLOOR, *OURS, *peers]
    with tempfile.TemporaryDirectory() as folder:
        taken = measure(targets, Path(folder), options.repeats)
    best_peer = min(_inside(taken[peer]) for peer in peers)
    print(describe_machine("rp-core", "rp-image", "pillow", "numpy", "opencv-python-headless",
                           "imageio", "rp"))  # fmt: skip
    print_table(
        f"Importing, median of {options.repeats}",
        ["import", "in process, ms", "process over bare, ms", "best peer / it", "modules"],
        [row_of(target, taken, best_peer) for target in targets[1:]],
    )
    print(f"\nBare Python: {milliseconds(median(o.process for o in taken[BARE]))} ms a process.")
    for ours in OURS:
        print(f"{ours} loads {', '.join(taken[ours][0].modules)}.")
    print(
        f"Physical limit: to find, read and run one file of bytecode, as {FLOOR} shows: "
        f"{milliseconds(_inside(taken[FLOOR]))} ms. Our bar: 3 ms each."
    )


if __name__ == "__main__":
    main()
