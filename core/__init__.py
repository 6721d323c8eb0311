"""Functions on arrays, tables and files of images. No GUI, no storage.

What measures, postprocesses, segments and classifies objects is offered here by name: `from core import
measure_intensities`. Each is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.analyze.classifying import apply_classifier as apply_classifier
    from core.analyze.classifying import train_classifier as train_classifier
    from core.analyze.clustering import cluster_measurements as cluster_measurements
    from core.analyze.thresholds import categorize_by_threshold as categorize_by_threshold
    from core.analyze.thresholds import suggest_thresholds as suggest_thresholds
    from core.measure.cell_nucleus import measure_cell_nucleus as measure_cell_nucleus
    from core.measure.intensities import measure_intensities as measure_intensities
    from core.measure.morphology import measure_morphology as measure_morphology
    from core.postprocess.holes import remove_small_holes as remove_small_holes
    from core.postprocess.rings import compute_ring_mask as compute_ring_mask
    from core.postprocess.small_segments import filter_small_segments as filter_small_segments
    from core.postprocess.watershed import apply_watershed as apply_watershed
    from core.tables.columns import drop_columns as drop_columns
    from core.tables.columns import merge_tables as merge_tables

_PLACES = {
    "filter_small_segments": "core.postprocess.small_segments",
    "remove_small_holes": "core.postprocess.holes",
    "compute_ring_mask": "core.postprocess.rings",
    "apply_watershed": "core.postprocess.watershed",
    "measure_intensities": "core.measure.intensities",
    "measure_morphology": "core.measure.morphology",
    "measure_cell_nucleus": "core.measure.cell_nucleus",
    "merge_tables": "core.tables.columns",
    "drop_columns": "core.tables.columns",
    "suggest_thresholds": "core.analyze.thresholds",
    "categorize_by_threshold": "core.analyze.thresholds",
    "cluster_measurements": "core.analyze.clustering",
    "train_classifier": "core.analyze.classifying",
    "apply_classifier": "core.analyze.classifying",
}

__all__ = list(_PLACES)


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'core' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
