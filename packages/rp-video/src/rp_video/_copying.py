"""Films put together from parts of others without encoding, where that is exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_core import atomic_write, reporting
from rp_video._errors import EncodeError
from rp_video._formats import container_of

if TYPE_CHECKING:
    from rp_video._pyav.remux import Part
    from rp_video._reporting import ShowProgress
    from rp_video._sound import Sound


def copied(parts: list[Part], target: str, sound: Sound | None, progress: ShowProgress) -> bool:
    """Write the packets of parts, if these give exactly their frames; return whether they did."""
    from rp_video._pyav.remux import copies_of, copy

    container = container_of(target)
    copies = copies_of(parts, container)
    if copies is None:
        return False
    count = sum(len(each.order) for each in copies)
    try:
        with reporting(progress, count) as report, atomic_write(target) as file:
            copy(copies, file.name, container, sound, report)
    except EncodeError:
        return False
    return True
