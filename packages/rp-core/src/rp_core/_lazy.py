"""Imports that happen at their first use, and optional dependencies."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any
else:
    ModuleType = type(sys)  # importing types would be one module more


def lazy_exports(
    package: str, homes: "Mapping[str, str]"
) -> "tuple[Callable[[str], object], Callable[[], list[str]], list[str]]":
    """Make the `__getattr__`, `__dir__` and `__all__` of a module that imports nothing (PEP 562).

    Args:
        package: The module's `__name__`.
        homes: For each module, the names that it exports, separated by blanks; a module with no
            names is exported itself. Modules are given by their absolute names.

    Returns:
        The three module attributes. `__version__` is answered too, from the installed metadata
        of the distribution that carries the top-level package.
    """
    home_of = {name: module for module, names in homes.items() for name in names.split()}
    home_of.update(
        (module.rpartition(".")[2], module) for module, names in homes.items() if not names
    )
    exported = sorted(home_of)

    def module_getattr(name: str) -> object:
        if name in home_of:
            value: object = _import(home_of[name])
            if homes[home_of[name]]:
                value = getattr(value, name)
        elif name == "__version__":
            from importlib.metadata import version

            value = version(package.partition(".")[0].replace("_", "-"))
        else:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        setattr(sys.modules[package], name, value)
        return value

    return module_getattr, lambda: exported, exported


def lazy_import(name: str) -> ModuleType:
    """Return a stand-in for a module, which imports it when an attribute is first read.

    Args:
        name: Absolute name of the module; a dotted name stands for the submodule.

    Raises:
        ImportError: At the first use, if the module cannot be imported.
    """
    return _LazyModule(name)


class _LazyModule(ModuleType):
    def __getattr__(self, attribute: str) -> "Any":
        return getattr(_import(self.__name__), attribute)

    def __dir__(self) -> list[str]:
        return dir(_import(self.__name__))

    def __repr__(self) -> str:
        return f"<lazy module {self.__name__!r}>"


def require(name: str, *, extra: str, package: str) -> ModuleType:
    """Import an optional dependency, or say which line installs it.

    Where the user allowed it (see `allow_install`), a missing one is installed first.

    Args:
        name: Absolute name of the module to import.
        extra: The extra of `package` that brings it.
        package: Name of the distribution that declares the extra, such as "rp-image".

    Raises:
        MissingDependencyError: It is not installed; the message has the line to run.
        ImportError: It is installed and cannot be imported.
    """
    from rp_core._install import extra as brought_by

    install = brought_by(extra, package=package)
    if _is_missing(name):
        install.run_if_allowed()
    if _is_missing(name):
        from rp_core._errors import MissingDependencyError

        raise MissingDependencyError(f"{name} is not installed; run: {install.line}", name=name)
    return _import(name)


def _is_missing(name: str) -> bool:
    from importlib.util import find_spec

    try:
        return name not in sys.modules and find_spec(name) is None
    except ModuleNotFoundError:
        return True


def _import(name: str) -> "ModuleType":
    from importlib import import_module

    return import_module(name)
