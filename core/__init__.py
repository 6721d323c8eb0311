"""Functions on arrays, tables and files of images. No GUI, no storage.

What measures, postprocesses, segments and classifies objects is offered here by name: `from core import
measure_intensities`. Each is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.analyze.classifier_file import classifier_bytes as classifier_bytes
    from core.analyze.classifier_file import load_classifier as load_classifier
    from core.analyze.classifying import apply_classifier as apply_classifier
    from core.analyze.classifying import classifier_features as classifier_features
    from core.analyze.classifying import train_classifier as train_classifier
    from core.analyze.clustering import cluster_measurements as cluster_measurements
    from core.analyze.features import choose_features as choose_features
    from core.analyze.thresholds import categorize_by_threshold as categorize_by_threshold
    from core.analyze.thresholds import suggest_thresholds as suggest_thresholds
    from core.analyze.validation import cross_validate as cross_validate
    from core.measure.cell_nucleus import measure_cell_nucleus as measure_cell_nucleus
    from core.measure.intensities import measure_intensities as measure_intensities
    from core.measure.morphology import measure_morphology as measure_morphology
    from core.postprocess.holes import remove_small_holes as remove_small_holes
    from core.postprocess.rings import compute_ring_mask as compute_ring_mask
    from core.postprocess.small_segments import filter_small_segments as filter_small_segments
    from core.postprocess.watershed import apply_watershed as apply_watershed
    from core.segment.background import subtract_background as subtract_background
    from core.segment.border import clear_border as clear_border
    from core.segment.distances import erode_labels as erode_labels
    from core.segment.distances import expand_labels as expand_labels
    from core.segment.labelling import label_objects as label_objects
    from core.segment.labelling import relabel as relabel
    from core.segment.recipe import Segmentation as Segmentation
    from core.segment.recipe import SegmentRecipe as SegmentRecipe
    from core.segment.recipe import segment_image as segment_image
    from core.segment.smoothing import smooth_image as smooth_image
    from core.segment.splitting import split_touching as split_touching
    from core.segment.thresholds import find_threshold as find_threshold
    from core.segment.thresholds import hysteresis_threshold as hysteresis_threshold
    from core.segment.thresholds import threshold_image as threshold_image
    from core.tables.columns import drop_columns as drop_columns
    from core.tables.columns import merge_tables as merge_tables
    from core.tables.painting import paint_column as paint_column
    from core.tables.table_file import read_table as read_table
    from core.tables.table_file import table_bytes as table_bytes

_PLACES = {
    "filter_small_segments": "core.postprocess.small_segments",
    "remove_small_holes": "core.postprocess.holes",
    "compute_ring_mask": "core.postprocess.rings",
    "apply_watershed": "core.postprocess.watershed",
    "measure_intensities": "core.measure.intensities",
    "measure_morphology": "core.measure.morphology",
    "measure_cell_nucleus": "core.measure.cell_nucleus",
    "smooth_image": "core.segment.smoothing",
    "subtract_background": "core.segment.background",
    "find_threshold": "core.segment.thresholds",
    "threshold_image": "core.segment.thresholds",
    "hysteresis_threshold": "core.segment.thresholds",
    "label_objects": "core.segment.labelling",
    "split_touching": "core.segment.splitting",
    "expand_labels": "core.segment.distances",
    "erode_labels": "core.segment.distances",
    "clear_border": "core.segment.border",
    "relabel": "core.segment.labelling",
    "segment_image": "core.segment.recipe",
    "SegmentRecipe": "core.segment.recipe",
    "Segmentation": "core.segment.recipe",
    "merge_tables": "core.tables.columns",
    "drop_columns": "core.tables.columns",
    "paint_column": "core.tables.painting",
    "suggest_thresholds": "core.analyze.thresholds",
    "categorize_by_threshold": "core.analyze.thresholds",
    "cluster_measurements": "core.analyze.clustering",
    "train_classifier": "core.analyze.classifying",
    "apply_classifier": "core.analyze.classifying",
    "choose_features": "core.analyze.features",
    "cross_validate": "core.analyze.validation",
    "classifier_features": "core.analyze.classifying",
    "classifier_bytes": "core.analyze.classifier_file",
    "load_classifier": "core.analyze.classifier_file",
    "read_table": "core.tables.table_file",
    "table_bytes": "core.tables.table_file",
}

__all__ = list(_PLACES)


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'core' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
