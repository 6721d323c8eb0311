"""`cytoscribe export ...`: what everybody decided, as a table in a file. Imports no Qt."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.block_export import FORMATS, ExportWish, write_export
from app.commands.command import DONE, FOUND, answered
from app.consensus_choice import COMPATIBLE, RULE_TEXTS
from app.options import Options
from app.team_folder import read_team
from storage.errors import StorageError
from storage.export_file import check_output

if TYPE_CHECKING:
    from app.block_export import Exported
    from core.voting.consensus import ConsensusRule


def main(arguments: list[str]) -> int:
    """Do what the arguments after `export` say.

    Returns 0, 1 if it was written but something is left out or to look at, 2 if nothing was written.
    """
    given = _parser().parse_args(arguments)
    return answered("export", partial(_run, given))


def _run(given: argparse.Namespace) -> int:
    answer = _export(given)
    _tell(answer, given.json)
    return FOUND if answer.problems else DONE


def _export(given: argparse.Namespace) -> Exported:
    check_output(given.output)
    team = read_team(Options(given.data_root, given.annotations_root, given.roles, given.classes))
    wish = ExportWish(
        team.data_root, team.root, team.roles, team.classes.classes, team.blocks, given.format, _rule(given),
        given.output,
    )  # fmt: skip
    return write_export(wish, team.found, team.problems)


def _rule(given: argparse.Namespace) -> ConsensusRule:
    from core.voting.consensus import ConsensusRule

    try:
        if given.consensus == "quorum":
            return ConsensusRule("quorum", given.votes, given.share)
        return ConsensusRule(given.consensus)
    except ValueError as error:
        raise StorageError(str(error)) from error


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
    parser.add_argument("--share", type=float, default=0.6, metavar="S", help="of a quorum: at least this share (0.6)")
    parser.add_argument("--roles", type=Path, metavar="FILE", help="roles.json, if it is not in the annotations folder")
    parser.add_argument("--classes", type=Path, metavar="FILE", help="classes.json, for the names of the classes")
    parser.add_argument("--json", action="store_true", help="say as JSON what was written")
    return parser
