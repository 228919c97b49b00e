"""How many frames the headers of a film promise."""

from __future__ import annotations

import av

from rp_video._errors import DecodeError
from rp_video._pyav.opening import best_video, fraction, opened


def expected_frames(path: str) -> int | None:
    """Return how many frames the headers promise; None where they do not say."""
    try:
        with opened(path) as container:
            stream = best_video(container, path)
            if stream.frames:
                return stream.frames
            rate = fraction(stream.average_rate) or fraction(stream.guessed_rate)
            if not rate or not container.duration:
                return None
            return round(container.duration * rate / av.time_base)
    except DecodeError:
        return None
