"""The sync faces that are derived; the others are the functions themselves."""

from __future__ import annotations

from typing import Final

import rp_core.sync
from rp_audio import _convert, _load_many, _tts

convert_many: Final = rp_core.sync.gathered("rp_audio.sync")(_convert.convert_many)
load_many: Final = rp_core.sync.gathered("rp_audio.sync")(_load_many.load_many)
tts_many: Final = rp_core.sync.gathered("rp_audio.sync")(_tts.tts_many)
