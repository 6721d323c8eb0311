"""The figure of deciding about ten thousand blocks at once in the review, in the real window."""

from __future__ import annotations

import statistics

from tests.bench.bench_review import open_program, ten_annotators
from tests.bench.figures import Figure, Figures


def figures() -> Figures:
    """Return the figures of this file."""
    return {"review_accept_ms": review_accept}


def review_accept() -> Figure:
    """Measure how long the window stands still for a step of 10,000 blocks: accepting, undoing, redoing; the median."""
    times = []
    with ten_annotators() as folder, open_program(folder) as program:
        program.keys("F6")
        program.wait("review_filled", blocks=10_000)
        program.focus("Review")
        program.keys("ctrl+shift+a")
        program.wait("accept_counted")
        program.focus("Accept")
        program.keys("shift+Tab", "ctrl+a", "0", "shift+Tab", "ctrl+a", "1", "Tab", "Tab")
        program.keys("Return")
        times.append(program.wait("accepted", blocks=10_000)["ms"])
        program.focus("Review")
        for _ in range(3):
            for key in ("ctrl+z", "ctrl+shift+z"):
                program.keys(key)
                times.append(program.wait("turned", blocks=10_000)["ms"])
    return Figure(statistics.median(times), "ms")
