"""Somebody at the window of the real program, on a machine whose share may hang: judges by keys, then quits.

python -m tests.nfs.window PLAN, with the fields of `Plan` as JSON.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from tests.e2e.files import block_names, make_blocks
from tests.e2e.program import Program
from tests.nfs.plan import Plan, say

_WORK = Path("/run/window")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def make_writable(folder: str) -> None:
    """Let the display server write into a folder that the machine has read-only; what is in it stays."""
    upper, work = _WORK / "upper", _WORK / "work"
    upper.mkdir(parents=True)
    work.mkdir()
    options = f"lowerdir={folder},upperdir={upper},workdir={work}"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, folder], check=True)


def judge(plan: Plan) -> None:
    """Judge `count` blocks, one after the other as each is on screen; then wait until all is saved, and quit."""
    os.environ |= {"PATH": _PATH, "HOME": str(_WORK), "PYTHONDONTWRITEBYTECODE": "1"}
    make_writable("/tmp")
    data = make_blocks(_WORK / "data", block_names(plan.count + 1))
    (Path(plan.root) / "journal").mkdir()  # else the program asks whether to begin here
    home = _WORK / "home"
    home.mkdir()
    local = {"XDG_STATE_HOME": str(plan.local)}
    arguments = (data, "--annotations-root", plan.root, "--user", plan.annotator)
    with Program(*arguments, folder=home, environment=local) as program:
        program.wait("frame", plan.seconds, block="block_0000")
        say("opened")
        for number in range(plan.count):
            started = time.monotonic()
            program.keys(str(1 + number % 3))
            made = program.wait("decision", plan.seconds, block=f"block_{number:04d}")
            program.wait("frame", plan.seconds, block=f"block_{number + 1:04d}")
            shown = program.named("store")[-1]
            ms = (time.monotonic() - started) * 1000
            say("decided", block=made["block"], value=made["value"], ms=ms, waiting=shown["pending"])
        program.wait("store", plan.seconds, state="saved", pending=0)
        say("judged", messages=[event["text"] for event in program.named("message")])
        program.quit(plan.seconds)
    say("done")


if __name__ == "__main__":
    judge(Plan.from_arguments())
