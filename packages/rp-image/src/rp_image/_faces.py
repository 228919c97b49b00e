"""The async faces, one line each."""

from __future__ import annotations

from typing import Final

import rp_core
from rp_image import (
    _convert,
    _encode,
    _fit,
    _frames,
    _grid,
    _load,
    _load_many,
    _probe,
    _resize,
    _save,
    _save_animation,
    _show,
)

convert: Final = rp_core.threaded(_convert.convert, module="rp_image", prepare=_load.fetch_first)
convert_many: Final = rp_core.gathered("rp_image")(_convert.convert_many)
encode: Final = rp_core.threaded(_encode.encode, module="rp_image")
frames: Final = rp_core.threaded_iter(_frames.frames, module="rp_image", prepare=_load.fetch_first)
grid: Final = rp_core.threaded(_grid.grid, module="rp_image")
load: Final = rp_core.threaded(_load.load, module="rp_image", prepare=_load.fetch_first)
load_animation: Final = rp_core.threaded(
    _frames.load_animation, module="rp_image", prepare=_load.fetch_first
)
load_many: Final = rp_core.gathered("rp_image")(_load_many.load_many)
probe: Final = rp_core.threaded(_probe.probe, module="rp_image", prepare=_load.fetch_first)
resize: Final = rp_core.threaded(_resize.resize, module="rp_image")
resize_to_fit: Final = rp_core.threaded(_fit.resize_to_fit, module="rp_image")
save: Final = rp_core.threaded(_save.save, module="rp_image")
save_animation: Final = rp_core.threaded(_save_animation.save_animation, module="rp_image")
save_many: Final = rp_core.gathered("rp_image")(_save.save_many)
show: Final = rp_core.threaded(_show.show, module="rp_image")
stream: Final = rp_core.streamed("rp_image")(_load_many.stream)
