"""Chains of backends."""

from __future__ import annotations

import errno
import gc
import importlib
import logging
import pickle
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from rp_core import (
    AsyncFallback,
    Fallback,
    LimitExceededError,
    MissingDependencyError,
    NoBackendError,
    OperationError,
    UnsupportedError,
    _install,
    allow_install,
    base,
    extra,
    system,
)
from rp_core._chain import chains
from rp_core.sync import thread_map


class DemoError(OperationError):
    """The operation failed."""


@pytest.fixture
def chain() -> Iterator[Fallback[[int], str]]:
    yield Fallback("rp_demo.work", error=DemoError, final=(ZeroDivisionError,))
    chains.pop("rp_demo.work", None)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record what would be installed; nothing is."""
    ran: list[str] = []

    def install(requirement: str) -> bool:
        ran.append(requirement)
        return True

    monkeypatch.setattr(_install, "_run_installer", install)
    monkeypatch.setattr(_install, "_tried", {})
    monkeypatch.setattr(_install, "_allowed", None)
    monkeypatch.delenv("RP_AUTO_INSTALL", raising=False)
    return ran


def add(
    chain: Any, name: str, answer: str | BaseException | Callable[[int], str], **options: Any
) -> list[int]:
    """Add a backend that answers, or raises; return the list of its requests."""
    asked: list[int] = []

    def backend(request: int) -> str:
        asked.append(request)
        if isinstance(answer, BaseException):
            raise answer
        return answer(request) if callable(answer) else answer

    async def abackend(request: int) -> str:
        await anyio.lowlevel.checkpoint()
        return backend(request)

    fn: Any = abackend if isinstance(chain, AsyncFallback) else backend
    fn.__name__ = name
    chain.via(**options)(fn)
    return asked


# Outcomes


def test_the_first_backend_that_works_answers(chain: Any) -> None:
    first, second = add(chain, "first", "one"), add(chain, "second", "two")
    assert chain(1) == "one"
    assert (first, second) == ([1], [])


@pytest.mark.parametrize("error", [UnsupportedError("not mine"), ValueError("broken"), OSError(1)])
def test_a_backend_that_declines_or_fails_is_followed_by_the_next(
    chain: Any, error: Exception
) -> None:
    add(chain, "first", error)
    add(chain, "second", "two")
    assert chain(1) == "two"


@pytest.mark.parametrize(
    "error",
    [
        LimitExceededError("a bomb"),
        MemoryError(),
        FileNotFoundError(),
        IsADirectoryError(),
        PermissionError(),
        ZeroDivisionError("the chain's own"),
        *(
            OSError(number, "environment")
            for number in (errno.ENOSPC, errno.EMFILE, errno.EIO, errno.ENFILE, errno.EROFS)
        ),
        KeyboardInterrupt(),
        SystemExit(),
    ],
    ids=repr,
)
def test_a_refusal_ends_the_chain(chain: Any, error: BaseException) -> None:
    add(chain, "first", error)
    asked = add(chain, "second", "two")
    with pytest.raises(type(error)) as caught:
        chain(1)
    assert caught.value is error
    with pytest.raises(type(error)):
        chain.using("first")(1)
    assert asked == []


def test_when_says_which_requests_a_backend_is_for(chain: Any) -> None:
    odd = add(chain, "odd", "odd", when=lambda request: request % 2)
    add(chain, "any", "any")
    assert [chain(1), chain(2)] == ["odd", "any"]
    assert odd == [1]


def test_the_final_error_lists_every_backend_with_its_reason(chain: Any) -> None:
    failure = ValueError("bad data")
    add(chain, "missing", "x", needs="rp_not_there", install=extra("tiff"))
    add(chain, "declines", UnsupportedError("no 16 bit"))
    add(chain, "other", "x", when=lambda _: False)
    add(chain, "fails", failure)
    add(chain, "silent", UnsupportedError())
    with pytest.raises(DemoError) as caught:
        chain(1)
    assert str(caught.value).splitlines() == [
        "rp_demo.work: no backend worked",
        '  missing: not installed; run: pip install "rp-demo[tiff]"',
        "  declines: no 16 bit",
        "  other: not for this input",
        "  fails: bad data",
        "  silent: UnsupportedError",
    ]
    assert caught.value.__cause__ is failure
    assert [attempt.backend for attempt in caught.value.attempts] == [
        "missing",
        "declines",
        "other",
        "fails",
        "silent",
    ]


def test_the_last_failure_is_the_cause(chain: Any) -> None:
    last = ValueError("second")
    add(chain, "first", ValueError("first"))
    add(chain, "second", last)
    with pytest.raises(DemoError) as caught:
        chain(1)
    assert caught.value.__cause__ is last


def test_when_nothing_could_be_tried_the_error_says_so(chain: Any) -> None:
    with pytest.raises(NoBackendError, match="no backend is able"):
        chain(1)
    add(chain, "missing", "x", needs="rp_not_there")
    add(chain, "declines", UnsupportedError("no"))
    with pytest.raises(NoBackendError) as caught:
        chain(1)
    assert not isinstance(caught.value, DemoError)
    assert 'pip install "rp-demo"' in str(caught.value)


def test_errors_pickle_with_their_attempts(chain: Any, site: Path) -> None:
    (site / "rp_broken.py").write_text("raise RuntimeError('no libGL')")
    add(chain, "broken", "x", needs="rp_broken")
    add(chain, "missing", "x", needs="rp_not_there")
    with pytest.raises(NoBackendError) as caught:
        chain(1)
    copied = pickle.loads(pickle.dumps(caught.value))
    assert str(copied) == str(caught.value)
    assert [attempt.backend for attempt in copied.attempts] == ["broken", "missing"]


def test_a_rescue_is_logged_at_debug(chain: Any, caplog: pytest.LogCaptureFixture) -> None:
    add(chain, "first", ValueError("bad"))
    add(chain, "second", "two")
    with caplog.at_level(logging.DEBUG, "rp_demo.work"):
        chain(1)
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        ("DEBUG", "second answered after first: bad")
    ]
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "rp_demo.work"):
        chain.using("second")(1)
    assert not caplog.records


# using


def test_using_takes_a_name_an_order_or_none(chain: Any) -> None:
    add(chain, "first", "one")
    add(chain, "second", "two")
    add(chain, "third", ValueError("bad"))
    assert chain.using("second")(1) == "two"
    assert chain.using(["third", "second", "first"])(1) == "two"
    assert chain.using(None)(1) == "one"
    with pytest.raises(DemoError, match="third: bad") as caught:
        chain.using("third")(1)
    assert isinstance(caught.value.__cause__, ValueError)


def test_an_unknown_backend_is_named_at_once(chain: Any) -> None:
    add(chain, "first", "one")
    with pytest.raises(ValueError, match=r"rp_demo\.work has no backend 'cv3', only first"):
        chain.using("cv3")
    with pytest.raises(ValueError, match="at least one"):
        chain.using([])


def test_one_backend_that_is_missing_says_what_installs_it(chain: Any) -> None:
    add(chain, "espeak", "x", needs="rp_not_there", install=system("espeak-ng"))
    with pytest.raises(NoBackendError, match="install the system package espeak-ng") as caught:
        chain.using("espeak")(1)
    assert isinstance(caught.value.__cause__, MissingDependencyError)


# States


def states(chain: Any) -> dict[str, str]:
    return {backend.name: backend.state for backend in chain.backends}


def test_a_backend_is_installed_missing_or_broken(chain: Any, site: Path) -> None:
    (site / "rp_empty").mkdir()
    (site / "rp_raises.py").write_text("raise OSError('libGL.so.1 not found')")
    (site / "rp_silent.py").write_text("raise RuntimeError")
    (site / "rp_deeper.py").write_text("import rp_not_there_either")
    (site / "rp_ns" / "inner").mkdir(parents=True)
    (site / "rp_ns" / "inner" / "__init__.py").write_text("")

    def fail() -> None:
        raise ValueError("no encoder")

    def lack() -> None:
        raise MissingDependencyError("no espeak-ng")

    asked = [
        add(chain, "fine", UnsupportedError(), needs="json"),
        add(chain, "inner", UnsupportedError(), needs="rp_ns.inner"),
        add(chain, "absent", "x", needs="rp_not_there"),
        add(chain, "part", "x", needs="json.not_there"),
        add(chain, "empty", "x", needs="rp_empty"),
        add(chain, "raises", "x", needs="rp_raises"),
        add(chain, "silent", "x", needs="rp_silent"),
        add(chain, "deeper", "x", needs="rp_deeper"),
        add(chain, "checked", "x", check=fail),
        add(chain, "lacking", "x", check=lack),
    ]
    wanted = dict.fromkeys(["fine", "inner"], "installed")
    wanted |= dict.fromkeys(["absent", "part", "lacking"], "missing")
    wanted |= dict.fromkeys(["empty", "raises", "silent", "deeper", "checked"], "broken")
    assert states(chain) == wanted
    with pytest.raises(NoBackendError) as caught:
        chain(1)
    for words in (
        "empty: installed but broken: the package 'rp_empty' is an empty folder",
        "raises: installed but broken: libGL.so.1 not found",
        "silent: installed but broken: RuntimeError",
        "deeper: installed but broken: No module named 'rp_not_there_either'",
        "checked: installed but broken: no encoder",
        "lacking: no espeak-ng",
    ):
        assert words in str(caught.value)
    assert [len(requests) for requests in asked] == [1, 1] + [0] * 8


def test_the_state_is_settled_once_and_looked_at_again_on_request(chain: Any, site: Path) -> None:
    checks: list[int] = []
    add(chain, "late", "late", needs="rp_late", check=lambda: checks.append(1))
    add(chain, "other", "other")
    assert [chain(1), chain(2)] == ["other", "other"]
    (site / "rp_late.py").write_text("")
    importlib.invalidate_caches()
    assert chain(3) == "other"
    chain.refresh()
    assert [chain(4), chain(5)] == ["late", "late"]
    assert checks == [1]


def test_nothing_is_imported_before_it_is_needed(chain: Any, site: Path) -> None:
    (site / "rp_heavy.py").write_text("")
    add(chain, "light", "light")
    add(chain, "heavy", "heavy", needs="rp_heavy")
    assert chain(1) == "light"
    assert "rp_heavy" not in sys.modules


def test_a_kept_reason_does_not_keep_the_caller_alive(chain: Any, site: Path) -> None:
    class Big:
        pass

    (site / "rp_raises.py").write_text("raise OSError('x')")
    add(chain, "broken", "x", needs="rp_raises")
    add(chain, "missing", "x", needs="rp_not_there")
    add(chain, "fine", "fine")

    def call() -> weakref.ref[Big]:
        big = Big()
        assert chain(big) == "fine"
        return weakref.ref(big)

    kept = call()
    gc.collect()
    # The requests are recorded by this test's own backend.
    chain.backends[2].fn.__closure__[1].cell_contents.clear()
    assert kept() is None


# Installing


def declare(monkeypatch: pytest.MonkeyPatch, *extras: str) -> None:
    from email.message import Message
    from importlib import metadata

    message = Message()
    for name in extras:
        message["Provides-Extra"] = name
    monkeypatch.setattr(metadata, "metadata", lambda _: message)


def test_install_lines() -> None:
    assert base.of("rp-image").line == 'pip install "rp-image"'
    assert extra("heif").of("rp-image").line == 'pip install "rp-image[heif]"'
    assert extra("heif", package="rp-x").of("rp-image").line == 'pip install "rp-x[heif]"'
    assert system("espeak-ng").of("rp-audio").line == "install the system package espeak-ng"


def test_nothing_is_installed_unless_the_user_allowed_it(
    chain: Any, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch, "tiff")
    add(chain, "missing", "x", needs="rp_not_there", install=extra("tiff"))
    with pytest.raises(NoBackendError):
        chain(1)
    monkeypatch.setenv("RP_AUTO_INSTALL", "1")
    allow_install(False)
    with pytest.raises(NoBackendError):
        chain(1)
    assert installed == []


def test_only_declared_extras_are_installed(
    chain: Any, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RP_AUTO_INSTALL", "1")
    declare(monkeypatch, "tiff")
    for name, install in (("a", base), ("b", system("x")), ("c", extra("evil"))):
        add(chain, name, "x", needs="rp_not_there", install=install)
    with pytest.raises(NoBackendError):
        chain(1)
    assert installed == []
    assert not extra("tiff", package="").of("").run_if_allowed() or installed == ["[tiff]"]


@pytest.mark.parametrize("cls", [Fallback, AsyncFallback])
async def test_what_is_allowed_and_for_this_request_is_installed_once(
    cls: Any, installed: list[str], site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = cls("rp_demo.install")
    chains.pop("rp_demo.install")
    allow_install()
    declare(monkeypatch, "a", "b", "c", "d")

    def install(requirement: str) -> bool:
        installed.append(requirement)
        if "[b]" in requirement:
            (site / "rp_b.py").write_text("")
            importlib.invalidate_caches()
        return "[b]" in requirement

    monkeypatch.setattr(_install, "_run_installer", install)
    fails = add(chain, "fails", ValueError("bad"))
    add(chain, "other", "x", needs="rp_o", install=extra("c"), when=lambda request: request > 5)
    add(chain, "a", "x", needs="rp_a", install=extra("a"))
    add(chain, "b", "from b", needs="rp_b", install=extra("b"))
    add(chain, "d", "x", needs="rp_d", install=extra("d"))
    for _ in range(3):
        answer = chain(1)
        assert (await answer if cls is AsyncFallback else answer) == "from b"
    assert installed == ["rp-demo[a]", "rp-demo[b]"]
    assert len(fails) >= 3


def test_threads_that_need_the_same_extra_install_it_once(
    chain: Any, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    allow_install()
    declare(monkeypatch, "a")
    add(chain, "a", "x", needs="rp_not_there", install=extra("a"))
    barrier = threading.Barrier(4, timeout=10)

    def call(item: int) -> None:
        barrier.wait()
        chain(item)

    assert list(thread_map(call, range(8), limit=4, on_error="skip")) == []
    assert installed == ["rp-demo[a]"]


def test_the_installer_is_uv_or_pip_of_this_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil
    import subprocess

    ran: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/uv")
    assert not _install._run_installer("rp-image[x]")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert not _install._run_installer("rp-image[x]")
    assert ran == [
        ["/bin/uv", "pip", "install", "--python", sys.executable, "rp-image[x]"],
        [sys.executable, "-m", "pip", "install", "rp-image[x]"],
    ]


# Async


async def test_an_async_chain_keeps_the_same_rules(caplog: pytest.LogCaptureFixture) -> None:
    chain: Any = AsyncFallback("rp_demo.awork", error=DemoError)
    chains.pop("rp_demo.awork")
    add(chain, "missing", "x", needs="rp_not_there")
    add(chain, "first", ValueError("bad"))
    asked = add(chain, "second", lambda request: f"two {request}")
    with caplog.at_level(logging.DEBUG, "rp_demo.awork"):
        assert await chain(1) == "two 1"
    assert "second answered after missing" in caplog.text
    assert await chain.using(["second"])(2) == "two 2"
    assert await chain.using(None)(3) == "two 3"
    with pytest.raises(DemoError, match="first: bad"):
        await chain.using("first")(1)
    with pytest.raises(ValueError, match="no backend 'x'"):
        chain.using("x")
    bomb: Any = AsyncFallback("rp_demo.abomb")
    chains.pop("rp_demo.abomb")
    add(bomb, "first", LimitExceededError("a bomb"))
    never = add(bomb, "second", "x")
    with pytest.raises(LimitExceededError):
        await bomb(1)
    assert (asked, never) == ([1, 2, 3], [])


async def test_cancellation_ends_an_async_chain() -> None:
    chain: Any = AsyncFallback("rp_demo.acancel")
    chains.pop("rp_demo.acancel")

    @chain.via()  # type: ignore[untyped-decorator]
    async def slow(_: int) -> None:
        await anyio.sleep(10)

    asked = add(chain, "second", "two")
    with anyio.move_on_after(0.01) as scope:
        await chain(1)
    assert scope.cancelled_caught
    assert asked == []
