"""`cytoscribe assign ...`: hands blocks to annotators. Imports no Qt."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.command import DONE, FOUND, answered
from app.hand_out import Facts, make_plan
from app.hand_out_text import count
from app.hand_out_wish import HandOutWish
from app.known_hand_outs import Known, read_known
from app.options import Options
from app.team_folder import read_team
from core.voting.assignment import AssignmentError
from storage.assignments import Assignments
from storage.errors import StorageError
from storage.names import check_annotator
from storage.owner import own_account
from storage.session_name import host_name
from storage.share import Share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.hand_out import PlanRow
    from storage.roles import Roles


@dataclass
class _Answer:
    """What was handed out (`id` is empty for a dry run), what is wrong (exit code 1), what is only worth knowing."""

    name: str
    is_dry_run: bool
    id: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    blocks: Mapping[str, list[str]] = field(default_factory=dict)


def main(arguments: list[str]) -> int:
    """Do what the arguments after `assign` say.

    Returns 0, 1 if it was handed out but something is to look at, 2 if nothing was handed out.
    """
    given = _parser().parse_args(arguments)
    return answered("assign", partial(_run, given), AssignmentError)


def _run(given: argparse.Namespace) -> int:
    answer = _assign(given)
    _tell(answer, given.json)
    return FOUND if answer.problems else DONE


def _assign(given: argparse.Namespace) -> _Answer:
    team = read_team(Options(given.data_root, given.annotations_root, given.roles, given.classes))
    admin = _admin(given.user, team.roles)
    answer = _Answer(given.name.strip(), given.dry_run)
    files = Assignments(Share(team.root), team.roles)
    files.read()
    answer.problems += [*team.problems, *files.problems]
    known = Known(files.latest)
    if given.gold_share:
        known = read_known(team.root, files, team.blocks, team.classes.classes, team.roles)
        if known.gold_problem:
            raise StorageError(known.gold_problem)
    found = team.found
    judged = {name: dict(found.state.last(name, "annotate")) for name in found.state.annotators()}
    plan = make_plan(_wish(given), Facts(team.blocks, (), judged, known.gold, files.latest))
    answer.rows, answer.blocks = [_as_json(row) for row in plan.rows], plan.queues
    answer.notes += plan.notes
    if not given.dry_run:
        answer.id = files.hand_out(admin, given.name, plan.queues, host_name())
    return answer


def _admin(text: str, roles: Roles) -> str:
    admin = check_annotator(text)
    if not roles.is_admin(admin):
        raise StorageError(f"Blocks are assigned by admins, and the roles file does not name {admin} as one.")
    mine = own_account()
    if not roles.owns(mine, admin):
        raise StorageError(
            f"The roles file says that {admin} uses another account than {mine}: the assignment would not count."
        )
    return admin


def _wish(given: argparse.Namespace) -> HandOutWish:
    return HandOutWish(
        annotators=tuple(check_annotator(name) for name in given.annotators.split(",") if name.strip()),
        way="lists" if given.lists is not None else "each" if given.each is not None else "all",
        each=given.each or 0,
        list_file=os.fspath(given.lists or ""),
        gold_share=given.gold_share,
        is_random=given.random,
        seed=given.seed,
    )


def _as_json(row: PlanRow) -> dict[str, Any]:
    return dict(row._asdict())


def _tell(answer: _Answer, as_json: bool) -> None:
    for text in [*answer.problems, *answer.notes]:
        print(f"cytoscribe assign: {text}", file=sys.stderr)
    if as_json:
        print(json.dumps(asdict(answer)))
        return
    for row in answer.rows:
        before = f", in place of “{row['had']}” ({row['had_done']} of {row['had_blocks']} done)" if row["had"] else ""
        gold = f", {row['gold']} of them gold" if row["gold"] else ""
        print(f"{row['annotator']}: {count(row['blocks'], 'block')}{gold}, {row['judged']} already judged{before}")
    what = "Nothing was written (--dry-run)." if answer.is_dry_run else f"“{answer.name}” is handed out."
    print(what)


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 0.5:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to 0.5")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cytoscribe assign",
        description="Hand blocks to annotators, in place of what they had. "
        "Exit code 1: handed out, but something is to look at; 2: nothing was handed out.",
    )
    parser.add_argument("data_root", nargs="?", type=Path, metavar="DATA_ROOT", help="folder of blocks")
    parser.add_argument("--annotations-root", type=Path, metavar="DIR", help="where decisions are kept")
    parser.add_argument("--user", required=True, metavar="ADMIN", help="who hands out: an admin of the roles file")
    parser.add_argument("--name", required=True, help="of the hand-out; the annotators see it")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--all-to-all", action="store_true", help="every block to every annotator")
    way.add_argument("--each", type=int, metavar="K", help="every block to K annotators, balanced")
    way.add_argument("--lists", type=Path, metavar="FILE.csv", help="by hand: a file with the columns annotator,block")
    parser.add_argument(
        "--annotators", default="", metavar="A,B,C", help="to whom; may be left out with --lists, which names them"
    )
    parser.add_argument(
        "--gold-share", type=_share, default=0.0, metavar="S", help="share of gold blocks mixed in, 0 to 0.5 (0)"
    )
    parser.add_argument("--random", action="store_true", help="each list in a random order of its own")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the same number gives the same lists (0)")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be handed out")
    parser.add_argument("--roles", type=Path, metavar="FILE", help="roles.json, if it is not in the annotations folder")
    parser.add_argument("--classes", type=Path, metavar="FILE", help="classes.json, for the gold blocks")
    parser.add_argument("--json", action="store_true", help="say it as JSON, with the lists")
    return parser
