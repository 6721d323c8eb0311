"""Readers on a machine: one who follows, one who only holds files open, one who looks at everything once.

python -m tests.nfs.reader PLAN, with the fields of `Plan` as JSON; its `mode` is follow, hold or check.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from storage.errors import StorageError
from storage.journal_reader import JournalReader
from storage.names import known_annotators
from storage.share import Share
from storage.store import open_store
from tests.nfs.plan import FOLLOW_SECONDS, Plan, say
from tests.nfs.wrong_stores import SINGLE_FILE


def follow(plan: Plan) -> None:
    """Follow everybody, and say which decisions came when; until `count` decisions are known."""
    store = plan.open(follow_all=True)
    through = store.state.final_labels().through
    say("opened", through=through)
    begun = time.monotonic()
    came = sum(through.values())
    while came < plan.count and time.monotonic() - begun < plan.seconds:
        try:
            found = store.follow()
        except StorageError as error:
            say("failed", text=str(error))
            found = []
        came += len(found)
        if found:
            say("seen", decisions=[[d.session, d.n] for d in found])
        time.sleep(1 / plan.rate if plan.rate else FOLLOW_SECONDS)
    say("done", problems=store.problems)
    store.close()


def hold(plan: Plan) -> None:
    """Open every file that is below the root now, and keep them open; look at nothing else, which would help others."""
    held = []
    for folder, _, names in os.walk(plan.root):
        held += [os.open(Path(folder) / name, os.O_RDONLY) for name in names]
    say("held", files=len(held))
    time.sleep(plan.seconds)


def check(plan: Plan) -> None:
    """Say every line of every journal, the state of all, the snapshots, and what is wrong."""
    share = Share(Path(plan.root))
    lines, problems = _all_lines(share)
    single = share.root / SINGLE_FILE
    if single.exists():
        try:
            lines += [[d["session"], d["n"], d["block"], d["value"]] for d in json.loads(single.read_text())]
        except ValueError as error:
            problems.append(f"torn: {error}")
    store = open_store(share.root, None, plan.annotator, Path("/data"), follow_all=True)
    copies = {name: store.state.annotations(name) for name in store.state.annotators()}
    say(
        "found",
        lines=lines,
        labels={name: {block: list(found) for block, found in copy.items()} for name, copy in copies.items()},
        snapshots={path.stem: json.loads(path.read_text()) for path in share.users.glob("*.json")},
        names=sorted(str(path.relative_to(share.root)) for path in share.root.rglob("*")),
        problems=problems,
    )
    store.close()


def _all_lines(share: Share) -> tuple[list[list[Any]], list[str]]:
    """Return each line of all journals, also such that say again what another says, and what is wrong."""
    lines, problems = [], []
    for annotator in known_annotators(share.root):
        for path in share.journal_files(annotator):
            reader = JournalReader(path, annotator)
            for batch in reader.read():
                lines += [[d.session, d.n, d.block, d.value] for d in batch]
            problems += reader.problems + [reader.torn_end] * reader.has_torn_end
    return lines, problems


if __name__ == "__main__":
    plan = Plan.from_arguments()
    {"follow": follow, "hold": hold, "check": check}[plan.mode](plan)
