"""Clocks that jump or are wrong: the order of decisions is kept, and every reader sees the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.storage.conftest import Place, labels_of, saved
from tests.storage.wall_clock import WallClock

if TYPE_CHECKING:
    from storage.store import Store

HOUR = timedelta(hours=1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> WallClock:
    return WallClock(monkeypatch)


def at(year: int) -> timedelta:
    """Return by how much a clock is wrong that stands in that year."""
    return datetime(year, 6, 1, tzinfo=UTC) - datetime.now(UTC)


def here_and_there(place: Place) -> tuple[Store, Store]:
    """Two computers of one person."""
    return place.open(host="here"), place.open(host="there", local=place.top / "there")


def follows(store: Store) -> None:
    for decision in store.follow():
        store.state.apply(decision)


def times(place: Place) -> list[str]:
    """Return the times on the share, in the order of the decisions of each session."""
    lines = [line for line in place.lines() if line["kind"] != "open"]
    return [line["t"] for line in sorted(lines, key=lambda line: int(line["n"]))]


def test_clock_is_the_one_on_the_wall(place: Place, clock: WallClock) -> None:
    clock.offset = -HOUR
    shown = clock.shown()
    store = place.open()
    clock.passes(1)
    assert store.decide("annotate", "b", 1).t == clock.shown() > shown


@pytest.mark.parametrize("jump", [-HOUR, HOUR, timedelta(days=-4000)])
def test_clock_that_jumps_in_a_session(place: Place, clock: WallClock, jump: timedelta) -> None:
    store = place.open()
    for number in range(6):
        clock.offset = jump if number == 3 else timedelta()  # and back
        store.decide("annotate", "b", 1 + number)
        clock.passes(0.25)
    undone = store.decide("annotate", "b", 5, undoes=6)
    assert undone.prev == 6
    saved(store)
    assert place.reopened() == {"b": 5}
    assert times(place) == sorted(set(times(place)))


def test_clock_that_jumped_before_the_next_session(place: Place, clock: WallClock) -> None:
    for number in range(1, 4):
        store = place.open()
        store.decide("annotate", "b", number)
        saved(store)
        place.close(store)
        clock.offset -= HOUR
    assert place.reopened() == {"b": 3}
    assert len(set(times(place))) == 3


@pytest.mark.parametrize("wrong", [timedelta(minutes=7), timedelta(minutes=-7), 24 * HOUR, timedelta()])
def test_who_saw_the_earlier_decision_wins(place: Place, clock: WallClock, wrong: timedelta) -> None:
    """Two computers in turn, one with a wrong clock; each has followed the other before it decides."""
    stores = here_and_there(place)
    made = []
    for number in range(8):
        clock.offset = wrong if number % 2 else timedelta()
        store = stores[number % 2]
        follows(store)
        made.append(store.decide("annotate", "b", 1 + number))
        store.push()
        clock.passes(1)
    assert [decision.t for decision in made] == sorted({decision.t for decision in made})
    assert [decision.prev for decision in made] == [None, *range(1, 8)]
    for store in stores:
        follows(store)
        assert labels_of(store) == {"b": 8}
    assert place.reopened() == {"b": 8}


@pytest.mark.parametrize("wrong", [timedelta(minutes=7), timedelta(minutes=-7), timedelta()])
def test_decisions_that_nobody_saw_of_the_other_end_the_same_for_all(
    place: Place, clock: WallClock, wrong: timedelta
) -> None:
    """With the same times too, which are told apart by the session's name."""
    here, there = here_and_there(place)
    here.decide("annotate", "b", 1)
    clock.offset = wrong
    there.decide("annotate", "b", 2)
    there.push()
    clock.offset = timedelta()
    here.push()
    for store in (here, there):
        follows(store)
    assert labels_of(here) == labels_of(there) == place.reopened()
    if wrong:
        assert labels_of(here) == {"b": 2 if wrong > timedelta() else 1}
    clock.passes(1)
    here.decide("annotate", "b", 3)  # who saw both decides
    here.push()
    follows(there)
    assert labels_of(there) == place.reopened() == {"b": 3}


def test_finals_of_two_admins_with_different_clocks(place: Place, clock: WallClock) -> None:
    (place.root / "roles.json").write_text('{"admins": ["carol", "dave"]}')
    carol = place.open("carol", follow_all=True)
    dave = place.open("dave", follow_all=True, local=place.top / "there")
    clock.offset = HOUR
    carol.decide("final", "b", 1)
    carol.push()
    clock.offset = timedelta()
    follows(dave)
    dave.decide("final", "b", 2)
    dave.push()
    follows(carol)
    assert [store.state.mark("carol", "b", "final") for store in (carol, dave)] == [2, 2]


@pytest.mark.parametrize("year", [2099, 2900, 2999])
def test_clock_in_the_far_future_stops_nobody(place: Place, clock: WallClock, year: int) -> None:
    here, there = here_and_there(place)
    clock.offset = at(year)
    there.decide("annotate", "b", 1)
    saved(there)
    clock.offset = timedelta()
    follows(here)
    made = [here.decide("annotate", "b", number).t for number in range(2, 60)]
    saved(here)
    follows(there)
    made.append(there.decide("annotate", "c", 1).t)
    saved(there)
    assert made == sorted(set(made))
    assert made[0].startswith(str(year))
    assert place.reopened() == {"b": 59, "c": 1}
    assert here.problems == there.problems == []


def test_clock_that_stood_at_its_beginning_stops_nobody(place: Place, clock: WallClock) -> None:
    """A computer whose battery is empty begins in 1970 until it has asked for the time."""
    here, there = here_and_there(place)
    here.decide("annotate", "b", 1)
    here.push()
    clock.offset = at(1970)
    there.decide("annotate", "b", 2)
    there.decide("annotate", "c", 2)
    there.push()
    assert place.reopened() == {"b": 1, "c": 2}
    follows(there)
    there.decide("annotate", "b", 3)
    there.push()
    assert place.reopened() == {"b": 3, "c": 2}


def test_clock_beyond_what_counts_as_a_time_loses_nothing(place: Place, clock: WallClock) -> None:
    clock.offset = at(3500)
    store = place.open()
    store.decide("annotate", "b", 1)
    saved(store)
    assert place.reopened() == {"b": 1}
