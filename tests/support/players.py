"""Programs that stand for those of other systems, and devices to play on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# It writes down its arguments, what it reads, and how it was told to go on.
_FAKE: Final = """#!{python}
import os, shutil, sys, time
log = os.environ["RP_FAKES"]
with open(os.path.join(log, "{name}.arguments"), "a") as file:
    file.write(repr(sys.argv[1:]) + "\\n")
{body}
"""
TAKE_ALL: Final = 'open(os.path.join(log, "{name}.input"), "wb").write(sys.stdin.buffer.read())'
KEEP_FILE: Final = 'shutil.copy(sys.argv[-1], os.path.join(log, "{name}.input"))'
TAKE_SOME: Final = 'sys.stdin.buffer.read(70_000); sys.exit("the device is gone")'
NO_DEVICE: Final = 'sys.exit("there is no device")'
HANG: Final = "time.sleep(60)"


def fake_program(folder: Path, name: str, body: str) -> Path:
    """Make a program of a name, and return its path; the folder is to be the PATH, and the log."""
    path = folder / name
    path.write_text(_FAKE.format(python=sys.executable, name=name, body=body.format(name=name)))
    path.chmod(0o755)
    return path


def arguments_of(folder: Path, name: str) -> list[list[str]]:
    """Return the arguments of each run of a fake."""
    log = folder / f"{name}.arguments"
    return [eval(line) for line in log.read_text().splitlines()] if log.exists() else []


def only_file_device(folder: Path) -> tuple[dict[str, str], Path]:
    """Return an environment in which the only device is a file, and the path of that."""
    path = folder / "heard.raw"
    device = f'pcm.!default {{ type file slave.pcm "null" file "{path}" format "raw" }}\n'
    return _alsa(folder, device), path


def no_device(folder: Path) -> dict[str, str]:
    """Return an environment in which there is no device."""
    return _alsa(
        folder, 'pcm.!default { type hw card "none" }\nctl.!default { type hw card "none" }\n'
    )


def _alsa(folder: Path, device: str) -> dict[str, str]:
    config = folder / "alsa.conf"
    config.write_text(f"</usr/share/alsa/alsa.conf>\n{device}")
    return {
        "ALSA_CONFIG_PATH": str(config),
        "PULSE_SERVER": f"unix:{folder}/no-server",
        "PIPEWIRE_RUNTIME_DIR": str(folder),
        "JACK_NO_START_SERVER": "1",
    }


@contextmanager
def real_time_device(folder: Path) -> Iterator[dict[str, str] | None]:
    """Give an environment with a device that plays as fast as one does; None: there is none."""
    program = shutil.which("pulseaudio")
    if program is None or shutil.which("paplay") is None:
        yield None
        return
    home = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "XDG_CONFIG_HOME": str(folder)}
    socket = folder / "pulse.socket"
    command = [
        program, "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1",
        "--load=module-null-sink sink_name=null",
        f"--load=module-native-protocol-unix auth-anonymous=1 socket={socket}",
    ]  # fmt: skip
    with subprocess.Popen(
        command, env={**os.environ, **home}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        deadline = time.monotonic() + 10
        while not socket.exists() and server.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        try:
            yield {**home, "PULSE_SERVER": f"unix:{socket}"} if socket.exists() else None
        finally:
            server.kill()
