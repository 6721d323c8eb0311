"""`cytoscribe agreement ...`: how well annotators agree and how fast they are, in a file or as text. Imports no Qt."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.agreement.file import ENDINGS, as_json, check_report_file, write_report
from app.agreement.grids import headline, method, pace_grid, pair_list_grid, summary_grid
from app.agreement.report import SAMPLES, SEED, make_report
from app.agreement.votes import answers_of, vote_table
from app.commands.command import DONE, FOUND, answered
from app.consensus_choice import COMPATIBLE, RULE_TEXTS
from app.options import Options
from app.team_folder import TeamFolder, read_team, strangers_note
from storage.errors import StorageError, readable
from storage.gold import gold_file, read_gold
from storage.review import Review
from storage.session_name import host_name

if TYPE_CHECKING:
    from app.agreement.figure_grid import Grid
    from app.agreement.report import AgreementReport
    from core.voting.consensus import ConsensusRule

_MOST_SAMPLES = 100_000


def main(arguments: list[str]) -> int:
    """Do what the arguments after `agreement` say.

    Returns 0, 1 if there are figures but something is left out or to look at, 2 if there are none.
    """
    given = _parser().parse_args(arguments)
    return answered("agreement", partial(_run, given))


def _run(given: argparse.Namespace) -> int:
    return FOUND if _measure(given) else DONE


def _measure(given: argparse.Namespace) -> list[str]:
    if given.output is not None:
        check_report_file(given.output)
    rules = _rules(given)
    if not 0 <= given.samples <= _MOST_SAMPLES:
        raise StorageError(f"The number of bootstrap samples is from 0 to {_MOST_SAMPLES}.")
    if given.seed < 0:
        raise StorageError("The seed is 0 or more.")
    team = read_team(Options(given.data_root, given.annotations_root, given.roles, given.classes))
    problems = list(team.problems)
    report = _report(given, team, rules, problems)
    notes: list[str] = []
    if given.output is not None:
        notes += write_report(given.output, report, host_name())
    for text in [*problems, *report.notes, *notes]:
        print(f"cytoscribe agreement: {text}", file=sys.stderr)
    if given.json:
        found = {"output": readable(given.output) if given.output is not None else None, "problems": problems}
        print(json.dumps(as_json(report) | found | {"unread": team.unread()}))
    elif given.output is not None:
        print(f"Wrote {readable(given.output)}: {headline(report)}")
    else:
        _print(report)
    return problems


def _report(
    given: argparse.Namespace, team: TeamFolder, rules: list[ConsensusRule], problems: list[str]
) -> AgreementReport:
    state, classes = team.found.state, team.classes.classes
    gold: dict[str, int] = {}
    try:
        gold = read_gold(gold_file(team.root), classes, team.roles, set(team.blocks))
    except StorageError as error:
        problems.append(str(error))
    note = strangers_note(Review(state).blocks() - set(team.blocks))
    answers = [answers_of(state, name) for name in team.found.annotators]
    table = vote_table(team.blocks, answers, state.final_labels(), gold, classes, [note] if note else [])
    name = team.data_root.resolve().name or str(team.data_root)
    return make_report(table, readable(name), rules, samples=given.samples, seed=given.seed)


def _rules(given: argparse.Namespace) -> list[ConsensusRule]:
    from core.voting.consensus import ConsensusRule

    try:
        return [
            ConsensusRule("quorum", given.votes, given.share) if name == "quorum" else ConsensusRule(name)
            for name in dict.fromkeys(given.consensus or [COMPATIBLE])
        ]
    except ValueError as error:
        raise StorageError(str(error)) from error


def _print(report: AgreementReport) -> None:
    print(f"{headline(report)}\n{method(report)}")
    if report.annotators:
        for title, grid in (
            ("All together", summary_grid(report)),
            ("Cohen's kappa of each pair", pair_list_grid(report)),
            ("Pace", pace_grid(report)),
        ):
            print(f"\n{title}\n{_as_text(grid)}")


def _as_text(grid: Grid) -> str:
    """Return the grid with columns of equal widths."""
    lines = [[grid.corner, *grid.columns]]
    lines += [[name, *(cell.text for cell in row)] for name, row in zip(grid.rows, grid.cells, strict=True)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cytoscribe agreement",
        description="How well annotators agree, and how fast they are. Exit code 1: there are figures, but something "
        "is left out.",
    )
    whole: dict[str, Any] = {"type": int, "metavar": "N"}
    parser.add_argument("data_root", nargs="?", type=Path, metavar="DATA_ROOT", help="folder of blocks")
    parser.add_argument("--annotations-root", type=Path, metavar="DIR", help="where decisions are kept")
    parser.add_argument("--consensus", nargs="+", action="extend", choices=list(RULE_TEXTS), metavar="RULE",
                        help=f"annotators are compared with it; one or more of {', '.join(RULE_TEXTS)} "
                        f"({COMPATIBLE})")  # fmt: skip
    parser.add_argument("--votes", default=2, help="of a quorum: at least so many votes (2)", **whole)
    parser.add_argument("--share", type=float, default=0.6, metavar="S", help="of a quorum: at least this share (0.6)")
    parser.add_argument("--samples", default=SAMPLES, help=f"bootstrap samples ({SAMPLES})", **whole)
    parser.add_argument("--seed", default=SEED, help=f"of the bootstrap ({SEED})", **whole)
    parser.add_argument("--output", type=Path, metavar="FILE", help=f"{', '.join(ENDINGS)}; without it, text")
    parser.add_argument("--roles", type=Path, metavar="FILE", help="roles.json, if it is not in the annotations folder")
    parser.add_argument("--classes", type=Path, metavar="FILE", help="classes.json, for the names of the classes")
    parser.add_argument("--json", action="store_true", help="all figures as JSON on the standard output")
    return parser
