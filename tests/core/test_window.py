"""The window of a map, by itself."""

from __future__ import annotations

import pytest

from rp_core._window import END, PENDING, Window


@pytest.mark.parametrize("ordered", [True, False])
def test_a_patient_window_wakes_for_a_batch_or_for_the_last_of_what_was_issued(
    ordered: bool,
) -> None:
    window: Window[int, int] = Window(size=8, ordered=ordered, on_error="raise", patience=3)
    for _ in range(4):
        window.issue()

    wakes = [window.finish(index, index) for index in (3, 1, 2, 0)]
    assert wakes == [False, False, not ordered, True]
    assert sorted(window.take() for _ in range(4)) == [0, 1, 2, 3]
    window.issue()
    assert window.finish(4, 4)


def test_an_impatient_window_wakes_for_the_next_result_only() -> None:
    window: Window[int, int] = Window(size=8, ordered=True, on_error="raise")
    for _ in range(3):
        window.issue()

    assert [window.finish(index, index) for index in (2, 0, 1)] == [False, True, False]
    assert [window.take() for _ in range(3)] == [0, 1, 2]
    assert window.take() is PENDING
    window.dry = True
    assert window.take() is END
