"""Lines out of pieces of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_net._errors import BodyLimitError

if TYPE_CHECKING:
    from collections.abc import Iterator


class LineSplitter:
    r"""Splits text at \n, \r\n and \r, and at nothing else (`str.splitlines` knows more)."""

    def __init__(self, max_line: int) -> None:
        self._max_line = max_line
        self._held: list[str] = []
        self._size = 0
        self._after_cr = False

    def feed(self, text: str) -> Iterator[str]:
        """Give the lines that end in a piece of text.

        Raises:
            BodyLimitError: A line is longer than allowed.
        """
        if self._after_cr and text:
            text = text[1:] if text[0] == "\n" else text
            self._after_cr = False
        if not text:
            return
        self._after_cr = text[-1] == "\r"
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in lines[:-1]:
            yield self._joined(line)
        self._hold(lines[-1])

    def end(self, text: str = "") -> Iterator[str]:
        """Give what is left: the last line, where no line end follows it."""
        yield from self.feed(text)
        if self._size:
            yield self._joined("")

    def _joined(self, last: str) -> str:
        self._hold(last)
        line = "".join(self._held) if len(self._held) > 1 else last or "".join(self._held)
        self._held.clear()
        self._size = 0
        return line

    def _hold(self, text: str) -> None:
        self._size += len(text)
        if self._size > self._max_line:
            raise BodyLimitError(f"a line is longer than {self._max_line} characters")
        if text:
            self._held.append(text)
