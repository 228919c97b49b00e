"""One backend of an operation, and whether it can work here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Generic, Literal, ParamSpec, TypeAlias, TypeVar

from rp_core._errors import MissingDependencyError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rp_core._install import Install

P = ParamSpec("P")
R = TypeVar("R")
State: TypeAlias = Literal["installed", "missing", "broken"]


class Backend(Generic[P, R]):
    """One implementation of an operation.

    Attributes:
        fn: The function that does it.
        name: Its name, which is also the name of the extra where an extra installs it.
        install: What installs it.
        needs: The module without which it cannot work; None: there is none.
    """

    __module__ = "rp_core"

    def __init__(
        self,
        fn: Callable[P, R],
        needs: str | None,
        install: Install,
        when: Callable[P, bool] | None,
        check: Callable[[], object] | None,
    ) -> None:
        self.fn = fn
        self.name: str = fn.__name__
        self.install = install
        self.needs = needs
        self._when = when
        self._check = check
        self.refresh()

    def refresh(self) -> None:
        """Look again, at the next use, whether it can work here."""
        self._settled = False
        self._obstacle: Exception | None = None

    @property
    def obstacle(self) -> Exception | None:
        """Why it cannot work here, with the line that mends it; None: it can."""
        if not self._settled:
            self._obstacle = self._look()
            self._settled = True
        return self._obstacle

    @property
    def state(self) -> State:
        """Whether it can work here: "installed", "missing" or "broken"."""
        if self.obstacle is None:
            return "installed"
        return "missing" if isinstance(self.obstacle, MissingDependencyError) else "broken"

    def refusal(self, *args: P.args, **kwargs: P.kwargs) -> Exception | None:
        """Return why it need not be asked: it cannot work here, or is not for this request."""
        if self._when and not self._when(*args, **kwargs):
            return UnsupportedError("not for this input")
        return self._obstacle if self._settled else self.obstacle

    def install_if_allowed(self) -> bool:
        """Install it if it is missing and the user allowed that; return whether it works now."""
        if self.state != "missing" or not self.install.run_if_allowed():
            return False
        self.refresh()
        return self.obstacle is None

    def _look(self) -> Exception | None:
        try:
            if self.needs:
                self._import(self.needs)
            if self._check:
                self._check()
        except MissingDependencyError as missing:
            return _without_frames(missing)
        except Exception as error:
            broken = _BrokenError(f"installed but broken: {str(error) or type(error).__name__}")
            broken.__cause__ = _without_frames(error)
            return broken
        return None

    def _import(self, needs: str) -> None:
        from importlib import import_module

        top = needs.partition(".")[0]
        try:
            import_module(needs)
        except ModuleNotFoundError as error:
            if error.name not in {top, needs}:
                raise
            reason = f"not installed; run: {self.install.line}"
            raise MissingDependencyError(reason, name=top) from None
        package = sys.modules[needs]
        if hasattr(package, "__path__") and getattr(package, "__file__", None) is None:
            raise ImportError(f"the package {needs!r} is an empty folder; install it anew")


class _BrokenError(ImportError):
    """An installed backend that cannot work."""


def _without_frames(error: Exception) -> Exception:
    """Drop the tracebacks of a reason that is kept for ever: they hold the callers' locals."""
    link: BaseException | None = error
    while link:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
