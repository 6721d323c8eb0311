"""Versions of a labels file: which one is on the share now, and whether it is the one that ours was made from."""

from __future__ import annotations

import errno
import secrets
from typing import TYPE_CHECKING

from storage.atomic import refresh_folder
from storage.errors import StorageError, failure, readable
from storage.label_file import read_label_facts, token_of
from storage.label_layout import DamagedLabels

if TYPE_CHECKING:
    from pathlib import Path

    from storage.label_facts import LabelFacts

_GONE = (errno.ESTALE, errno.ENOENT)


class ChangedElsewhere(StorageError):  # noqa: N818 - it is a state of the file
    """The file is not the version that ours was made from; it is as it was.

    `facts` are those of the version that is there; None where the file is gone or cannot be read as labels.
    """

    def __init__(self, text: str, facts: LabelFacts | None) -> None:
        super().__init__(text)
        self.facts = facts


def new_token() -> str:
    """Return a name for a version that is going to be saved."""
    return secrets.token_hex(8)


def is_version(revision: str, token: str) -> bool:
    """Tell whether the revision of a file is the version that was saved with a token."""
    return token_of(revision) == token


def current_facts(path: Path) -> LabelFacts | None:
    """Return the facts of the newest version; None if there is no file. Raises StorageError."""
    for attempt in range(3):
        try:
            refresh_folder(path.parent)  # an NFS client may believe in an older version
            return read_label_facts(path)
        except FileNotFoundError:
            return None
        except StorageError as error:
            number = error.__cause__.errno if isinstance(error.__cause__, OSError) else None
            if number == errno.ENOENT:
                return None
            if number not in _GONE or attempt == 2:  # ESTALE: it was replaced while it was opened
                raise
        except OSError as error:
            if error.errno not in _GONE or attempt == 2:
                raise failure(path, error, "Check that the share is connected, then try again.") from error
    return None


def check_revision(path: Path, base_revision: str | None) -> None:
    """Raise ChangedElsewhere where the file is not the version that ours was made from (None: none). StorageError."""
    try:
        facts = current_facts(path)
    except DamagedLabels as error:
        raise ChangedElsewhere(f"{error} It is not overwritten; your version is kept too.", None) from error
    there = facts.revision if facts is not None else None
    if there == base_revision:
        return
    shown = readable(path)
    if facts is None:
        raise ChangedElsewhere(f"{shown} was removed or renamed meanwhile. Your version is kept.", None)
    by = f"in another session, saved by {facts.saved_by}" if facts.saved_by else "by another program"
    raise ChangedElsewhere(f"{shown} was changed {by}. It is not overwritten; your version is kept too.", facts)
