"""Elements of HTML by how they are laid out (HTML standard, 15.3) and written (13.1.2)."""

from __future__ import annotations

from typing import Final

_BLOCK_NAMES: Final = """
    address article aside blockquote body caption center col colgroup dd details dialog dir div dl
    dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr
    html legend li listing main menu nav noframes ol optgroup option p pre search section summary
    table tbody td tfoot th thead title tr ul
"""
_HIDDEN_NAMES: Final = "base link meta script source style template track"
_RAW_NAMES: Final = """
    iframe listing math noembed noframes noscript plaintext pre script style svg template textarea
    title xmp
"""
_VOID_NAMES: Final = "area base br col embed hr img input link meta param source track wbr"
BLOCKS: Final = frozenset(_BLOCK_NAMES.split())  # what stands around them is not beside them
HIDDEN: Final = frozenset(_HIDDEN_NAMES.split())  # nothing is shown of them
RAW: Final = frozenset(_RAW_NAMES.split())  # each blank counts, or they are another language
VOID: Final = frozenset(_VOID_NAMES.split())  # they have no end tag
