"""Power cuts of the server, of an annotator's machine, and of both: what was shown as saved or as waiting is kept."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.nfs.judge import decided, faults, saved

if TYPE_CHECKING:
    from tests.nfs.rig import Machines, Program

pytestmark = pytest.mark.timeout(300)
RATE = 30
FOREVER = 100_000
CUTS = 3


def work(machines: Machines, number: int = 0, **plan: Any) -> Program:
    """Start an annotator on the first machine who does not stop."""
    return machines.start(machines.first, "annotator", tag=f"work{number}", **({"count": FOREVER, "rate": RATE} | plan))


def carry_on(machines: Machines, **plan: Any) -> Program:
    """Open the program on the first machine and close it again, and return it."""
    program = work(machines, count=0, **plan)
    program.end()
    return program


def faults_of(machines: Machines, wanted: set[Any]) -> list[str]:
    return faults(machines.check(machines.second), wanted)


# The server


def test_server_loses_power(machines: Machines) -> None:
    """The annotator's cable is out until the server was looked at, so that nothing can be sent anew."""
    count = 4 * RATE
    program = work(machines, count=count)
    program.wait_for("saved", RATE)
    machines.server.power_cut()
    machines.rig.hub.cut(machines.first.name)
    on_share = saved(program)
    machines.server.start()
    assert len(on_share) >= RATE
    assert faults_of(machines, on_share) == []
    machines.rig.hub.plug(machines.first.name)
    assert program.end()["pending"] == 0  # by itself
    assert len(decided([program])) == count
    assert faults_of(machines, decided([program])) == []


def test_rig_shows_torn_files(machines: Machines) -> None:
    """A file that is opened for writing anew each time: a reader, who looks all the time, sees it empty or half."""
    work(machines, wrong="Truncating", rate=100).wait_for("saved")
    reader = machines.start(
        machines.second, "reader", mode="follow", wrong="Truncating", count=FOREVER, rate=100, seconds=20
    )
    reader.wait_for("failed")
    assert "torn" in reader.events("failed")[0]["text"]


# The annotator's machine


def cut(machines: Machines, number: int, **plan: Any) -> Program:
    """Let an annotator work, and cut the power of the machine at a random moment."""
    chance = random.Random(f"{machines.version} {number}")
    program = work(machines, number, **plan)
    program.wait_for("saved", chance.randint(2, RATE))
    end = time.monotonic() + chance.random() / RATE
    while time.monotonic() < end:  # more finely than any waiting
        pass
    machines.first.power_cut()
    return program


def test_annotators_machine_loses_power(machines: Machines) -> None:
    programs: list[Program] = []
    for number in range(CUTS):
        programs.append(cut(machines, number))
        on_share = set().union(*map(saved, programs[-1:]), decided(programs[:-1]))
        assert len(on_share) > number
        assert faults_of(machines, on_share) == []
        machines.power_on(machines.first)
        again = carry_on(machines)
        opened = again.events("opened")[0]
        assert opened["labels"].keys() >= {block for _, _, block, _ in decided(programs)}
        assert faults_of(machines, decided(programs)) == []


def outage_and_cut(machines: Machines, **plan: Any) -> Program:
    """Let an annotator work without the share, until the power is cut; then open the program again."""
    program = work(machines, **plan)
    program.wait_for("saved")
    machines.rig.hub.cut(machines.first.name)
    program.wait_for("decided", len(program.events("decided")) + RATE)
    machines.first.power_cut()
    machines.rig.hub.plug(machines.first.name)
    assert len(decided([program]) - saved(program)) > RATE / 2
    machines.power_on(machines.first)
    carry_on(machines)
    return program


def test_what_waits_is_kept(machines: Machines) -> None:
    """It is on this computer's disk, and the next start brings it to the share."""
    program = outage_and_cut(machines)
    assert faults_of(machines, decided([program])) == []


def test_rig_shows_what_waited_and_was_not_synced(machines: Machines) -> None:
    """The real store, but without the sync of its journal on this computer."""
    program = outage_and_cut(machines, wrong="unsynced_here")
    assert any(fault.startswith("lost") for fault in faults_of(machines, decided([program])))


def test_rig_shows_what_was_saved_and_not_synced(machines: Machines) -> None:
    """Lines that are appended to the share's file, without a sync."""
    program = cut(machines, 0, wrong="Unsynced")
    assert any(fault.startswith("lost") for fault in faults_of(machines, saved(program)))
    machines.power_on(machines.first)


# Both


def test_all_lose_power(machines: Machines) -> None:
    program = work(machines)
    program.wait_for("saved", RATE)
    machines.first.power_cut()
    machines.server.power_cut()
    machines.server.start()
    assert len(saved(program)) >= RATE
    assert faults_of(machines, saved(program)) == []
    machines.power_on(machines.first)
    carry_on(machines)
    assert faults_of(machines, decided([program])) == []
