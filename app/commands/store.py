"""`cytoscribe store ...`: looking after an annotations folder from the command line. Imports no Qt."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import re
import sys
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.command import FOUND, answered
from app.options import Options, resolve
from app.settings import user_places
from storage.checkup import check_store
from storage.clock import parse_time
from storage.compaction import compact
from storage.errors import StorageError, readable
from storage.folders import init_store
from storage.history import history
from storage.local import LocalFolder
from storage.migration import Plan, migrate
from storage.names import check_annotator
from storage.older import prefixes_of
from storage.owner import own_account
from storage.rebuilding import rebuild
from storage.roles import read_roles, roles_file
from storage.session_name import host_name
from storage.share import Share

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from storage.history import Event


def main(arguments: list[str]) -> int:
    """Do what the arguments after `store` say. Returns 0, 1 if there is something to look at, 2 if it was not done."""
    given = _parser().parse_args(arguments)
    return answered(f"store {given.command}", partial(given.run, given))


# ---------------------------------------------------------------------- commands


def _init(given: argparse.Namespace) -> int:
    done = init_store(given.folder, given.group, given.admin, host_name())
    _say(given, done, {"done": done})
    return 0


def _check(given: argparse.Namespace) -> int:
    share = Share(given.folder)
    local = _local(share)
    share.check()
    names = local.annotators()
    unsent = [path for name in names for path in local.waiting(name, share.journal_folder(name).joinpath)]
    report = check_store(share, _roles_file(given, given.folder), _blocks(given.data_root, given.folder), unsent)
    for root, path in local.elsewhere():
        report.add(
            "elsewhere",
            path,
            f"{readable(path)} waits for {readable(root)}, which is not there. If this folder was mounted there "
            "before, mount it there once more and start Cytoscribe.",
        )
    count = len(report.problems)
    size = ", ".join(
        (_count(report.annotators, "annotator"), _count(report.journals, "journal"), _count(report.lines, "line"))
    )
    end = f"{size}: {_count(count, 'problem') if count else 'no problem'}."
    _say(given, [*(problem.text for problem in report.problems), end], asdict(report))
    return FOUND if count else 0


def _rebuild(given: argparse.Namespace) -> int:
    roles = read_roles(_roles_file(given, given.folder))
    names = [check_annotator(name) for name in given.annotator]
    done, problems = rebuild(Share(given.folder), roles, names, host_name())
    _say(given, [*problems, *done], {"done": done, "problems": problems})
    return FOUND if problems else 0


def _compact(given: argparse.Namespace) -> int:
    share = Share(given.folder)
    share.check()
    names = [check_annotator(name) for name in given.annotator] or _mine(share)
    answers = {}
    lines = []
    for name in names:
        result = compact(share, name, given.older_than, given.dry_run, _local(share), host_name())
        answers[name] = asdict(result) | {
            "folded": [readable(path) for path in result.folded],
            "into": readable(result.into or ""),
        }
        count = f"{_count(len(result.folded), 'journal')} with {_count(result.lines, 'line')}"
        if result.into is not None:
            lines.append(f"{name}: folded {count} into {readable(result.into)}.")
        else:
            lines.append(f"{name}: would fold {count}." if result.folded else f"{name}: there is nothing to fold.")
        lines += [f"{name}: left alone: {text}" for text in result.left]
    _say(given, lines or ["No journals here belong to this account."], answers)
    return 0


def _migrate(given: argparse.Namespace) -> int:
    roles = read_roles(_roles_file(given, given.new))
    person = check_annotator(given.user or _own_name())
    data_root = given.data_root.absolute() if given.data_root else None
    blocks = _blocks(data_root, given.new)
    plan = Plan(prefixes_of(given.prefix), data_root, blocks, person, host_name(), given.dry_run)
    result = migrate(given.old, Share(given.new), roles, plan)
    verb = "would be brought in" if given.dry_run else "brought in"
    lines = [*result.problems, *result.notes]
    for name, new in result.new.items():
        lines.append(
            f"{name}: {new} {verb}, {result.known[name]} known already, {result.unmatched[name]} without a block."
        )
    _say(given, lines or ["There is nothing to bring in."], asdict(result))
    return FOUND if result.problems else 0


def _log(given: argparse.Namespace) -> int:
    since = parse_time(given.since) if given.since else ""
    if since is None:
        raise StorageError(f"“{given.since}” is no time. Write it like 2026-11-21 or 2026-11-21T14:30.")
    roles = read_roles(_roles_file(given, given.folder))
    annotator = check_annotator(given.annotator) if given.annotator else ""
    found = history(Share(given.folder), roles, given.block or "", annotator)
    events = [event for event in found.events if event.decision.t >= since]
    if given.limit:
        events = events[-given.limit :]
    for event in events:
        print(json.dumps(_as_json(event)) if given.json else _as_line(event))
    for problem in found.problems:
        print(f"cytoscribe store log: {problem}", file=sys.stderr)
    if not events:
        print("cytoscribe store log: there is no such decision.", file=sys.stderr)
    return 0


# ---------------------------------------------------------------------- how it is shown


def _as_json(event: Event) -> dict[str, Any]:
    decision = event.decision
    fields = {name: getattr(decision, name) for name in decision.__struct_fields__}
    shown = {name: value for name, value in fields.items() if value is not None}
    return shown | {
        "value": decision.value,
        "file": readable(event.path),
        "line": event.line,
        "taken_back_by": event.taken_back_by,
        "ignored_because": event.objection or None,
    }


def _as_line(event: Event) -> str:
    decision = event.decision
    when = datetime.fromisoformat(decision.t).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    notes = []
    if decision.by:
        notes.append(f"by {decision.by}")
    if decision.source:
        notes.append("with the older program")
    if decision.undoes is not None:
        notes.append(f"takes back {decision.undoes}")
    if event.taken_back_by is not None:
        notes.append(f"taken back by {event.taken_back_by}")
    if decision.ms is not None:
        notes.append(f"{decision.ms / 1000:.1f} s")
    if decision.rule:
        notes.append(f"consensus: {_printable(decision.rule)}")
    if decision.reason:
        notes.append(f"reason: “{_printable(decision.reason)}”")
    if event.objection:
        notes.append(f"DOES NOT COUNT: {event.objection}")
    note = f" ({', '.join(notes)})" if notes else ""
    block, what = _printable(decision.block), _printable(_what(event))
    return f"{when}  {decision.annotator}  {block}  {what}{note}  [{decision.session} {decision.n}]"


def _printable(text: str) -> str:
    """Return a text in one line that does nothing to a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _what(event: Event) -> str:
    decision = event.decision
    kind, value, prev = decision.kind, decision.value, decision.prev
    was = f" (was {prev})" if prev is not None else ""
    if kind in ("annotate", "final"):
        return f"{'final label' if kind == 'final' else 'class'} {value}{was}"
    if kind in ("clear", "final-clear"):
        return f"{'final label' if kind == 'final-clear' else 'class'} cleared{was}"
    if kind == "comment":
        return f"comment “{value}”" if value else f"comment removed{was}"
    if isinstance(value, bool):
        return f"{kind} {'on' if value else 'off'}"
    return kind


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _say(given: argparse.Namespace, lines: Iterable[str], answer: object) -> None:
    if given.json:
        print(json.dumps(answer, default=str))
    else:
        for line in lines:
            print(line)


