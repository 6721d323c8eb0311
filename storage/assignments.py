"""Which blocks each annotator is to judge, in which order: lists that admins hand out, in files written once."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from storage.atomic import replace_file
from storage.clock import later_than, parse_time
from storage.decision import VERSION
from storage.errors import UNDECODABLE, StorageError, failure, readable, reason
from storage.journal_reader import open_at_once
from storage.names import check_annotator, is_annotator
from storage.owner import owner_of
from storage.session_name import new_session
from storage.share import make_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from storage.roles import Roles
    from storage.share import Share

SUFFIX = ".json"
_LONGEST_NAME = 200
_LARGEST = 64 << 20
"""Bytes of a file: some million ids."""


@dataclass(frozen=True)
class Assignment:
    """The blocks that `by` gave to `annotator`, in their order; all of one hand-out have the same `id` and `name`.

    No blocks: what was given before is taken back. Which blocks are gold is not told.
    """

    id: str
    name: str
    annotator: str
    blocks: tuple[str, ...]
    by: str
    time: str


class _Content(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    v: int
    t: str
    by: str
    name: str
    blocks: dict[str, list[str]]


class Assignments:
    """What was handed out below the annotations folder of `share`; for one worker thread, but for what it holds.

    Each hand-out is a file `assignments/{start}-{host}-{random}.json` for all its annotators. A file and not lines of
    the admin's journal: an annotator then reads one small folder and no admin's journal; the lists do not swell what
    every session reads at its start; and a hidden file that is renamed once it is whole is seen whole or not at all
    on a network folder, so that all annotators have their part or nobody. Nobody writes to a file that is there, so
    each is read once. For each annotator the latest counts, by time and name, if an admin's account wrote it.
    """

    def __init__(self, share: Share, roles: Roles) -> None:
        self.latest: Mapping[str, Assignment] = {}
        """By annotator; replaced as a whole by `read`."""
        self.problems: tuple[str, ...] = ()
        """Sentences about files that are left out, as of the last `read`."""
        self._share, self._roles = share, roles
        self._folder = share.root / "assignments"
        self._files: dict[str, list[Assignment]] = {}

    def read(self) -> bool:
        """Read what is new; tell whether `latest` changed.

        Raises StorageError where the share is not there or the folder cannot be listed; nothing changes then.
        """
        self._share.check()
        self._share.touch_new()
        try:
            names = sorted(os.listdir(self._folder))
        except FileNotFoundError:
            names = []
        except OSError as error:
            raise failure(self._folder, error, "Ask for the right to read it.") from error
        names = [name for name in names if name.endswith(SUFFIX) and not name.startswith(".")]
        problems = []
        files = {}
        for name in names:
            try:
                files[name] = self._files[name] if name in self._files else self._read_file(self._folder / name)
            except StorageError as error:
                problems.append(str(error))
            except OSError as error:
                problems.append(f"{readable(self._folder / name)} {reason(error)}. It is left out.")
        self._files, self.problems = files, tuple(problems)
        latest: dict[str, Assignment] = {}
        for one in sorted((one for found in files.values() for one in found), key=_rank):
            latest[one.annotator] = one
        before, self.latest = self.latest, latest
        return before != latest

    def hand_out(self, admin: str, name: str, blocks: Mapping[str, Sequence[str]], host: str) -> str:
        """Give each annotator in `blocks` a list, all at once; return the id.

        It is durable on the share on return. `name` is shown to the annotators, `host` is this computer's.

        Raises StorageError: `admin` is none, a name or a list is not valid, or it cannot be written. Nothing was
        handed out then.
        """
        if not self._roles.is_admin(admin):
            raise StorageError(f"Blocks are assigned by admins, and the roles file does not name {admin} as one.")
        if not name.strip() or len(name) > _LONGEST_NAME:
            raise StorageError(f"Give the assignment a name of at most {_LONGEST_NAME} characters.")
        for annotator, ids in blocks.items():
            if check_annotator(annotator) != annotator:
                raise StorageError(f"“{annotator}” is not the name of an annotator as it is stored.")
            double = _first_double(ids)
            if double is not None or not all(ids):
                what = f"{readable(double)} twice" if double is not None else "a block without a name"
                raise StorageError(f"The list of {annotator} has {what}. Nothing was handed out.")
        self.read()
        session = new_session(host)
        time = later_than(max((one.time for found in self._files.values() for one in found), default=""))
        content = _Content(VERSION, time, admin, name.strip(), {who: list(ids) for who, ids in blocks.items()})
        path = self._folder / (session + SUFFIX)
        try:
            data = msgspec.json.encode(content) + b"\n"
            if len(data) > _LARGEST:
                raise StorageError(f"The lists take more than {_LARGEST >> 20} MB. Hand them out in parts.")
            make_folder(self._folder)
            replace_file(path, data, host)
            self._share.note_new_file(self._folder)
        except UnicodeEncodeError as error:
            raise StorageError("A name has characters that cannot be stored. Nothing was handed out.") from error
        except OSError as error:
            raise failure(path, error, "Nothing was handed out.") from error
        self.read()
        return session

    def _read_file(self, path: Path) -> list[Assignment]:
        with open(path, "rb", opener=open_at_once) as file:
            found = os.fstat(file.fileno())
            if found.st_size > _LARGEST:
                raise _bad(path, f"it has more than {_LARGEST >> 20} MB")
            data = file.read()
        try:
            content = msgspec.json.decode(data, type=_Content)
        except UNDECODABLE as error:
            raise _bad(path, str(error)) from error
        time, by = parse_time(content.t), content.by
        owner = owner_of(found)
        if time is None:
            raise _bad(path, f"its time is {readable(content.t)}")
        if not self._roles.is_admin(by):
            raise StorageError(f"{readable(path)} is by {readable(by)}, who is not an admin. It is left out.")
        if not self._roles.owns(owner, by):
            raise StorageError(f"{readable(path)} belongs to {owner}, which is no account of {by}. It is left out.")
        for annotator, ids in content.blocks.items():
            if not is_annotator(annotator):
                raise _bad(path, f"“{readable(annotator)}” is no annotator")
            if not all(ids) or _first_double(ids) is not None:
                raise _bad(path, f"the list of {annotator} has a block twice or without a name")
        identity = path.name.removesuffix(SUFFIX)
        return [
            Assignment(identity, content.name, annotator, tuple(ids), by, time)
            for annotator, ids in content.blocks.items()
        ]


def _rank(one: Assignment) -> tuple[str, str]:
    return one.time, one.id


def _first_double(ids: Sequence[str]) -> str | None:
    if len(set(ids)) == len(ids):
        return None
    return next(block for block, count in Counter(ids).items() if count > 1)


def _bad(path: Path, what: str) -> StorageError:
    return StorageError(f"{readable(path)} is no valid assignment ({what}). It is left out.")
