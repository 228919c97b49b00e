"""Which files, codecs and encoders go together."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Container:
    """A format of files.

    Attributes:
        muxer: FFmpeg's name of it.
        codec: What films in it are encoded with by default.
        sounds: Codecs of sound that it holds; empty: any.
        sound: What sound in it is encoded with: FFmpeg's name of the encoder.
        options: Options of the format.
    """

    muxer: str
    codec: str
    sounds: frozenset[str]
    sound: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec of films.

    Attributes:
        encoder: FFmpeg's name of what encodes it.
        crf: Default quality; None: it has none.
        pixels: How pixels are stored.
        alpha: How pixels with alpha are stored; None: it holds none.
        preset: Default speed.
        options: Further options of the encoder.
    """

    encoder: str
    crf: int | None = None
    pixels: str = "yuv420p"
    alpha: str | None = None
    preset: str | None = None
    options: tuple[tuple[str, str], ...] = ()


_MP4 = frozenset({"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"})
_MOV = frozenset({"aac", "mp3", "ac3", "alac", "pcm_s16le"})
_AVI = frozenset({"mp3", "ac3", "pcm_s16le"})
_BEGINS_WITH_INDEX = (("movflags", "+faststart"),)
# The padding before MP3 would move the film by a frame, which an AVI cannot say.
_UNMOVED = (("avoid_negative_ts", "disabled"),)
CONTAINERS: Final = {
    ".mp4": Container("mp4", "h264", _MP4, "aac", _BEGINS_WITH_INDEX),
    ".m4v": Container("mp4", "h264", _MP4, "aac", _BEGINS_WITH_INDEX),
    ".mov": Container(
        "mov",
        "h264",
        frozenset({"aac", "mp3", "ac3", "alac", "pcm_s16le"}),
        "aac",
        _BEGINS_WITH_INDEX,
    ),
    ".mkv": Container("matroska", "h264", _MP4 | {"vorbis", "pcm_s16le"}, "aac"),
    ".webm": Container("webm", "vp9", frozenset({"opus", "vorbis"}), "libopus"),
    ".avi": Container("avi", "h264", _AVI, "libmp3lame", _UNMOVED),
}
CODECS: Final = {
    "h264": Codec("libx264", 20, preset="medium"),
    "hevc": Codec("libx265", 23, preset="medium", options=(("x265-params", "log-level=error"),)),
    "vp9": Codec(
        "libvpx-vp9", 31, alpha="yuva420p", preset="4", options=(("b", "0"), ("row-mt", "1"))
    ),
    "av1": Codec("libsvtav1", 30, preset="8"),
    "prores": Codec("prores_ks", None, "yuv422p10le", "yuva444p10le"),
    "ffv1": Codec("ffv1", None, "bgr0", "bgra"),
    "mjpeg": Codec("mjpeg", None, "yuvj420p"),
    "mpeg4": Codec("mpeg4", None, options=(("q", "3"),)),
}
# The native decoders of FFmpeg leave the alpha channel of these away.
ALPHA_DECODERS: Final = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_OTHER_NAMES: Final = {"h265": "hevc", "x264": "h264", "x265": "hevc", "avc": "h264"}
_IN_MP4 = frozenset({"h264", "hevc", "vp9", "av1", "mpeg4"})
_ONLY: Final = {
    ".mp4": _IN_MP4,
    ".m4v": _IN_MP4,
    ".mov": frozenset({"h264", "hevc", "prores", "mjpeg", "mpeg4"}),
    ".webm": frozenset({"vp9", "av1"}),
    ".avi": frozenset({"h264", "mpeg4", "mjpeg", "ffv1"}),
}


def container_of(path: str) -> Container:
    """Return the format that the suffix of a path names.

    Raises:
        ValueError: It names none that films are written in.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in CONTAINERS:
        names = " ".join(CONTAINERS)
        raise ValueError(f"a film is not saved as {suffix!r}; name one of {names}, or .gif")
    return CONTAINERS[suffix]


def codec_of(path: str, name: str | None) -> str:
    """Return the codec for a path: the one that is named, or the default of its format.

    Raises:
        TypeError: It is no name.
        ValueError: There is no such codec, or the format does not hold it.
    """
    if name is not None and not isinstance(name, str):
        raise TypeError(f"codec must be a name, not {name!r}")
    codec = container_of(path).codec if name is None else name.lower()
    codec = _OTHER_NAMES.get(codec, codec)
    if codec not in CODECS:
        raise ValueError(f"there is no codec {name!r}; name one of {', '.join(CODECS)}")
    suffix = os.path.splitext(path)[1].lower()
    if codec not in _ONLY.get(suffix, CODECS):
        raise ValueError(f"{suffix} does not hold {codec}, only {', '.join(sorted(_ONLY[suffix]))}")
    return codec


def raw_pixels(channels: int) -> str:
    """Return FFmpeg's name of the pixels of an array of 3 or 4 channels."""
    return "rgba" if channels == 4 else "rgb24"
