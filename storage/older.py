"""Annotations of the older program: flat block ids, and ids nested under the absolute folder they lay in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from storage.clock import just_after, parse_time
from storage.decision import OLDER, VERSION, Decision
from storage.errors import StorageError, readable
from storage.snapshot import UNMATCHED, Entry, Form, Snapshot

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from storage.state import Annotations

_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")

Parts = tuple[str, ...]


@dataclass
class OlderAnnotations:
    """What a snapshot holds: `entries` block id -> (class, time); what fits no block, as it stood; and why.

    `by` has, of final labels, who set them.
    """

    form: Form
    entries: dict[str, tuple[int, str]] = field(default_factory=dict)
    unmatched: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    by: dict[str, str] = field(default_factory=dict)
    is_whole: bool = True
    """Everything that the older program wrote was understood: what is missing was taken away."""

    def add(self, block: str, entry: object) -> bool:
        """Take in one entry, unless there is a newer one of the block; False if it is not well formed."""
        if not isinstance(entry, dict):
            return False
        label, time = entry.get(self.form.label), parse_time(entry.get(self.form.time))
        if type(label) is not int or label <= 0 or time is None:
            return False
        old = self.entries.get(block)
        if old is None or time > old[1]:
            self.entries[block] = (label, time)
            if self.form.by and isinstance(name := entry.get(self.form.by), str):
                self.by[block] = name
        return True


@dataclass(frozen=True)
class Change:
    """What somebody did with the older program: a class for a block, or None for a class taken away; and who."""

    block: str
    label: int | None
    time: str
    by: str | None = None


Prefixes = dict[Parts, str]
"""Absolute folders, as parts, and where below the data folder what was annotated in them is now."""


def prefixes_of(texts: Iterable[str]) -> Prefixes:
    """Return the prefixes of texts like `/old/data=` and `/old/data/tile 1=tile 1`. Raises StorageError."""
    found: Prefixes = {}
    for text in texts:
        old, sign, new = text.rpartition("=")
        if not sign or not is_absolute(old) or is_absolute(new) or ".." in new.split("/"):
            raise StorageError(
                f"“{text}” is no prefix. Write FROM=TO: an absolute folder, and one below the data folder."
            )
        found[parts_of(old)] = new.replace("\\", "/").strip("/")
    return found


def read_older(
    snapshot: Snapshot,
    data_root: Path | None,
    path: Path,
    only_unmatched: bool = False,
    prefixes: Prefixes | None = None,
) -> OlderAnnotations:
    """Return the annotations of a snapshot, by block ids relative to `data_root`; `path` is for the sentences.

    Absolute parents go by the longest of `prefixes` that fits; the rest by their likeness to `data_root`, if known.

    What a snapshot of ours keeps as unmatched is tried again, for it may belong to this data folder, but likeness is
    not asked a second time for a folder of the same name. `only_unmatched` is for a snapshot whose annotations are
    known.
    """
    result = OlderAnnotations(snapshot.form)
    unmatched = snapshot.part(UNMATCHED)
    root = parts_of(str(data_root)) if data_root is not None else ()
    if root == ("",):
        root = ()  # everything lies in “/”, so that it tells nothing
    was_asked = bool(root) and parts_of(snapshot.seal.data_root)[-1:] == root[-1:]
    items = list(unmatched.items())
    if not only_unmatched:
        plain = _plain(snapshot.entries())
        if plain is not None:
            result.entries = plain
        else:
            items = [*snapshot.part(snapshot.form.part).items(), *items]
    if items:
        _sort_in(items, result, root, path, prefixes or {}, set(unmatched) if was_asked else set())
        written = snapshot.part(snapshot.form.part).keys()
        result.is_whole = not written & result.unmatched.keys()
    return result


def changes(snapshot: Snapshot, older: OlderAnnotations, known: Annotations) -> list[Change]:
    """Return what was done with the older program and is newer than what is `known`, in the order of time.

    A block that our last snapshot had and that is missing now was cleared, at the file's time; unless something in
    the file is not understood, which may be that block.
    """
    found = newer(older, known, bool(snapshot.seal.written_at) and snapshot.seal.written_at == snapshot.updated_at)
    if not snapshot.is_ours and older.is_whole and snapshot.seal.written_at and snapshot.updated_at is not None:
        through = snapshot.seal.through
        for block in known:
            time, session, n, _ = known.last.get(block, ("", "", 0, None))
            was_in_it = session in through and n <= through[session]
            if was_in_it and block not in older.entries and time < snapshot.updated_at:
                found.append(Change(block, None, snapshot.updated_at))
    return sorted(found, key=lambda change: change.time)


def newer(older: OlderAnnotations, known: Annotations, by_hand: bool = False) -> list[Change]:
    """Return the annotations that are not known, or newer than what is, in the order of time.

    With `by_hand`, where nobody changed the file's own time, another class at the same time counts as just after it.
    """
    found = []
    for block, (label, time) in older.entries.items():
        last = known.last.get(block)
        if last is None or time > last[0]:
            found.append(Change(block, label, time, older.by.get(block)))
        elif by_hand and time == last[0] and last[3] not in (None, label):
            found.append(Change(block, label, just_after(time), older.by.get(block)))
    return sorted(found, key=lambda change: change.time)


def _plain(entries: dict[str, Entry] | None) -> dict[str, tuple[int, str]] | None:
    """Return flat annotations without any fault, the usual case; else None."""
    if entries is None:
        return None
    plain = {}
    for block, entry in entries.items():
        time = parse_time(entry.annotated_at)
        if time is None or entry.label <= 0 or "\\" in block:
            return None
        plain[block] = (entry.label, time)
    return plain


def _sort_in(
    items: Iterable[tuple[str, Any]],
    result: OlderAnnotations,
    data_root: Parts,
    path: Path,
    prefixes: Prefixes,
    strict: Collection[str],
) -> None:
    """Put each item where it belongs; of the parents in `strict` only those that lie in `data_root` itself fit."""
    nested: dict[str, dict[str, Any]] = {}
    bad: list[str] = []

    def add_all(parent: str, entries: dict[str, Any], below: str) -> None:
        for name, entry in entries.items():
            if not result.add(f"{below}/{name}".strip("/").replace("\\", "/"), entry):
                bad.append(f"{parent}/{name}")
                result.unmatched.setdefault(parent, {})[name] = entry

    for key, value in items:
        if isinstance(value, dict) and result.form.label not in value:
            mapped = _mapped(parts_of(key), prefixes) if is_absolute(key) else None
            if mapped is not None:
                add_all(key, value, mapped)
            elif is_absolute(key):
                nested.setdefault(key, {}).update(value)
            else:  # written by a script that knew no data folder
                add_all(key, value, key)
        elif not result.add(key.replace("\\", "/"), value):
            bad.append(key)
            result.unmatched[key] = value
    old_root = _old_root([parts_of(parent) for parent in nested if parent not in strict], data_root)
    strangers: list[str] = []
    for parent, entries in nested.items():
        parts, root = parts_of(parent), data_root if parent in strict else old_root
        if root is not None and parts[: len(root)] == root:
            add_all(parent, entries, "/".join(parts[len(root) :]))
        elif entries:
            result.unmatched[parent] = entries
            strangers.append(parent)
    result.problems += _sentences(path, bad, strangers, nested, old_root, data_root)


def _mapped(parent: Parts, prefixes: Prefixes) -> str | None:
    for end in range(len(parent), 0, -1):
        new = prefixes.get(parent[:end])
        if new is not None:
            return "/".join(part for part in (new, *parent[end:]) if part)
    return None


def _sentences(
    path: Path,
    bad: list[str],
    strangers: list[str],
    nested: dict[str, dict[str, Any]],
    old_root: Parts | None,
    data_root: Parts,
) -> list[str]:
    name = readable(path)
    sentences = []
    if bad:
        sentences.append(
            f"{name}: {len(bad)} annotations have no valid class or time (the first is “{bad[0]}”). They are not used "
            f"and are kept under “{UNMATCHED}”."
        )
    if strangers:
        count = sum(len(nested[parent]) for parent in strangers)
        sentences.append(
            f"{name}: {count} annotations made in {strangers[0]}"
            + (f" and {len(strangers) - 1} more folders" if len(strangers) > 1 else "")
            + f" fit no block of this data folder. They are not used and are kept under “{UNMATCHED}”."
        )
    if old_root is not None and old_root != data_root and len(strangers) < len(nested):
        sentences.append(
            f"{name}: annotations made in {'/'.join(old_root) or '/'} were taken over for the blocks of the same names "
            "here. If that was another data set, use another annotations folder for this one."
        )
    return sentences


def _old_root(parents: Iterable[Parts], data_root: Parts) -> Parts | None:
    """Return the folder that was the data folder when the parents were written; None if that is not certain.

    It is the data folder itself where a parent lies in it; else the one folder of the same name, at or above a
    parent, that agrees with it in most parts of the path, counted from the end.
    """
    best: set[Parts] = set()
    most = 0
    for parent in parents:
        for end in range(1, len(parent) + 1):
            score = _agreement(parent[:end], data_root)
            if score > most:
                best, most = set(), score
            if score and score == most:
                best.add(parent[:end])
    if data_root in best:
        return data_root
    return best.pop() if len(best) == 1 else None


def _agreement(path: Parts, other: Parts) -> int:
    count = 0
    for mine, theirs in zip(reversed(path), reversed(other), strict=False):
        if mine != theirs or not mine:
            break
        count += 1
    return count


def is_absolute(path: str) -> bool:
    """Tell whether a text is an absolute path, of any system."""
    return path.startswith("/") or _WINDOWS.match(path) is not None


def parts_of(path: str) -> Parts:
    """Return the parts of an absolute path of any system; the first is empty on POSIX."""
    if _WINDOWS.match(path):
        path = path.replace("\\", "/")
    return tuple(path.rstrip("/").split("/"))


def decisions_for(
    found: Iterable[Change], known: Annotations, form: Form, annotator: str, session: str, first: int
) -> list[Decision]:
    """Return the journal lines that take changes over, numbered from `first`, with their own times."""
    kinds = ("final", "final-clear") if form.by else ("annotate", "clear")
    lines = []
    for n, change in enumerate(found, first):
        kind = kinds[change.label is None]
        prev = known[change.block][0] if change.block in known else None
        by = change.by if change.by != annotator else None
        lines.append(
            Decision(
                *(VERSION, change.time, n, annotator, session, kind, change.block, change.label, prev),
                source=OLDER,
                by=by,
            )
        )
    return lines
