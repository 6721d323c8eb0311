"""From the labels of a real image to categories, clusters, classes and a file, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import tifffile
from skimage.measure import label, regionprops_table

from core import (
    apply_classifier,
    categorize_by_threshold,
    classifier_bytes,
    cluster_measurements,
    cross_validate,
    load_classifier,
    merge_tables,
    read_table,
    suggest_thresholds,
    table_bytes,
    train_classifier,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_blobs(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "cells-2d" / "blobs_labeled.tif"
    if not path.exists():
        pytest.skip("the real image is not here")
    labels = label(tifffile.imread(path))
    table, ratios = (
        pd.DataFrame(regionprops_table(labels, properties=("label", *names))).rename(columns={"label": "index"})
        for names in (("area", "eccentricity"), ("solidity", "extent"))
    )
    table = merge_tables([table, ratios.iloc[::-1]])
    assert len(table) > 30 and table["index"].is_monotonic_increasing
    for method in ("quantile", "otsu", "kmeans"):
        sizes = categorize_by_threshold(table, "area", suggest_thresholds(table, "area", 3, method=method))
        assert set(sizes["category_id"]) == {1, 2, 3}
        assert sizes.groupby("category_id")["area"].max().is_monotonic_increasing
    clusters = cluster_measurements(sizes)
    assert set(clusters["cluster_id"]) == {1, 2, 3}
    clusters["annotation"] = np.where(clusters["index"] % 2, clusters["category_id"], 0)
    scores = cross_validate(clusters, folds=3)
    assert scores.choice.features == ("area", "eccentricity", "solidity", "extent")
    assert scores.balanced_accuracy > 0.6
    (tmp_path / "cells.joblib").write_bytes(classifier_bytes(train_classifier(clusters)))
    (tmp_path / "cells.tsv").write_bytes(table_bytes(clusters, ".tsv"))
    back = read_table(tmp_path / "cells.tsv")
    pd.testing.assert_frame_equal(back, clusters, check_exact=True, check_dtype=False)
    classified = apply_classifier(back, load_classifier(tmp_path / "cells.joblib"), ["small", "middle", "large"])
    assert (classified["classification_id"] == clusters["category_id"]).mean() > 0.75
    assert set(classified["classification_name"]) == {"small", "middle", "large"}
