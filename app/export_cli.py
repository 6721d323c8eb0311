"""`cytoscribe export ...`: what everybody decided, as a table in a file. Imports no Qt."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.actions import CLASS_LETTERS
from app.consensus_choice import COMPATIBLE, RULE_TEXTS, exported_consensus, rule_text
from app.options import Options, classes_file, resolve
from app.settings import user_places
from storage.classes import default_classes, read_classes
from storage.clock import now
from storage.errors import StorageError, failure, readable
from storage.export_file import check_output, write_table
from storage.export_table import compatible_table, long_table, wide_table
from storage.local import LocalFolder
from storage.other_data import other_data_warning
from storage.reading import read_everything
from storage.review import Review
from storage.roles import read_roles, roles_file
from storage.session_name import host_name
from storage.share import Share

if TYPE_CHECKING:
    from core.consensus import ConsensusRule
    from storage.export_table import Table
    from storage.reading import Everything

_FOUND, _FAILED = 1, 2
FORMATS = ("compatible", "long", "wide")


@dataclass
class _Answer:
    """What was written, what is wrong (exit code 1), and what is only worth knowing."""

    output: str
    format: str
    consensus: str
    exported_at: str
    blocks: int = 0
    rows: int = 0
    annotators: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unread: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Do what the arguments after `export` say.

    Returns 0, 1 if it was written but something is left out or to look at, 2 if nothing was written.
    """
    given = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console that knows few characters
    try:
        answer = _export(given)
        _tell(answer, given.json)
        sys.stdout.flush()
    except StorageError as error:
        print(f"cytoscribe export: {error}", file=sys.stderr)
        return _FAILED
    except BrokenPipeError:  # the reader, like head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = failure(error.filename or "The annotations folder", error, "Ask for the right to use it.")
        print(f"cytoscribe export: {where}", file=sys.stderr)
        return _FAILED
    return _FOUND if answer.problems else 0


def _export(given: argparse.Namespace) -> _Answer:
    options = resolve(Options(given.data_root, given.annotations_root, given.roles, given.classes), os.environ)
    data_root, root = _wanted(options.data_root, "DATA_ROOT"), _wanted(options.annotations_root, "--annotations-root")
    check_output(given.output)
    for named in (given.roles, given.classes):
        if named is not None and not named.is_file():
            raise StorageError(f"{readable(named)} is not there.")
    roles = read_roles(roles_file(root, options.roles_file))
    found_classes = classes_file(options, root, data_root)
    classes = read_classes(found_classes, CLASS_LETTERS) if found_classes is not None else default_classes()
    answer = _Answer(readable(given.output), given.format, given.consensus, now())
    share = Share(root)
    share.check()
    blocks, problems = _blocks(data_root, root)
    real_data = Path(os.path.realpath(data_root))
    found = read_everything(share, roles, real_data, host_name())
    answer.problems += problems
    answer.problems += [one.sentence for one in found.unread]
    answer.unread = [
        {"annotator": one.annotator, "path": readable(one.path), "text": one.sentence} for one in found.unread
    ]
    warning = other_data_warning(real_data, found.data_roots)
    answer.problems += [warning] if warning else []
    answer.problems += _waiting(share)
    table = _table(given, found, blocks, answer, {one.number: one.name for one in classes.classes})
    answer.notes += write_table(given.output, table, host_name())
    answer.blocks, answer.rows, answer.annotators = len(blocks), len(table.rows), found.annotators
    return answer


def _table(
    given: argparse.Namespace, found: Everything, blocks: list[str], answer: _Answer, class_names: dict[int, str]
) -> Table:
    review = Review(found.state)
    strangers = review.blocks() - set(blocks)
    if strangers:
        answer.notes.append(
            f"What was decided about {_count(len(strangers), 'block')} that the data folder does not have is left out; "
            f"the first is {readable(min(strangers))}."
        )
    rows = list(review.rows(blocks))
    if given.format == "long":
        return long_table(rows, found.annotators, class_names)
    rule = _rule(given)
    consensus = exported_consensus(review.votes(blocks, found.annotators), rule)
    if given.format == "wide":
        return wide_table(rows, found.annotators, consensus, rule_text(rule), class_names)
    return compatible_table(rows, found.annotators, consensus, answer.exported_at)


def _rule(given: argparse.Namespace) -> ConsensusRule:
    from core.consensus import ConsensusRule

    try:
        if given.consensus == "quorum":
            return ConsensusRule("quorum", given.votes, given.share)
        return ConsensusRule(given.consensus)
    except ValueError as error:
        raise StorageError(str(error)) from error


def _wanted(path: Path | None, name: str) -> Path:
    if path is None:
        raise StorageError(f"Name the folder: {name} is missing.")
    return path


def _blocks(data_root: Path, annotations_root: Path) -> tuple[list[str], list[str]]:
    """Return the ids of all blocks in the program's order, and what was left out."""
    from core.blocks import scan_blocks
    from core.errors import ImageError

    blocks: list[str] = []
    problems: list[str] = []
    try:
        for batch in scan_blocks(data_root, (annotations_root,)):
            blocks += [block.id for block in batch.blocks]
            problems += batch.problems
    except ImageError as error:
        raise StorageError(str(error)) from error
    if not blocks:
        raise StorageError(f"{readable(data_root)} holds no block: no .tif or .tiff file was found in it.")
    return blocks, problems


def _waiting(share: Share) -> list[str]:
    """Return a sentence for each journal on this computer that is not on the share, whose decisions are missing."""
    local = LocalFolder(user_places().state / "journals", Path(os.path.realpath(share.root)))
    return [
        f"{readable(path)} is not on the share yet, and what it has is not in the export: start Cytoscribe on this "
        "computer, or wait if it is running."
        for name in local.annotators()
        for path in local.waiting(name, share.journal_folder(name).joinpath)
    ]


def _tell(answer: _Answer, as_json: bool) -> None:
    for text in [*answer.problems, *answer.notes]:
        print(f"cytoscribe export: {text}", file=sys.stderr)
    if as_json:
        shown: dict[str, Any] = {name: getattr(answer, name) for name in answer.__dataclass_fields__}
        print(json.dumps(shown))
    else:
        size = (_count(answer.rows, "row"), _count(answer.blocks, "block"), _count(len(answer.annotators), "annotator"))
        print(f"Wrote {answer.output}: {', '.join(size)}.")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cytoscribe export",
        description="Write what everybody decided as a table. Exit code 1: written, but something is left out.",
    )
    parser.add_argument("data_root", nargs="?", type=Path, metavar="DATA_ROOT", help="folder of blocks")
    parser.add_argument("--annotations-root", type=Path, metavar="DIR", help="where decisions are kept")
    parser.add_argument(
        "--format",
        required=True,
        choices=FORMATS,
        help="compatible: as the older program; long: a row for each annotator and block; wide: a row for each block",
    )
    parser.add_argument("--output", required=True, type=Path, metavar="FILE", help=".csv, .tsv, .xlsx or .parquet")
    parser.add_argument("--consensus", default=COMPATIBLE, choices=list(RULE_TEXTS), help="the rule (compatible)")
    parser.add_argument("--votes", type=int, default=2, metavar="N", help="of a quorum: at least so many votes (2)")
    parser.add_argument("--share", type=float, default=0.5, metavar="S", help="of a quorum: at least this share (0.5)")
    parser.add_argument("--roles", type=Path, metavar="FILE", help="roles.json, if it is not in the annotations folder")
    parser.add_argument("--classes", type=Path, metavar="FILE", help="classes.json, for the names of the classes")
    parser.add_argument("--json", action="store_true", help="say as JSON what was written")
    return parser
