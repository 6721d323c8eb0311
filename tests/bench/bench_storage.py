"""How long one decision takes until it cannot be lost, with so many blocks annotated already."""

from __future__ import annotations

import json
import tempfile
from functools import partial
from importlib import import_module
from pathlib import Path

from storage.store import open_store
from tests.bench.figures import Figure, Figures, median_ms

_PEER = "aind_proteomics_annotator"
_TIMES = 25


def figures() -> Figures:
    """Return the figures of this file."""
    return {
        "save_100_ms": partial(save, 100),
        "save_10k_ms": partial(save, 10_000),
        "save_100k_ms": partial(save, 100_000),
    }


def save(annotated: int) -> Figure:
    """Measure one decision on disk, the median of 25, where the annotator has `annotated` already."""
    with tempfile.TemporaryDirectory() as folder:
        ours = _ours(Path(folder), annotated)
        peers = _peers(Path(folder), annotated)
    return Figure(ours, "ms", _PEER if peers is not None else None, peers)


def _ours(folder: Path, annotated: int) -> float:
    root, local, data_root = folder / "annotations", folder / "local", folder / "blocks"
    for path in (root / "users", local, data_root):
        path.mkdir(parents=True)
    _write_snapshot(root / "users" / "alice.json", annotated)
    store = open_store(root, local, "alice", data_root)
    try:
        return median_ms(lambda number: store.decide("annotate", _block(annotated + number), 1), _TIMES)
    finally:
        store.close()


def _peers(folder: Path, annotated: int) -> float | None:
    try:
        peer = import_module(f"{_PEER}.models.annotation_store")
    except ImportError:
        return None
    path = folder / "peer.json"
    _write_snapshot(path, annotated)
    store = peer.AnnotationStore(path, "alice")
    store.load_or_create()
    return median_ms(lambda number: store.set_label(_block(annotated + number), 1), _TIMES)


def _block(number: int) -> str:
    return f"block_{number:06d}"


def _write_snapshot(path: Path, annotated: int) -> None:
    """Write a file of the older program, which both programs read."""
    when = "2026-01-01T00:00:00.000000+00:00"
    annotations = {_block(number): {"label": 1 + number % 3, "annotated_at": when} for number in range(annotated)}
    content = {"username": "alice", "created_at": when, "updated_at": when, "annotations": annotations}
    path.write_text(json.dumps(content), encoding="utf-8")
