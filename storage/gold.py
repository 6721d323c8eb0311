"""Gold blocks, whose right class is known: admin/gold.csv, read strictly."""

from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING

from storage.errors import StorageError, failure, readable
from storage.journal_reader import open_at_once
from storage.owner import owner_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from storage.classes import ClassDef
    from storage.roles import Roles

GOLD_FILE = "gold.csv"
_LARGEST = 64 << 20
_UNTIL_THEN = "Until it is corrected, gold blocks are not used; everything else goes on."


def gold_file(root: Path) -> Path:
    """Return where the gold blocks of an annotations folder stand."""
    return root / "admin" / GOLD_FILE


def read_gold(
    path: Path, classes: Sequence[ClassDef], roles: Roles, blocks: Collection[str] | None = None
) -> dict[str, int]:
    """Return the right class by block id; empty where there is no file. For a worker thread.

    The first line names the columns: `block` and `class` must be among them, others (a note, say) are left alone. A
    class is given by its number or its name. `blocks` are the ids of all blocks, None where they are not known. Where
    the roles file names accounts of admins, the file must belong to one of them.

    Raises
    ------
    StorageError
        Anything in it is not so: the sentence names the file, the line and what is wrong.
    """
    try:
        with open(path, "rb", opener=open_at_once) as file:
            found = os.fstat(file.fileno())
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise failure(path, error, _UNTIL_THEN) from error
    owner = owner_of(found)
    is_guarded = any(admin in roles.accounts for admin in roles.admins)
    if is_guarded and not any(roles.owns(owner, admin) for admin in roles.admins):
        raise StorageError(
            f"{readable(path)} belongs to {owner}, which is no account of an admin in the roles file. {_UNTIL_THEN}"
        )
    if len(data) > _LARGEST:
        raise _bad(path, 1, f"the file has more than {_LARGEST >> 20} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _bad(path, line, "it is not UTF-8: save the file as “CSV UTF-8”") from error
    return _read_lines(path, text, _numbers(path, classes), len(classes), blocks)


def _read_lines(
    path: Path, text: str, numbers: Mapping[str, int], most: int, blocks: Collection[str] | None
) -> dict[str, int]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    gold: dict[str, int] = {}
    seen: dict[str, int] = {}
    places: tuple[int, int] | None = None
    width = 0
    line = 1
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
            block, given = (row[place].strip() for place in places)
            if not block:
                raise _bad(path, first, "it names no block")
            if block in seen:
                raise _bad(path, first, f"the block “{block}” is in line {seen[block]} already")
            if blocks is not None and block not in blocks:
                raise _bad(path, first, f"the data folder has no block “{block}”")
            if given not in numbers:
                raise _bad(path, first, f"“{given}” is no class: use a number from 1 to {most} or the name of a class")
            gold[block], seen[block] = numbers[given], first
    except csv.Error as error:
        raise _bad(path, reader.line_num, f"it is not valid CSV ({error})") from error
    if places is None:
        raise _bad(path, 1, "the file is empty: its first line must be “block,class”")
    return gold


def _places(path: Path, line: int, row: list[str]) -> tuple[int, int]:
    names = [name.strip().lower() for name in row]
    for wanted in ("block", "class"):
        if names.count(wanted) != 1:
            what = "twice" if wanted in names else "not at all"
            raise _bad(path, line, f"it has the column “{wanted}” {what}: write “block,class” there, with commas")
    return names.index("block"), names.index("class")


def _numbers(path: Path, classes: Sequence[ClassDef]) -> dict[str, int]:
    """Return the number of each class by what the file may call it."""
    found = {str(one.number): one.number for one in classes}
    for one in classes:
        if found.setdefault(one.name, one.number) != one.number:
            raise StorageError(
                f"{readable(path)} cannot be read, because the name of class {one.number} is “{one.name}”, the number "
                f"of another class. {_UNTIL_THEN}"
            )
    return found


def _bad(path: Path, line: int, what: str) -> StorageError:
    return StorageError(f"{readable(path)}, line {line}: {what}. {_UNTIL_THEN}")
