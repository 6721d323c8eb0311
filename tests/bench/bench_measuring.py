"""Figures of postprocessing and measuring objects, side by side with segmentation-measurement where it is there."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import core
from tests.bench.cells import DEEP, Tissue, tissue
from tests.bench.figures import Figure, Figures

if TYPE_CHECKING:
    from collections.abc import Callable

_PEER = "segmentation_measurement"
_LONG_S = 5.0
"""What takes longer is measured once."""
_WORK: dict[str, Callable[[Any, Tissue], object]] = {
    "filter": lambda functions, one: functions.filter_small_segments(one.cells, 100),
    "holes": lambda functions, one: functions.remove_small_holes(one.cells, 50),
    "ring": lambda functions, one: functions.compute_ring_mask(one.cells, 5),
    "intensities": lambda functions, one: functions.measure_intensities(one.cells, one.image),
    "morphology": lambda functions, one: functions.measure_morphology(one.cells, _scale(one)),
    "cell_nucleus": lambda functions, one: functions.measure_cell_nucleus(
        one.cells, one.nuclei, _scale(one), one.image
    ),
}
_TISSUES: dict[str, Callable[[], Tissue]] = {
    "1k": partial(tissue, 1000),
    "5k": partial(tissue, 5000),
    "20k": partial(tissue, 20_000),
    "3d_2k": partial(tissue, 2000, DEEP),
}


def figures() -> Figures:
    """Return the figures of this file: each work on 1,000, 5,000 and 20,000 cells of 2048 x 2048, and in 3D.

    `..._s` is the time in seconds, `..._bytes_per_voxel` the greatest extra memory.
    """
    found: Figures = {}
    for size, cells in _TISSUES.items():
        for name, work in _WORK.items():
            found[f"{name}_{size}_s"] = partial(_timed, work, cells)
            if size in ("20k", "3d_2k"):
                found[f"{name}_{size}_bytes_per_voxel"] = partial(_extra, work, cells)
    for size in ("1k", "5k"):
        found[f"paint_{size}_s"] = partial(_painted, _TISSUES[size])
    return found


def _scale(one: Tissue) -> Any:
    return 0.5 if one.cells.ndim == 2 else (2.0, 0.5, 0.5)


def _timed(work: Callable[[Any, Tissue], object], cells: Callable[[], Tissue]) -> Figure:
    one = cells()
    try:
        peer = import_module(_PEER)
    except ImportError:
        return Figure(_seconds(partial(work, core, one)), "s")
    return Figure(_seconds(partial(work, core, one)), "s", _PEER, _seconds(partial(work, peer, one)))


def _painted(cells: Callable[[], Tissue]) -> Figure:
    """Measure painting a column of a table onto labels, which the peer's commands do with a loop over the objects."""
    import numpy as np
    import pandas as pd

    from core.tables.painting import paint_column

    one = cells()
    numbers = np.unique(one.cells)[1:].astype(np.int64)
    table = pd.DataFrame({"index": numbers, "category_id": numbers % 5 + 1})
    return Figure(_seconds(lambda: paint_column(one.cells, table, "category_id")), "s")


def _seconds(work: Callable[[], object]) -> float:
    """Return the median time of some calls after a first one, which loads what the others use."""
    first = _once(work)
    return first if first > _LONG_S else statistics.median(_once(work) for _ in range(5))


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _extra(work: Callable[[Any, Tissue], object], cells: Callable[[], Tissue]) -> Figure:
    one = cells()
    work(core, one)
    tracemalloc.start()
    try:
        work(core, one)
        return Figure(tracemalloc.get_traced_memory()[1] / one.cells.size, "bytes")
    finally:
        tracemalloc.stop()
