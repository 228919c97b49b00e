"""The async faces, one line each."""

from __future__ import annotations

from typing import Final

import rp_core
from rp_image import (
    _blur,
    _clipboard,
    _color,
    _composite,
    _contact_sheet,
    _convert,
    _depth,
    _draw,
    _encode,
    _fit,
    _frames,
    _grid,
    _hsv,
    _load,
    _load_many,
    _probe,
    _resize,
    _resize_many,
    _rotate,
    _save,
    _save_animation,
    _show,
    _thumbnail,
)

as_float32: Final = rp_core.threaded(_depth.as_float32, module="rp_image")
as_uint16: Final = rp_core.threaded(_depth.as_uint16, module="rp_image")
as_uint8: Final = rp_core.threaded(_depth.as_uint8, module="rp_image")
blur: Final = rp_core.threaded(_blur.blur, module="rp_image")
composite: Final = rp_core.threaded(_composite.composite, module="rp_image")
contact_sheet: Final = rp_core.threaded(_contact_sheet.contact_sheet, module="rp_image")
convert: Final = rp_core.threaded(_convert.convert, module="rp_image", prepare=_load.fetch_first)
convert_many: Final = rp_core.gathered("rp_image")(_convert.convert_many)
copy_to_clipboard: Final = rp_core.threaded(_clipboard.copy_to_clipboard, module="rp_image")
draw_label: Final = rp_core.threaded(_draw.draw_label, module="rp_image")
encode: Final = rp_core.threaded(_encode.encode, module="rp_image")
frames: Final = rp_core.threaded_iter(_frames.frames, module="rp_image", prepare=_load.fetch_first)
grid: Final = rp_core.threaded(_grid.grid, module="rp_image")
hsv_to_rgb: Final = rp_core.threaded(_hsv.hsv_to_rgb, module="rp_image")
load: Final = rp_core.threaded(_load.load, module="rp_image", prepare=_load.fetch_first)
load_animation: Final = rp_core.threaded(
    _frames.load_animation, module="rp_image", prepare=_load.fetch_first
)
load_many: Final = rp_core.gathered("rp_image")(_load_many.load_many)
paste_from_clipboard: Final = rp_core.threaded(_clipboard.paste_from_clipboard, module="rp_image")
probe: Final = rp_core.threaded(_probe.probe, module="rp_image", prepare=_load.fetch_first)
resize: Final = rp_core.threaded(_resize.resize, module="rp_image")
resize_many: Final = rp_core.gathered("rp_image")(_resize_many.resize_many)
resize_stream: Final = rp_core.streamed("rp_image")(_resize_many.resize_stream)
resize_to_cover: Final = rp_core.threaded(_fit.resize_to_cover, module="rp_image")
resize_to_fit: Final = rp_core.threaded(_fit.resize_to_fit, module="rp_image")
rgb_to_hsv: Final = rp_core.threaded(_hsv.rgb_to_hsv, module="rp_image")
rotate: Final = rp_core.threaded(_rotate.rotate, module="rp_image")
save: Final = rp_core.threaded(_save.save, module="rp_image")
save_animation: Final = rp_core.threaded(_save_animation.save_animation, module="rp_image")
save_many: Final = rp_core.gathered("rp_image")(_save.save_many)
show: Final = rp_core.threaded(_show.show, module="rp_image")
stream: Final = rp_core.streamed("rp_image")(_load_many.stream)
thumbnail: Final = rp_core.threaded(
    _thumbnail.thumbnail, module="rp_image", prepare=_load.fetch_first
)
thumbnails: Final = rp_core.gathered("rp_image")(_thumbnail.thumbnails)
to_gray: Final = rp_core.threaded(_color.to_gray, module="rp_image")
to_rgb: Final = rp_core.threaded(_color.to_rgb, module="rp_image")
to_rgba: Final = rp_core.threaded(_color.to_rgba, module="rp_image")
