"""How fast is the text package: lines, formatting, highlighting, JSON?

    uv run benchmarks/text.py [--rounds N]
        [--only lines|memory|format|highlight|many|first|json]

Ours and the peers do the same, in turns, on data that is generated, or taken from the standard
library. Times are by the clock on the wall, as loops, threads and programs wait for each other; CPU
time is that of all threads, and of the programs that are run. The ratio is the figure of the best
peer by that of the row: above 1 is better than every peer. Bars are judged in turns of two.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from _common import describe_machine
from _net_work import end_orderly
from _text_first import ask_first
from _text_format import ask_format
from _text_highlight import ask_highlight
from _text_json import ask_json
from _text_lines import ask_lines
from _text_many import ask_many
from _text_memory import ask_memory

if TYPE_CHECKING:
    from collections.abc import Callable

LIBRARIES: Final = ("rp-core", "rp-text", "aiofiles", "anyio", "trio", "uvloop", "ruff", "black",
                    "pygments", "tree-sitter", "tree-sitter-python", "rich", "orjson")  # fmt: skip
QUESTIONS: Final[dict[str, Callable[[Path, int], None]]] = {
    "lines": ask_lines,
    "memory": ask_memory,
    "format": ask_format,
    "highlight": lambda _, repeats: ask_highlight(repeats),
    "many": ask_many,
    "first": ask_first,
    "json": ask_json,
}


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description="The text package and its peers.")
    parser.add_argument("--rounds", type=int, default=5, help="at most, if quick enough; default 5")
    parser.add_argument("--only", choices=QUESTIONS, help="one question; default: all")
    options = parser.parse_args()
    end_orderly()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    print(describe_machine(*LIBRARIES))
    for name in [options.only] if options.only else QUESTIONS:
        with tempfile.TemporaryDirectory(prefix="rp-text-") as folder:
            QUESTIONS[name](Path(folder), options.rounds)


if __name__ == "__main__":
    main()
