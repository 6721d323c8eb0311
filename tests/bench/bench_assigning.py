"""How long the preview of a hand-out takes: 10,000 blocks, 10 annotators who have judged half of them."""

from __future__ import annotations

from app.hand_out import Facts, make_plan
from app.hand_out_wish import HandOutWish
from storage.assignments import Assignment
from tests.bench.figures import Figure, Figures, median_ms

_BLOCKS = [f"tile {number // 100}/block_{number:05}" for number in range(10_000)]
_PEOPLE = tuple(f"annotator_{number}" for number in range(10))


def figures() -> Figures:
    """Return the figures of this file."""
    return {"assign_preview_ms": preview}


def preview() -> Figure:
    """Measure the dearest one: all to all, with gold blocks, in random order; the median of 5."""
    judged = {name: dict.fromkeys(_BLOCKS[::2], ("2026", "session", 1, 1)) for name in _PEOPLE}
    latest = {name: Assignment("1", "Batch 1", name, tuple(_BLOCKS), "carol", "2026") for name in _PEOPLE}
    facts = Facts(_BLOCKS, (), judged, dict.fromkeys(_BLOCKS[:500], 1), latest)
    wish = HandOutWish(annotators=_PEOPLE, gold_share=0.1, is_random=True)
    return Figure(median_ms(lambda _: make_plan(wish, facts), 5), "ms")
