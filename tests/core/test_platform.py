"""What machine this is."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from rp_core import cache_dir, in_notebook, is_linux, is_macos, is_windows


@pytest.mark.parametrize(
    ("platform", "wanted"),
    [
        ("linux", (True, False, False)),
        ("darwin", (False, True, False)),
        ("win32", (False, False, True)),
        ("freebsd14", (False, False, False)),
    ],
)
def test_one_platform_at_a_time(
    platform: str, wanted: tuple[bool, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert (is_linux(), is_macos(), is_windows()) == wanted


@pytest.mark.parametrize(
    ("ipython", "wanted"),
    [
        (None, False),
        (SimpleNamespace(get_ipython=lambda: None), False),
        (SimpleNamespace(get_ipython=SimpleNamespace), False),
        (SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=1)), True),
    ],
)
def test_a_notebook_is_a_shell_with_a_kernel(
    ipython: object, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert in_notebook() is wanted


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="XDG folders")
def test_the_cache_folder_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = cache_dir("rp-demo")
    assert folder == tmp_path / "rp" / "rp-demo"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o755)
    assert cache_dir("rp-demo") == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc", "..\\x", "a\0b", "C:", "../x"])
def test_a_cache_folder_has_one_component(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(ValueError, match="not the name of a folder"):
        cache_dir(name)
    assert list(tmp_path.iterdir()) == []
