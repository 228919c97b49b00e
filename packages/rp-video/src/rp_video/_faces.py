"""The async faces, one line each."""

from __future__ import annotations

from typing import Final

import rp_core
from rp_video import _frames_at, _load, _probe, _save, _stream

frames_at: Final = rp_core.threaded(_frames_at.frames_at, module="rp_video")
load: Final = rp_core.threaded(_load.load, module="rp_video")
probe: Final = rp_core.threaded(_probe.probe, module="rp_video")
stream: Final = rp_core.threaded_iter(_stream.stream, module="rp_video", ahead=_stream.ahead)
save: Final = rp_core.threaded(_save.save, module="rp_video", takes_async=True)
