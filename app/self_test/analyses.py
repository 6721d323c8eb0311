"""Runs one of each analysis on a few voxels or rows, against numbers that are known by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from app.self_test.result import demand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from app.self_test.room import Room

CLUSTERINGS: dict[str, dict[str, Any]] = {
    "kmeans": {"n_clusters": 2},
    "dbscan": {"eps": 0.5},
    "hdbscan": {},
    "mean_shift": {"bandwidth": 1.0},
}
CLASSIFIERS = ("random_forest", "logistic_regression")
_ROWS = 20
"""Of each of the two kinds of objects in the table."""


def check_segmenting(room: Room) -> str:
    """Two cubes of 6 x 6 x 6 voxels, by a plain recipe and by the default one, and each automatic threshold."""
    import numpy as np

    from core import SegmentRecipe, find_threshold, segment_image

    image = np.full((16, 16, 32), 10, np.uint16)
    image[5:11, 5:11, 4:10] = image[5:11, 5:11, 20:26] = 200
    plain = segment_image(image, SegmentRecipe(sigma=0.0, threshold="otsu", split="none")).labels
    sizes = np.bincount(plain.ravel()).tolist()
    demand(sizes == [16 * 16 * 32 - 432, 216, 216], f"Objects of {sizes[1:]} voxels were found, not of 216 and 216.")
    found = segment_image(image).labels
    demand(int(found.max()) == 2, f"The default recipe found {int(found.max())} objects, not 2.")
    demand(found[8, 8, 7] != found[8, 8, 22], "Two objects have one number.")
    for method in ("otsu", "li", "triangle"):
        level = find_threshold(image, method)
        demand(10 <= level < 200, f"The threshold by {method} is {level:.4g}, not between 10 and 200.")
    return "2 cubes of 216 voxels are found."


def check_postprocessing(room: Room) -> str:
    """A hole, a fragment, a ring and a flood on a few pixels."""
    import numpy as np

    from core import apply_watershed, compute_ring_mask, filter_small_segments, remove_small_holes

    frame = np.zeros((5, 5), np.uint8)
    frame[1:4, 1:4] = 3
    holed = frame.copy()
    holed[2, 2] = 0
    demand(np.array_equal(remove_small_holes(holed, 1), frame), "A hole of one pixel is not filled.")
    fragment = frame.copy()
    fragment[0, 0] = 7
    demand(np.array_equal(filter_small_segments(fragment, 2), frame), "A fragment of one pixel is not removed.")
    dot = np.zeros((5, 5), np.uint8)
    dot[2, 2] = 1
    ring = compute_ring_mask(dot, 1, keep_original=False)
    demand(np.argwhere(ring).tolist() == [[1, 2], [2, 1], [2, 3], [3, 2]], "A ring is not the four neighbours.")
    flood = apply_watershed(np.array([[1, 0, 0, 0, 2]]), np.array([[0, 0, 9, 0, 0]]))[0].tolist()
    demand(flood[:2] == [1, 1] and flood[3:] == [2, 2], f"The flood gave {flood}.")
    return "Holes, fragments, rings and watershed are those of pencil and paper."


def check_intensities(room: Room) -> str:
    """Gray values of two objects."""
    import numpy as np

    from core import measure_intensities

    table = measure_intensities(np.array([[1, 1], [2, 0]]), np.array([[10, 20], [30, 99]], np.uint16))
    _demand_rows(table, {"index": [1, 2], "mean_intensity": [15, 30], "max_intensity": [20, 30]})
    _demand_rows(table, {"min_intensity": [10, 30], "std_intensity": [5, 0], "median_intensity": [15, 30]})
    return f"{len(table.columns) - 1} figures of 2 objects."


def check_morphology(room: Room) -> str:
    """Shapes of a square and of a box whose voxels are twice as high as wide."""
    import numpy as np

    from core import measure_morphology

    square, box = np.zeros((8, 8), np.uint8), np.zeros((14, 14, 14), np.uint8)
    square[2:6, 2:6] = 1
    box[2:12, 2:12, 2:12] = 1
    flat, solid = measure_morphology(square, extra="all"), measure_morphology(box, (2.0, 1.0, 1.0), extra="all")
    _demand_rows(flat, {"index": [1], "area": [16], "solidity": [1], "equivalent_diameter": [math.sqrt(64 / math.pi)]})
    _demand_rows(solid, {"index": [1], "volume": [2000], "equivalent_diameter": [(12000 / math.pi) ** (1 / 3)]})
    surface = float(solid["surface_area"][0])
    demand(900 < surface < 1000, f"The surface of a box of 10 x 10 x 20 is {surface:.1f}, not a little below 1000.")
    return f"{len(flat.columns) - 1} figures of a square, {len(solid.columns) - 1} of a box."


def check_cell_nucleus(room: Room) -> str:
    """A cell of 16 pixels with a nucleus of 4."""
    import numpy as np

    from core import measure_cell_nucleus

    cells, nuclei = np.zeros((6, 6), np.uint8), np.zeros((6, 6), np.uint8)
    cells[1:5, 1:5], nuclei[2:4, 2:4] = 1, 5
    table = measure_cell_nucleus(cells, nuclei, 1.0, cells * 10 + nuclei)
    _demand_rows(table, {"index": [1], "n_nuclei": [1], "cell_area": [16], "nucleus_area": [4], "area_ratio": [4]})
    _demand_rows(table, {"cell_mean_intensity": [10], "nucleus_mean_intensity": [15]})
    return f"{len(table.columns) - 1} figures of a cell and its nucleus."


def check_tables(room: Room) -> str:
    """Two tables joined, a column dropped, and a column painted into labels."""
    import numpy as np
    import pandas as pd

    from core import drop_columns, merge_tables, paint_column

    one = pd.DataFrame({"index": [1, 2], "area": [4.0, 9.0]})
    other = pd.DataFrame({"index": [2, 1], "class": [7, 5], "note": ["b", "a"]})
    merged = drop_columns(merge_tables([one, other]), ["note"])
    _demand_rows(merged, {"index": [1, 2], "area": [4, 9], "class": [5, 7]})
    demand(list(merged.columns) == ["index", "area", "class"], f"The columns are {list(merged.columns)}.")
    painted = paint_column(np.array([[0, 1], [2, 2]]), merged, "class").tolist()
    demand(painted == [[0, 5], [7, 7]], f"The column was painted as {painted}.")
    return "Rows find each other by their numbers."


def check_thresholds(room: Room) -> str:
    """Categories of a column of numbers."""
    import pandas as pd

    from core import categorize_by_threshold, suggest_thresholds

    table = pd.DataFrame({"index": [1, 2, 3, 4], "mean": [0.0, 0.0, 10.0, 10.0]})
    found = {way: suggest_thresholds(table, "mean", 2, method=way)[0] for way in ("quantile", "otsu", "kmeans")}
    demand(all(0 < level <= 10 for level in found.values()), f"Thresholds between 0 and 10 are {found}.")
    demand(found["kmeans"] == 5, f"Half way between 0 and 10 is {found['kmeans']}.")
    _demand_rows(categorize_by_threshold(table, "mean", [5.0]), {"category_id": [1, 1, 2, 2]})
    return "0 and 10 are parted at 5."


def check_clustering(room: Room) -> str:
    """Two heaps of objects, by each method."""
    from core import cluster_measurements

    for method, options in CLUSTERINGS.items():
        ids = cluster_measurements(_two_kinds(), method, features=["a", "b"], **options)["cluster_id"].tolist()
        first, second = set(ids[:_ROWS]), set(ids[_ROWS:])
        demand(len(first) == len(second) == 1 and first != second, f"{method} does not part two heaps: {ids}.")
    return f"{', '.join(CLUSTERINGS)} part two heaps."


def check_classifying(room: Room) -> str:
    """Train each method on some rows, keep the classifier in a file, and classify the others."""
    from core import apply_classifier, classifier_bytes, load_classifier, train_classifier

    table = _two_kinds()
    table["annotation"] = [1, 1, 1, *[0] * (_ROWS - 3), 2, 2, 2, *[0] * (_ROWS - 3)]
    for method in CLASSIFIERS:
        path = room.folder / f"{method}.joblib"
        path.write_bytes(classifier_bytes(train_classifier(table, method=method, features=["a", "b"])))
        classified = apply_classifier(table, load_classifier(path), ["low", "high"])
        _demand_rows(classified, {"classification_id": [1] * _ROWS + [2] * _ROWS})
        names = classified["classification_name"].tolist()
        demand(names == ["low"] * _ROWS + ["high"] * _ROWS, f"{method} names its classes {sorted(set(names))}.")
    return f"{', '.join(CLASSIFIERS)} learn two kinds from six rows."


def check_cross_validation(room: Room) -> str:
    """Each row of two clear kinds is recognized by a classifier that has not seen it."""
    from core import cross_validate

    table = _two_kinds()
    table["annotation"] = [1] * _ROWS + [2] * _ROWS
    found = cross_validate(table, folds=4, features=["a", "b"], n_estimators=20)
    demand(found.balanced_accuracy == 1.0, f"Two clear kinds are told apart with {found.balanced_accuracy:.2f}, not 1.")
    demand(found.confusion.tolist() == [[_ROWS, 0], [0, _ROWS]], f"The confusion is {found.confusion.tolist()}.")
    return f"All {2 * _ROWS} rows are recognized."


def check_voting(room: Room) -> str:
    """Krippendorff's own example (2011), whose alpha he gives as 0.743, and who wins a vote."""
    import numpy as np

    from core.voting.agreement import measure_agreement
    from core.voting.consensus import ConsensusRule, find_consensus

    rows = ("123321412000", "123322412503", "033323422510", "123324412510")
    votes = np.array([[int(vote) for vote in row] for row in rows]).T
    alpha = measure_agreement(votes, samples=0).group.alpha.at(0).value
    demand(abs(alpha - 0.743) < 0.0005, f"Krippendorff's alpha is {alpha:.4f}, not 0.743.")
    won = find_consensus(np.array([[1, 1, 2], [2, 1, 0], [0, 0, 0]]), ConsensusRule("open")).classes.tolist()
    demand(won == [1, 0, 0], f"The votes give the classes {won}, not 1, a tie and nothing.")
    return f"Krippendorff's alpha is {alpha:.3f}."


