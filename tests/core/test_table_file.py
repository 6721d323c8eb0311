"""Tables in files: what comes back is what was written, and a file that is no table says why."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pytest reads the annotation
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import read_table, table_bytes
from core.tables.table_file import TableError

TABLE = pd.DataFrame(
    {
        "index": np.array([1, 2, 2**40], np.int64),
        "area": [0.1, np.nan, 5e-324],
        "ratio": [np.inf, -np.inf, 1.5],
        "cluster_id": np.array([-1, 0, 3], np.int64),
        "flag": [True, False, True],
        "note": ["NA", "", "=1+1"],
        "quoted": ['a "b"', "c, d\n", "é µ\tü"],
        "category_name": ["1", "2", ""],
        "classification_name": ["", "", ""],
    }
)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".xlsx", ".TSV", ".txt", "", ".xls"])
def test_a_table_comes_back(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table{ending}"
    path.write_bytes(table_bytes(TABLE, ending))
    pd.testing.assert_frame_equal(read_table(path), TABLE, rtol=1e-15 if ending == ".xlsx" else 0, atol=0)


def test_a_parquet_table_comes_back(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "table.parquet"
    path.write_bytes(table_bytes(TABLE, "parquet"))
    pd.testing.assert_frame_equal(read_table(str(path)), TABLE)


def test_kinds_of_files_differ() -> None:
    assert table_bytes(TABLE[["index", "area"]], "a/b.csv") == b"index,area\n1,0.1\n2,\n1099511627776,5e-324\n"
    assert table_bytes(TABLE[["index", "area"]], ".tsv").startswith(b"index\tarea\n1\t0.1\n")
    assert table_bytes(TABLE, "xlsx").startswith(b"PK")


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), NUMBERS), min_size=1, max_size=20))
def test_numbers_come_back_to_the_last_digit(tmp_path_factory: pytest.TempPathFactory, rows: list[Any]) -> None:
    table = pd.DataFrame(
        {"index": np.array([row[0] for row in rows], np.int64), "x": np.array([row[1] for row in rows], np.float64)}
    )
    path = tmp_path_factory.mktemp("table") / "table.csv"
    path.write_bytes(table_bytes(table, ".csv"))
    pd.testing.assert_frame_equal(read_table(path), table, check_exact=True)


def test_random_numbers_come_back_to_the_last_digit(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {"index": range(20000), "x": rng.standard_normal(20000) * 10.0 ** rng.integers(-300, 300, 20000)}
    )
    (tmp_path / "table.tsv").write_bytes(table_bytes(table, ".tsv"))
    pd.testing.assert_frame_equal(read_table(tmp_path / "table.tsv"), table, check_exact=True)


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    for ending in (".csv", ".tsv", ".xlsx"):
        path = tmp_path / f"none{ending}"
        path.write_bytes(table_bytes(pd.DataFrame(columns=["index", "area"]), ending))
        assert list(read_table(path).columns) == ["index", "area"] and not len(read_table(path))


def test_what_other_programs_write(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xef\xbb\xbfindex,area,kind,kind\r\n1,NA,NA,\r\n2,3,,b\r\n")
    found = read_table(path)
    assert list(found.columns) == ["index", "area", "kind", "kind.1"]
    np.testing.assert_array_equal(found["area"], [np.nan, 3])
    assert found["kind"].isna().all()  # nothing says that it is text
    assert found["kind.1"].tolist() == ["", "b"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "is empty"),
        ("a.tsv", b" \n", "is empty"),
        ("a.csv", b"index,a\n1,2,3\n4,5,6\n", "more fields than the first row has names"),
        ("a.csv", b"index,a\n1,2\n4,5,6\n", "Expected 2 fields in line 3, saw 3"),
        ("a.csv", "index,µ".encode("latin1"), "is not text in UTF-8"),
        ("a.xlsx", b"index,a\n1,2\n", "no workbook"),
        ("a.xlsx", b"PK\x03\x04" + bytes(90), "no workbook"),
        ("a.parquet", b"index,a\n1,2\n", "Parquet|pyarrow"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(TableError, match=message) as caught:
        read_table(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"none\.csv does not exist\. Choose"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(TableError, match="is a folder, not a file"):
        read_table(tmp_path)


def test_tables_that_cannot_be_written() -> None:
    with pytest.raises(TableError, match=r"as \.xlsx: \\x01 cannot be used"):
        table_bytes(pd.DataFrame({"a": ["\x01"]}), ".xlsx")
    with pytest.raises(TableError, match="This sheet is too large"):
        table_bytes(pd.DataFrame(np.zeros((1, 16385))), ".xlsx")


def test_parquet_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    path = tmp_path / "table.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(TableError, match="pyarrow"):
        read_table(path)
    with pytest.raises(TableError, match="pyarrow"):
        table_bytes(TABLE, ".parquet")
