"""Read a file in one way, in a process of its own: `_text_child.py WAY PATH`; print the peak."""

from __future__ import annotations

import json
import sys

from _text_memory import peak_of


def main() -> None:
    """Do it."""
    print(json.dumps(peak_of(*sys.argv[1:])))


if __name__ == "__main__":
    main()
