"""Elements of HTML by how they are laid out (HTML standard, 15.3) and written (13.1.2)."""

from __future__ import annotations

from typing import Final

_BLOCKS: Final = """
    address article aside base blockquote body caption center col colgroup dd details dialog dir div
    dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup
    hr html legend li link listing main menu meta nav noframes ol optgroup option p pre script
    search section source style summary table tbody td template tfoot th thead title tr track ul
"""
_RAW: Final = """
    iframe listing math noembed noframes noscript plaintext pre script style svg template textarea
    title xmp
"""
_VOID: Final = "area base br col embed hr img input link meta param source track wbr"
BLOCKS: Final = frozenset(_BLOCKS.split())  # what stands before and after them is not beside them
RAW: Final = frozenset(_RAW.split())  # each blank of theirs counts, or they are of another language
VOID: Final = frozenset(_VOID.split())  # they have no end tag