def check_painting(room: Room) -> str:
    """A stroke of a brush, a fill, and both taken back."""
    import numpy as np

    from core.painting.brush import Brush, swept
    from core.painting.label_edit import Change
    from core.painting.label_fill import contiguous
    from core.painting.labels import Labels, write_all

    labels = Labels(np.zeros((4, 16, 16), np.uint16))
    covered = swept(Brush(3, is_square=True), (1, 5, 4), (1, 5, 9), (1.0, 1.0, 1.0), labels.shape)
    demand(covered, "The brush covers nothing.")
    box, mask = covered if covered is not None else ((slice(0),) * 3, np.zeros((0, 0, 0), bool))
    stroke = write_all(labels, "Brush", [Change(box, mask, 1)])
    wanted = np.zeros((4, 16, 16), np.uint16)
    wanted[1, 4:7, 3:11] = 1
    demand(np.array_equal(labels.array, wanted), f"The stroke painted {int(labels.array.sum())} voxels, not 24.")
    fill = write_all(labels, "Fill", contiguous(labels, (1, 5, 5), 9))
    demand(int(labels.array.sum()) == 24 * 9, "The fill did not fill the stroke.")
    for edit in (fill, stroke):
        if edit is not None:
            labels.undo(edit)
    demand(not labels.array.any(), "What was painted is not taken back.")
    return "24 voxels are painted, filled and taken back."


def _two_kinds() -> pd.DataFrame:
    """Objects of two kinds, far apart in both features."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(2)
    middle = np.repeat([0.0, 10.0], _ROWS)
    return pd.DataFrame(
        {
            "index": np.arange(1, 2 * _ROWS + 1),
            "a": middle + random.normal(0, 0.3, 2 * _ROWS),
            "b": 5 - middle + random.normal(0, 0.3, 2 * _ROWS),
        }
    )


def _demand_rows(table: pd.DataFrame, wanted: Mapping[str, Sequence[float]]) -> None:
    for name, values in wanted.items():
        demand(name in table.columns, f"The column {name} is missing.")
        found = [float(value) for value in table[name]]
        is_same = len(found) == len(values) and all(
            math.isclose(one, other, rel_tol=1e-9) for one, other in zip(found, values, strict=True)
        )
        demand(is_same, f"{name} is {found}, not {values}.")
