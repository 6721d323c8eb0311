"""Columns of a table of objects: numbers stay numbers where some objects have none, and colours go with values."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pytest reads the annotation
from typing import Any

import numpy as np
import pytest

from core.painting.object_columns import column_colors, column_of, read_columns

NUMBERS = np.array([2, 5, 9], np.int64)


@pytest.mark.parametrize(
    ("values", "kind", "wanted"),
    [
        ({2: 7, 5: 1, 9: 3, 11: 8}, "i", [7, 1, 3]),
        ({2: 0.5, 9: 3}, "f", [0.5, np.nan, 3]),
        ({2: 7, 5: float("nan")}, "f", [7, np.nan, np.nan]),
        ({2: "b", 5: float("nan")}, "O", ["b", "", ""]),
        ({2: True, 5: False, 9: True}, "O", [True, False, True]),
        ({2: 2**70, 5: 1, 9: 0}, "f", [2.0**70, 1, 0]),
        ({}, "O", ["", "", ""]),
    ],
)
def test_a_column_of_a_table_for_the_objects_that_are_there(values: Any, kind: str, wanted: Any) -> None:
    found = column_of(values, NUMBERS)
    assert found.dtype.kind == kind
    np.testing.assert_array_equal(found, np.array(wanted, found.dtype))


def test_columns_of_a_file_are_sorted_and_coloured_by_value(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("index,area,kind\n2,96,b\n5,9,a\n7,500,a\n", encoding="utf-8")
    columns = read_columns(str(path))
    assert isinstance(columns, dict)
    areas, kinds = column_of(columns["area"], NUMBERS), column_of(columns["kind"], NUMBERS)
    assert areas.dtype.kind == "f" and np.argsort(areas)[:2].tolist() == [1, 0]  # 9 before 96
    assert kinds.tolist() == ["b", "a", ""]
    by_kind = column_colors(columns["kind"])
    assert by_kind[5] == by_kind[7] != by_kind[2]
