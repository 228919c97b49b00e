"""Sound that flows from a file, block by block, as a caller wants it."""

from __future__ import annotations

import warnings
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rp_audio._decoding import Decoding
from rp_audio._encoded import encoded_of
from rp_audio._ends import cut_off
from rp_audio._errors import DamagedWarning, DecodeError, TruncatedError
from rp_audio._open_sound import open_leniently
from rp_audio._to_mono import mono_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from rp_audio._decoding import Opened
    from rp_audio._encoded import Encoded
    from rp_audio._options import Options
    from rp_audio._types import Samples
    from rp_core import Source


@dataclass(frozen=True, slots=True)
class Flow:
    """Sound on its way.

    Attributes:
        rate: Samples a second.
        channels: Number of channels.
        blocks: The samples, float32 (n, channels), n not 0.
    """

    rate: int
    channels: int
    blocks: Generator[Samples, None, None]


def gathered(flow: Flow) -> Samples:
    """Return all samples of a flow in one array."""
    import numpy as np

    blocks = list(flow.blocks)
    if len(blocks) == 1:
        (block,) = blocks
        # A view is as good where it leaves little of the memory behind it unused.
        behind: Any = block if block.base is None else block.base
        return block if len(block) > 0.9 * len(behind) else block.copy()
    if not blocks:
        return np.empty((0, flow.channels), np.float32)
    return np.concatenate(blocks)


def flow_of(source: Source | Encoded, options: Options) -> Flow:
    """Open a source, and return its sound as it comes.

    Raises:
        Exception: As `load`.
    """
    encoded = encoded_of(source, urls=options.urls)
    if not encoded.size:
        raise DecodeError(f"{encoded.name}: it is empty")
    request = Decoding(encoded, options.start, options.stop, options.chunk, options.max_bytes)
    opened = open_leniently(request, options.ask)
    blocks = _checked(opened, request, strict=options.strict)
    flow = Flow(opened.rate, opened.channels, blocks)
    if options.mono and flow.channels > 1:
        flow = replace(flow, channels=1, blocks=_mixed_down(flow.blocks))
    if options.rate is not None and options.rate != flow.rate:
        whole = options.chunk is None
        flow = replace(flow, rate=options.rate, blocks=_resampled(flow, options.rate, whole=whole))
    return flow


def _checked(opened: Opened, request: Decoding, *, strict: bool) -> Generator[Samples, None, None]:
    """Yield the blocks; at the end, say what was lost."""
    tally = request.tally
    with closing(opened.blocks):
        for block in opened.blocks:
            if not opened.is_finite and _silence_what_is_none(block):
                tally.damaged += 1
            yield block
    is_cut, expected = cut_off(request.encoded, tally.end) if tally.at_end else (False, None)
    if is_cut:
        _report(TruncatedError(tally.end, expected), request, strict=strict)
    elif tally.damaged:
        message = f"{request.encoded.name}: some of it does not decode"
        _report(DecodeError(message), request, strict=strict)


def _silence_what_is_none(block: Samples) -> bool:
    """Make NaN and infinity silence; return whether there was any."""
    import numpy as np

    flat = block.reshape(-1)
    with np.errstate(all="ignore"):
        if np.isfinite(np.dot(flat, flat)) or (finite := np.isfinite(flat)).all():
            return False
    flat[~finite] = 0
    return True


def _report(error: DecodeError, request: Decoding, *, strict: bool) -> None:
    if strict:
        error.add_note(f"while reading {request.encoded.name}")
        raise error
    warnings.warn(f"{request.encoded.name}: {error}", DamagedWarning, stacklevel=3)


def _mixed_down(blocks: Generator[Samples, None, None]) -> Generator[Samples, None, None]:
    with closing(blocks):
        for block in blocks:
            yield mono_of(block)


def _resampled(flow: Flow, rate: int, *, whole: bool) -> Generator[Samples, None, None]:
    from rp_audio._resample import resampled, streamed

    if whole:
        samples = resampled(gathered(flow), flow.rate, rate)
        if len(samples):
            yield samples
        return
    with closing(flow.blocks):
        yield from streamed(flow.blocks, flow.rate, rate, flow.channels)
