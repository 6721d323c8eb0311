"""The review in the real window: disagreements first, by keys, live, and only for admins."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from storage.store import open_store
from tests.e2e.files import block_names, make_blocks

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from storage.store import Store
    from tests.e2e.conftest import Start
    from tests.e2e.program import Program

NAMES = block_names(6)
VOTES = {
    "alice": [1, 1, 2, 1, 2],
    "bob": [1, 2, 2, 1, 3],
    "dave": [1, 2, 2, 0, 1],
}
"""Everybody agrees on blocks 0 and 2 and two on 3; 1 and 4 are disagreements, 5 has no vote."""


class Share:
    """Three annotators' decisions on a share, and who may review."""

    def __init__(self, top: Path, root: Path) -> None:
        self.top, self.root = top, root
        self.data = make_blocks(top / "data", NAMES)

    def store(self, annotator: str) -> Store:
        return open_store(self.root, self.top / "computer" / annotator, annotator, self.data)

    def vote(self) -> None:
        for annotator, votes in VOTES.items():
            store = self.store(annotator)
            for name, vote in zip(NAMES, votes, strict=False):
                if vote:
                    store.decide("annotate", name, vote, ms=1500)
            if annotator == "dave":
                store.decide("comment", NAMES[3], "touches the edge")
                store.decide("flag", NAMES[3], True)
            store.push()
            store.close()

    def write_roles(self, text: str) -> None:
        (self.root / "roles.json").write_text(text, encoding="utf-8")

    def arguments(self, annotator: str) -> tuple[str | Path, ...]:
        return (self.data, "--annotations-root", self.root, "--user", annotator)


@pytest.fixture
def share(tmp_path: Path, annotations_root: Path) -> Share:
    made = Share(tmp_path, annotations_root)
    made.vote()
    made.write_roles(json.dumps({"admins": ["Carol"]}))
    return made


def open_review(program: Program) -> None:
    program.wait("frame", block=NAMES[0])
    program.keys("F6")
    program.wait("review_filled", blocks=len(NAMES))
    program.focus("Review")


def settled(program: Program) -> NDArray[np.uint8]:
    """Return what the screen shows once it has not changed for half a second."""
    last, since = program.pixels(), time.monotonic()
    while time.monotonic() - since < 0.5:
        now = program.pixels()
        if not np.array_equal(now, last):
            last, since = now, time.monotonic()
    return last


def test_an_admin_walks_through_the_disagreements_by_keys(start: Start, share: Share) -> None:
    program = start(*share.arguments("carol"))
    open_review(program)
    # The flagged block comes first, then where they disagree
    for key, block in (("", 3), ("Down", 1), ("Down", 4), ("Down", 0), ("Up", 4)):
        if key:
            program.keys(key)
        program.wait("frame", window="review", block=NAMES[block])
    program.wait("ahead_ready", window="review")

    program.keys("ctrl+f")
    program.type("edge")
    found = program.wait("review_rows", count=1)
    assert found["first"] == [NAMES[3]]
    program.keys("Return", "Down")
    program.wait("frame", window="review", block=NAMES[3])
    program.keys("ctrl+f", "Escape")  # all again; the block on screen stays where it is
    everything = program.wait("review_rows", count=len(NAMES))["first"]
    assert everything == [NAMES[place] for place in (3, 1, 4, 0, 2, 5)]
    program.keys("Down")
    program.wait("frame", window="review", block=NAMES[1])

    program.keys("Right")  # as in the main window: the next slice
    program.wait("frame", window="review", block=NAMES[1], z=4)
    program.keys("F7", "Down", "Return")  # sort by the first column
    assert program.wait("review_rows")["first"] == NAMES
    program.keys("Down")
    program.wait("frame", window="review", block=NAMES[2])

    program.keys("ctrl+w")
    program.wait("review_closed")
    program.focus()
    program.keys("F6")
    program.wait("review_filled", blocks=len(NAMES))
    program.focus("Review")
    program.keys("ctrl+q")  # the program ends while the review is open
    program.wait_end()
    assert program.named("decision") == []


def test_the_main_window_is_whole_again_when_the_review_closes(start: Start, share: Share) -> None:
    program = start(*share.arguments("carol"), size=(1366, 768))
    program.wait("frame", block=NAMES[0])
    program.wait("ahead_ready")
    before = settled(program)
    program.keys("F6")
    program.wait("frame", window="review", block=NAMES[3])
    program.wait("ahead_ready", window="review")
    assert (settled(program) != before)[:700, :220].any()  # the table lies where the list was
    program.focus("Review")
    program.keys("ctrl+w")
    program.wait("review_closed")
    assert (settled(program)[:700, :220] == before[:700, :220]).all()
    program.focus()
    program.quit()


def test_what_others_decide_comes_into_the_open_window(start: Start, share: Share) -> None:
    program = start(*share.arguments("carol"))
    open_review(program)
    program.wait("frame", window="review", block=NAMES[3])
    erin = share.store("erin")  # nobody of that name was there before
    erin.decide("annotate", NAMES[0], 2)
    erin.push()
    assert program.wait("review_changed", timeout=10)["blocks"] == [NAMES[0]]
    program.keys("Down", "Down")
    program.wait("frame", window="review", block=NAMES[4])
    program.keys("ctrl+f")
    program.type("block")  # a filter sorts anew: now it is a disagreement
    assert program.wait("review_rows")["first"][:4] == [NAMES[place] for place in (3, 0, 1, 4)]
    erin.close()
    program.quit()


def test_who_is_no_admin_has_no_way_in(start: Start, share: Share) -> None:
    program = start(*share.arguments("alice"))
    program.wait("page", name="canvas")
    program.keys("F6", "Down")
    program.wait("action", name="next_block")
    assert program.named("action", name="review") == []
    program.quit()
    assert program.named("review_filled") == []


def test_a_bad_roles_file_stops_only_the_review(start: Start, share: Share) -> None:
    share.write_roles('{"admins": "carol"}')
    program = start(*share.arguments("carol"))
    program.wait("frame", block=NAMES[0])
    program.keys("F6")
    assert "is not a valid roles file" in program.wait("message", window="review")["text"]
    program.keys("1")
    program.wait("decision", block=NAMES[0], value=1)
    program.wait_until_saved()
    program.quit()
    assert program.named("review_filled") == []


def test_whose_files_cannot_be_read_is_named_and_the_rest_is_reviewed(start: Start, share: Share) -> None:
    path = next((share.root / "journal" / "bob").glob("*.jsonl"))
    path.write_bytes(path.read_bytes().replace(b'"kind":"annotate"', b'"kind":annotate', 1))
    program = start(*share.arguments("carol"))
    open_review(program)
    assert program.seen("review_unread")["names"] == ["bob"]
    program.wait("frame", window="review", block=NAMES[3])
    program.quit()


def test_people_who_use_only_the_older_program_are_reviewed_too(start: Start, share: Share) -> None:
    entry = {"label": 3, "annotated_at": "2026-01-02T03:04:05+00:00"}
    older = {"username": "zoe", "created_at": "x", "updated_at": "x", "annotations": {NAMES[5]: entry}}
    (share.root / "users" / "zoe.json").write_text(json.dumps(older), encoding="utf-8")
    (share.root / "users" / "zed.json").write_text("{", encoding="utf-8")
    program = start(*share.arguments("carol"))
    open_review(program)
    assert NAMES[5] in program.wait("review_changed")["blocks"]
    assert program.wait("review_unread")["names"] == ["zed"]
    program.focus()
    program.quit()
    assert not (share.root / "journal" / "zoe").exists()  # nobody decides for somebody else
