"""Figures of the review: 10,000 blocks that ten annotators judged, in the real window."""

from __future__ import annotations

import contextlib
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.models.review_row import ReviewFilter
from app.models.review_table import ReviewTable
from storage.decision import OPEN, VERSION, Decision, encode_line
from storage.review import Review
from storage.store import open_store
from tests.bench.figures import Figure, Figures, median_ms
from tests.e2e.program import Program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.store import Store

_BLOCKS, _PEOPLE = 10_000, 10
_WHEN = "2026-01-01T{:02d}:{:02d}:{:02d}.000001+00:00"


def figures() -> Figures:
    """Return the figures of this file."""
    return {
        "review_open_s": review_open,
        "review_change_ms": review_change,
        "review_sort_ms": review_sort,
        "review_memory_mb": review_memory,
    }


def review_open() -> Figure:
    """Measure the key F6: to the filled table. The first time, when the window is made; the median of 3 runs."""
    seconds = []
    with ten_annotators() as folder:
        for _ in range(3):
            with open_program(folder) as program:
                program.keys("F6")
                pressed = program.wait("action", name="review")["t"]
                seconds.append(program.wait("review_filled", blocks=_BLOCKS)["t"] - pressed)
    return Figure(statistics.median(seconds), "s")


def review_change() -> Figure:
    """Measure one new decision of another annotator in the open window: the work from the state to the row."""
    times = []
    with ten_annotators() as folder, open_program(folder) as program:
        program.keys("F6")
        program.wait("review_filled", blocks=_BLOCKS)
        other = open_store(folder / "annotations", folder / "other", "user3", folder / "data")
        for number in range(12):
            other.decide("annotate", _block(37 * number), 1 + number % 3)
            other.push()
            times.append(program.wait("review_changed", blocks=[_block(37 * number)])["ms"])
        other.close()
    return Figure(statistics.median(times), "ms")


def review_sort() -> Figure:
    """Measure sorting by each column in turn, and filtering by a text: the slowest of their medians."""
    with ten_annotators() as folder:
        store, _, table = _table(folder)
        table.set_blind(False)
        columns = table.columns()
        times = [median_ms(lambda number, one=one: table.set_sort(one, bool(number % 2)), 5) for one in columns]  # type: ignore[misc]
        times.append(median_ms(lambda number: table.set_filter(ReviewFilter(text=f"0{number}")), 5))
        store.close()
    return Figure(max(times), "ms")


def review_memory() -> Figure:
    """Measure the resident memory that the review takes over the main window, with its block on screen."""
    import psutil

    with ten_annotators() as folder, open_program(folder) as program:
        process = psutil.Process(program.pid)
        time.sleep(1)  # a bench may: what is counted is what stays
        before = process.memory_info().rss
        program.keys("F6")
        program.wait("review_filled", blocks=_BLOCKS)
        time.sleep(2)
        return Figure((process.memory_info().rss - before) / 1e6, "MB")


# ---------------------------------------------------------------- how they are taken


@contextlib.contextmanager
def ten_annotators() -> Iterator[Path]:
    """Make blocks that are only folders, the journals of ten annotators, and an admin."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(_BLOCKS):
            (folder / "data" / _block(number)).mkdir(parents=True)
        root = folder / "annotations"
        votes = np.random.default_rng(5).integers(1, 4, (_PEOPLE, _BLOCKS))
        for person in range(_PEOPLE):
            journal = root / "journal" / f"user{person}"
            journal.mkdir(parents=True)
            who = f"user{person}"
            head = Decision(VERSION, _WHEN.format(0, 0, 0), 0, who, "s", OPEN, value=str(folder / "data"))
            lines = [encode_line(head)]
            for number in range(_BLOCKS):
                when = _WHEN.format(1 + number // 3600, number // 60 % 60, number % 60)
                decision = Decision(VERSION, when, number + 1, who, "s", "annotate", ms=900)
                lines.append(encode_line(_with(decision, _block(number), int(votes[person, number]))))
            (journal / "s.jsonl").write_bytes(b"".join(lines))
        (root / "roles.json").write_text(json.dumps({"admins": ["carol"]}), encoding="utf-8")
        (folder / "home").mkdir()
        yield folder


@contextlib.contextmanager
def open_program(folder: Path) -> Iterator[Program]:
    arguments = (folder / "data", "--annotations-root", folder / "annotations", "--user", "carol")
    with Program(*arguments, folder=folder / "home") as program:
        program.wait("blocks_listed", final=True)
        program.seen("store", timeout=60)
        program.focus()
        time.sleep(1)
        yield program


def _table(folder: Path) -> tuple[Store, Review, ReviewTable]:
    store = open_store(folder / "annotations", folder / "local", "carol", folder / "data", follow_all=True)
    review, table = Review(store.state), ReviewTable()
    ids = [_block(number) for number in range(_BLOCKS)]
    table.set_annotators(review.annotators())
    comments = [(("user1", f"comment {number}"),) if number % 9 == 0 else () for number in range(_BLOCKS)]
    votes = review.votes(ids, table.annotators)
    table.append(ids, votes, review.finals(ids), [False] * _BLOCKS, comments)
    table.refresh()
    return store, review, table


def _with(decision: Decision, block: str, value: int) -> Decision:
    import msgspec

    return msgspec.structs.replace(decision, block=block, value=value)


def _block(number: int) -> str:
    return f"block_{number:05d}"
