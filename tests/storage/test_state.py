"""The merge of decisions: the same for every reader, whatever the order; and the clock and lines it rests on."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.clock import later_than, now, parse_time
from storage.decision import Decision, encode_line, is_valid
from storage.state import State

T0 = "2026-01-01T00:00:00.000000+00:00"
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "annotate": st.integers(1, 4),
    "clear": st.none(),
    "unsure": st.booleans(),
    "flag": st.booleans(),
    "comment": st.sampled_from(["", "odd", "🧬"]),
    "final": st.integers(1, 4),
    "final-clear": st.none(),
    "of a newer version": st.just([1, {"a": None}]),
}


def at(second: int) -> str:
    return (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).isoformat(timespec="microseconds")


def decision(kind: str, value: Any, n: int = 1, second: int = 0, session: str = "s", **fields: Any) -> Decision:
    return Decision(
        1, at(second), n, **({"annotator": "alice", "session": session, "block": "b"} | fields), kind=kind, value=value
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Decision]:
    """Decisions of some sessions whose clocks jump; no two are of one session and number."""
    found = []
    for session in draw(st.lists(st.sampled_from(["s1", "s2", "s3"]), unique=True)):
        for n in range(1, draw(st.integers(0, 8)) + 1):
            kind = draw(st.sampled_from(sorted(KINDS)))
            fields = {
                "annotator": draw(st.sampled_from(["alice", "bob"])),
                "block": draw(st.sampled_from(["b1", "b2"])),
            }
            found.append(decision(kind, draw(KINDS[kind]), n, draw(st.integers(0, 5)), session, **fields))
    return found


def content(state: State) -> dict[str, Any]:
    marks = ("unsure", "flag", "comment", "final")
    return {
        name: (
            dict(state.annotations(name)),
            state.annotations(name).last,
            state.annotations(name).through,
            sorted(state.blocks(name)),
            [(state.label(name, b), *(state.mark(name, b, kind) for kind in marks)) for b in ("b1", "b2")],
        )
        for name in ("alice", "bob")
    } | {"latest": state.latest}


def merged(decisions: list[Decision]) -> State:
    state = State()
    for one in decisions:
        state.apply(one)
    return state


@given(histories(), st.data())
def test_any_order_and_any_repetition_give_the_same_state(history: list[Decision], data: st.DataObject) -> None:
    shuffled = data.draw(
        st.permutations(history + data.draw(st.lists(st.sampled_from(history)) if history else st.just([])))
    )
    assert content(merged(history)) == content(merged(list(shuffled)))


@given(histories())
def test_the_last_decision_by_time_session_and_number_holds(history: list[Decision]) -> None:
    state = merged(history)
    labels = [d for d in history if d.kind in ("annotate", "clear") and (d.annotator, d.block) == ("alice", "b1")]
    last = max(labels, key=lambda d: (d.t, d.session, d.n), default=None)
    assert state.label("alice", "b1") == (last.value if last else None)
    assert ("b1" in state.blocks("alice")) == (state.label("alice", "b1") is not None)
    assert state.latest == max((d.t for d in history), default="")


@given(histories())
def test_apply_tells_whether_something_changed(history: list[Decision]) -> None:
    state = State()
    for one in history:
        before = [content(state)[name][4] for name in ("alice", "bob")]
        changed = state.apply(one)
        assert changed == (before != [content(state)[name][4] for name in ("alice", "bob")])


def test_undo_returns_to_the_value_before() -> None:
    state = merged([decision("annotate", 2), decision("annotate", 3, 2, 1)])
    assert state.apply(decision("annotate", 2, 3, 2, undoes=2))
    assert state.apply(decision("clear", None, 4, 3, undoes=1))
    assert state.label("alice", "b") is None
    assert "b" not in state.annotations("alice")


def test_a_copy_stays_as_it_was() -> None:
    state = merged([decision("annotate", 2)])
    copy = state.annotations("alice")
    state.apply(decision("annotate", 3, 2, 1))
    assert (copy, copy.through) == ({"b": (2, T0)}, {"s": 1})
    assert copy.last == {"b": (T0, "s", 1, 2)}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("annotate", 0),
        ("annotate", -1),
        ("annotate", True),
        ("annotate", "1"),
        ("annotate", None),
        ("clear", 1),
        ("flag", 1),
        ("unsure", None),
        ("comment", 3),
        ("final", False),
        ("final-clear", 2),
        ("cells", [1]),
    ],
)
def test_values_that_do_not_fit_change_nothing(kind: str, value: object) -> None:
    state = merged([decision("annotate", 2)])
    assert not is_valid(kind, value)
    assert not state.apply(decision(kind, value, 2, 1))
    assert state.label("alice", "b") == 2
    assert state.mark("alice", "b", "flag") is None


def test_a_hundred_thousand_are_copied_quickly() -> None:
    small, large = State(), State()
    for number in range(100_000):
        one = decision("annotate", 1 + number % 3, number + 1, number, block=f"block_{number:06d}")
        large.apply(one)
        if number < 1000:
            small.apply(one)
    assert len(large.annotations("alice")) == 100_000
    copy = large.annotations("alice")
    # In one go, not entry by entry
    one_by_one = _seconds(lambda: {block: (label, moment) for block, (label, moment) in copy.items()})
    assert _seconds(lambda: large.annotations("alice")) < one_by_one
    flag = decision("flag", True)
    assert _seconds(lambda: large.apply(flag)) < 20 * _seconds(lambda: small.apply(flag))


def _seconds(work: Any) -> float:
    best = 1e9
    for _ in range(5):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


# The clock


def test_the_clock_never_runs_backwards() -> None:
    assert now() < later_than("") <= now()
    ahead = at(10**9)
    assert later_than(ahead) == ahead.replace(".000000", ".000001")
    end = "2999-12-31T23:59:59.999999+00:00"
    assert later_than(end) == end == parse_time(end)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        (T0, T0),
        ("2026-01-01T00:00:00+00:00", T0),
        ("2026-01-01T00:00:00Z", T0),
        ("2026-01-01T02:00:00.5+02:00", "2026-01-01T00:00:00.500000+00:00"),
        ("2026-01-01 00:00:00.000000+00:00", T0),
        ("2026-W01-4T00:00:00.000000+00:00", T0),
        ("2026-01-01", T0),
        ("0001-01-01T00:00:00.000000+05:00", None),
        ("9999-01-01T00:00:00.000000+00:00", None),
        ("2026-02-30T00:00:00.000000+00:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        (20260101, None),
    ],
)
def test_times_have_one_form(text: object, parsed: str | None) -> None:
    assert parse_time(text) == parsed


@given(st.datetimes(datetime(1970, 1, 2), datetime(2999, 12, 30)))
def test_times_compare_as_text(moment: datetime) -> None:
    text = parse_time(moment.isoformat())
    later = parse_time((moment + timedelta(microseconds=1)).isoformat())
    assert text is not None
    assert later is not None
    assert text < later == later_than_fixed(text)


def later_than_fixed(text: str) -> str:
    return (datetime.fromisoformat(text) + timedelta(microseconds=1)).isoformat(timespec="microseconds")


def test_a_line_is_one_line() -> None:
    line = encode_line(decision("comment", "a\nb\u2028c ß", block="Ä\n"))
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert "ß" in line.decode()
