"""Do one job in a process of its own: `_audio_child.py memory WAY PATH` or `speech WAY`.

Printed, as JSON: the figures.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Do it."""
    job, *given = sys.argv[1:]
    if job == "memory":
        from _audio_memory import peak_of

        print(json.dumps(peak_of(*given)))
    else:
        from _audio_speech import time_speech

        print(json.dumps(time_speech(*given)))


if __name__ == "__main__":
    main()
