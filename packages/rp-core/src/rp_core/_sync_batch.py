"""The faces of a batch in plain code."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_core._batch import Batch
    from rp_core._sync_stream import Stream

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


def gathered(module: str) -> Callable[[Callable[P, Batch[R_co]]], Callable[P, list[R_co]]]:
    """Derive the sync face that gives the results of a batch as a list.

    Args:
        module: Public name of the module that exports the face, so that it pickles.
    """

    def derive(fn: Callable[P, Batch[R_co]]) -> Callable[P, list[R_co]]:
        @functools.wraps(fn)
        def face(*args: P.args, **kwargs: P.kwargs) -> list[R_co]:
            batch = fn(*args, **kwargs)
            return batch.on_threads(batch.list_options)._collect()  # noqa: SLF001

        face.__module__ = module
        return face

    return derive


def streamed(module: str) -> Callable[[Callable[P, Batch[R_co]]], Callable[P, Stream[R_co]]]:
    """Derive the sync face that streams the results of a batch.

    Args:
        module: Public name of the module that exports the face, so that it pickles.
    """

    def derive(fn: Callable[P, Batch[R_co]]) -> Callable[P, Stream[R_co]]:
        @functools.wraps(fn)
        def face(*args: P.args, **kwargs: P.kwargs) -> Stream[R_co]:
            batch = fn(*args, **kwargs)
            return batch.on_threads(batch.options)

        face.__module__ = module
        return face

    return derive
