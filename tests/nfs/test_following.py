"""Other machines see each decision in order and within two seconds, and carrying them keeps pace with the person."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.nfs.rig import Event, Machines, Program

pytestmark = pytest.mark.timeout(300)
RATE = 10
COUNT = 20 * RATE
NEW_SESSIONS = 3
NEW_COUNT = 10
LATEST_SECONDS = 2


def follower(machines: Machines, **plan: object) -> Program:
    """Start a reader on the second machine, on which another process holds the files open; wait until it reads."""
    machines.start(machines.second, "reader", mode="hold").wait_for("held")
    reader = machines.start(machines.second, "reader", mode="follow", **plan)
    reader.wait_for("opened")
    return reader


def delays(programs: list[Program], reader: Program) -> dict[tuple[str, int], float]:
    """Return how long after it was made each decision was seen, by session and number; infinite if it never was.

    Without those that were there when the reader began.
    """
    seen: dict[tuple[str, int], float] = {}
    for event in reader.events("seen"):
        for session, n in event["decisions"]:
            seen.setdefault((session, n), event["at"])
    known = reader.events("opened")[0]["through"]
    made: list[Event] = [event for program in programs for event in program.events("decided")]
    return {
        (e["session"], e["n"]): seen.get((e["session"], e["n"]), float("inf")) - e["at"]
        for e in made
        if e["n"] > known.get(e["session"], 0)
    }


def milliseconds(values: list[float]) -> str:
    return f"median {median(values):.1f} ms, worst {max(values):.0f} ms, of {len(values)}"


def test_others_see_it_in_time(machines: Machines, figures: dict[str, str]) -> None:
    long = machines.start(machines.first, "annotator", tag="long", count=COUNT, rate=RATE)
    long.wait_for("saved")
    reader = follower(machines, count=COUNT + NEW_SESSIONS * NEW_COUNT)
    programs = [long]
    for number in range(NEW_SESSIONS):  # each makes a file that must be found, the first and third a folder
        who = ("bob", "alice", "carol")[number]
        new = machines.start(machines.first, "annotator", annotator=who, tag=who, count=NEW_COUNT, rate=RATE)
        programs.append(new)
        new.end()
    for program in (long, reader):
        program.end()
    found = delays(programs, reader)
    assert len(found) > COUNT
    assert max(found.values()) < LATEST_SECONDS
    came = [(session, n) for event in reader.events("seen") for session, n in event["decisions"]]
    for session in {session for session, _ in came}:
        numbers = [n for one, n in came if one == session]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    # The queue: what is made while one push runs goes with the next
    assert max(event["left"] for event in long.events("saved")) <= 2
    assert long.events("saved")[-1]["at"] - long.events("decided")[-1]["at"] < 1
    version = f"NFS {machines.version}"
    figures[f"{version}: deciding, local ext4"] = milliseconds([e["ms"] for e in long.events("decided")])
    figures[f"{version}: pushing to the share"] = milliseconds([e["ms"] for e in long.events("saved")])
    figures[f"{version}: made until seen elsewhere"] = milliseconds([1000 * delay for delay in found.values()])


def test_rig_shows_stale_files(machines: Machines) -> None:
    """A reader who trusts a name or a size, while somebody on its machine holds the file open.

    On NFSv4.2 it opens by its name a file that others replace, and gets the old one for many seconds. On NFSv3 that
    is no trouble, but there who opens a file only if its size changed is late: the size is remembered for 3 s. It
    looks four times a second, because the first look after a reading is always fresh.
    """
    if machines.version == "3":
        plan, rate, looks = "BySize", 2, 4
    else:
        plan, rate, looks = "Merging", RATE, 1
    count = 10 * rate
    writer = machines.start(machines.first, "annotator", wrong="" if plan == "BySize" else plan, count=count, rate=rate)
    writer.wait_for("saved")
    reader = follower(machines, wrong=plan, count=count, rate=looks, seconds=14)
    writer.end()
    reader.end()
    assert max(delays([writer], reader).values()) > LATEST_SECONDS
