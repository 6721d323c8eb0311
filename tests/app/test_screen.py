"""Which block a key means: the one that was to be seen when the key went down."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.screen import Screen, Stage
from app.views.press_clock import PressClock


def test_only_a_block_that_was_seen_can_be_judged() -> None:
    screen = Screen()
    now = time.monotonic()
    assert screen.judged_block(now) is None
    screen.set(Stage.LOADING, 0, "a")
    screen.frame_swapped()  # a frame of the old picture
    assert screen.judged_block(time.monotonic()) is None
    screen.set(Stage.PLACED, 0, "a")
    assert screen.judged_block(time.monotonic()) is None
    pressed_before = time.monotonic()
    screen.frame_swapped()
    assert screen.judged_block(pressed_before) is None
    assert screen.judged_block(time.monotonic()) == "a"
    screen.frame_swapped()  # more frames change nothing
    assert screen.now.since <= time.monotonic()
    assert screen.judged_block(screen.now.since) == "a"
    screen.set(Stage.FAILED, 1, "b")
    screen.frame_swapped()
    assert screen.judged_block(time.monotonic()) is None


def test_changes_are_told_once() -> None:
    screen = Screen()
    stages: list[Stage] = []
    screen.changed.connect(lambda now: stages.append(now.stage))
    screen.set(Stage.LOADING, 0, "a")
    screen.set(Stage.LOADING, 0, "a")
    screen.set(Stage.PLACED, 0, "a")
    screen.frame_swapped()
    screen.frame_swapped()
    assert stages == [Stage.LOADING, Stage.PLACED, Stage.SHOWN]


@given(
    offset=st.one_of(st.just(0.0), st.floats(10, 1e6), st.floats(-1e6, -10)),
    presses=st.lists(st.tuples(st.floats(0.01, 5), st.floats(0.0005, 2)), min_size=1, max_size=30),
)
def test_a_press_is_dated_up_to_the_quickest_delivery(offset: float, presses: list[tuple[float, float]]) -> None:
    made = PressClock(None)
    pressed, quickest = 2e6, float("inf")
    for pause, delivery in presses:
        pressed += pause
        quickest = min(quickest, delivery)
        made.note(pressed - offset, pressed + delivery)
        assert pressed - 1e-6 <= made.pressed_at <= pressed + quickest + 1e-6


def test_a_press_without_a_stamp_is_dated_now() -> None:
    made = PressClock(None)
    made.note(0, 500.0)
    assert made.pressed_at == 500.0
    made.note(100.0, 501.0)
    made.note(101.0, 509.0)  # handled seven seconds late
    assert made.pressed_at == 502.0
    made.note(9000.0, 510.0)  # the clock of the display jumped
    assert made.pressed_at == 510.0


def test_a_display_whose_clock_is_a_second_behind_is_found_out() -> None:
    made = PressClock(None)
    for press in range(5):
        made.note(99.0 + press, 100.01 + press)
    assert made.pressed_at == pytest.approx(104.01)
