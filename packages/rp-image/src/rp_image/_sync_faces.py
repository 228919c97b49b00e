"""The sync faces that are derived; the others are the functions themselves."""

from __future__ import annotations

from typing import Final

import rp_core.sync
from rp_image import _convert, _load_many, _resize_many, _save, _thumbnail

convert_many: Final = rp_core.sync.gathered("rp_image.sync")(_convert.convert_many)
load_many: Final = rp_core.sync.gathered("rp_image.sync")(_load_many.load_many)
save_many: Final = rp_core.sync.gathered("rp_image.sync")(_save.save_many)
stream: Final = rp_core.sync.streamed("rp_image.sync")(_load_many.stream)
resize_many: Final = rp_core.sync.gathered("rp_image.sync")(_resize_many.resize_many)
resize_stream: Final = rp_core.sync.streamed("rp_image.sync")(_resize_many.resize_stream)
thumbnails: Final = rp_core.sync.gathered("rp_image.sync")(_thumbnail.thumbnails)
