"""Takes the pictures of the README from the real program: `python3 packaging/dev.py screenshots`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.program import ROOT, Program
from tests.e2e.xkeys import LEFT, XKeys

if TYPE_CHECKING:
    from collections.abc import Iterator

_PICTURES = ROOT / "resources" / "screenshots"


def main() -> int:
    """Write all pictures; return the exit code."""
    _PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _annotate(home)
        _log_in(home)
        _fail(home)
    return 0


def _annotate(home: Path) -> None:
    """Judge some blocks of the sample data as their truth says, and show the next one in 2D and 3D."""
    with Program("--user", "alice", folder=home) as program:
        program.wait("frame", timeout=120)
        program.wait("ahead_ready")
        for key in _truth(home, 9):
            program.pass_over()
            program.keys(key)
            program.wait("ahead_ready")
        program.keys("f")
        program.wait_until_saved()
        for _ in range(2):
            program.pass_over()
            program.keys("Down")
            program.wait("ahead_ready")
        program.screenshot(_PICTURES / "annotating-2d.png")
        program.keys("v")
        frame = program.wait("frame", mode="3d", fine=True)
        with XKeys(program.display) as keys:
            x, y = (frame["at"][i] + frame["size"][i] // 2 for i in (0, 1))
            keys.move(x, y)
            keys.button(LEFT, down=True)
            for step in range(8):
                program.pass_over()
                keys.move(x + 20 * step, y + 8 * step)
                if step > 1:
                    program.wait("frame", mode="3d")
            keys.button(LEFT, down=False)
        program.wait("frame", fine=True)
        program.screenshot(_PICTURES / "annotating-3d.png")


def _truth(home: Path, count: int) -> Iterator[str]:
    truth = json.loads((home / "cache" / "cytoscribe" / "sample-data" / "truth.json").read_text(encoding="utf-8"))
    for block_id in sorted(truth)[:count]:
        yield str(truth[block_id]["class"])


def _log_in(home: Path) -> None:
    with Program(folder=home) as program:
        program.wait("window_shown")
        program.focus()
        program.screenshot(_PICTURES / "login.png")


def _fail(home: Path) -> None:
    """Show what a block that cannot be read looks like."""
    block = home / "broken" / "block_0001"
    block.mkdir(parents=True)
    (block / "ch_488.tif").write_bytes(b"II*\0")
    annotations = home / "annotations"
    (annotations / "journal").mkdir(parents=True)
    with Program(block.parent, "--annotations-root", annotations, "--user", "alice", folder=home) as program:
        program.wait("page", name="error")
        program.focus()
        time.sleep(0.5)  # no frame tells that a page was painted
        program.screenshot(_PICTURES / "error.png")


if __name__ == "__main__":
    sys.exit(main())
