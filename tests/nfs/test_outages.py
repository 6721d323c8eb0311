"""A server that hangs, and answers that get lost: the person goes on, and nothing is lost or doubled."""

from __future__ import annotations

import signal
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from tests.nfs.judge import decided, faults, saved
from tests.nfs.rig import wait_until

if TYPE_CHECKING:
    from tests.nfs.rig import Machines, Program

pytestmark = pytest.mark.timeout(300)
RATE = 30
FOREVER = 100_000
FROZEN_SECONDS = 5
FAST_MS, WORST_MS = 20, 500
"""On a machine with one slow processor, which the worker thread shares."""


# A server that hangs


def test_server_hangs(machines: Machines, figures: dict[str, str]) -> None:
    """Beside it somebody whose program is wrong: it writes each decision to the share at once, and waits for that."""
    count = (FROZEN_SECONDS + 3) * RATE
    program = machines.start(machines.first, "annotator", count=count, rate=RATE, snapshot_s=1)
    direct = machines.start(machines.first, "annotator", annotator="bob", wrong="Direct", count=2 * RATE, rate=RATE)
    for one in (program, direct):
        one.wait_for("decided", RATE)
    machines.server.freeze()
    before = len(program.events("decided"))
    program.wait_for("decided", before + FROZEN_SECONDS * RATE, FROZEN_SECONDS + 5)
    machines.server.thaw()
    during = program.events("decided")[before : before + FROZEN_SECONDS * RATE]
    times = [event["ms"] for event in during]
    assert median(times) < FAST_MS
    assert max(times) < WORST_MS
    assert during[-1]["waiting"] - during[0]["waiting"] == len(during) - 1  # it counts
    assert program.end()["pending"] == 0
    direct.end()
    found = machines.check(machines.second)
    assert faults(found, decided([program])) == []
    assert len(found["snapshots"]["alice"]["annotations"]) == count
    assert max(event["ms"] for event in direct.events("decided")) > WORST_MS
    figures[f"NFS {machines.version}: deciding, server hangs"] = (
        f"median {median(times):.1f} ms, worst {max(times):.0f} ms, of {len(times)}"
    )


# Answers that get lost


def lose_an_answer(machines: Machines, **plan: Any) -> Program:
    """Let a push be carried out by the server, of which the machine does not hear."""
    go = f"{machines.name}.go"
    program = machines.start(
        machines.first, "annotator", count=RATE, rate=RATE, gate="fsync", go=f"/mnt/share/{go}", **plan
    )
    program.wait_for("ready")
    machines.rig.hub.cut(machines.first.name, tx=False)
    (Path(machines.rig.share) / go).touch()
    journal = f"journal/alice/{program.events('opened')[0]['session']}.jsonl"
    done = len(saved(program)) + 1  # and the first line, which is no decision
    wait_until(lambda: machines.read(journal).count(b"\n") > done, 20, "the server has it")
    return program


def lose_power(machines: Machines, **plan: Any) -> list[str]:
    """Lose the power of the machine that waits for the answer, and start the program again."""
    program = lose_an_answer(machines, **plan)
    machines.first.power_cut()
    machines.rig.hub.plug(machines.first.name)
    machines.power_on(machines.first)
    machines.start(machines.first, "annotator", **plan).end()
    return faults(machines.check(machines.second), decided([program]))


def test_answer_is_lost_for_a_while(machines: Machines) -> None:
    program = lose_an_answer(machines)
    machines.rig.hub.plug(machines.first.name)
    program.end()
    assert faults(machines.check(machines.second), decided([program])) == []


def test_answer_is_lost_for_good(machines: Machines) -> None:
    assert lose_power(machines) == []


def test_rig_shows_doubled_lines(machines: Machines) -> None:
    """Who notes what is on the share, and does not look there, appends it again."""
    assert any(fault.startswith("doubled") for fault in lose_power(machines, wrong="Repeating"))


def test_renamed_although_the_answer_says_no(machines: Machines) -> None:
    """The server renames a snapshot, its answer is lost and then its power: the repeated request fails.

    Beside it somebody whose program is wrong: it believes that, and reports a failure that is none.
    """
    go = f"{machines.name}.go"
    plan: dict[str, Any] = {"count": FOREVER, "rate": RATE, "gate": "replace", "go": f"/mnt/share/{go}"}
    program = machines.start(machines.first, "annotator", **plan)
    wrong = machines.start(machines.second, "annotator", annotator="bob", wrong="Synced", **plan)
    for one in (program, wrong):
        one.wait_for("saved", 3)
        one.signal(signal.SIGUSR1)
        one.wait_for("ready")
    for machine in (machines.first, machines.second):
        machines.rig.hub.cut(machine.name, tx=False)
    (Path(machines.rig.share) / go).touch()
    wait_until(lambda: all(is_there(machines, f"users/{who}.json") for who in ("alice", "bob")), 20, "both renamed")
    machines.server.power_cut()
    for machine in (machines.first, machines.second):
        machines.rig.hub.plug(machine.name)
    machines.server.start()
    wait_until(lambda: all(one.events("snapshot") or one.events("failed") for one in (program, wrong)), 60, "both told")
    assert (program.events("failed"), len(program.events("snapshot"))) == ([], 1)
    assert wrong.events("failed")[0]["type"] == "FileNotFoundError"


def is_there(machines: Machines, name: str) -> bool:
    try:
        return bool(machines.read(name))
    except RuntimeError:
        return False
