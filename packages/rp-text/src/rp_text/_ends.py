r"""Where lines end: at \n, \r\n and \r, as in files that are opened as text, and nowhere else."""

from __future__ import annotations

import re
from typing import Final

END: Final = re.compile(r"\r\n?|\n")
MARK: Final = "\ufeff"  # a byte order mark that was not taken off


def with_plain_ends(text: str) -> str:
    r"""Return a text whose lines end with \n."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
