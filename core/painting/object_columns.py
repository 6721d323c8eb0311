"""Columns of a table of objects: what labels say of each, what a file says, and the colours that go with a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.display.colormaps import table as colormap
from core.painting.object_table import object_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from core.painting.labels import Labels

INDEX = "index"
"""The column with the numbers of objects, in files too."""
_MAP, _FIRST = "Fire", 64
"""The colours of a column, but for those that are too dark on a dark picture."""


@dataclass(frozen=True, eq=False)
class OwnColumns:
    """`numbers` (n,) of all objects in order; `headers` and `columns`, each (n,), the first being the numbers."""

    numbers: NDArray[np.int64]
    headers: tuple[str, ...]
    columns: tuple[NDArray[Any], ...]


def own_columns(labels: Labels, names: Mapping[int, str], voxel_size: Sequence[float] | None) -> OwnColumns:
    """Return what labels say of their objects: number, name, voxels, volume (µm³, if known), centre of the box."""
    rows = object_rows(labels.index, voxel_size)
    numbers = np.array([row.number for row in rows], np.int64)
    centres = np.array([row.centre for row in rows], float).reshape(-1, 3)
    headers = [INDEX, "name", "voxels"]
    columns: list[NDArray[Any]] = [
        numbers,
        np.array([names.get(row.number, "") for row in rows], dtype=object),
        np.array([row.voxels for row in rows], np.int64),
    ]
    if voxel_size is not None:
        headers.append("volume µm³")
        columns.append(np.array([row.volume for row in rows], float))
    for axis, name in enumerate("zyx"):
        headers.append(name)
        columns.append(centres[:, axis])
    return OwnColumns(numbers, tuple(headers), tuple(columns))


def read_columns(path: str) -> dict[str, dict[int, Any]] | str:
    """Return the columns of a CSV or TSV file by object, or a sentence on what is wrong with it.

    It must have a column `index` with whole numbers, each once. Fields are kept as numbers where all of them are.
    """
    import pandas as pd

    try:
        table = pd.read_csv(path, sep=None, engine="python")
    except OSError as error:
        return f"{path} cannot be read: {error.strerror or error}."
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        return f"{path} is no table that can be read: {error}. Save it as CSV with a first row of names."
    if INDEX not in table.columns:
        names = ", ".join(str(name) for name in table.columns[:8])
        return f"{path} has no column “{INDEX}” with the numbers of the objects; it has {names}. Rename that column."
    numbers = pd.to_numeric(table[INDEX], errors="coerce")
    if numbers.isna().any() or (numbers % 1 != 0).any():
        return f"{path}: the column “{INDEX}” must hold whole numbers only."
    if numbers.duplicated().any():
        twice = int(numbers[numbers.duplicated()].iloc[0])
        return f"{path}: object {twice} has more than one row. Keep one row for each object."
    keys = numbers.astype(int).tolist()
    return {str(name): dict(zip(keys, table[name].tolist(), strict=True)) for name in table.columns if name != INDEX}


def column_of(values: Mapping[int, Any], numbers: NDArray[np.int64]) -> NDArray[Any]:
    """Return the values of objects (n,) in the order of `numbers` (n,): float64 if all are numbers, else texts.

    Whole numbers of all objects are int64. What has no value is NaN, or an empty text.
    """
    found = [values.get(number) for number in numbers.tolist()]
    known = [value for value in found if value is not None and value == value]
    if known and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        if len(known) == len(found) and all(isinstance(value, int) for value in known):
            try:
                return np.array(found, np.int64)
            except OverflowError:
                pass
        return np.array([np.nan if value is None else value for value in found], np.float64)
    return np.array(["" if value is None or value != value else value for value in found], dtype=object)


def column_colors(values: Mapping[int, Any]) -> dict[int, str]:
    """Return a colour (#RRGGBB) for each object by its value: numbers from the least to the greatest, texts in order.

    Objects without a value have none.
    """
    known = {number: value for number, value in values.items() if value == value and value not in ("", None)}
    if not known:
        return {}
    colors = np.asarray(colormap(_MAP), float)[_FIRST:]
    if all(isinstance(value, int | float) for value in known.values()):
        amounts = np.array(list(known.values()), float)
        low, high = float(amounts.min()), float(amounts.max())
        shares = (amounts - low) / (high - low) if high > low else np.full(len(amounts), 0.5)
    else:
        kinds = {text: place for place, text in enumerate(sorted({str(value) for value in known.values()}))}
        shares = np.array([kinds[str(value)] / max(1, len(kinds) - 1) for value in known.values()])
    chosen = np.rint(colors[np.rint(shares * (len(colors) - 1)).astype(int)] * 255).astype(int)
    return {number: f"#{r:02X}{g:02X}{b:02X}" for number, (r, g, b) in zip(known, chosen.tolist(), strict=True)}
