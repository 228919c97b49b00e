"""The sync faces that are derived; the others are the functions themselves."""

from __future__ import annotations

from typing import Final

import rp_core.sync
from rp_image import _load_many

load_many: Final = rp_core.sync.gathered(_load_many.load_many, module="rp_image.sync")
stream: Final = rp_core.sync.streamed(_load_many.stream, module="rp_image.sync")
