"""Question 2: is the rate changed as fast as by soxr, and without alias?"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from _audio_files import RATE, sound
from _audio_turns import LIMIT, OURS, PAIRS, best_peer, cpu, judge_duel, take_turns
from _common import milliseconds, print_table
from _video_report import Bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from _video_work import Figures

    Resample = Callable[[Any], Any]

NEW: Final = 16000
ABOVE: Final = (8640, 10400, 17600)
# The highest frequency that ours say they keep.
KEPT: Final = 7040
AMPLITUDE: Final = 0.9
SINE_SECONDS: Final = 8
BETA: Final = 24
COPY: Final = f"{LIMIT}samples are copied"


def alias(figures: Figures) -> float:
    """Return the loudest alias in dB."""
    return max(figures[str(pitch)] for pitch in ABOVE)


SPEED: Final = Bar(OURS, cpu, 1.05, ("soxr",))
BARS: Final = tuple(
    Bar(f"{OURS}{backend}", alias, -120, name="alias") for backend in ("", ", pyav", ", scipy")
)


def by_us(samples: Any, backend: str | None = None) -> Any:
    """Resample by ours."""
    import rp_audio.sync

    return rp_audio.sync.resample((samples, RATE), NEW, backend=backend).samples


def by_soxr(samples: Any) -> Any:
    """Resample by soxr."""
    import soxr

    return soxr.resample(samples, RATE, NEW, quality="HQ")


def by_scipy(samples: Any) -> Any:
    """Resample by scipy, with the filter that it has by default."""
    from scipy.signal import resample_poly

    common = math.gcd(RATE, NEW)
    return resample_poly(samples, NEW // common, RATE // common, axis=0)


def by_pyav(samples: Any) -> Any:
    """Resample by libswresample, with the filter that it has by default."""
    import av
    import numpy as np

    layout = "stereo" if samples.shape[1] == 2 else "mono"
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), "flt", layout)
    frame.sample_rate = RATE
    resampler = av.AudioResampler("flt", layout, NEW)
    parts = [part.to_ndarray() for part in (*resampler.resample(frame), *resampler.resample(None))]
    return np.concatenate(parts, axis=1).reshape(-1, samples.shape[1])


WAYS: Final[dict[str, Resample]] = {
    OURS: by_us,
    f"{OURS}, pyav": partial(by_us, backend="pyav"),
    f"{OURS}, scipy": partial(by_us, backend="scipy"),
    "soxr, HQ": by_soxr,
    "scipy.signal.resample_poly": by_scipy,
    "PyAV, AudioResampler": by_pyav,
}


def loudest(resample: Resample, pitch: float) -> float:
    """Return the loudest line that is left of a sine, in dB of its amplitude."""
    import numpy as np

    time = np.arange(SINE_SECONDS * RATE) / RATE
    sine = AMPLITUDE * np.sin(2 * np.pi * pitch * time)
    result = resample(sine[:, None].astype(np.float32))[:, 0].astype(np.float64)
    middle = result[len(result) // 4 : 3 * len(result) // 4]
    window = np.kaiser(len(middle), BETA)
    lines = np.abs(np.fft.rfft(middle * window)) * 2 / window.sum()
    return 20 * math.log10(float(lines.max()) / AMPLITUDE)


def ask_resample(seconds: float, repeats: int) -> None:
    """Measure, and print the table."""
    samples = sound(seconds)
    calls: dict[str, Callable[[], Any]] = {
        name: partial(resample, samples) for name, resample in WAYS.items()
    }
    calls[COPY] = samples.copy
    found = take_turns("resample", calls, repeats)
    limit = found.pop(COPY)
    for name, figures in found.items():
        figures |= {str(pitch): loudest(WAYS[name], pitch) for pitch in (*ABOVE, KEPT)}
    speed = judge_duel(found, calls, SPEED, repeats)
    _print(found, f"{seconds:g} s of stereo; median of {repeats}")
    print(f"\n{speed}; in turns of two, median of the ratios of {PAIRS * repeats} pairs.")
    print(
        f"Alias: the loudest line left of a sine that {NEW} Hz cannot hold. Physical limit: the "
        "filter's arithmetic, which is the row of soxr; copying the samples takes "
        f"{milliseconds(cpu(limit))} ms.",
        flush=True,
    )


def _print(found: dict[str, Figures], what: str) -> None:
    best = best_peer(found, cpu)
    rows = []
    for name, it in found.items():
        lines = [f"{it[str(pitch)]:.1f}" for pitch in ABOVE]
        verdicts = [bar.judge(found) for bar in BARS if bar.ours == name]
        row = [
            milliseconds(cpu(it)),
            f"{best / cpu(it):.2f}",
            *lines,
            f"{it[str(KEPT)]:.3f}",
            "; ".join(verdicts),
        ]
        rows.append([name, *row])
    heads = ["CPU, ms", "best peer / it", *(f"alias of {pitch} Hz, dB" for pitch in ABOVE)]
    title = f"2. Resample, {RATE} to {NEW} Hz; {what}"
    print_table(title, ["way", *heads, f"kept of {KEPT} Hz, dB", "bar"], rows)
