"""One operation, several backends: the first that works wins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from rp_core._chain import Chain as Chain
from rp_core._chain import chains as chains
from rp_core._errors import Attempt

if TYPE_CHECKING:
    from rp_core._backend import Backend

P = ParamSpec("P")
R = TypeVar("R")


class Fallback(Chain[P, R]):
    """A callable that asks its backends in order, and gives the first result.

    >>> from rp_core import Fallback, UnsupportedError
    >>> half: Fallback[[int], int] = Fallback("rp_demo.half")
    >>> @half.via()
    ... def exact(number: int) -> int:
    ...     if number % 2:
    ...         raise UnsupportedError("odd")
    ...     return number // 2
    >>> @half.via()
    ... def rounded(number: int) -> int:
    ...     return number // 2
    >>> half(7), half.using("rounded")(6)
    (3, 3)
    """

    __module__ = "rp_core"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the first result that a backend gives.

        Raises:
            OperationError: Backends were tried and failed; the operation's own subclass.
            NoBackendError: Every backend is missing, broken or declines.
            Exception: A final error, as it was raised.
        """
        return self._ask(self.backends, *args, **kwargs)

    def using(self, backend: str | Sequence[str] | None) -> Callable[P, R]:
        """Return the operation with these backends only: one name, an order, or None for all.

        Raises:
            ValueError: There is no backend of that name.
        """
        if backend is None:
            return self
        chosen = self._chosen(backend)

        def ask(*args: P.args, **kwargs: P.kwargs) -> R:
            return self._ask(chosen, *args, **kwargs)

        return ask

    def _ask(self, backends: Iterable[Backend[P, R]], *args: P.args, **kwargs: P.kwargs) -> R:
        attempts: list[Attempt] = []
        for backend in backends:
            if refusal := backend.refusal(*args, **kwargs):
                attempts.append(Attempt(backend.name, refusal))
                continue
            try:
                result = backend.fn(*args, **kwargs)
            except Exception as error:
                if self._is_final(error):
                    raise
                attempts.append(Attempt(backend.name, error))
            else:
                if attempts:
                    self._rescued(attempts, backend.name)
                return result
        if any(backend.install_if_allowed() for backend in self._missing(attempts)):
            return self._ask(backends, *args, **kwargs)
        raise self._give_up(attempts)


class AsyncFallback(Chain[P, Awaitable[R]], Generic[P, R]):
    """A `Fallback` whose backends are coroutine functions; calling it gives an awaitable."""

    __module__ = "rp_core"

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the first result that a backend gives.

        Raises:
            OperationError: Backends were tried and failed; the operation's own subclass.
            NoBackendError: Every backend is missing, broken or declines.
            Exception: A final error, as it was raised.
        """
        return await self._ask(self.backends, *args, **kwargs)

    def using(self, backend: str | Sequence[str] | None) -> Callable[P, Coroutine[Any, Any, R]]:
        """Return the operation with these backends only: one name, an order, or None for all.

        Raises:
            ValueError: There is no backend of that name.
        """
        chosen = self._chosen(backend)

        async def ask(*args: P.args, **kwargs: P.kwargs) -> R:
            return await self._ask(chosen, *args, **kwargs)

        return ask

    async def _ask(
        self, backends: Iterable[Backend[P, Awaitable[R]]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        attempts: list[Attempt] = []
        for backend in backends:
            if refusal := backend.refusal(*args, **kwargs):
                attempts.append(Attempt(backend.name, refusal))
                continue
            try:
                result = await backend.fn(*args, **kwargs)
            except Exception as error:
                if self._is_final(error):
                    raise
                attempts.append(Attempt(backend.name, error))
            else:
                if attempts:
                    self._rescued(attempts, backend.name)
                return result
        for backend in self._missing(attempts):
            if await _off_the_loop(backend.install_if_allowed):
                return await self._ask(backends, *args, **kwargs)
        raise self._give_up(attempts)


async def _off_the_loop(call: Callable[[], bool]) -> bool:
    from rp_core._offload import offload
    from rp_core._threads import pool

    return await offload(call, crew=pool)
