"""Calls that are measured in turns, with the programs that they run."""

from __future__ import annotations

import gc
from importlib.util import find_spec
from statistics import median
from typing import TYPE_CHECKING, Final

from _common import return_memory, rounds
from _net_work import Clock
from _video_report import verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from _video_report import Bar
    from _video_work import Figures

    Calls = Mapping[str, Callable[[], object]]

OURS: Final = "rp_audio"
LIMIT: Final = "limit: "
# For each round, so many pairs of ours and the best peer.
PAIRS: Final = 3


def take_turns(title: str, calls: Calls, repeats: int) -> dict[str, Figures]:
    """Measure all calls in turns, after one of each; those that fail in it are left out.

    Returns:
        Of each, the medians of the CPU time, with that of ended programs, and of the wall time.
    """
    able = {name: call for name, call in calls.items() if _is_able(title, name, call)}
    samples: dict[str, list[Figures]] = {name: [] for name in able}
    for name in rounds(list(able), repeats):
        samples[name].append(_measured(able[name]))
    return {name: medians(taken) for name, taken in samples.items()}


def judge_duel(found: Mapping[str, Figures], calls: Calls, bar: Bar, repeats: int) -> str:
    """Measure one of ours and its best peer again, in pairs, and say whether the bar is met.

    What else the machine does slows both of a pair; the median of the ratios is then steadier than
    the ratio of the medians.
    """
    peers = [name for name in found if name.startswith(bar.of)]
    if not peers:
        return f"{bar.ours}: bar not judged: none of {', '.join(bar.of)}"
    best = min(peers, key=lambda name: cpu(found[name]))
    ratios = []
    for number in range(PAIRS * repeats):
        pair = (bar.ours, best) if number % 2 else (best, bar.ours)
        took = {name: cpu(_measured(calls[name])) for name in pair}
        ratios.append(took[bar.ours] / took[best])
    ratio = median(ratios)
    return f"{bar.ours}: {ratio:.2f} of {best}, bar {bar.most:.3g}: {verdict(ratio <= bar.most)}"


def _is_able(title: str, name: str, call: Callable[[], object]) -> bool:
    try:
        call()
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        print(f"{name} is left out of {title}: {reason}", flush=True)
        return False
    return True


def _measured(call: Callable[[], object]) -> Figures:
    gc.collect()
    return_memory()
    clock = Clock()
    result = call()
    measured = clock.read(1)
    del result
    return {"cpu": measured.cpu, "wall": measured.wall}


def medians(taken: Sequence[Figures]) -> Figures:
    """Return the median of each figure."""
    return {key: median(figures[key] for figures in taken) for key in taken[0]}


def cpu(figures: Figures) -> float:
    """Return the seconds of CPU time."""
    return figures["cpu"]


def wall(figures: Figures) -> float:
    """Return the seconds of wall time."""
    return figures["wall"]


def best_peer(found: Mapping[str, Figures], figure: Callable[[Figures], float]) -> float:
    """Return the least figure of those that are neither ours nor a limit."""
    peers = (it for name, it in found.items() if not name.startswith((OURS, LIMIT)))
    return min(map(figure, peers), default=0)


def tell_missing(modules: Iterable[str]) -> set[str]:
    """Say which modules are not installed, and return them."""
    missing = {name for name in modules if find_spec(name) is None}
    for name in sorted(missing):
        print(f"{name}: not installed", flush=True)
    return missing
