"""An admin decides in the real review window by keys alone, and everything is on disk as decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from storage.store import open_store
from tests.e2e.files import block_names, decided, journal, make_blocks
from tests.e2e.test_opening import feed, make_pipes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Program

NAMES = block_names(8)
VOTES = {
    "alice": [1, 1, 2, 1, 2, 3, 3],
    "bob": [2, 2, 2, 1, 2, 3, 3],
    "dave": [3, 2, 2, 1, 1, 3, 0],
}
"""Open by any quorum: 0. Two of three say 2: 1 and 4. The others are agreed on, but 7, on which there is no vote."""
AGREED = {1: 2, 2: 2, 3: 1, 4: 2, 5: 3, 6: 3}


class Place:
    """Three annotators' votes on a share whose admin is carol."""

    def __init__(self, top: Path, root: Path) -> None:
        self.root = root
        self.data = make_blocks(top / "data", NAMES)
        for name, votes in VOTES.items():
            store = open_store(root, top / "computer" / name, name, self.data)
            for block, vote in zip(NAMES, votes, strict=False):
                if vote:
                    store.decide("annotate", block, vote, ms=1500)
            store.push()
            store.close()
        (root / "roles.json").write_text(json.dumps({"admins": ["carol"]}), encoding="utf-8")

    def votes(self) -> dict[str, bytes]:
        """Return the journals of those who voted, byte by byte."""
        return {
            str(path): path.read_bytes() for name in VOTES for path in (self.root / "journal" / name).glob("*.jsonl")
        }

    def finals(self) -> dict[str, tuple[int, str]]:
        """Return the final labels and who set them, as the older program reads them."""
        content = json.loads((self.root / "admin" / "final_labels.json").read_text(encoding="utf-8"))
        return {block: (entry["final_label"], entry["set_by"]) for block, entry in content["labels"].items()}


@pytest.fixture
def place(tmp_path: Path, annotations_root: Path) -> Place:
    return Place(tmp_path, annotations_root)


def review(start: Start, place: Place) -> Program:
    program = start(place.data, "--annotations-root", place.root, "--user", "carol")
    program.wait("frame", block=NAMES[0])
    program.keys("F6")
    program.wait("review_filled", blocks=len(NAMES))
    program.focus("Review")
    return program


def shown(program: Program, place: int) -> None:
    program.wait("page", window="review", name="canvas", block=NAMES[place])


def test_an_admin_decides_by_keys_and_takes_it_back(start: Start, place: Place) -> None:
    before = place.votes()
    program = review(start, place)
    shown(program, 0)  # disagreements first: 0, 1, 4
    program.keys("3")
    program.wait("final", block=NAMES[0], value=3)
    shown(program, 1)  # it has gone on
    program.keys("c")
    program.type("1 of 3 is a shadow")  # before the label, with digits in it
    program.keys("Return", "1")
    program.wait("final", block=NAMES[1], value=1)
    shown(program, 4)
    program.keys("ctrl+z")
    program.wait("final", block=NAMES[1], value=None)
    shown(program, 1)  # undo went back to its block
    program.keys("ctrl+shift+z")
    program.wait("final", block=NAMES[1], value=1)
    program.keys("Up")
    shown(program, 0)
    program.keys("c")
    program.type("clear")  # a reason typed after the label
    program.keys("Return")
    program.wait("final", block=NAMES[0], value=3)
    program.keys("Down")
    shown(program, 1)
    program.keys("Down")
    shown(program, 4)
    program.keys("2")
    program.wait("final", block=NAMES[4], value=2)
    program.keys("ctrl+z")
    program.wait("final", block=NAMES[4], value=None)
    shown(program, 4)
    program.keys("BackSpace")
    assert "has no final label to clear" in program.wait("message")["text"]
    program.quit()

    lines = journal(place.root, "carol")
    assert [(line["kind"], line["block"], line.get("value"), line.get("reason")) for line in lines] == [
        ("final", NAMES[0], 3, None),
        ("final", NAMES[1], 1, "1 of 3 is a shadow"),
        ("final-clear", NAMES[1], None, None),
        ("final", NAMES[1], 1, "1 of 3 is a shadow"),
        ("final", NAMES[0], 3, "clear"),
        ("final", NAMES[4], 2, None),
        ("final-clear", NAMES[4], None, None),
    ]
    assert {line.get("rule") for line in lines if line["kind"] == "final"} == {"compatible"}
    assert place.votes() == before
    assert place.finals() == {NAMES[0]: (3, "carol"), NAMES[1]: (1, "carol")}

    again = review(start, place)  # after a restart they are decided: the one that is left comes first
    shown(again, 4)
    again.quit()
    assert {one["block"] for one in again.named("frame", window="review")} - {""} == {NAMES[4]}


