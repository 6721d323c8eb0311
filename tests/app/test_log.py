"""The ring of the last records, and the log files: rotated, one for each run."""

from __future__ import annotations

import logging
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from app.log import Ring

ROOT = Path(__file__).resolve().parents[2]
_WRITING = """
import sys
from pathlib import Path
from app import log
from app.watch import Watch
watch = Watch("CRITICAL", Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    log.saving.info("%s %06d %s", sys.argv[3], number, "x" * 400)
watch.end()
"""


@pytest.fixture
def ring() -> tuple[Ring, logging.Logger]:
    """Return a ring and a logger that only it hears."""
    made, logger = Ring(), logging.Logger("a test of the ring")
    logger.addHandler(made)
    return made, logger


def test_the_ring_keeps_the_last_records(ring: tuple[Ring, logging.Logger]) -> None:
    kept, logger = ring
    for number in range(2500):
        logger.debug("record %d", number)
    lines = kept.text.splitlines()
    assert len(lines) == 2000
    assert lines[0].endswith("record 500")
    assert lines[-1].endswith("record 2499")


def test_the_ring_keeps_no_object_and_no_endless_text(ring: tuple[Ring, logging.Logger]) -> None:
    class Block:
        pass

    kept, logger = ring

    def fail() -> weakref.ref[Block]:
        block = Block()
        try:
            raise ValueError("x" * 100_000)
        except ValueError:
            logger.exception("with a block")
        return weakref.ref(block)

    assert fail()() is None
    assert "ValueError" in kept.text
    assert len(kept.text) < 10_000


def test_log_files_are_rotated_and_of_one_run_each(tmp_path: Path) -> None:
    runs = [
        subprocess.Popen([sys.executable, "-c", _WRITING, str(tmp_path), "15000", name], cwd=ROOT)
        for name in ("one", "two")
    ]
    assert [run.wait(120) for run in runs] == [0, 0]
    found = sorted((tmp_path / "runs").iterdir())
    assert len(found) == 2 * 5
    for path in found:
        assert path.stat().st_size <= 1_000_000
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len({" one " in line for line in lines}) == 1
    last = [path.read_text(encoding="utf-8") for path in found if path.suffix == ".log"]
    assert all("014999" in text for text in last)
