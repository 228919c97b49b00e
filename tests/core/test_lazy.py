"""Imports at their first use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rp_core
from rp_core import MissingDependencyError, _install, lazy_exports, lazy_import, require


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_importing_rp_core_imports_nothing_else(run_python: Any) -> None:
    script = """
import sys
before = set(sys.modules)
import rp_core, rp_core.sync
print(sorted(set(sys.modules) - before))
"""
    assert run_python(script).stdout == "['rp_core', 'rp_core._lazy', 'rp_core.sync']\n"


def test_the_plain_map_needs_no_event_loop(run_python: Any) -> None:
    script = """
import sys, rp_core.sync
list(rp_core.sync.thread_map(str, [1], cpu=True))
print([name for name in ("asyncio", "anyio", "trio", "numpy") if name in sys.modules])
"""
    assert run_python(script).stdout == "[]\n"


def test_every_public_name_is_there_and_once() -> None:
    for module in rp_core, rp_core.sync:
        assert sorted(set(module.__all__)) == module.__all__ == dir(module)
        for name in module.__all__:
            assert getattr(module, name) is getattr(module, name)
    version: Any = getattr(rp_core, "__version__")  # noqa: B009
    assert version.count(".") == 2
    with pytest.raises(AttributeError, match="module 'rp_core' has no attribute 'nothing'"):
        rp_core.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_type_checkers_see_the_names_that_are_exported() -> None:
    import ast

    for module in rp_core, rp_core.sync:
        assert module.__file__
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        branch = next(node for node in tree.body if isinstance(node, ast.If))
        seen = {
            alias.asname: node.module
            for node in branch.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        assert sorted(name for name in seen if name) == module.__all__
        for name, home in seen.items():
            assert name
            if home != "rp_core":
                assert getattr(module, name) is getattr(sys.modules[str(home)], name)


def test_exported_names_are_imported_at_their_first_use(site: Path) -> None:
    (site / "rp_pack").mkdir()
    (site / "rp_pack" / "__init__.py").write_text(
        "from rp_core import lazy_exports\n"
        "__getattr__, __dir__, __all__ = lazy_exports(\n"
        '    __name__, {"rp_pack._a": "one two", "rp_pack.sub": "", "rp_pack._bad": "three"})\n'
    )
    (site / "rp_pack" / "_a.py").write_text("one, two = object(), object()\n")
    (site / "rp_pack" / "sub.py").write_text("")
    (site / "rp_pack" / "_bad.py").write_text("import rp_not_there\n")
    import rp_pack  # type: ignore[import-not-found]

    assert "rp_pack._a" not in sys.modules
    assert rp_pack.one is rp_pack.one
    assert "one" in vars(rp_pack)
    assert "rp_pack.sub" not in sys.modules
    assert rp_pack.sub is sys.modules["rp_pack.sub"]
    assert dir(rp_pack) == rp_pack.__all__ == ["one", "sub", "three", "two"]
    with pytest.raises(ModuleNotFoundError, match="rp_not_there"):
        rp_pack.three  # noqa: B018
    get, _, _ = lazy_exports("rp_pack", {})
    with pytest.raises(AttributeError):
        get("one")


def test_a_lazy_module_is_imported_when_it_is_used(site: Path) -> None:
    (site / "rp_used.py").write_text("value = 3\n")
    module = lazy_import("rp_used")
    assert repr(module) == "<lazy module 'rp_used'>"
    assert "rp_used" not in sys.modules
    assert module.value == 3
    assert "value" in dir(module)
    with pytest.raises(AttributeError):
        module.nothing  # noqa: B018
    missing = lazy_import("rp_not_there.sub")
    with pytest.raises(ImportError):
        missing.value  # noqa: B018
    assert lazy_import("os.path").join is __import__("os").path.join


def test_require_imports_or_says_what_to_install(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert require("json", extra="x", package="rp-x") is sys.modules["json"]
    for name in "rp_not_there", "rp_not_there.sub", "json.not_there":
        with pytest.raises(MissingDependencyError) as caught:
            require(name, extra="heif", package="rp-image")
        assert str(caught.value) == f'{name} is not installed; run: pip install "rp-image[heif]"'
        assert caught.value.name == name
    (site / "rp_broken.py").write_text("raise ImportError('no libGL')")
    with pytest.raises(ImportError, match="no libGL") as broken:
        require("rp_broken", extra="x", package="rp-x")
    assert not isinstance(broken.value, MissingDependencyError)


def test_require_installs_where_the_user_allowed_it(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(_: str) -> bool:
        (site / "rp_fresh.py").write_text("value = 1\n")
        __import__("importlib").invalidate_caches()
        return True

    monkeypatch.setattr(_install, "_run_installer", install)
    monkeypatch.setattr(_install, "_is_declared", lambda _: True)
    monkeypatch.setattr(_install, "_tried", {})
    monkeypatch.setattr(_install, "_allowed", None)
    monkeypatch.delenv("RP_AUTO_INSTALL", raising=False)
    with pytest.raises(MissingDependencyError):
        require("rp_fresh", extra="x", package="rp-x")
    monkeypatch.setenv("RP_AUTO_INSTALL", "1")
    assert require("rp_fresh", extra="x", package="rp-x").value == 1


def test_only_extras_that_a_package_declares_count() -> None:
    declared = _install.extra("progress", package="rp-core")
    assert _install._is_declared(declared)
    assert not _install._is_declared(_install.extra("evil", package="rp-core"))
    assert not _install._is_declared(_install.extra("x", package="rp-not-there"))
