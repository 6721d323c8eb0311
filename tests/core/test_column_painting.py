"""A column of a table painted on its objects, by whatever numbers they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import paint_column
from tests.core import postprocess_reference as reference

if TYPE_CHECKING:
    from numpy.typing import NDArray


@given(reference.random_labels(), st.data())
def test_as_object_by_object(labels: NDArray[Any], data: st.DataObject) -> None:
    there = [int(number) for number in reference.objects_of(labels)]
    objects = data.draw(st.permutations([*there, *({5, 0} - set(there))]))
    values = data.draw(
        st.lists(st.none() | st.integers(-300, 70000), min_size=len(objects), max_size=len(objects)), label="values"
    )
    background = data.draw(st.integers(-2, 300))
    kind = "uint64" if labels.dtype == np.uint64 else "int64"
    table = pd.DataFrame({"a": 0.5, "index": np.array(objects, kind), "class": pd.array(values, "Int64")})
    if data.draw(st.booleans()):
        table["class"] = table["class"].astype("Float64" if data.draw(st.booleans()) else "float64")
    painted = paint_column(labels, table, "class", background=background)
    expected = np.full(labels.shape, background, np.int64)
    for number, value in zip(objects, values, strict=True):
        if number and value is not None:
            expected[labels == labels.dtype.type(number) if number in there else np.zeros_like(labels, bool)] = value
    np.testing.assert_array_equal(painted, expected)
    held = [background, *(value for value in values if value is not None)]
    limits = np.iinfo(painted.dtype)
    assert limits.min <= min(held) and max(held) <= limits.max
    assert (painted.dtype.kind == "i") == (min(held) < 0)


@pytest.mark.parametrize(
    ("values", "background", "kind"),
    [
        ([1, 255], 0, "uint8"),
        ([1, 256], 0, "uint16"),
        ([1, 2**20], 0, "uint32"),
        ([-1, 127], 0, "int8"),
        ([-1, 128], 0, "int16"),
        ([1, 2], 300, "uint16"),
        ([1, 2**63], 0, "uint64"),
        ([True, False], 0, "uint8"),
    ],
)
def test_smallest_type_that_holds_the_values(values: list[int], background: int, kind: str) -> None:
    """Also where the type of the labels would not."""
    labels = np.array([[3, 0], [4, 9]], np.uint8)
    painted = paint_column(labels, pd.DataFrame({"index": [3, 4], "n": values}), "n", background=background)
    assert painted.dtype == kind
    assert painted.tolist() == [[int(values[0]), background], [int(values[1]), background]]


def test_objects_without_a_row_or_a_value_are_background() -> None:
    table = pd.DataFrame({"index": [0.0, 2.0, 3.0, np.nan], "n": [8.0, 6.0, np.nan, 1.0]})
    assert paint_column(np.array([0, 2, 3, 4]), table, "n").tolist() == [0, 6, 0, 0]


def test_wrong_tables_say_what_is_wrong() -> None:
    labels = np.array([1, 2])
    table = pd.DataFrame({"index": [1, 2], "size": [1.5, 2], "name": ["a", "b"], "far": [np.inf, 1]})
    for column in ("size", "name", "far"):
        with pytest.raises(ValueError, match=f"Column '{column}' must hold whole numbers"):
            paint_column(labels, table, column)
    with pytest.raises(ValueError, match=r"no column 'class'\. It has: index, size, name, far"):
        paint_column(labels, table, "class")
    with pytest.raises(ValueError, match="no column 'index'"):
        paint_column(labels, table.drop(columns="index"), "size")
    with pytest.raises(ValueError, match="several rows of object 2"):
        paint_column(labels, pd.DataFrame({"index": [2, 1, 2], "n": [1, 1, 1]}), "n")
    with pytest.raises(TypeError, match="Labels must be whole numbers"):
        paint_column(labels.astype(float), table, "size")


def test_labels_in_the_byte_order_of_other_machines() -> None:
    labels = np.array([[-3, 0, 2], [5, 5, -3]], np.int32)
    table = pd.DataFrame({"index": [-3, 2, 5], "n": [7, 8, 9]})
    painted = paint_column(labels.astype(">i4"), table, "n")
    assert painted.tolist() == [[7, 0, 8], [9, 9, 7]]
    assert painted.dtype == np.uint8


@pytest.mark.parametrize("shape", [(0,), (3, 0), ()])
def test_nothing_there(shape: tuple[int, ...]) -> None:
    painted = paint_column(np.zeros(shape, np.int32), pd.DataFrame({"index": [1], "n": [7]}), "n")
    assert painted.shape == shape
    assert painted.dtype == np.uint8
