"""Writing a table to a file, whole or not at all: CSV, TSV, an Excel workbook or Parquet, by the file's ending."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

from storage.atomic import replace_file
from storage.errors import StorageError, failure, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from storage.export_table import Kind, Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet program takes what begins so in a CSV file for a formula, and runs it (OWASP, “CSV Injection”)."""
_LONGEST_CELL = 32_767
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
"""Excel specifications and limits, Microsoft: characters (UTF-16 units) in a cell, rows and columns of a sheet."""


def check_output(path: Path) -> None:
    """Raise StorageError where a table cannot be written to `path`, before any work is done for it."""
    shown = readable(path)
    if path.suffix.lower() not in _ENCODERS:
        *first, last = _ENCODERS
        raise StorageError(f"The name of {shown} must end in {', '.join(first)} or {last}.")
    if path.is_dir():
        raise StorageError(f"{shown} is a folder. Name a file.")
    if not path.absolute().parent.is_dir():
        raise StorageError(f"The folder {readable(path.absolute().parent)} does not exist. Make it first.")
    if path.suffix.lower() == ".parquet":
        _pyarrow()


def write_table(path: Path, table: Table, host: str) -> list[str]:
    """Write the table; return sentences about what a file of this kind could not hold.

    CSV and TSV have lines that end in CR LF and are UTF-8 without a mark, with `True` and `False`, and nothing
    for what is missing. In them, text that people typed and that a spreadsheet program would run as a formula gets an
    apostrophe before it; names of blocks, annotators and classes stand as they are. A workbook has all text as text.
    Times are ISO 8601 in UTC; in Parquet they are times of zone UTC. `host` names the temporary file.

    Raises StorageError; an older file is then as it was.
    """
    check_output(path)
    data, notes = _ENCODERS[path.suffix.lower()](table)
    try:
        replace_file(path, data, host)
    except OSError as error:
        raise failure(path, error, "An older file is as it was.") from error
    return notes


def _csv(table: Table) -> tuple[bytes, list[str]]:
    return _separated(table, ","), []


def _tsv(table: Table) -> tuple[bytes, list[str]]:
    return _separated(table, "\t"), []


def _separated(table: Table, separator: str) -> bytes:
    typed = [place for place, (_, kind) in enumerate(table.columns) if kind == "free text"]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)  # with other line ends it would leave a CR in a text unquoted
    writer.writerow([name for name, _ in table.columns])
    writer.writerows(_harmless(row, typed) for row in table.rows)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _harmless(row: tuple[Any, ...], typed: Iterable[int]) -> Iterable[Any]:
    changed = [place for place in typed if isinstance(row[place], str) and row[place].startswith(_FORMULA)]
    if not changed:
        return row
    values = list(row)
    for place in changed:
        values[place] = "'" + values[place]
    return values


def _xlsx(table: Table) -> tuple[bytes, list[str]]:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if len(table.rows) >= _MOST_ROWS or len(table.columns) > _MOST_COLUMNS:
        raise StorageError(
            f"The table has {len(table.rows)} rows and {len(table.columns)} columns, more than a sheet holds. Write "
            "CSV, TSV or Parquet."
        )
    cut = 0
    book = Workbook(write_only=True)
    sheet = book.create_sheet("annotations")
    sheet.freeze_panes = "A2"

    def cell(value: Any) -> Any:
        nonlocal cut
        if not isinstance(value, str):
            return value
        text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value.encode("utf-8", "backslashreplace").decode())
        units = text.encode("utf-16-le")
        if len(units) > 2 * _LONGEST_CELL:
            text = units[: 2 * (_LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"
            cut += 1
        if not text.startswith(_FORMULA):
            return text
        shown = WriteOnlyCell(sheet, text)
        shown.data_type = "s"  # a text, not a formula
        shown.quotePrefix = True
        return shown

    sheet.append([cell(name) for name, _ in table.columns])
    for row in table.rows:
        sheet.append([cell(value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    if not cut:
        return stream.getvalue(), []
    was = f"{cut} texts were" if cut > 1 else "1 text was"
    return stream.getvalue(), [f"{was} cut to the {_LONGEST_CELL} characters that a cell holds; CSV has them whole."]


def _parquet(table: Table) -> tuple[bytes, list[str]]:
    pa = _pyarrow()
    import pyarrow.parquet as pq

    types = {
        "text": pa.string(),
        "free text": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"),
    }
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    arrays = [
        pa.array([_plain(value, kind) for value in values], types[kind])
        for (_, kind), values in zip(table.columns, columns, strict=True)
    ]
    schema = pa.schema([(name, types[kind]) for name, kind in table.columns], metadata=dict(table.about) or None)
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), stream, compression="zstd")
    return stream.getvalue(), []


def _plain(value: Any, kind: Kind) -> Any:
    if value is None:
        return None
    if kind == "time":
        return datetime.fromisoformat(value)
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise StorageError(
            "Parquet needs the package pyarrow, which is not installed here: pip install pyarrow. Or choose .csv, .tsv "
            "or .xlsx."
        ) from error
    return pyarrow


_ENCODERS: dict[str, Callable[[Table], tuple[bytes, list[str]]]] = {
    ".csv": _csv,
    ".tsv": _tsv,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
}
