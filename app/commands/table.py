"""`cytoscribe table ...`: tables of objects joined, and their columns painted onto labels. Imports no Qt."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.commands.batch import Outcome, run
from app.commands.call import (
    MANY_FILES,
    CallParser,
    add_batch,
    add_files,
    add_output,
    add_reading,
    add_saying,
    check_time,
    time_of,
)
from app.commands.command import answered
from app.commands.tasks import TABLE_ENDINGS, CallError, Task, tasks, together

if TYPE_CHECKING:
    import argparse


def main(arguments: list[str]) -> int:
    """Do what the arguments after `table` say; return 0, 1 if some files failed, 2 if nothing was done."""
    given = _parser().parse_args(arguments)
    work = {"merge": _merge, "paint": _paint}[given.command]
    return answered(f"table {given.command}", lambda: work(given), CallError)


def _merge(given: argparse.Namespace) -> int:
    task = together("--inputs", given.inputs, given.output, ".csv")
    return run(given, "table merge", [task], partial(_merged, given))


def _merged(given: argparse.Namespace, task: Task) -> Outcome:
    from app.commands.files import write_table
    from core import drop_columns, merge_tables
    from core.tables.table_file import read_table

    read = [read_table(str(path)) for path in task.inputs.values()]
    table = read[0] if len(read) == 1 else merge_tables(read, on=given.on)
    if given.drop_columns:
        table = drop_columns(table, given.drop_columns)
    note = ""
    if len(read) > 1 and (many := int(table[given.on].duplicated(keep=False).sum())):
        note = f"{many} rows have a number in {given.on} that others have: a table had several rows of an object."
    return write_table(task, table, (note,))


def _paint(given: argparse.Namespace) -> int:
    todo = tasks(
        {"--segmentation": given.segmentation, "--table": given.table},
        {"--output": (given.output, ".tif")},
        {"--table": TABLE_ENDINGS},
    )
    return run(given, "table paint", todo, partial(_painted, given))


def _painted(given: argparse.Namespace, task: Task) -> Outcome:
    from app.commands.files import write_labels
    from core.images.image_file import read_labels
    from core.tables.painting import paint_column
    from core.tables.table_file import read_table

    labels = read_labels(str(task.inputs["--segmentation"]), axes=given.labels_axes, time=time_of(given))
    check_time(given, labels)
    table = read_table(str(task.inputs["--table"]))
    painted = paint_column(labels.array, table, given.column)
    return write_labels(task, painted, labels.pixel_size, labels.notes)


def _parser() -> argparse.ArgumentParser:
    parser = CallParser(
        prog="cytoscribe table",
        description="Work with tables of objects: .csv, .tsv, .xlsx or .parquet, a row for each number in `index`.",
        epilog=MANY_FILES,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    one = commands.add_parser(
        "merge",
        help="join tables of the same objects, column beside column",
        description="Join tables of the same objects: all rows of all, in order of number; what a table does not "
        "have stays empty. One table alone is written without the columns to drop.",
    )
    one.add_argument("--inputs", nargs="+", required=True, metavar="TABLE", help="the tables")
    one.add_argument("--output", required=True, metavar="TABLE", help="the joined table")
    one.add_argument("--on", default="index", metavar="COLUMN", help="the column that tells objects apart (index)")
    one.add_argument("--drop-columns", nargs="+", metavar="COLUMN", help="columns to leave out")
    add_saying(one)

    one = commands.add_parser(
        "paint",
        help="give each object of labels its value of a column",
        description="Paint a column of whole numbers onto labels: each object gets its value, others 0.",
    )
    add_files(one, "segmentation", "labels: a TIFF of whole numbers")
    add_files(one, "table", "a table with the column `index`")
    one.add_argument("--column", required=True, metavar="COLUMN", help="the column, of whole numbers")
    add_output(one, "the painted labels: .tif")
    add_reading(one, "labels")
    add_batch(one)
    return parser
