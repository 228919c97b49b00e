"""The async faces, one line each."""

from __future__ import annotations

from typing import Final

import rp_core
from rp_video import (
    _concat,
    _convert,
    _extract_audio,
    _extract_frames,
    _frames_at,
    _load,
    _map_frames,
    _probe,
    _replace_audio,
    _save,
    _save_gif,
    _slowmo,
    _stream,
    _thumbnails,
    _trim,
)

concat: Final = rp_core.threaded(_concat.concat, module="rp_video")
convert: Final = rp_core.threaded(_convert.convert, module="rp_video")
extract_audio: Final = rp_core.threaded(_extract_audio.extract_audio, module="rp_video")
extract_frames: Final = rp_core.threaded(_extract_frames.extract_frames, module="rp_video")
frames_at: Final = rp_core.threaded(_frames_at.frames_at, module="rp_video")
load: Final = rp_core.threaded(_load.load, module="rp_video")
map_frames: Final = rp_core.threaded(_map_frames.map_frames, module="rp_video")
probe: Final = rp_core.threaded(_probe.probe, module="rp_video")
replace_audio: Final = rp_core.threaded(_replace_audio.replace_audio, module="rp_video")
save: Final = rp_core.threaded(_save.save, module="rp_video", takes_async=True)
save_gif: Final = rp_core.threaded(_save_gif.save_gif, module="rp_video", takes_async=True)
slowmo: Final = rp_core.threaded(_slowmo.slowmo, module="rp_video")
stream: Final = rp_core.threaded_iter(_stream.stream, module="rp_video", ahead=_stream.ahead)
thumbnail_strip: Final = rp_core.threaded(_thumbnails.thumbnail_strip, module="rp_video")
thumbnails: Final = rp_core.threaded(_thumbnails.thumbnails, module="rp_video")
trim: Final = rp_core.threaded(_trim.trim, module="rp_video")
