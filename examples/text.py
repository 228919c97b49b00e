"""Look at the code in a folder: how long it is, what it looks like, whether it is formatted.

    uv run examples/text.py [FOLDER]

Shows the beginning of the longest Python file in colours, writes the whole of it to code.html, and
counts the lines of all of them, at once and in bounded memory.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import rp_core
import rp_text


async def count(path: Path) -> tuple[int, Path]:
    """Return how many lines a file has."""
    lines = 0
    async for batch in rp_text.read_line_batches(path):
        lines += len(batch)
    return lines, path


async def main(paths: list[Path]) -> None:
    """Count, show and write."""
    counts = await rp_core.amap(count, paths)
    lines, longest = max(counts)
    total = sum(lines for lines, _ in counts)
    print(f"{total} lines in {len(paths)} files; the longest, {longest}:\n")
    shown = await rp_text.highlight_file(longest)
    print("\n".join(shown.split("\n")[:12]))
    page = await rp_text.highlight_file(longest, to="html", style="monokai")
    await rp_text.write_text("code.html", page)
    done = await rp_text.format_code(await rp_text.read_text(longest), "python", line_length=100)
    print(f"\n{done.backend} would {'change' if done.changed else 'leave'} it ({lines} lines)")


if __name__ == "__main__":
    found = sorted(Path(sys.argv[1] if len(sys.argv) > 1 else ".").rglob("*.py"))
    if not found:
        sys.exit("there is no Python here")
    asyncio.run(main(found))
