"""Figures of filling in 3D, of taking it back, and of what the history of fills weighs: without a window."""

from __future__ import annotations

import statistics
import time
from functools import cache

import numpy as np

from core.painting.label_fill import all_of_number, contiguous
from core.painting.labels import Labels, write_all
from tests.bench.figures import Figure, Figures

SHAPE = (128, 1024, 1024)


def figures() -> Figures:
    """Return the figures of this file."""
    return {
        "label_fill_3d_ms": lambda: Figure(fills()[0], "ms"),
        "label_fill_3d_undo_ms": lambda: Figure(fills()[1], "ms"),
        "label_scattered_fills_mb": scattered_fills,
    }


@cache
def fills() -> tuple[float, float]:
    """Return the medians of filling the hollow of a shell, 0.9 M voxels in 134 M, and of undoing it."""
    array = np.zeros(SHAPE, np.uint16)
    z, y, x = np.ogrid[-64:64, -80:80, -80:80]
    away = (z / 62) ** 2 + (y / 64) ** 2 + (x / 62) ** 2
    array[:, 300:460, 300:460][(away <= 1) & (away > 0.9)] = 5
    labels = Labels(array)
    times: list[tuple[float, float]] = []
    for number in range(6, 14):
        start = time.perf_counter()
        edit = write_all(labels, "fill", contiguous(labels, (64, 380, 380), number))
        filled = time.perf_counter()
        if edit is None:
            raise RuntimeError("nothing was filled")
        labels.undo(edit)
        times.append((filled - start, time.perf_counter() - filled))
    # The first loads what the others use
    fill, undo = (1e3 * statistics.median(one) for one in zip(*times[1:], strict=True))
    return fill, undo


def scattered_fills() -> Figure:
    """Measure the undo memory of a hundred fills of 10 M voxels each, in 20,000 balls all over 134 M voxels."""
    array = np.zeros(SHAPE, np.uint16)
    z, y, x = np.ogrid[-5:6, -5:6, -5:6]
    ball = z**2 + y**2 + x**2 <= 25
    for at in np.random.default_rng(0).integers((0, 0, 0), np.subtract(SHAPE, 11), (20_000, 3)).tolist():
        array[tuple(slice(one, one + 11) for one in at)][ball] = 3
    labels = Labels(array)
    seed = np.argwhere(array[64:65])[0].tolist()
    weight = 0
    for number in range(4, 104):
        edit = write_all(labels, "fill", all_of_number(labels, (64, seed[1], seed[2]), number))
        if edit is None:
            raise RuntimeError("nothing was filled")
        weight += edit.nbytes
    return Figure(weight / 2**20, "MB")
