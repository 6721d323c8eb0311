"""Tables joined by the numbers of their objects, and columns dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

PROTECTED_COLUMNS = ("index",)
"""Without them nobody knows which object a row is."""


def merge_tables(tables: Iterable[pd.DataFrame], on: str = "index", *, unique: bool = False) -> pd.DataFrame:
    """Return the columns of all tables in one table, one row for each value of the key column, ascending.

    A key that is in some of the tables only has missing values (NaN) in the columns of the others, and whole numbers
    there become float64. Keys that a table holds more than once give all combinations of the rows.

    Parameters
    ----------
    tables
        Two or more; none is changed.
    on
        The column that says which rows belong together.
    unique
        Refuse keys that a table holds more than once.

    Raises
    ------
    ValueError
        There are fewer than two tables, one has no column `on`, a column is in more than one of them, the keys are
        numbers in one and texts in another, or, with `unique`, a key is there twice.
    TypeError
        It is no list of tables.
    """
    import pandas as pd

    every = list(tables)
    if not all(isinstance(table, pd.DataFrame) for table in every):  # of one table alone these are its columns
        raise TypeError("Merging needs a list of tables: write merge_tables([one, other]).")
    if len(every) < 2:
        raise ValueError(f"Merging needs at least two tables, but {len(every)} was given.")
    seen: set[object] = set()
    twice: set[object] = set()
    for place, table in enumerate(every, 1):
        if on not in table.columns:
            names = ", ".join(map(str, table.columns)) or "no columns"
            raise ValueError(f"Table {place} of {len(every)} has no column {on!r}; it has {names}.")
        if unique and table[on].duplicated().any():
            key = table[on][table[on].duplicated()].iloc[0]
            raise ValueError(f"Table {place} of {len(every)} has more than one row with {on} {key}. Keep one.")
        others = set(table.columns) - {on}
        twice |= seen & others
        seen |= others
    if twice:
        names = ", ".join(sorted(map(str, twice)))
        raise ValueError(f"Columns in more than one table: {names}. Drop or rename them in all tables but one.")
    merged = every[0]
    for place, table in enumerate(every[1:], 2):
        try:
            merged = pd.merge(merged, table, on=on, how="outer")
        except ValueError as error:
            raise ValueError(
                f"Table {place} of {len(every)} has {table[on].dtype} values in {on!r}, those before it "
                f"{merged[on].dtype}: they cannot be compared."
            ) from error
    return merged.sort_values(on, kind="stable").reset_index(drop=True)


def drop_columns(table: pd.DataFrame, columns: str | Iterable[str]) -> pd.DataFrame:
    """Return a copy of the table without one column, or several.

    Raises
    ------
    ValueError
        One of them is `index`, or is not there.
    """
    names = [columns] if isinstance(columns, str) else list(columns)
    kept = [name for name in names if name in PROTECTED_COLUMNS]
    if kept:
        raise ValueError(f"Column {kept[0]!r} is protected and cannot be dropped.")
    absent = [str(name) for name in names if name not in table.columns]
    if absent:
        there = ", ".join(map(str, table.columns)) or "no columns"
        raise ValueError(f"Columns that are not in the table: {', '.join(absent)}. It has {there}.")
    return table.drop(columns=names)