# ---------------------------------------------------------------------- what is there


def _blocks(data_root: Path | None, annotations_root: Path) -> Collection[str] | None:
    if data_root is None:
        return None
    from core.errors import ImageError
    from core.images.blocks import scan_blocks

    try:
        batches = scan_blocks(data_root.absolute(), (annotations_root.absolute(),))
        return {block.id for batch in batches for block in batch.blocks}
    except ImageError as error:
        raise StorageError(str(error)) from error


def _roles_file(given: argparse.Namespace, root: Path) -> Path:
    """Return where the roles stand: what was named, in the environment, too, as for the window."""
    if given.roles is not None and not given.roles.is_file():
        raise StorageError(f"{readable(given.roles)} is not there.")
    return roles_file(root, resolve(Options(roles_file=given.roles), os.environ).roles_file)


def _local(share: Share) -> LocalFolder:
    return LocalFolder(user_places().state / "journals", Path(os.path.realpath(share.root)))


def _own_name() -> str:
    """Return this account's name, as far as it can be an annotator's."""
    account = own_account()
    name = (account.name or account.number) if account is not None else getpass.getuser()
    return re.sub(r"\W+", "_", name)


def _mine(share: Share) -> list[str]:
    """Return the annotators whose folder of journals belongs to this account."""
    if os.name == "nt":
        return share.annotators()
    return [name for name in share.annotators() if share.journal_folder(name).stat().st_uid == os.geteuid()]


