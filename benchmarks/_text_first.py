"""Question 6: how long does it take to colour one file in a fresh process?"""

from __future__ import annotations

import bisect
import inspect
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

from _audio_turns import LIMIT, wall
from _common import milliseconds
from _text_turns import OURS, Table, ask, timed
from _video_report import Bar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from _text_turns import Found
    from _video_work import Figures

PLAIN: Final = f"{OURS}.sync.highlight_file"
PYGMENTS: Final = "pygments, get_lexer_for_filename"
BARE: Final = f"{LIMIT}python -c pass"
WRITE: Final = (
    "import sys, rp_text.sync as text; sys.stdout.write(text.highlight_file(sys.argv[1]{}))"
)
PROGRAMS: Final = {
    PLAIN: WRITE.format(""),
    f"{PLAIN}, treesitter": WRITE.format(", backend='treesitter'"),
    f"{OURS}.highlight_file, asyncio": """
import asyncio, sys, rp_text
sys.stdout.write(asyncio.run(rp_text.highlight_file(sys.argv[1])))
""",
    PYGMENTS: """
import sys
from pygments import highlight
from pygments.formatters import Terminal256Formatter
from pygments.lexers import get_lexer_for_filename
path = sys.argv[1]
with open(path, encoding="utf-8") as file:
    code = file.read()
sys.stdout.write(highlight(code, get_lexer_for_filename(path), Terminal256Formatter()))
""",
    "pygments, PythonLexer": """
import sys
from pygments import highlight
from pygments.formatters.terminal256 import Terminal256Formatter
from pygments.lexers.python import PythonLexer
with open(sys.argv[1], encoding="utf-8") as file:
    code = file.read()
sys.stdout.write(highlight(code, PythonLexer(), Terminal256Formatter()))
""",
    "pygmentize -f terminal256": """
import sys
from pygments.cmdline import main
main(["pygmentize", "-f", "terminal256", sys.argv[1]])
""",
    "rich.Syntax.from_path": """
import sys
from rich.console import Console
from rich.syntax import Syntax
Console(force_terminal=True, color_system="256").print(Syntax.from_path(sys.argv[1]))
""",
    BARE: "pass",
}
# Processes are started so unevenly that it takes more rounds to have medians that stay.
ROUNDS: Final = 3
SECONDS: Final = 8
BARS: Final = (Bar(PLAIN, wall, 0.6, (PYGMENTS,)),)


def run(command: Sequence[str]) -> bytes:
    """Run a program.

    Raises:
        RuntimeError: It fails; the last line of its complaint.
    """
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace").strip().splitlines()[-1])
    return done.stdout


def is_colored(output: bytes) -> None:
    """Refuse what has no colours.

    Raises:
        ValueError: It has none.
    """
    if b"\x1b[" not in output:
        raise ValueError("no colours")


def _over_bare(figures: Figures, found: Found) -> str:
    return milliseconds(wall(figures) - wall(found[BARE]))


def _limit(found: Found) -> str:
    bare = milliseconds(wall(found[BARE]))
    return f"the bare interpreter, {bare} ms, and the modules and expressions of one lexer."


def ask_first(folder: Path, repeats: int) -> None:
    """Measure, and print the table."""
    path = folder / "small.py"
    path.write_text(inspect.getsource(bisect), encoding="utf-8")
    # With bytecode in a folder of its own: that of the warm-up serves all.
    python = [sys.executable, "-I", "-X", f"pycache_prefix={folder / 'bytecode'}", "-c"]
    ways = {
        name: timed(
            partial(run, [*python, program, str(path)]),
            check=None if name == BARE else is_colored,
        )
        for name, program in PROGRAMS.items()
    }
    lines = len(path.read_text(encoding="utf-8").splitlines())
    title = f"6. Colour {lines} lines in a fresh process"
    more = {"over bare, ms": _over_bare}
    ask(Table(title, ways, BARS, _limit, more=more, seconds=SECONDS), ROUNDS * repeats)
