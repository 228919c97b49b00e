"""Format many files, in place."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, overload

from rp_text._errors import FormatError, TextError
from rp_text._format_code import (
    Formatted,
    check_formatting,
    finished,
    formatted_by,
    prepared,
    request_for,
)
from rp_text._format_file import Code, is_current, read_code, write_code
from rp_text._formatter import formatted

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterator, Sequence
    from typing import Unpack

    from rp_core import Failure, OnError, Progress
    from rp_text._format_code import FormatBackend
    from rp_text._format_file import Path
    from rp_text._formatter import Formatting

_TOGETHER: Final = 500  # files of which the text is held at once


class FormatOptions(TypedDict, total=False):
    """The options of `format_file`, for `format_many`."""

    language: str | None
    line_length: int
    timeout: float
    durable: bool
    backend: FormatBackend | None


@overload
def format_many(
    paths: Iterable[Path] | AsyncIterable[Path],
    *,
    on_error: Literal["raise", "skip"] = "raise",
    progress: bool | Callable[[Progress], object] | None = None,
    **options: Unpack[FormatOptions],
) -> list[Formatted]: ...
@overload
def format_many(
    paths: Iterable[Path] | AsyncIterable[Path],
    *,
    on_error: Literal["return"],
    progress: bool | Callable[[Progress], object] | None = None,
    **options: Unpack[FormatOptions],
) -> list[Formatted | Failure[Path]]: ...
def format_many(
    paths: Iterable[Path] | AsyncIterable[Path],
    *,
    on_error: OnError = "raise",
    progress: bool | Callable[[Progress], object] | None = None,
    **options: Unpack[FormatOptions],
) -> list[Any]:
    """Format many files in place, those of Python in one run of ruff.

    Args:
        paths: The files. With `await`, also an async iterable.
        on_error: "raise" ends with the first error; files before it in the order are formatted
            then. "skip" drops files that fail; "return" gives a `Failure` in their place.
        progress: True for a bar, or a callable, as in `rp_core.thread_map`.
        **options: Those of `format_file`, for every file.

    Returns:
        A `Formatted` for each file, in the order of `paths`.

    Raises:
        TypeError, ValueError: An argument makes no sense.
        Exception: What `format_file` raised first, with a note of the file.
    """
    if isinstance(paths, (str, bytes)) or not isinstance(paths, Iterable):
        raise TypeError(f"paths are an iterable of paths, not {type(paths).__name__!r}")
    from rp_core.sync import thread_map

    work = _Together(dict(options))
    items = work.prepared_paths(paths)
    return list(thread_map(work.finish, items, limit=0, on_error=on_error, progress=progress))


class _Together:
    """Formats files one by one, those of Python with what one run of ruff made of them."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._durable = bool(options.pop("durable", False))
        self._language = options.pop("language", None)
        self._options = options
        check_formatting(self._language or "python", **options)
        self._ask = formatted.using(options.get("backend"))
        self._next: deque[tuple[Code | Exception, str | FormatError | None]] = deque()

    def prepared_paths(self, paths: Iterable[Path]) -> Iterator[Path]:
        """Give the paths again, each once its file is read, and ruff has seen it."""
        iterator = iter(paths)
        while group := list(islice(iterator, _TOGETHER if self._is_together() else 1)):
            files = [self._read(path) for path in group]
            self._next.extend(zip(files, self._by_ruff(files), strict=True))
            yield from group

    def _is_together(self) -> bool:
        has_ruff = any(b.name == "ruff" and b.state == "installed" for b in formatted.backends)
        return has_ruff and self._options.get("backend") in {None, "ruff"}

    def _read(self, path: Path) -> Code | Exception:
        try:
            return read_code(path, self._language, self._options)
        except Exception as error:
            return error

    def _by_ruff(self, files: Sequence[Code | Exception]) -> list[str | FormatError | None]:
        """Return for each file what ruff made of it; None: it was not asked, or failed."""
        results: list[str | FormatError | None] = [None] * len(files)
        asked = [
            (at, self._request(file))
            for at, file in enumerate(files)
            if isinstance(file, Code) and file.language == "python"
        ]
        if len(asked) > 1:
            from rp_text._formatters.by_ruff import format_together

            try:
                texts = format_together([request for _, request in asked])
            except TextError:
                return results  # asked again one by one, each says what is wrong
            for (at, _), text in zip(asked, texts, strict=True):
                results[at] = text
        return results

    def _request(self, file: Code) -> Formatting:
        request = request_for(file.code, file.language, file.path, self._options)
        return request._replace(code=prepared(file.code))

    def finish(self, path: Path) -> Formatted:
        """Write the next file, and return what became of it."""
        file, text = self._next.popleft()
        if isinstance(file, Code) and not is_current(file):
            file, text = self._read(path), None
        if isinstance(file, Exception):
            raise file
        if isinstance(text, FormatError):
            raise text
        if text is None:
            result = formatted_by(file.code, self._ask, self._request(file))
        else:
            result = finished(file.code, text, "ruff")
        write_code(file, result, durable=self._durable)
        return result
