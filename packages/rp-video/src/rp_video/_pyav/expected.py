"""How many frames the headers of a film promise."""

from __future__ import annotations

import av

from rp_core import av_fraction
from rp_video._errors import DecodeError
from rp_video._pyav.opening import best_video, opened


def expected_frames(path: str) -> int | None:
    """Return how many frames the headers promise; None where they do not say."""
    try:
        with opened(path) as container:
            stream = best_video(container, path)
            if stream.frames:
                return stream.frames
            rate = av_fraction(stream.average_rate) or av_fraction(stream.guessed_rate)
            if not rate or not container.duration:
                return None
            return round(container.duration * rate / av.time_base)
    except DecodeError:
        return None
