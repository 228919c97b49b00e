"""What do downloaders do when a server or the network fails: right file, error, hang, or a lie?

Every downloader meets every fault of the catalogue of our tests on loopback, in a folder of its
own. After an honest error it is called once more, as a user would. "Right" is the file that the
server means. "Cannot know" is another one that HTTP gives no means to tell from it. "CORRUPT" is
any other file with success claimed; the bytes of an unasked gzip, kept as they came, are one. A
hang is ended after fifteen seconds, where each has been told, as far as it can be, to give up
after two seconds without a byte and after eight in all.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from _common import describe_machine, print_table
from _net_report import OURS
from _net_tools import TOOLS, Outcome, Result, Target, attempt
from _net_work import end_orderly

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from support.fault_server import FaultServer
    from support.faults import Fault

SIZE: Final = 300_000
TESTS: Final = Path(__file__).parent.with_name("tests")
LIBRARIES: Final = ("rp-net", "aiohttp", "httpx2", "httpx", "pooch", "parfive", "pypdl")
QUICK: Final = (
    "right",
    "cut-once",
    "cut-always-there",
    "reset-often",
    "promised-more",
    "ranges-ignored",
    "wrong-start",
    "206-unasked",
    "changed",
    "changed-if-range-ignored",
    "grown-same-etag",
    "gzip-unasked",
    "no-length-cut",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One downloader and one fault."""

    tool: str
    fault: str


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says."""

    faults: tuple[str, ...]
    tools: tuple[str, ...]
    jobs: int
    verbose: bool


def read_arguments(faults: Sequence[str]) -> Given:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Downloaders and faults.")
    parser.add_argument("--quick", action="store_true", help="some of the faults")
    parser.add_argument("--only", default="", help="these faults, with commas")
    parser.add_argument("--tools", default="", help="tools whose names begin so, with commas")
    parser.add_argument("--jobs", type=int, default=4, help="downloads at a time; default 4")
    parser.add_argument("--verbose", action="store_true", help="what came of each fault")
    given = parser.parse_args()
    chosen = given.only.split(",") if given.only else QUICK if given.quick else faults
    if unknown := set(chosen) - set(faults):
        parser.error(f"no such faults: {', '.join(sorted(unknown))}; there are {', '.join(faults)}")
    tools = [name for name in TOOLS if name.startswith(tuple(given.tools.split(",")))]
    return Given(tuple(chosen), tuple(tools), given.jobs, given.verbose)


def installed(names: Sequence[str]) -> list[str]:
    """Return the tools that can be called; say which cannot."""
    found = []
    for name in names:
        if missing := TOOLS[name].missing():
            needs = ", ".join(need.rstrip("/") for need in missing)
            print(f"{name} is left out: {needs} not installed")
        else:
            found.append(name)
    return found


def meet(case: Case, fault: Fault, server: FaultServer, folder: Path) -> Result:
    """Let one downloader meet one fault."""
    payload = random.Random(1).randbytes(SIZE)
    endings = fault.endings(payload)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        place = f"/{case.fault}/{list(TOOLS).index(case.tool)}/file.bin"
        url = server.on(place, fault.handler(payload))
        target = Target(url, Path(own, "file.bin"), hashlib.sha256(endings[0]).hexdigest())
        return attempt(TOOLS[case.tool], target, endings)


def print_results(
    results: Mapping[Case, Result], faults: Mapping[str, Fault], verbose: bool
) -> None:
    """Print the counts for each tool, and name what is bad."""
    outcomes: tuple[Outcome, ...] = get_args(Outcome)
    rows = []
    for tool in dict.fromkeys(case.tool for case in results):
        mine = {case.fault: result for case, result in results.items() if case.tool == tool}
        counts = Counter(result.outcome for result in mine.values())
        helped = [name for name in mine if faults[name].recoverable]
        right = sum(mine[name].outcome == "right" for name in helped)
        seconds = sum(result.seconds for result in mine.values())
        figures = (str(counts[outcome]) for outcome in outcomes)
        rows.append([tool, *figures, f"{right} of {len(helped)}", f"{seconds:.0f}"])
    head = ["downloader", *outcomes, "recovered", "seconds in all"]
    print_table(f"{len({case.fault for case in results})} faults", head, rows)
    print()
    for outcome in ("CORRUPT", "success, no file", "hang"):
        _name(outcome, results)
    _name_given_up(results, faults)
    for case, result in results.items() if verbose else ():
        print(f"{case.tool}: {case.fault}: {result.outcome}, {result.seconds:.1f} s: {result.said}")


def _name(outcome: str, results: Mapping[Case, Result]) -> None:
    for tool in dict.fromkeys(case.tool for case in results):
        names = [
            case.fault
            for case, result in results.items()
            if case.tool == tool and result.outcome == outcome
        ]
        if names:
            print(f"{outcome}: {tool}: {', '.join(names)}")


def _name_given_up(results: Mapping[Case, Result], faults: Mapping[str, Fault]) -> None:
    """Name what ours could have recovered from."""
    for case, result in results.items():
        could = case.tool.startswith(OURS) and faults[case.fault].recoverable
        if could and result.outcome != "right":
            print(f"not recovered: {case.tool}: {case.fault}: {result.outcome}: {result.said}")


def main() -> None:
    """Let all meet all."""
    sys.path.insert(0, str(TESTS))
    from support.fault_server import FaultServer
    from support.faults import FAULTS

    given = read_arguments(list(FAULTS))
    end_orderly()
    print(describe_machine(*LIBRARIES))
    tools = installed(given.tools)
    cases = [Case(tool, fault) for fault in given.faults for tool in tools]
    with (
        tempfile.TemporaryDirectory(prefix="rp-net-") as folder,
        FaultServer() as server,
        ThreadPoolExecutor(given.jobs) as pool,
    ):

        def work(case: Case) -> Result:
            return meet(case, FAULTS[case.fault], server, Path(folder))

        try:
            results = dict(zip(cases, pool.map(work, cases), strict=True))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        print_results(results, FAULTS, given.verbose)


if __name__ == "__main__":
    main()
