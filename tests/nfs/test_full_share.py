"""A quota that is used up and a disk that is full, on the server: it is said, nothing is lost, and it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.nfs.judge import decided, faults, saved
from tests.nfs.rig import EXPORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.nfs.rig import Machines, Program

pytestmark = pytest.mark.timeout(300)
ACCOUNT = 1000
"""The system's own account has no quota."""
ROOM_KB = 40
COUNT, RATE = 300, 100
FILLER = EXPORT / "filler"
_FILL = """
import os, sys
path, left = sys.argv[1], int(sys.argv[2]) * 1024
file = os.open(path, os.O_WRONLY | os.O_CREAT)
found = os.statvfs(path)
os.posix_fallocate(file, 0, found.f_bavail * found.f_frsize - left)
"""


@pytest.fixture
def roomy_again(machines: Machines) -> Iterator[Machines]:
    """Machines whose server has room again afterwards."""
    yield machines
    make_room(machines)


def make_room(machines: Machines) -> None:
    machines.rig.set_quota(ACCOUNT, 0)  # no limit
    machines.server.py("import pathlib, sys; pathlib.Path(sys.argv[1]).unlink(missing_ok=True)", str(FILLER))


def start(machines: Machines, wrong: str = "") -> Program:
    return machines.start(machines.first, "annotator", uid=ACCOUNT, count=COUNT, rate=RATE, wrong=wrong)


@pytest.mark.parametrize(("what", "said"), [("quota", "the disk quota is used up"), ("disk", "the disk is full")])
def test_no_room_on_the_share(roomy_again: Machines, what: str, said: str) -> None:
    machines = roomy_again
    if what == "quota":
        machines.rig.set_quota(ACCOUNT, ROOM_KB)
    else:
        machines.server.py(_FILL, str(FILLER), str(ROOM_KB))
    program = start(machines)
    text = program.wait_for("failed")[0]["text"]
    assert said in text
    assert str(machines.folder / "journal" / "alice") in text
    assert "safe on this computer" in text
    program.wait_for("decided", COUNT)
    on_share = saved(program)
    assert 0 < len(on_share) < COUNT
    without_end = [fault for fault in faults(machines.check(machines.second), on_share) if "not complete" not in fault]
    assert without_end == []
    make_room(machines)
    done = program.end()
    assert (done["pending"], done["problems"]) == (0, [])
    assert faults(machines.check(machines.second), decided([program])) == []


def test_rig_shows_a_destroyed_file(roomy_again: Machines) -> None:
    """A file that is opened for writing anew when there is no room for what was in it."""
    machines = roomy_again
    machines.rig.set_quota(ACCOUNT, ROOM_KB)
    program = start(machines, wrong="Truncating")
    program.wait_for("failed")
    assert any(fault.startswith("torn") for fault in faults(machines.check(machines.second), set()))
