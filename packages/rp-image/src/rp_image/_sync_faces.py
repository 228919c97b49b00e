"""The sync faces that are derived; the others are the functions themselves."""

from __future__ import annotations

from typing import Final

import rp_core.sync
from rp_image import _load_many

load_many: Final = rp_core.sync.gathered("rp_image.sync")(_load_many.load_many)
stream: Final = rp_core.sync.streamed("rp_image.sync")(_load_many.stream)
