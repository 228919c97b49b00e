"""Checks of arguments."""

from __future__ import annotations


def check_int(name: str, value: object, least: int, most: int | None = None) -> None:
    """Refuse what is no int between two bounds.

    Raises:
        TypeError: It is no int.
        ValueError: It is below `least`, or above `most`.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")
    if most is not None and value > most:
        raise ValueError(f"{name} must be at most {most}, not {value}")
