"""Do one job in one way, in a process of its own: `python _video_child.py TABLE WAY JOB`.

The job is a JSON object of the fields of `Job`. Printed, as JSON: the figures.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from _video_work import Job

if TYPE_CHECKING:
    from _video_work import Way


def ways_of(table: str) -> dict[str, Way]:
    """Return the ways of one table, by name; a table is a module and the name in it."""
    module, name = table.split(".")
    ways: dict[str, Way] = getattr(import_module(module), name)
    return ways


def main() -> None:
    """Do it."""
    table, way, job = sys.argv[1:]
    print(json.dumps(ways_of(table)[way].run(Job(**json.loads(job)))))


if __name__ == "__main__":
    main()