# ---------------------------------------------------------------------- the arguments


def _folder(text: str) -> Path:
    if not text.strip():  # an unset variable of a script must not mean the current folder
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError("not a number from 1 on")
    return int(text)


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = -1
    if not 0 <= days < float("inf"):
        raise argparse.ArgumentTypeError("not a number of days")
    return days


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cytoscribe store", description="Look after an annotations folder.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    init = commands.add_parser("init", help="make the folders of a group, with the right rights; mends them, too")
    init.add_argument("folder", type=_folder)
    init.add_argument("--group", help="the group that shares the folder")
    init.add_argument("--admin", action="append", default=[], metavar="NAME", help="writes roles.json; may be repeated")
    init.set_defaults(run=_init)

    check = commands.add_parser("check", help="say everything that is wrong; exit code 1 where something is")
    check.add_argument("folder", type=_folder)
    check.add_argument("--data-root", type=Path, metavar="DIR", help="names blocks that are not there")
    check.set_defaults(run=_check)

    rebuild_ = commands.add_parser("rebuild", help="write the snapshots anew from the journals")
    rebuild_.add_argument("folder", type=_folder)
    rebuild_.add_argument("--annotator", action="append", default=[], metavar="NAME", help="only of this annotator")
    rebuild_.set_defaults(run=_rebuild)

    compact_ = commands.add_parser("compact", help="fold your own closed journals into one")
    compact_.add_argument("folder", type=_folder)
    compact_.add_argument("--annotator", action="append", default=[], metavar="NAME", help="only of this annotator")
    compact_.add_argument("--older-than", type=_days, default=7, metavar="DAYS", help="quiet for so long (7)")
    compact_.add_argument("--dry-run", action="store_true", help="only say what would be done")
    compact_.set_defaults(run=_compact)

    migrate_ = commands.add_parser("migrate", help="bring in an annotations folder of the older program")
    migrate_.add_argument("old", type=_folder, metavar="OLD")
    migrate_.add_argument("new", type=_folder, metavar="NEW")
    migrate_.add_argument(
        "--prefix",
        action="append",
        default=[],
        metavar="FROM=TO",
        help="what was annotated in the folder FROM is in TO, below the data folder, now; may be repeated",
    )
    migrate_.add_argument("--data-root", type=Path, metavar="DIR", help="the data folder, to match the blocks in it")
    migrate_.add_argument("--user", metavar="NAME", help="who brings in final labels: an admin")
    migrate_.add_argument("--dry-run", action="store_true", help="only say what would be done")
    migrate_.set_defaults(run=_migrate)

    log = commands.add_parser("log", help="print the history of a block or an annotator")
    log.add_argument("folder", type=_folder)
    log.add_argument("--block", metavar="ID")
    log.add_argument("--annotator", metavar="NAME")
    log.add_argument("--since", metavar="TIME", help="like 2026-11-21 or 2026-11-21T14:30, UTC")
    log.add_argument("--limit", type=_positive, metavar="N", help="only the last N")
    log.set_defaults(run=_log)

    for command in (check, rebuild_, migrate_, log):
        command.add_argument("--roles", type=Path, metavar="FILE", help="roles.json, if it is not in the folder")
    for command in (init, check, rebuild_, compact_, migrate_, log):
        command.add_argument("--json", action="store_true", help="for scripts")
    return parser