def test_the_consensus_is_accepted_at_once_and_undone_at_once(start: Start, place: Place) -> None:
    before = place.votes()
    program = review(start, place)
    shown(program, 0)
    program.keys("ctrl+shift+a")
    assert program.wait("accept_counted")["classes"] == {"1": 1, "2": 3, "3": 2}
    program.focus("Accept")
    program.keys("Return")
    program.wait("final", blocks=len(AGREED))
    program.focus("Review")
    program.keys("ctrl+z")
    program.wait("final", blocks=len(AGREED))
    program.keys("ctrl+shift+z")
    program.wait("final", blocks=len(AGREED))
    program.wait_until_saved()
    program.quit()
    lines = journal(place.root, "carol")
    assert [len([one for one in lines if one["kind"] == kind]) for kind in ("final", "final-clear")] == [12, 6]
    assert len({one["t"] for one in lines}) == 3  # three steps
    assert place.finals() == {NAMES[at]: (label, "carol") for at, label in AGREED.items()}
    assert place.votes() == before


def test_a_key_means_nothing_until_its_block_is_on_screen(start: Start, place: Place, tmp_path: Path) -> None:
    pipes = make_pipes(make_blocks(tmp_path / "data", []) / "block_9999", 10)
    program = start(place.data, "--annotations-root", place.root, "--user", "carol")
    program.wait("frame", block=NAMES[0])
    program.keys("F6")
    program.wait("review_filled", blocks=len(NAMES) + 1)
    program.focus("Review")
    shown(program, 0)
    program.keys("ctrl+f")
    program.type("9999")
    program.wait("review_rows", count=1)
    program.keys("Return", "Down")
    program.wait("page", window="review", name="loading", block="block_9999")
    program.keys("1", "BackSpace", "c")
    for _ in range(3):
        program.wait("key_refused", window="review", block="block_9999", stage="loading")
    feed(pipes)
    program.wait("frame", window="review", block="block_9999")
    program.keys("2")
    program.wait("final", block="block_9999", value=2)
    program.quit()
    assert decided(place.root, "carol") == [("final", "block_9999", 2)]


def test_names_are_hidden_at_every_opening_and_the_timeline_is_told(start: Start, place: Place) -> None:
    program = review(start, place)
    assert program.wait("votes", block=NAMES[0])["names"] is False
    assert program.wait("timeline", block=NAMES[0])["lines"] == 3
    program.keys("ctrl+b")
    assert program.wait("votes", block=NAMES[0])["names"] is True
    program.keys("1")
    program.wait("final", block=NAMES[0])
    shown(program, 1)
    program.keys("Up")
    assert program.wait("timeline", block=NAMES[0])["lines"] == 4
    program.keys("ctrl+w")
    program.wait("review_closed")
    program.focus()
    program.keys("F6")
    program.wait("review_filled")
    program.focus("Review")
    assert program.wait("votes")["names"] is False
    program.quit()


def test_what_is_shown_is_exported(start: Start, place: Place, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    program = review(start, place)
    shown(program, 0)
    program.keys("3")
    program.wait("final", block=NAMES[0])
    program.keys("ctrl+e")
    program.focus("Export")
    program.keys("ctrl+a")
    program.type(str(file))
    program.keys("Return")
    assert program.wait("exported")["rows"] == len(NAMES)
    program.focus("Review")
    program.quit()
    lines = file.read_bytes().decode().split("\r\n")
    assert lines[0] == (
        "block_id,consensus_label,final_label,has_disagreement,user_alice_label,user_bob_label,user_dave_label,exported_at"
    )
    assert [line.rsplit(",", 1)[0] for line in lines[1:3]] == [
        f"{NAMES[0]},1,3,True,1,2,3",
        f"{NAMES[1]},2,,True,1,2,2",
    ]
