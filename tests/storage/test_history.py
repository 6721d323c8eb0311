"""The history of one block: everything that anybody decided about it, quickly, with where it stands."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from storage.history import _lines_about, history
from storage.roles import read_roles, roles_file
from storage.share import Share

if TYPE_CHECKING:
    from storage.history import History
    from tests.storage.conftest import Place


def told(place: Place, block: str) -> History:
    return history(Share(place.root), read_roles(roles_file(place.root)), block)


def test_votes_marks_comments_and_final_labels_are_told_in_order(place: Place) -> None:
    place.write_roles(admins=["carol"])
    alice, carol = place.open(), place.open("carol", follow_all=True)
    alice.decide("annotate", "b1", 1, ms=900)
    alice.decide("annotate", "b10", 3)
    alice.decide("flag", "b1", True)
    alice.decide("comment", "b1", "is “b10” the same?")
    alice.push()
    step = carol.decide_finals({"b1": 2, "b10": 2}, "membrane", "quorum")
    carol.take_back(step)
    carol.push()
    found = told(place, "b1")
    shown = [(e.decision.annotator, e.decision.kind, e.decision.value, e.line) for e in found.events]
    assert shown == [
        ("alice", "annotate", 1, 2),
        ("alice", "flag", True, 4),
        ("alice", "comment", "is “b10” the same?", 5),
        ("carol", "final", 2, 2),
        ("carol", "final-clear", None, 4),
    ]
    assert (found.events[3].decision.reason, found.events[3].decision.rule) == ("membrane", "quorum")
    assert found.events[3].taken_back_by == found.events[4].decision.n
    assert found.problems == []


def test_a_line_of_another_program_that_escapes_the_name_is_found(place: Place) -> None:
    store = place.open()
    store.decide("annotate", "Größe/Ω 1", 1)
    store.push()
    path = place.root / "journal" / "alice" / f"{store.session}.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="ascii")
    assert [event.decision.value for event in told(place, "Größe/Ω 1").events] == [1]


def test_a_torn_line_about_the_block_is_told(place: Place) -> None:
    store = place.open()
    store.decide("annotate", "b1", 1)
    store.decide("annotate", "b1", 2)
    store.push()
    path = place.root / "journal" / "alice" / f"{store.session}.jsonl"
    path.write_bytes(path.read_bytes()[:-3])
    found = told(place, "b1")
    assert [event.decision.value for event in found.events] == [1]
    assert "has 1 lines that cannot be used" in found.problems[0]


def test_one_block_of_a_hundred_thousand_decisions_at_once(place: Place) -> None:
    place.write_roles(admins=["carol"])
    store = place.open("carol", follow_all=True)
    for _ in range(10):
        store.decide_finals({f"tile/block_{number:05}": 1 for number in range(10_000)})
    store.push()
    began = time.perf_counter()
    found = told(place, "tile/block_04999")
    assert time.perf_counter() - began < 0.3
    assert [event.line for event in found.events] == [2 + 4999 + 10_000 * step for step in range(10)]


names = st.text('ab\\"/ß', min_size=1, max_size=3)


@given(st.lists(st.tuples(names, names), max_size=8), names)
def test_no_line_about_the_block_is_missed(entries: list[tuple[str, str]], block: str) -> None:
    lines = [json.dumps({"block": name, "value": text}, ensure_ascii=len(text) > 1).encode() for name, text in entries]
    found = dict(_lines_about(b"".join(line + b"\n" for line in lines), block))
    wanted = {n for n, (name, _) in enumerate(entries, 1) if name == block}
    assert wanted <= found.keys()
    assert all(found[n] == lines[n - 1] + b"\n" for n in found)
