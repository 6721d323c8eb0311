"""Tables of objects in files: CSV, TSV, Excel workbooks and Parquet."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import os_reason

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    import pandas as pd

TEXT_COLUMNS = ("category_name", "classification_name", "_source_layer")
"""Columns that are texts even where all of them look like numbers, or all are empty."""
_EXCEL, _PARQUET, _TABS = ".xlsx", ".parquet", ".tsv"


class TableError(ValueError):
    """A table that cannot be read or written: a sentence for the user."""


def read_table(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Return the table in a file: .xlsx (first sheet), .tsv, .parquet; any other ending, or none, is CSV (UTF-8).

    The first row holds the names of the columns. Empty fields are NaN in columns of numbers and "" in columns of text;
    NA, NaN and the like count as empty among numbers only. Numbers are the same as those written, to the last digit,
    but in workbooks: they hold 16 digits, and do not tell decimals from whole numbers (a column of decimals without
    any fraction comes back as int64).

    Raises
    ------
    TableError
        The file cannot be read, is empty or is no table; or .parquet without pyarrow.
    """
    import pandas as pd

    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise TableError(f"{path} {os_reason(error)}. Choose a table (.csv, .tsv, .xlsx or .parquet).") from error
    if not content.strip():
        raise TableError(f"{path} is empty. Choose a table with the names of the columns in the first row.")
    ending = _ending(Path(path).name)
    try:
        with warnings.catch_warnings():
            # Styles and validations of workbooks that are not understood: values are
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table: pd.DataFrame
            if ending == _EXCEL:
                table = _read_workbook(content)
            elif ending == _PARQUET:
                table = pd.read_parquet(io.BytesIO(content), engine="pyarrow")
            else:
                table = _read_text(content, "\t" if ending == _TABS else ",")
            return table
    except ImportError as error:
        if ending != _PARQUET:
            raise TableError(f"{path} cannot be read: {_reason(error)}.") from error
        raise TableError(_no_parquet(path, "read")) from error
    except pd.errors.ParserWarning as error:
        raise TableError(f"{path} is no table: a row has more fields than the first row has names.") from error
    except UnicodeDecodeError as error:
        raise TableError(f"{path} is not text in UTF-8. Save it as CSV UTF-8, or as .xlsx.") from error
    except Exception as error:
        kind = {_EXCEL: "workbook (.xlsx)", _PARQUET: "Parquet file"}.get(ending, "table")
        raise TableError(f"{path} is no {kind} that can be read: {_reason(error)}.") from error


def table_bytes(table: pd.DataFrame, ending: str) -> bytes:
    r"""Return a table as the content of a file with this ending (or name): .xlsx, .tsv, .parquet; all others are CSV.

    Text is UTF-8 with `\n` at the ends of lines. NaN are empty fields. Decimals have all the digits that they need. The
    table's index is not written.

    Raises
    ------
    TableError
        The table does not fit (an .xlsx holds 1,048,575 rows and 16,384 columns), a text has characters that the
        file cannot hold; or .parquet without pyarrow.
    """
    kind = _ending(ending)
    try:
        if kind == _EXCEL:
            return _workbook(table)
        if kind == _PARQUET:
            file = io.BytesIO()
            table.to_parquet(file, engine="pyarrow", index=False)
            return file.getvalue()
        text: str = table.to_csv(index=False, lineterminator="\n", sep="\t" if kind == _TABS else ",")
        return text.encode("utf-8")
    except ImportError as error:
        if kind != _PARQUET:
            raise TableError(f"The table cannot be written as {kind}: {_reason(error)}.") from error
        raise TableError(_no_parquet("The table", "written")) from error
    except Exception as error:
        raise TableError(f"The table cannot be written as {kind or '.csv'}: {_reason(error)}.") from error


def _ending(name: str) -> str:
    """Return the ending of a file's name, or of what is only an ending, with the dot, in small letters."""
    return "." + name.rpartition(".")[2].lower()


def _read_text(content: bytes, separator: str) -> pd.DataFrame:
    import pandas as pd

    def parsed(**options: Any) -> pd.DataFrame:
        found: pd.DataFrame = pd.read_csv(
            io.BytesIO(content), sep=separator, index_col=False, low_memory=False, **options
        )
        return found

    table = parsed(float_precision="round_trip")
    return _with_texts(table, lambda places: parsed(usecols=places, dtype=str, keep_default_na=False))


def _read_workbook(content: bytes) -> pd.DataFrame:
    import pandas as pd

    with pd.ExcelFile(io.BytesIO(content), engine="openpyxl") as book:
        table = book.parse(0)
        return _with_texts(table, lambda places: book.parse(0, usecols=places, dtype=str, keep_default_na=False))


def _with_texts(table: pd.DataFrame, read: Any) -> pd.DataFrame:
    """Return the table with its columns of text as they stand in the file: "NA" and "" are texts too."""
    import pandas as pd

    places = [
        place
        for place, name in enumerate(table.columns)
        if name in TEXT_COLUMNS or (table[name].isna().any() and pd.api.types.infer_dtype(table[name]) == "string")
    ]
    if places:
        texts = read(places)
        for number, place in enumerate(places):
            table[table.columns[place]] = texts.iloc[:, number].astype("str")
    return table


def _workbook(table: pd.DataFrame) -> bytes:
    import pandas as pd

    file = io.BytesIO()
    # Closed only if all went well: closing saves, and what is half made has no sheet to save
    writer = pd.ExcelWriter(file, engine="openpyxl")
    table.to_excel(writer, index=False)
    for row in writer.book.active.iter_rows():
        for cell in row:
            # A text that begins with = is no formula
            if cell.data_type == "f":
                cell.data_type = "s"
    writer.close()
    return file.getvalue()


def _no_parquet(what: object, verb: str) -> str:
    return (
        f'{what} cannot be {verb}: .parquet needs pyarrow. Install it (pip install "cytoscribe[parquet]") or use .csv.'
    )


def _reason(error: Exception) -> str:
    """Return the first line of a message as the end of a sentence."""
    lines: Iterable[str] = (line.strip(" ") for line in str(error).split("\n"))
    line = next((line for line in lines if line), type(error).__name__).removesuffix(".")
    line = line.removeprefix("Error tokenizing data. C error: ")
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in line)
