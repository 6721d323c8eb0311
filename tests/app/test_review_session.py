"""Final labels in steps, taken back and done again, on a real store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.models.review_session import ReviewSession
from storage.errors import StorageError
from storage.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCKS = ("a", "b", "c")


@pytest.fixture(scope="module")
def top(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("review")
    (made / "root").mkdir()
    (made / "root" / "roles.json").write_text(json.dumps({"admins": ["carol", "erin"]}), encoding="utf-8")
    return made


def opened(top: Path, name: str, local: bool = True) -> Store:
    return open_store(top / "root", top / name if local else None, name, top / "data", follow_all=True)


@pytest.fixture
def session(top: Path) -> Iterator[ReviewSession]:
    store = opened(top, "carol")
    yield ReviewSession(store)
    store.close()


def labels(session: ReviewSession) -> dict[str, int | None]:
    return {block: final.label for block in BLOCKS if (final := session.final(block)) is not None}


STEPS = st.lists(
    st.one_of(
        st.dictionaries(st.sampled_from(BLOCKS), st.one_of(st.none(), st.integers(1, 3)), min_size=1),
        st.sampled_from(["undo", "redo"]),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(steps=STEPS)
def test_undo_and_redo_walk_through_what_was_there(top: Path, steps: list[dict[str, int | None] | str]) -> None:
    """As a list of all states with a place in it would do."""
    store = opened(top, "carol")
    session = ReviewSession(store)
    session.decide(dict.fromkeys(BLOCKS))
    begun = ReviewSession(store)
    states: list[dict[str, int | None]] = [labels(begun)]
    at = 0
    for step in steps:
        if step == "undo":
            assert (begun.undo() is not None) == (at > 0)
            at = max(0, at - 1)
        elif step == "redo":
            assert (begun.redo() is not None) == (at < len(states) - 1)
            at = min(len(states) - 1, at + 1)
        else:
            assert isinstance(step, dict)
            begun.decide(step)
            now = {**states[at], **step}
            states = [*states[: at + 1], {block: label for block, label in now.items() if label is not None}]
            at += 1
        assert labels(begun) == states[at]
    store.close()
    again = opened(top, "carol")  # as whoever comes later reads it
    assert labels(ReviewSession(again)) == states[at]
    again.close()


def test_what_another_admin_decided_since_is_left_alone(top: Path, session: ReviewSession) -> None:
    session.decide(dict.fromkeys(BLOCKS))
    session.decide({"a": 1, "b": 1})
    session.store.push()
    other = opened(top, "erin")
    other.decide_finals({"a": 3})
    other.push()
    other.close()
    for decision in session.store.follow():
        session.store.state.apply(decision)
    turned = session.undo()
    assert turned is not None
    assert turned[1].kept == ("a",)
    assert labels(session)["a"] == 3
    assert "b" not in labels(session)
    session.redo()
    assert (labels(session)["a"], labels(session)["b"]) == (3, 1)


def test_a_step_of_which_nothing_is_left_is_no_step_any_more(session: ReviewSession) -> None:
    session.decide({"a": 1})
    session.store.decide_finals({"a": 2})  # another window of the same admin
    turned = session.undo()
    assert turned is not None
    assert (turned[1].decisions, turned[1].kept) == ((), ("a",))
    assert session.redo() is None
    assert labels(session)["a"] == 2


def test_the_reason_and_the_rule_come_back_with_the_label(session: ReviewSession) -> None:
    session.decide({"a": 1}, "a shadow", "quorum 2 0.6")
    session.decide({"a": None})
    session.undo()
    final = session.final("a")
    assert final is not None
    assert (final.label, final.by, final.reason, final.rule) == (1, "carol", "a shadow", "quorum 2 0.6")


def test_a_step_that_fails_changes_nothing_and_is_not_undone(top: Path) -> None:
    store = opened(top, "alice")
    session = ReviewSession(store)
    told: list[object] = []
    session.decided.connect(told.append)
    before = labels(session)
    with pytest.raises(StorageError, match="Final labels are set by admins"):
        session.decide({"a": 2})
    assert labels(session) == before
    assert session.undo() is None
    assert told == []
    store.close()
    carol = opened(top, "carol")
    session = ReviewSession(carol)
    with pytest.raises(StorageError, match="reason is too long"):
        session.decide({"a": 2}, "x" * 1001)
    assert session.undo() is None
    carol.close()
