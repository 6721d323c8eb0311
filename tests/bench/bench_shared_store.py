"""The store of a group: opening it, following it, checking it, and the memory it takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from storage.decision import OPEN, VERSION, Decision, encode_line
from storage.store import open_store
from tests.bench.figures import Figure, Figures, median_ms

_WHEN = "2026-01-01T{:02d}:{:02d}:{:02d}.000001+00:00"


def figures() -> Figures:
    """Return the figures of this file."""
    return {
        "store_open_s": open_group,
        "store_follow_ms": follow_one,
        "store_memory_mb": memory_of_100k,
        "store_check_s": check_million,
    }


def open_group() -> Figure:
    """Open a store in which 10 annotators made 10,000 decisions each, for all of them; the median of 5."""
    with tempfile.TemporaryDirectory() as folder:
        root = _group(Path(folder), annotators=10, journals=1, lines=10_000)
        seconds = []
        for _ in range(5):
            started = time.perf_counter()
            store = open_store(root, Path(folder) / "local", "user0", Path(folder), follow_all=True)
            seconds.append(time.perf_counter() - started)
            store.close()
    return Figure(median(seconds), "s")


def follow_one() -> Figure:
    """Take in one new decision of another annotator, in the same store; the median of 50."""
    with tempfile.TemporaryDirectory() as folder:
        root = _group(Path(folder), annotators=10, journals=1, lines=10_000)
        reader = open_store(root, Path(folder) / "local", "user0", Path(folder), follow_all=True)
        writer = open_store(root, Path(folder) / "other", "user1", Path(folder))

        def follow(number: int) -> None:
            for decision in reader.follow():
                reader.state.apply(decision)
            if reader.state.label("user1", f"new_{number}") != 1:
                raise AssertionError("the decision did not arrive")

        times = []
        for number in range(50):
            writer.decide("annotate", f"new_{number}", 1)
            writer.push()
            times.append(median_ms(lambda _, number=number: follow(number), 1))  # type: ignore[misc]
        reader.close()
        writer.close()
    return Figure(median(times), "ms")


def memory_of_100k() -> Figure:
    """The memory that a process takes more with 100,000 decisions in its store than with none."""
    script = (
        "import sys, psutil\nfrom pathlib import Path\nfrom storage.store import open_store\n"
        "folder = Path(sys.argv[1])\n"
        "empty = open_store(folder / 'empty', folder / 'local', 'user0', folder)\n"
        "before = psutil.Process().memory_info().rss\n"
        "store = open_store(folder / 'annotations', folder / 'local', 'user0', folder, follow_all=True)\n"
        "assert len(store.state.annotations('user3')) == 10_000\n"
        "print(psutil.Process().memory_info().rss - before)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        _group(Path(folder), annotators=10, journals=1, lines=10_000)
        (Path(folder) / "empty").mkdir()
        done = subprocess.run([sys.executable, "-c", script, folder], capture_output=True, text=True, check=True)
    return Figure(int(done.stdout) / 2**20, "MB")


def check_million() -> Figure:
    """`cytoscribe store check` of 1,000,000 lines: 10 annotators, 100 journals each."""
    with tempfile.TemporaryDirectory() as folder:
        root = _group(Path(folder), annotators=10, journals=100, lines=1000)
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "app", "store", "check", str(root)], capture_output=True, check=False)
        return Figure(time.perf_counter() - started, "s")


def _group(folder: Path, annotators: int, journals: int, lines: int) -> Path:
    root = folder / "annotations"
    for person in range(annotators):
        name = f"user{person}"
        (root / "journal" / name).mkdir(parents=True)
        for journal in range(journals):
            session = f"20260101T{journal:06d}Z-host-{person:08x}"
            opening = Decision(VERSION, _WHEN.format(0, 0, 0), 0, name, session, OPEN, value=str(folder))
            content = [encode_line(opening)]
            for n in range(1, lines + 1):
                block = f"Tile_X_0001/block_{journal * lines + n:06d}"
                when = _WHEN.format(n // 3600, n // 60 % 60, n % 60)
                content.append(
                    encode_line(Decision(VERSION, when, n, name, session, "annotate", block, 1 + n % 3, None, 450))
                )
            (root / "journal" / name / f"{session}.jsonl").write_bytes(b"".join(content))
    return root
