"""Do one job in one way, in a process of its own: `python _net_child.py QUESTION WAY JOB`.

The job is a JSON object of the fields of `Job`. Printed, as JSON: what was measured.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

from _net_work import Job

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _net_work import Way

# The tables of ways: a module and the name in it.
TABLES: Final = {
    "gets": ("_net_gets.WAYS",),
    "files": ("_net_files.WAYS", "_net_programs.WAYS"),
    "small hits": ("_net_cached.SMALL",),
    "large hits": ("_net_cached.LARGE",),
}


def ways_of(table: str) -> dict[str, Way]:
    """Return the ways of one table, by name."""
    found: dict[str, Way] = {}
    for place in TABLES[table]:
        module, name = place.split(".")
        ways: Mapping[str, Way] = getattr(import_module(module), name)
        found.update(ways)
    return found


def main() -> None:
    """Do it."""
    table, way, job = sys.argv[1:]
    print(json.dumps(ways_of(table)[way].run(Job(**json.loads(job)))))


if __name__ == "__main__":
    main()
