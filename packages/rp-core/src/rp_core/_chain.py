"""The backends of one operation: which there are, and what their outcomes mean."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
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


def is_environment_error(error: BaseException) -> bool:
    """Return whether an error tells of the machine (a full disk), not of the input."""
    code = error.errno if isinstance(error, OSError) else None
    return errno.errorcode.get(code or 0) in ENVIRONMENT_ERRORS


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
        return is_environment_error(error) or isinstance(error, self._final)

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
