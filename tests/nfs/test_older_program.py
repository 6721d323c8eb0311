"""The older program at the same share, on another machine; and what others leave in the folders."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.nfs.judge import decided, faults

if TYPE_CHECKING:
    from tests.nfs.rig import Machines, Program

pytestmark = pytest.mark.timeout(300)
COUNT, RATE = 60, 20
EDITS = 3
FOREVER = 100_000
_OPEN = """
import json, os, sys
from datetime import datetime, timezone
path = sys.argv[1]
os.close(os.open(os.path.dirname(path), os.O_RDONLY))  # the newest file of its name
"""
_EDIT = """
content = json.load(open(path))
now = datetime.now(timezone.utc).isoformat()
for block in sys.argv[2:]:
    content["annotations"][block] = {"label": 9, "annotated_at": now}
content["updated_at"] = now
json.dump(content, open(path, "w"), indent=2)
"""
_BROKEN = '{"annotations": {'
_BREAK = f"open(path, 'w').write({_BROKEN!r})"


def write_there(machines: Machines, code: str, *arguments: str) -> None:
    """Change the annotator's snapshot on the second machine, in place, as the older program does."""
    machines.second.py(_OPEN + code, str(machines.folder / "users" / "alice.json"), *arguments)


def start(machines: Machines, **plan: Any) -> Program:
    """Start an annotator who writes a snapshot only when told to, and has written one."""
    program = machines.start(machines.first, "annotator", count=COUNT, rate=RATE, **plan)
    program.wait_for("saved", 2)
    snapshot(program)
    return program


def snapshot(program: Program) -> None:
    before = len(program.events("snapshot"))
    program.signal(signal.SIGUSR1)
    program.wait_for("snapshot", before + 1)


def edit(machines: Machines, program: Program) -> None:
    """Annotate a new block with the older program, and one that was annotated; several times."""
    for number in range(EDITS):
        write_there(machines, _EDIT, f"older/{number}", f"x/{number % 2}")
        snapshot(program)


def test_what_the_older_program_wrote_is_merged(machines: Machines) -> None:
    program = start(machines, expect=COUNT + 2 * EDITS)
    edit(machines, program)
    done = program.end()
    found = machines.check(machines.second)
    assert faults(found, decided([program])) == []
    assert done["problems"] == []
    blocks = [f"older/{number}" for number in range(EDITS)] + ["x/0", "x/1"]
    written = found["snapshots"]["alice"]["annotations"]
    for labels in (done["labels"], found["labels"]["alice"]):
        assert [labels[block][0] for block in blocks] == [9] * len(blocks)
    assert [written[block]["label"] for block in blocks] == [9] * len(blocks)
    assert len(done["labels"]) == COUNT + EDITS


def test_rig_shows_what_was_overwritten(machines: Machines) -> None:
    """A snapshot that is written unread."""
    program = start(machines, wrong="Synced", expect=FOREVER)
    edit(machines, program)
    found = machines.check(machines.second)
    assert "older/0" not in found["snapshots"]["alice"]["annotations"]


def test_what_cannot_be_read_is_set_aside(machines: Machines) -> None:
    program = start(machines)
    write_there(machines, _BREAK)
    snapshot(program)
    problems = program.end()["problems"]
    found = machines.check(machines.second)
    assert faults(found, decided([program])) == []
    [aside] = [name for name in found["names"] if name.startswith("users/alice.json.unreadable")]
    assert machines.read(aside) == _BROKEN.encode()
    assert any("not a valid annotation file" in text for text in problems)
    assert any(aside.rpartition("/")[2] in text for text in problems)
    assert set(found["snapshots"]["alice"]["annotations"]) <= set(found["labels"]["alice"])


def test_what_nfs_leaves_is_ignored(machines: Machines) -> None:
    """A client renames a file that is removed or replaced while a program has it open: to `.nfs` and a number."""
    plan: dict[str, Any] = {"count": 20, "snapshot_s": 60}  # a snapshot at the end
    programs = [machines.start(machines.second, "annotator", tag="before", **plan)]
    programs[0].end()
    machines.start(machines.second, "reader", mode="hold").wait_for("held")
    journal = f"journal/alice/{programs[0].events('opened')[0]['session']}.jsonl"
    machines.second.py("import os, sys; os.unlink(sys.argv[1])", str(machines.folder / journal))
    programs.append(machines.start(machines.second, "annotator", tag="after", **plan))
    programs[1].end()
    for machine in (machines.first, machines.second):
        found = machines.check(machine)
        left = [name for name in found["names"] if "/.nfs" in name]
        assert sorted(name.rpartition("/")[0] for name in left) == ["journal/alice", "users"]
        assert faults(found, decided(programs)) == []  # what was removed came back from this computer's journal
        assert list(found["labels"]) == ["alice"]
    # Who reads every file in the folder has its lines twice
    [removed] = [name for name in left if name.startswith("journal")]
    lines = [line for name in (removed, journal) for line in machines.read(name).splitlines()]
    assert len(lines) == 2 * len({(json.loads(line)["session"], json.loads(line)["n"]) for line in lines})
