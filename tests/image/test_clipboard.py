"""The clipboard, on a real X server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rp_image.sync
from rp_image import ClipboardUnavailableError, EmptyClipboardError
from rp_image._clipboard import copy_image, copy_to_clipboard, paste_from_clipboard
from support import images as make

BACKENDS = [backend.name for backend in copy_image.backends if backend.state == "installed"]
XVFB, XCLIP = shutil.which("Xvfb"), shutil.which("xclip")
needs_x = pytest.mark.skipif(not (XVFB and XCLIP), reason="Xvfb or xclip is not installed")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start one X server: copykitten stays with the first that it has seen."""
    assert XVFB
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [XVFB, "-displayfd", str(writer), "-screen", "0", "64x64x24", "-nolisten", "tcp"],
        pass_fds=[writer],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as numbers:
        number = numbers.readline().strip()
    try:
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def display(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", server)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def _copy(kind: str, path: Path) -> None:
    """Let xclip copy a file; what it leaves behind must not hold our pipes."""
    assert XCLIP
    command = [XCLIP, "-selection", "clipboard", "-t", kind, "-i", str(path)]
    nowhere = subprocess.DEVNULL
    subprocess.run(command, check=True, timeout=20, stdout=nowhere, stderr=nowhere)
    # It returns before the server has heard of it.
    targets = [XCLIP, "-selection", "clipboard", "-t", "TARGETS", "-o"]
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        offered = subprocess.run(targets, check=False, capture_output=True, timeout=20).stdout
        if kind.encode() in offered.split():
            return
    pytest.fail(f"xclip does not offer {kind}")


def _read_back(path: Path) -> bytes:
    assert XCLIP
    command = [XCLIP, "-selection", "clipboard", "-t", "image/png", "-o"]
    with path.open("wb") as out:
        subprocess.run(command, check=True, stdout=out, timeout=20)
    return path.read_bytes()


@needs_x
@pytest.mark.usefixtures("display")
@pytest.mark.parametrize("backend", sorted({"copykitten", "command"}.intersection(BACKENDS)))
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_xclip_reads_what_was_copied(channels: int, backend: str, tmp_path: Path) -> None:
    image = make.ramp(channels)

    copy_to_clipboard(image, backend=backend)

    mode = {1: "gray", 3: "rgb", 4: "rgba"}[channels]
    found: Any = None
    # The owner before, or nobody, may answer until the X server has heard of the new one.
    for _ in range(50):
        with suppress(subprocess.CalledProcessError):
            data = _read_back(tmp_path / "read.png")
            found = rp_image.sync.load(data, mode=mode)  # type: ignore[arg-type]
        if np.array_equal(found, image):
            break
        time.sleep(0.1)
    np.testing.assert_array_equal(found, image)


@needs_x
@pytest.mark.usefixtures("display")
@pytest.mark.parametrize(
    "backend", [None, *sorted({"copykitten", "command"}.intersection(BACKENDS))]
)
def test_what_another_program_copied_is_pasted(backend: str | None, tmp_path: Path) -> None:
    full = make.ramp(4)
    path = tmp_path / "a.png"
    rp_image.sync.save(full, path)
    _copy("image/png", path)

    np.testing.assert_array_equal(paste_from_clipboard(backend=backend), full)


@needs_x
@pytest.mark.usefixtures("display")
@pytest.mark.parametrize(
    "backend", [None, *sorted({"copykitten", "command"}.intersection(BACKENDS))]
)
def test_a_clipboard_of_text_is_an_error_of_its_own(backend: str | None, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("x")
    _copy("UTF8_STRING", tmp_path / "text")

    with pytest.raises(EmptyClipboardError, match="no image on the clipboard"):
        paste_from_clipboard(backend=backend)


@needs_x
@pytest.mark.usefixtures("display")
def test_what_is_kept_outlives_the_process(tmp_path: Path) -> None:
    code = (
        "import sys, numpy, rp_image.sync as i;"
        "i.copy_to_clipboard(numpy.full((2, 3, 3), 9, 'uint8'), keep=True)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)

    assert done.stderr == b""
    image = rp_image.sync.load(_read_back(tmp_path / "read.png"), mode="rgb")
    np.testing.assert_array_equal(image, np.full((2, 3, 3), 9))


@needs_x
@pytest.mark.usefixtures("display")
def test_an_opaque_picture_comes_back_as_rgb() -> None:
    copy_to_clipboard(make.ramp(3))

    np.testing.assert_array_equal(paste_from_clipboard(), make.ramp(3))


def test_without_a_display_there_is_no_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)

    with pytest.raises(ClipboardUnavailableError, match="no display"):
        copy_to_clipboard(make.ramp(3))
    with pytest.raises(ClipboardUnavailableError, match="no display"):
        paste_from_clipboard()


def test_a_display_that_does_not_answer_is_an_error() -> None:
    code = (
        "import numpy, rp_image.sync as i\n"
        "try: i.copy_to_clipboard(numpy.zeros((2, 3, 3), 'uint8'))\n"
        "except i.ClipboardUnavailableError as error: print(len(error.attempts))"
    )
    variables = {**os.environ, "DISPLAY": ":9999", "WAYLAND_DISPLAY": ""}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, timeout=60, env=variables)

    assert done.stdout == b"3\n"


def test_what_is_no_image_is_refused_first() -> None:
    with pytest.raises(TypeError):
        copy_to_clipboard([[1]])  # type: ignore[arg-type]
