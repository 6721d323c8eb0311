"""`cytoscribe export ...`: what everybody decided, as a table in a file. Imports no Qt."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.actions import CLASS_LETTERS
from app.block_export import FORMATS, ExportWish, export
from app.consensus_choice import COMPATIBLE, RULE_TEXTS
from app.options import Options, classes_file, resolve
from app.settings import user_places
from storage.classes import default_classes, read_classes
from storage.errors import StorageError, failure, readable
from storage.export_file import check_output
from storage.local import LocalFolder
from storage.roles import read_roles, roles_file
from storage.share import Share

if TYPE_CHECKING:
    from app.block_export import Exported
    from core.consensus import ConsensusRule

_FOUND, _FAILED = 1, 2


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


def _export(given: argparse.Namespace) -> Exported:
    options = resolve(Options(given.data_root, given.annotations_root, given.roles, given.classes), os.environ)
    data_root, root = _wanted(options.data_root, "DATA_ROOT"), _wanted(options.annotations_root, "--annotations-root")
    check_output(given.output)
    for named in (given.roles, given.classes):
        if named is not None and not named.is_file():
            raise StorageError(f"{readable(named)} is not there.")
    roles = read_roles(roles_file(root, options.roles_file))
    found_classes = classes_file(options, root, data_root)
    classes = read_classes(found_classes, CLASS_LETTERS) if found_classes is not None else default_classes()
    share = Share(root)
    share.check()
    blocks, problems = _blocks(data_root, root)
    answer = export(
        ExportWish(data_root, root, roles, classes.classes, blocks, given.format, _rule(given), given.output)
    )
    answer.problems = [*problems, *answer.problems, *_waiting(share)]
    return answer


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


def _tell(answer: Exported, as_json: bool) -> None:
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
