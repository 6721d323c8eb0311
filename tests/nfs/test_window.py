"""The real window on a real share that hangs: judging goes on at the same speed, and what waits follows by itself."""

from __future__ import annotations

import shutil
import time
from statistics import median
from typing import TYPE_CHECKING

import pytest

from tests.nfs.rig import Machines, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(not (shutil.which("xdotool") and shutil.which("Xvfb")), reason="needs xdotool and Xvfb"),
]
COUNT, BEFORE, HUNG = 130, 20, 80
LONG_SECONDS = 8
"""An outage of which the program tells."""


@pytest.fixture
def roomy(version: str) -> Iterator[Machines]:
    """Machines of which the first has room for a display and the program."""
    machines = Machines(version)
    machines.first.mem = "1200M"
    machines.first.cfg["extra_modules"] = ["overlay"]
    with machines:
        machines.begin("window")
        yield machines
        machines.finish()


def test_the_window_never_waits_for_the_share(roomy: Machines, figures: dict[str, str]) -> None:
    person = roomy.start(roomy.first, "window", count=COUNT, seconds=60)
    person.wait_for("decided", BEFORE)
    roomy.server.freeze()
    end = time.monotonic() + LONG_SECONDS
    while_hung = person.wait_for("decided", BEFORE + HUNG)[BEFORE + 1 :]
    wait_until(lambda: time.monotonic() > end, LONG_SECONDS + 1, "the end of the outage")
    roomy.server.thaw()
    [judged] = person.wait_for("judged")
    person.end()
    decided = person.events("decided")
    healthy = median(event["ms"] for event in decided[:BEFORE])
    hung = median(event["ms"] for event in while_hung)
    figures[f"NFS {roomy.version}: key to next block, healthy / hung"] = f"median {healthy:.0f} / {hung:.0f} ms"
    assert hung < 1.5 * healthy
    assert max(event["ms"] for event in while_hung) < 10 * healthy
    assert while_hung[-1]["waiting"] >= HUNG - 10
    assert any("does not answer" in text for text in judged["messages"])
    found = roomy.check(roomy.second)
    assert sorted((line[2], line[3]) for line in found["lines"]) == [(e["block"], e["value"]) for e in decided]
    assert found["problems"] == []
