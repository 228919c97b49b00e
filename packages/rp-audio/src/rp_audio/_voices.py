"""Say which voices and engines there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_audio._speaker import NETWORK, engine_module, engine_name, order_of, speaker, usable
from rp_audio._voice import Engine
from rp_core import MissingDependencyError

if TYPE_CHECKING:
    from rp_audio._voice import Voice


def voices(engine: str | None = None) -> list[Voice]:
    """Say which voices there are.

    Args:
        engine: Of which engine: "say", "sapi", "espeak", or "edge", whose service is asked. None:
            all that are installed on this machine, and none in the network.

    Raises:
        ValueError: There is no such engine.
        MissingDependencyError: It is not installed; the message has the line that installs it.
        SpeechError: It does not answer.
    """
    if engine is None:
        names = usable(order_of(allow_network=False))
    else:
        name = engine_name(engine)
        backend = next(backend for backend in speaker.backends if backend.name == name)
        if backend.obstacle is not None:
            raise MissingDependencyError(f"{name}: {backend.obstacle}")
        names = [name]
    return [voice for name in names for voice in engine_module(name).voices()]


def engines() -> list[Engine]:
    """Say which engines there are, and which of them can work here."""
    return [
        Engine(backend.name, backend.state, backend.name == NETWORK, backend.install.line)
        for backend in speaker.backends
    ]
