"""Python programs that tests run beside themselves."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Final

# A shell makes what it starts in the background deaf to Ctrl-C, and children inherit that.
_LISTEN: Final = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
SECONDS: Final = 30


def interrupt(script: str, *arguments: str) -> tuple[str, str, int]:
    """Run a script, send it Ctrl-C when it has printed "go", and return stdout, stderr, status."""
    command = [sys.executable, "-c", _LISTEN + script, *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "go\n"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    return out, err, process.returncode
