"""One operation, several backends: the first that works wins."""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, ParamSpec, TypeVar

from rp_core._backend import Backend
from rp_core._errors import (
    Attempt,
    LimitExceededError,
    NoBackendError,
    OperationError,
    UnsupportedError,
)
from rp_core._install import base

if TYPE_CHECKING:
    from rp_core._install import Install

P = ParamSpec("P")
R = TypeVar("R")

ENVIRONMENT_ERRORS: Final = (
    "ENOSPC",
    "EDQUOT",
    "EFBIG",
    "EMFILE",
    "ENFILE",
    "EIO",
    "EROFS",
    "ENOMEM",
)
ALWAYS_FINAL: Final[tuple[type[Exception], ...]] = (
    LimitExceededError,
    MemoryError,
    FileNotFoundError,
    IsADirectoryError,
    PermissionError,
)
chains: dict[str, Chain[..., Any]] = {}


class Chain(Generic[P, R]):
    """The backends of one operation, in the order in which they are asked.

    A backend ends in one of four ways: a result; *declined* (`UnsupportedError`); *failed* (any
    other `Exception`); *final* (`ALWAYS_FINAL`, an OSError of the environment such as a full disk,
    and the types given as `final`). Missing, broken, declined and failed go on to the next backend;
    a result, a final error and cancellation end the chain at once.

    Args:
        operation: Public name of the operation, such as "rp_image.load".
        error: Raised when backends were tried and failed; takes a message and the attempts.
        final: Further errors that are an answer, and end the chain.
    """

    __module__ = "rp_core"

    def __init__(
        self,
        operation: str,
        *,
        error: type[OperationError] = OperationError,
        final: tuple[type[Exception], ...] = (),
    ) -> None:
        self.operation = operation
        self.error = error
        self._final = (*ALWAYS_FINAL, *final)
        self._by_name: dict[str, Backend[P, R]] = {}
        chains[operation] = self

    @property
    def backends(self) -> tuple[Backend[P, R], ...]:
        """The backends in order; each has a `name`, a `state` and an `install` line."""
        return tuple(self._by_name.values())

    def via(
        self,
        *,
        needs: str | None = None,
        install: Install = base,
        when: Callable[P, bool] | None = None,
        check: Callable[[], object] | None = None,
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Register the decorated function as the next backend; its name is the backend's.

        Args:
            needs: The module without which it is missing.
            install: What installs it: `base`, `extra("opencv")` or `system("espeak-ng")`.
            when: Says for which requests it is; it declines the others unasked.
            check: Called once, at the first use; raises if the backend cannot work here:
                `MissingDependencyError` for missing, anything else for broken.
        """
        package = self.operation.partition(".")[0].replace("_", "-")

        def register(fn: Callable[P, R]) -> Callable[P, R]:
            self._by_name[fn.__name__] = Backend(fn, needs, install.of(package), when, check)
            return fn

        return register

    def refresh(self) -> None:
        """Look again at what is installed."""
        for backend in self.backends:
            backend.refresh()

    def _chosen(self, backend: str | Sequence[str] | None) -> tuple[Backend[P, R], ...]:
        if backend is None:
            return self.backends
        names = [backend] if isinstance(backend, str) else list(backend)
        if not names:
            raise ValueError(f"{self.operation}: an order of backends must name at least one")
        for name in names:
            if name not in self._by_name:
                known = ", ".join(self._by_name)
                raise ValueError(f"{self.operation} has no backend {name!r}, only {known}")
        return tuple(self._by_name[name] for name in names)

    def _is_final(self, error: Exception) -> bool:
        if (
            isinstance(error, OSError)
            and errno.errorcode.get(error.errno or 0) in ENVIRONMENT_ERRORS
        ):
            return True
        return isinstance(error, self._final)

    def _missing(self, attempts: list[Attempt]) -> list[Backend[P, R]]:
        """Return the backends that were not asked only because they are not installed."""
        asked = [(self._by_name[attempt.backend], attempt.error) for attempt in attempts]
        return [b for b, error in asked if b.state == "missing" and b.obstacle is error]

    def _rescued(self, attempts: list[Attempt], by: str) -> None:
        import logging

        logger = logging.getLogger(self.operation)
        if logger.isEnabledFor(logging.DEBUG):
            logger.debug("%s answered after %s", by, "; ".join(map(str, attempts)))

    def _give_up(self, attempts: list[Attempt]) -> OperationError:
        failed = [
            a.error for a in attempts if not isinstance(a.error, (ImportError, UnsupportedError))
        ]
        kind = self.error if failed else NoBackendError
        causes = failed or [attempt.error for attempt in attempts]
        failure = kind(
            f"{self.operation}: no backend {'worked' if failed else 'is able'}", attempts
        )
        failure.__cause__ = causes[-1] if causes else None
        return failure


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
