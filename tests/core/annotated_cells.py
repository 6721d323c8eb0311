"""Tables of measured objects, some of them annotated, for the tests of classifiers."""

from __future__ import annotations

import numpy as np
import pandas as pd

NAMES = ["area", "mean", "solidity"]


def cells(count: int = 90, apart: float = 6) -> pd.DataFrame:
    """Return objects of the classes 1, 2 and 5, every other one annotated; each column has scales of its own."""
    rng = np.random.default_rng(count)
    group = np.arange(count) % 3
    table = pd.DataFrame({"index": np.arange(1, count + 1)})
    for place, name in enumerate(NAMES):
        table[name] = (apart * ((group + place) % 3) + rng.normal(size=count)) * 10.0**place
    table["annotation"] = np.where(np.arange(count) % 2, 0, np.array([1, 2, 5])[group])
    return table


def truth(table: pd.DataFrame) -> list[int]:
    return [(1, 2, 5)[place % 3] for place in range(len(table))]


def holed() -> pd.DataFrame:
    """Return cells of which row 2 (annotated) and row 5 (not) lack a value, and row 8 has none."""
    table = cells()
    table.loc[2, "area"] = np.nan
    table.loc[5, "solidity"] = np.inf
    table.loc[8, NAMES] = np.nan
    return table
