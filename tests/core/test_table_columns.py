"""Tables of objects joined and columns dropped: against a slow join of dictionaries, and the rules in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import drop_columns, merge_tables
from core.tables.columns import PROTECTED_COLUMNS

KEYS = st.lists(st.integers(-5, 12), max_size=8)


def table(keys: list[int], name: str) -> pd.DataFrame:
    """Return a table of which each row has a value of its own."""
    return pd.DataFrame({"index": np.array(keys, np.int64), name: np.arange(len(keys), dtype=np.int64)})


def slow_join(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for one in first:
        partners = [other for other in second if other["index"] == one["index"]]
        rows += [{**one, **other} for other in partners] or [one]
    known = {one["index"] for one in first}
    return rows + [other for other in second if other["index"] not in known]


@settings(deadline=None)
@given(st.lists(KEYS, min_size=2, max_size=4))
def test_rows_are_those_of_a_slow_join(keys: list[list[int]]) -> None:
    tables = [table(one, f"v{place}") for place, one in enumerate(keys)]
    before = [one.copy() for one in tables]
    found = merge_tables(tables)
    wanted: Any = tables[0].to_dict("records")
    for one in tables[1:]:
        records: Any = one.to_dict("records")
        wanted = slow_join(wanted, records)
    columns = [f"v{place}" for place in range(len(keys))]
    assert list(found.columns) == ["index", *columns]
    assert found["index"].dtype == np.int64 and found["index"].is_monotonic_increasing
    assert isinstance(found.index, pd.RangeIndex) and found.index.equals(pd.RangeIndex(len(found)))
    as_rows = sorted(tuple(-1 if pd.isna(value) else int(value) for value in row) for row in found.to_numpy())
    assert as_rows == sorted(tuple(row.get(name, -1) for name in ["index", *columns]) for row in wanted)
    for one, old in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(one, old)


def test_whole_numbers_with_gaps_are_decimals_and_others_stay() -> None:
    found = merge_tables(iter([table([3, 1], "a"), table([1, 3, 2], "b")]))
    assert [str(kind) for kind in found.dtypes] == ["int64", "float64", "int64"]
    np.testing.assert_array_equal(found["a"], [1, np.nan, 0])


def test_another_key() -> None:
    found = merge_tables([pd.DataFrame({"cell": ["b", "a"], "x": [1, 2]}), pd.DataFrame({"cell": ["a"]})], "cell")
    assert found.to_dict("list") == {"cell": ["a", "b"], "x": [2, 1]}


def test_an_image_without_objects_joins() -> None:
    empty = pd.DataFrame(columns=["index", "area"])
    assert merge_tables([empty, table([2, 1], "a")])["index"].tolist() == [1, 2]
    assert merge_tables([table([2, 1], "a"), empty])["index"].dtype == np.int64


def test_one_table_is_no_list_of_tables() -> None:
    with pytest.raises(TypeError, match="needs a list of tables"):
        merge_tables(table([1], "a"))


@pytest.mark.parametrize(
    ("tables", "on", "message"),
    [
        ([table([1], "a")], "index", "at least two tables, but 1"),
        ([], "index", "at least two tables, but 0"),
        ([table([1], "a"), table([1], "b").rename(columns={"index": "cell"})], "index", "Table 2 of 2 .* 'index'"),
        ([table([1], "a")] * 2, "index", "more than one table: a"),
        ([table([1], "b").assign(a=1), table([1], "c"), table([1], "a").assign(b=2)], "index", "table: a, b"),
        ([table([1], "a"), table([1], "b").astype({"index": str})], "index", "Table 2 of 2 .* cannot be compared"),
    ],
)
def test_tables_that_do_not_fit(tables: list[pd.DataFrame], on: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        merge_tables(tables, on)


def test_keys_that_are_there_twice_can_be_refused() -> None:
    tables = [table([1, 2], "a"), table([2, 2], "b")]
    assert len(merge_tables(tables)) == 3
    with pytest.raises(ValueError, match=r"Table 2 of 2 has more than one row with index 2"):
        merge_tables(tables, unique=True)


def test_columns_are_dropped_from_a_copy() -> None:
    whole = table([1, 2], "a").assign(b=1, c=2)
    assert list(drop_columns(whole, "a").columns) == ["index", "b", "c"]
    assert list(drop_columns(whole, iter(["c", "a"])).columns) == ["index", "b"]
    same = drop_columns(whole, [])
    same["a"] = 9
    assert whole["a"].tolist() == [0, 1]
    assert PROTECTED_COLUMNS == ("index",)


@pytest.mark.parametrize(
    ("columns", "message"),
    [(["x", "index"], "'index' is protected and cannot be dropped"), (["y", "a", "x"], "not in the table: y, x")],
)
def test_columns_that_cannot_be_dropped(columns: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        drop_columns(table([1], "a"), columns)
