"""Samples of a file, decoded by the ffmpeg program and read from a pipe."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rp_audio._decoding import Opened
from rp_audio._errors import DecodeError
from rp_core import Ffmpeg, check_wanted, ffmpeg_input

if TYPE_CHECKING:
    from collections.abc import Generator

    from rp_audio._decoding import Decoding
    from rp_audio._encoded import Encoded
    from rp_audio._types import Samples

_BLOCK: Final = 1 << 16


def open_file(request: Decoding) -> Opened:
    """Open a file, to give its samples from the start on that is asked for.

    Raises:
        DecodeError: ffmpeg does not read it.
    """
    with ExitStack() as stack:
        path = request.encoded.path or stack.enter_context(temporary(request.encoded))
        output = ["-vn", "-sn", "-dn", "-c:a", "pcm_f32le", "-bitexact", "-f", "wav", "pipe:1"]
        run = stack.enter_context(Ffmpeg([*ffmpeg_input(path), *output]))
        described = _header(run)
        if described is None:
            run.wait()
            raise DecodeError(f"{request.encoded.name}: {run.complaint}")
        rate, channels = described
        return Opened(rate, channels, _blocks(request, run, rate, channels, stack.pop_all()))


class temporary:  # noqa: N801
    """A file for bytes: many formats cannot be read from a pipe, as they have to be searched."""

    def __init__(self, encoded: Encoded) -> None:
        with tempfile.NamedTemporaryFile(prefix="rp-audio-", delete=False) as file:
            self._path = file.name
            try:
                file.write(encoded.data)
            except BaseException:
                self.__exit__()
                raise

    def __enter__(self) -> str:
        return self._path

    def __exit__(self, *raised: object) -> None:
        with suppress(OSError):
            os.unlink(self._path)


def _header(run: Ffmpeg) -> tuple[int, int] | None:
    """Read the header of a WAV file up to its samples; return the rate and the channels."""
    rate = channels = 0
    if len(_read(run, 12)) < 12:
        return None
    while len(head := bytes(_read(run, 8))) == 8:
        if head[:4] == b"data":
            return rate, channels
        body = bytes(_read(run, int.from_bytes(head[4:], "little")))
        if head[:4] == b"fmt ":
            channels = int.from_bytes(body[2:4], "little")
            rate = int.from_bytes(body[4:8], "little")
    return None


def _blocks(
    request: Decoding, run: Ffmpeg, rate: int, channels: int, stack: ExitStack
) -> Generator[Samples, None, None]:
    first, last = request.first(rate), request.last(rate)
    size = request.chunk or _BLOCK
    tally = request.tally
    at = 0
    with stack:
        while last is None or at < last:
            check_wanted()
            data = _read(run, size * channels * 4)
            block = np.frombuffer(data, "<f4").reshape(-1, channels).astype(np.float32, copy=False)
            begin = max(0, first - at)
            end = len(block) if last is None else min(len(block), last - at)
            tally.end = at + end
            request.check_size(max(0, tally.end - first), channels)
            if begin < end:
                yield block[begin:end]
            at += len(block)
            if len(block) < size:
                tally.at_end = True
                run.wait()
                tally.damaged += len(run.errors)
                return


def _read(run: Ffmpeg, count: int) -> bytearray:
    """Read so many bytes, or as many as there are."""
    stdout: Any = run.process.stdout
    data = bytearray(count)
    view = memoryview(data)
    done = 0
    while done < count and (got := stdout.readinto(view[done:])):
        done += got
    view.release()
    del data[done:]
    return data
