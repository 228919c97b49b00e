"""The clipboard by the command that the platform has for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Final

from rp_core import MissingDependencyError
from rp_image._errors import EmptyClipboardError

_TIMEOUT: Final = 20
_COPY_WINDOWS: Final = (
    "Add-Type -AssemblyName System.Windows.Forms, System.Drawing;"
    "[Windows.Forms.Clipboard]::SetImage([Drawing.Image]::FromFile($env:RP_CLIPBOARD))"
)
_PASTE_WINDOWS: Final = (
    "Add-Type -AssemblyName System.Windows.Forms, System.Drawing;"
    "$image = [Windows.Forms.Clipboard]::GetImage();"
    "if ($image) { $image.Save($env:RP_CLIPBOARD, [Drawing.Imaging.ImageFormat]::Png) }"
)
_COPY_MACOS: Final = "set the clipboard to (read (POSIX file {path}) as «class PNGf»)"
_PASTE_MACOS: Final = (
    "set out to open for access POSIX file {path} with write permission\n"
    "write (the clipboard as «class PNGf») to out\nclose access out"
)


def copy_png(data: bytes) -> None:
    """Put a PNG onto the clipboard.

    Raises:
        MissingDependencyError: The platform has no such command installed.
        OSError, subprocess.SubprocessError: The command failed.
    """
    if sys.platform == "linux":
        _run(_linux("copy"), data)
        return
    with TemporaryDirectory() as folder:
        path = os.path.join(folder, "image.png")
        with open(path, "wb") as file:
            file.write(data)
        _by_file(_COPY_MACOS, _COPY_WINDOWS, path)


def paste_png() -> bytes:
    """Return the PNG that is on the clipboard.

    Raises:
        EmptyClipboardError: There is none.
        MissingDependencyError: The platform has no such command installed.
        OSError, subprocess.SubprocessError: The command failed.
    """
    if sys.platform == "linux":
        try:
            data = _run(_linux("paste"), b"")
        except subprocess.CalledProcessError as error:
            if b"not available" in error.stderr or b"No selection" in error.stderr:
                raise EmptyClipboardError("there is no image on the clipboard") from error
            raise
    else:
        with TemporaryDirectory() as folder:
            path = os.path.join(folder, "image.png")
            _by_file(_PASTE_MACOS, _PASTE_WINDOWS, path)
            if not os.path.exists(path):
                raise EmptyClipboardError("there is no image on the clipboard")
            with open(path, "rb") as file:
                data = file.read()
    if not data:
        raise EmptyClipboardError("there is no image on the clipboard")
    return data


def _linux(what: str) -> list[str]:
    """Return the command of Wayland, or of X."""
    if os.environ.get("WAYLAND_DISPLAY") and (found := shutil.which(f"wl-{what}")):
        return [found, "--type", "image/png"]
    if found := shutil.which("xclip"):
        return [
            found,
            "-selection",
            "clipboard",
            "-t",
            "image/png",
            "-i" if what == "copy" else "-o",
        ]
    raise MissingDependencyError(
        "neither wl-clipboard nor xclip is installed; run: apt-get install xclip", name="xclip"
    )


def _by_file(script: str, windows: str, path: str) -> None:
    if sys.platform == "darwin":
        quoted = '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
        _run(["osascript", "-e", script.format(path=quoted)], b"")
        return
    command = ["powershell", "-NoProfile", "-STA", "-Command", windows]
    _run(command, b"", RP_CLIPBOARD=path)


def _run(command: list[str], data: bytes, **variables: str) -> bytes:
    """Run a command. Its output goes to files: what stays behind would keep a pipe open."""
    with TemporaryDirectory() as folder:
        out_path, error_path = os.path.join(folder, "out"), os.path.join(folder, "error")
        with open(out_path, "wb") as out, open(error_path, "wb") as errors:
            done = subprocess.run(  # noqa: S603
                command,
                input=data,
                stdout=out,
                stderr=errors,
                timeout=_TIMEOUT,
                check=False,
                env={**os.environ, **variables},
            )
        with open(out_path, "rb") as out, open(error_path, "rb") as errors:
            output, complaint = out.read(), errors.read()
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, output, complaint)
    return output
