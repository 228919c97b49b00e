"""The async faces."""

from __future__ import annotations

from contextlib import aclosing
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

import rp_core
from rp_text import (
    _detect_encoding,
    _dump_json,
    _format_code,
    _format_file,
    _format_many,
    _highlight,
    _highlight_many,
    _json_lines,
    _language,
    _load_json,
    _pieces,
    _read_lines,
    _read_text,
    _strip_html,
    _write_lines,
    _write_text,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Callable, Coroutine, Generator

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def _threaded(fn: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]:
    return rp_core.threaded(fn, module="rp_text")


def _many(fn: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]:
    return rp_core.threaded(fn, module="rp_text", takes_async=True)


def _reading(
    fn: Callable[Concatenate[Any, P], R], *, cpu: bool
) -> Callable[Concatenate[_pieces.Source, P], Coroutine[Any, Any, R]]:
    """Derive the face of a function of a source, which may be read on the loop."""
    face = rp_core.threaded(
        fn, module="rp_text", cpu=cpu, prepare=_pieces.fetch_first, takes_async=True
    )

    @wraps(fn)
    async def reading(source: _pieces.Source, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await face(_pieces.for_loop(source), *args, **kwargs)

    reading.__module__ = "rp_text"
    return reading


def _batched(
    fn: Callable[Concatenate[Any, P], Generator[list[R], None, None]], *, cpu: bool
) -> Callable[Concatenate[_pieces.Source, P], AsyncGenerator[list[R], None]]:
    """Derive the face of a generator function of a source, which may be read on the loop."""
    face = rp_core.threaded_iter(
        fn, module="rp_text", cpu=cpu, prepare=_pieces.fetch_first, takes_async=True
    )

    @wraps(fn)
    async def batches(
        source: _pieces.Source, /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[list[R], None]:
        async with aclosing(face(_pieces.for_loop(source), *args, **kwargs)) as lists:
            async for several in lists:
                yield several

    batches.__module__ = "rp_text"
    return batches


def _flat(
    fn: Callable[Concatenate[Any, P], Generator[R, None, None]],
    batches: Callable[Concatenate[_pieces.Source, P], AsyncGenerator[list[R], None]],
) -> Callable[Concatenate[_pieces.Source, P], AsyncGenerator[R, None]]:
    """Derive the face that gives item by item what comes over the thread in batches."""

    @wraps(fn)
    async def items(
        source: _pieces.Source, /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[R, None]:
        async with aclosing(batches(source, *args, **kwargs)) as lists:
            async for several in lists:
                for item in several:
                    yield item

    items.__module__ = "rp_text"
    return items


def _writing(
    fn: Callable[P, None], batches: Callable[..., None]
) -> Callable[P, Coroutine[Any, Any, None]]:
    """Derive the face that takes items from the loop in lists, one hop for each."""
    plain = rp_core.threaded(fn, module="rp_text", cpu=False)
    fed = rp_core.threaded(batches, module="rp_text", cpu=False, takes_async=True)

    @wraps(fn)
    async def writing(*args: P.args, **kwargs: P.kwargs) -> None:
        if any(hasattr(value, "__aiter__") for value in (*args, *kwargs.values())):
            named = {name: _in_lists(value) for name, value in kwargs.items()}
            await fed(*map(_in_lists, args), **named)
        else:
            await plain(*args, **kwargs)

    writing.__module__ = "rp_text"
    return writing


def _in_lists(value: Any) -> Any:
    """Return an async iterable as one of lists, anything else as it is."""
    return _lists_of(value) if hasattr(value, "__aiter__") else value


async def _lists_of(items: AsyncIterable[T]) -> AsyncGenerator[list[T], None]:
    held: list[T] = []
    try:
        async for item in items:
            held.append(item)
            if len(held) == _write_lines.BATCH:
                yield held
                held = []
        if held:
            yield held
    finally:
        if close := getattr(items, "aclose", None):
            await close()


def _read_here(
    fn: Callable[Concatenate[Any, P], str],
) -> Callable[Concatenate[_pieces.Source, P], Coroutine[Any, Any, str]]:
    """Derive the face of what highlights a source, whose name a thread would not see any more."""

    @wraps(fn)
    async def highlighting(source: Any, /, language: str | None = None, **options: Any) -> str:
        reading = {"urls": options.pop("urls", True)}
        known = _highlight.check_highlighting(language, **options)
        for name in options.keys() & {"encoding", "max_bytes"}:
            reading[name] = options.pop(name)
        code = await read_text(source, newline="", **reading)
        known = known or _language.language_of(_highlight.name_of(source), code)
        return await highlight(code, known, **options)

    highlighting.__module__ = "rp_text"
    return highlighting  # type: ignore[return-value]


detect_encoding: Final = _reading(_detect_encoding.detect_encoding, cpu=False)
dump_json: Final = _threaded(_dump_json.dump_json)
format_code: Final = rp_core.threaded(_format_code.format_code, module="rp_text")
format_file: Final = rp_core.threaded(_format_file.format_file, module="rp_text")
format_many: Final = _many(_format_many.format_many)
highlight: Final = rp_core.threaded(_highlight.highlight, module="rp_text")
highlight_file: Final = _read_here(_highlight.highlight_file)
highlight_many: Final = _many(_highlight_many.highlight_many)
iter_json_lines: Final = _flat(
    _json_lines.iter_json_lines, _batched(_json_lines.value_batches, cpu=True)
)
load_json: Final = _reading(_load_json.load_json, cpu=True)
read_line_batches: Final = _batched(_read_lines.read_line_batches, cpu=False)
read_lines: Final = _flat(_read_lines.read_lines, read_line_batches)
read_text: Final = _reading(_read_text.read_text, cpu=False)
strip_html: Final = rp_core.threaded(_strip_html.strip_html, module="rp_text")
write_json_lines: Final = _writing(_json_lines.write_json_lines, _json_lines.write_values)
write_lines: Final = _writing(_write_lines.write_lines, _write_lines.write_batches)
write_text: Final = rp_core.threaded(_write_text.write_text, module="rp_text", cpu=False)
