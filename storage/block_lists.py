"""Lists of blocks that an admin wrote: a text file of ids, or a CSV file of annotators and their blocks."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from storage.errors import StorageError, failure, readable
from storage.journal_reader import open_at_once
from storage.names import check_annotator

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_LARGEST = 64 << 20
_NOTHING_DONE = "Nothing was handed out."


def read_block_list(path: Path, blocks: Collection[str]) -> list[str]:
    """Return the ids of a text file, one a line, in its order; for a worker thread.

    Empty lines are passed over, and a block that is listed twice counts once. `blocks` are the ids of all blocks.

    Raises
    ------
    StorageError
        The file cannot be read, has no block, or has one that there is not; the sentence names the line.
    """
    found: dict[str, None] = {}
    for number, line in enumerate(_text(path).split("\n"), 1):
        block = line.strip()
        if block and block not in blocks:
            raise _bad(path, number, f"the data folder has no block “{block}”")
        if block:
            found[block] = None
    if not found:
        raise StorageError(f"{readable(path)} names no block: it has one id a line.")
    return list(found)


def read_queues(path: Path, blocks: Collection[str]) -> dict[str, list[str]]:
    """Return the blocks of each annotator as a CSV file lists them, in its order; for a worker thread.

    The first line names the columns: `annotator` and `block` must be among them, others are left alone. Names count as
    they are stored (without regard to case). `blocks` are the ids of all blocks.

    Raises
    ------
    StorageError
        Anything in it is not so, or a block is there twice for an annotator; the sentence names the line.
    """
    queues: dict[str, dict[str, int]] = {}
    places: tuple[int, int] | None = None
    width, line = 0, 1
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        for row in reader:
            first, line = line, reader.line_num + 1
            if not any(value.strip() for value in row):
                continue
            if places is None:
                places, width = _places(path, first, row), len(row)
                continue
            if len(row) != width:
                raise _bad(path, first, f"it has {len(row)} values, and the first line names {width} columns")
            name, block = _annotator(path, first, row[places[0]]), row[places[1]].strip()
            if block not in blocks:
                raise _bad(path, first, f"the data folder has no block “{block}”" if block else "it names no block")
            known = queues.setdefault(name, {})
            if block in known:
                raise _bad(path, first, f"{name} has the block “{block}” in line {known[block]} already")
            known[block] = first
    except csv.Error as error:
        raise _bad(path, reader.line_num, f"it is not valid CSV ({error})") from error
    if not queues:
        raise _bad(path, 1, "the file gives nobody a block: its first line is “annotator,block”")
    return {name: list(listed) for name, listed in queues.items()}


def _text(path: Path) -> str:
    try:
        with open(path, "rb", opener=open_at_once) as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise failure(path, error, _NOTHING_DONE) from error
    if len(data) > _LARGEST:
        raise StorageError(f"{readable(path)} has more than {_LARGEST >> 20} MB. {_NOTHING_DONE}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _bad(path, line, "it is not UTF-8: save the file as “CSV UTF-8”") from error


def _places(path: Path, line: int, row: list[str]) -> tuple[int, int]:
    names = [name.strip().lower() for name in row]
    for wanted in ("annotator", "block"):
        if names.count(wanted) != 1:
            what = "twice" if wanted in names else "not at all"
            raise _bad(path, line, f"it has the column “{wanted}” {what}: write “annotator,block” there, with commas")
    return names.index("annotator"), names.index("block")


def _annotator(path: Path, line: int, text: str) -> str:
    try:
        return check_annotator(text)
    except StorageError as error:
        raise _bad(path, line, str(error).rstrip(".")) from error


def _bad(path: Path, line: int, what: str) -> StorageError:
    return StorageError(f"{readable(path)}, line {line}: {what}. {_NOTHING_DONE}")
