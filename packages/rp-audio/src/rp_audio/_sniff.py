"""The format of a sound file, from its first bytes."""

from __future__ import annotations

from typing import Final

HEAD_BYTES: Final = 4096
_ID3_HEADER: Final = 10


def skip_id3(head: bytes) -> int:
    """Return how many bytes an ID3v2 tag takes at the beginning; 0: there is none.

    The size is in four bytes of seven bits (ID3v2.4, section 3.1).
    """
    if len(head) < _ID3_HEADER or not head.startswith(b"ID3"):
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    footer = _ID3_HEADER if head[5] & 0x10 else 0
    return _ID3_HEADER + size + footer


def format_of(head: bytes) -> str:
    """Return the name of the format, as `AudioInfo.format` has it; "" for one not known here.

    Args:
        head: The beginning of the file; that after an ID3 tag, if it begins with one.
    """
    if head[:4] in {b"RIFF", b"RF64", b"RIFX"} and head[8:12] == b"WAVE":
        return "rifx" if head.startswith(b"RIFX") else "wav"
    if head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"}:
        return "aiff"
    for magic, name in _MAGICS.items():
        if head.startswith(magic):
            return name
    if head[4:8] == b"ftyp":
        return "m4a"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "mp3" if head[1] & 0x06 else "aac"
    return ""


def is_playlist(head: bytes) -> bool:
    """Return whether a file is a list of others, which FFmpeg would read in its place."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    return text.startswith(_LISTS) or (text.startswith(b"<?xml") and any(x in text for x in _LISTS))


_LISTS: Final = (b"ffconcat", b"#extm3u", b"[playlist]", b"<mpd", b"<compositionplaylist", b"v=0")
_MAGICS: Final = {
    b"fLaC": "flac",
    b"OggS": "ogg",
    b"caff": "caf",
    b".snd": "au",
    b"riff\x2e\x91\xcf\x11": "w64",
    b"\x1a\x45\xdf\xa3": "matroska",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "wma",
}
