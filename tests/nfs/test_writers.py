"""Several people and several machines write at once: nothing is lost or doubled, and all see the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.nfs.judge import decided, faults

if TYPE_CHECKING:
    from tests.nfs.rig import Machines

pytestmark = pytest.mark.timeout(300)
COUNT = 200
RATE = 40


def test_all_see_the_same(machines: Machines) -> None:
    programs = {
        (who, machine.name): machines.start(
            machine,
            "annotator",
            annotator=who,
            tag=f"{who}-{machine.name}",
            count=COUNT,
            rate=RATE,
            contested=True,
            expect=2 * COUNT,
            snapshot_s=1,
        )
        for who in ("alice", "bob")
        for machine in (machines.first, machines.second)
    }
    done = {key: program.end() for key, program in programs.items()}
    found = machines.check(machines.second)
    everything = decided(programs.values())
    assert len(everything) == 4 * COUNT
    assert faults(found, everything) == []
    assert len(found["lines"]) == 4 * COUNT
    for (who, _), event in done.items():
        assert event["problems"] == []
        assert event["labels"] == found["labels"][who]
        written = found["snapshots"][who]["annotations"]
        assert {block: [one["label"], one["annotated_at"]] for block, one in written.items()} == event["labels"]


def test_rig_shows_lost_updates(machines: Machines) -> None:
    """Two who read, add to and replace one file, correctly each: what one adds, the other overwrites."""
    programs = [
        machines.start(machine, "annotator", wrong="Merging", tag=machine.name, count=COUNT, rate=RATE)
        for machine in (machines.first, machines.second)
    ]
    for program in programs:
        program.end()
    found = machines.check(machines.second)
    assert any(fault.startswith("lost") for fault in faults(found, decided(programs)))
