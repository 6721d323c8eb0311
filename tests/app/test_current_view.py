"""How a block is looked at: slices, auto-play, and where a block starts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.current_view import (
    ChannelView,
    CurrentView,
    ViewState,
    default_channels,
    next_slice,
    ordered,
    start_slice,
)


@given(slices=st.integers(1, 200), z=st.integers(0, 199), is_bouncing=st.booleans(), direction=st.sampled_from([1, -1]))
def test_play_shows_every_slice(slices: int, z: int, is_bouncing: bool, direction: int) -> None:
    z %= slices
    shown = set()
    for _ in range(2 * slices):
        before = z
        z, direction = next_slice(z, slices, direction, is_bouncing)
        assert 0 <= z < slices
        assert slices == 1 or z != before
        shown.add(z)
    assert shown == set(range(slices))


def test_play_goes_round_or_back_and_forth() -> None:
    round_and_round, bouncing = [], []
    z, direction = 0, 1
    for _ in range(6):
        z, direction = next_slice(z, 3, direction, False)
        round_and_round.append(z)
    z, direction = 0, 1
    for _ in range(6):
        z, direction = next_slice(z, 3, direction, True)
        bouncing.append(z)
    assert round_and_round == [1, 2, 0, 1, 2, 0]
    assert bouncing == [1, 2, 1, 0, 1, 2]


@pytest.mark.parametrize(
    ("start_at", "slices", "focus_z", "before", "expected"),
    [
        ("focus", 11, 3.4, 7, 3),
        ("focus", 11, None, 7, 5),
        ("focus", 11, 99.0, 7, 10),
        ("focus", 11, -4.0, 7, 0),
        ("middle", 11, 3.4, 7, 5),
        ("first", 11, 3.4, 7, 0),
        ("stay", 11, 3.4, 7, 7),
        ("stay", 5, None, 7, 4),
        ("middle", 1, None, 0, 0),
    ],
)
def test_where_a_block_starts(start_at: str, slices: int, focus_z: float | None, before: int, expected: int) -> None:
    assert start_slice(start_at, slices, focus_z, before) == expected


def test_steps_stop_at_the_ends_and_are_told_once() -> None:
    view = CurrentView()
    told: list[tuple[int, int]] = []

    def note(old: ViewState, new: ViewState) -> None:
        told.append((old.z, new.z))

    view.change(slices=3)
    view.changed.connect(note)
    for steps in (1, 5, 1, -1, -9, -1):
        view.step_z(steps)
    assert told == [(0, 1), (1, 2), (2, 1), (1, 0)]


def test_channels_have_colours_of_their_own() -> None:
    assert [c.color for c in default_channels(["a"])] == ["#FFFFFF"]
    assert len({c.color for c in default_channels(list("abcdefg"))}) == 7
    assert len(default_channels([str(n) for n in range(40)])) == 40


def test_rgb_keeps_its_colours() -> None:
    assert [c.color for c in default_channels(["Red", "Green", "Blue"])] == ["#FF0000", "#00FF00", "#0000FF"]
    assert [c.color for c in default_channels(["Red"])] == ["#FFFFFF"]


def test_own_colours_of_channels_go_first() -> None:
    assert [c.color for c in default_channels(["a", "b"], ["#0000FF", "#FF0000"])] == ["#0000FF", "#FF0000"]
    assert default_channels(["a", "b"], ["#0000FF", ""])[0].color == "#0000FF"
    assert default_channels(["a"], ["#0000FF"])[0].color == "#0000FF"
    # white for all says nothing, and would be white on screen
    assert default_channels(["a", "b"], ["#FFFFFF", "#FFFFFF"]) == default_channels(["a", "b"])


def test_an_alpha_channel_is_hidden() -> None:
    shown = default_channels(["Red", "Green", "Blue", "Alpha"], ["#FF0000", "#00FF00", "#0000FF", ""])
    assert [(c.color, c.visible) for c in shown[:3]] == [("#FF0000", True), ("#00FF00", True), ("#0000FF", True)]
    assert not shown[3].visible


@given(st.lists(st.text("abc", max_size=2), max_size=6), st.lists(st.text("abc", max_size=2), max_size=6))
def test_the_order_holds_each_channel_once(names: list[str], first: list[str]) -> None:
    order = ordered(names, first)
    assert sorted(order) == list(range(len(names)))
    places = [first.index(names[i]) for i in order if names[i] in first]
    assert places == sorted(places)
    rest = [i for i in order if names[i] not in first]
    assert rest == sorted(rest)
    assert list(order[len(order) - len(rest) :]) == rest


def test_a_channel_that_is_seen_is_selected() -> None:
    view = CurrentView()
    channels = [ChannelView("a", "#FFFFFF", False), ChannelView("b", "#FFFFFF"), ChannelView("c", "#FFFFFF")]
    view.set_channels(channels, ("c",))
    assert (view.state.order, view.state.selected) == ((2, 0, 1), 2)
    view.set_channels(channels, (), "a")
    assert (view.state.order, view.state.selected) == ((0, 1, 2), 0)
    view.show_only([0, 1])
    assert [c.visible for c in view.state.channels] == [True, True, False]
    view.set_channels([])
    assert (view.state.order, view.state.selected) == ((), 0)
