"""What every run of the ffmpeg program is told."""

from __future__ import annotations

from typing import Final

# A playlist in the file must not reach into the network.
PROTOCOLS: Final = ("-protocol_whitelist", "file,crypto,data")
