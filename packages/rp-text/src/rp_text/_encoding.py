"""Which encoding a text is in: its mark, else UTF-8 if it is that, else what chardet finds."""

from __future__ import annotations

import codecs
from typing import Final, NamedTuple

from rp_core import bom_encoding, text_encoding
from rp_text._errors import DecodeError

SAMPLE: Final = 1 << 16
_BEFORE: Final = 1 << 12
_UNSURE: Final = 0.1
# What looks like ASCII, and is not: these begin their characters with ESC, or are full of NUL.
_DISGUISED: Final = ("iso2022", "utf-16", "utf-32")


class Encoding(NamedTuple):
    """The encoding of a text.

    Attributes:
        name: Python's name of the codec, such as "utf-8" or "cp1252"; with a byte order mark that
            of one that takes it off.
        confidence: From 0 to 1: how far it can be told. 1: the bytes are marked, or are UTF-8.
        bom: Whether the text begins with a byte order mark.
    """

    name: str
    confidence: float = 1.0
    bom: bool = False


Encoding.__module__ = "rp_text"


def encoding_of(data: bytes, *, begins: bool = True, whole: bool = True) -> Encoding:
    """Return the encoding that some bytes are in.

    Args:
        data: The text, or its beginning, or a part that begins between characters.
        begins: Whether this is its beginning, where a mark counts.
        whole: Whether this is its end, which then may not be within a character.

    Raises:
        DecodeError: It is no text.
    """
    if begins and (marked := bom_encoding(data)):
        return Encoding(marked, bom=True)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, whole)
    except UnicodeDecodeError as error:
        return _found(_sample(data, error.start, begins=begins))
    if may_be_disguised(data[:SAMPLE]):
        name, confidence = _guess(data[:SAMPLE])
        if name and name.replace("_", "").startswith(_DISGUISED):
            return Encoding(name, confidence)
    return Encoding("utf-8")


def may_be_disguised(piece: bytes) -> bool:
    """Return whether bytes that look like ASCII may be something else."""
    return b"\0" in piece or b"\x1b" in piece


def _sample(data: bytes, wrong: int, *, begins: bool) -> bytes:
    """Return a part of a text around what shows its encoding, from the beginning of a line."""
    if may_be_disguised(data[:SAMPLE]):
        return data[:SAMPLE]
    start = max(data.rfind(b"\n", 0, wrong) + 1, wrong - _BEFORE, 0)
    sample = data[start : start + SAMPLE]
    if bom_encoding(sample) and (start or not begins):
        return b"\n" + sample  # it is no mark here
    return sample


def _found(sample: bytes) -> Encoding:
    name, confidence = _guess(sample)
    if name is None:
        raise DecodeError("this is no text: the bytes are those of a binary file")
    if confidence < _UNSURE and _decodes(sample, "cp1252"):
        return Encoding("cp1252", confidence)  # what most such texts are written in
    return Encoding(name, confidence)


def _guess(sample: bytes) -> tuple[str | None, float]:
    import chardet

    found = chardet.detect(sample, prefer_superset=True, compat_names=False)
    name = found["encoding"]
    try:
        return name and text_encoding(name), found["confidence"]
    except LookupError:
        return None, 0.0


def _decodes(sample: bytes, name: str) -> bool:
    try:
        sample.decode(name)
    except UnicodeDecodeError:
        return False
    return True
