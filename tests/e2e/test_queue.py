"""My queue: what an admin gave an annotator is listed in its order, and what comes later is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.assignments import Assignments
from storage.folders import init_store
from storage.roles import read_roles, roles_file
from storage.share import Share
from tests.e2e.files import block_names, decided, make_blocks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start


def hand_out(annotations: Path, name: str, blocks: list[str]) -> None:
    share, roles = Share(annotations), read_roles(roles_file(annotations))
    Assignments(share, roles).hand_out("carol", name, {"alice": blocks}, "desk")


def test_the_queue_is_listed_in_its_order_and_followed(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(6))
    init_store(annotations_root, None, ["carol"], "desk")
    hand_out(annotations_root, "First", ["block_0004", "block_0001", "block_0009", "block_0003"])
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice")
    program = start(*arguments)
    program.wait("queue", name="First", by="carol", count=4)
    program.wait("frame", block="block_0004")
    program.keys("1")
    program.wait("decision", block="block_0004")
    program.wait("frame", block="block_0001")
    program.keys("Down")
    program.wait("frame", block="block_0003")  # block_0009 is not there
    program.keys("2")
    program.wait("decision", block="block_0003", value=2)
    program.pass_over()
    hand_out(annotations_root, "Second", ["block_0005"])
    program.wait("queue", name="Second", count=1, timeout=30)
    program.quit()
    assert decided(annotations_root) == [("annotate", "block_0004", 1), ("annotate", "block_0003", 2)]

    again = start(*arguments)
    again.wait("queue", name="Second")
    again.wait("frame", block="block_0005")
    again.quit()


def test_without_a_queue_all_blocks_are_listed(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(2))
    init_store(annotations_root, None, ["carol"], "desk")
    (annotations_root / "assignments").mkdir(exist_ok=True)
    (annotations_root / "assignments" / "x.json").write_text("{", encoding="utf-8")
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    assert "is no valid assignment" in program.wait("queue_problem")["text"]
    program.wait("frame", block="block_0000")
    program.quit()
