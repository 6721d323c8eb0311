"""The annotations folder on the share: its folders, and whether it is there at all."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from storage.atomic import sync_folder
from storage.errors import StorageError, failure, readable
from storage.journal import SUFFIX
from storage.modes import share_folder
from storage.names import is_annotator

if TYPE_CHECKING:
    from pathlib import Path

_MOUNTED = "Check that the share is mounted, then try again."
_SETTLE_SECONDS = 0.05
_DERIVED = ("users", "admin")
"""Folders of snapshots, which anybody may write anew."""


class Share:
    """Knows where things lie below the annotations folder `root`, and never makes `root` itself."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.users = root / "users"
        self.journals = root / "journal"
        self.final_labels = root / "admin" / "final_labels.json"
        self._new: dict[Path, float] = {}  # folders in which a file was made, and when

    def snapshot(self, annotator: str) -> Path:
        """Return the path of an annotator's snapshot."""
        return self.users / f"{annotator}.json"

    def journal_folder(self, annotator: str) -> Path:
        """Return the folder of an annotator's journals."""
        return self.journals / annotator

    def annotators(self) -> list[str]:
        """Return the names, sorted, of everybody with a folder of journals. Raises OSError."""
        try:
            return sorted(name for name in os.listdir(self.journals) if is_annotator(name))
        except FileNotFoundError:
            return []

    def journal_files(self, annotator: str) -> list[Path]:
        """Return an annotator's journals, sorted by when their sessions began. Raises OSError."""
        folder = self.journal_folder(annotator)
        try:
            names = os.listdir(folder)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return [folder / name for name in sorted(names) if name.endswith(SUFFIX) and not name.startswith(".")]

    def is_empty(self) -> bool:
        """Tell whether no store is here: what the mount point of a share that is not mounted looks like.

        Raises StorageError where the annotations folder is missing or cannot be listed.
        """
        shown = readable(self.root)
        try:
            names = os.listdir(self.root)
        except FileNotFoundError as error:
            raise StorageError(f"The annotations folder {shown} does not exist. {_MOUNTED}") from error
        except NotADirectoryError as error:
            raise StorageError(f"{shown} is not a folder. Choose a folder for the annotations.") from error
        except OSError as error:
            raise failure(self.root, error, _MOUNTED) from error
        return self.users.name not in names and self.journals.name not in names

    def check(self) -> None:
        """Raise StorageError where the store that was opened here is not here now."""
        if self.is_empty():
            raise StorageError(f"The annotations folder {readable(self.root)} is empty. {_MOUNTED}")

    def make_folders(self, annotator: str) -> None:
        """Make the folders that an annotator needs, below a root that is there. Raises OSError.

        In a folder that `store init` made, all of them belong to the group.
        """
        for folder in (self.users, self.journals, self.journal_folder(annotator)):
            make_folder(folder)

    def note_new_file(self, folder: Path) -> None:
        """A file was made in `folder`: make its name durable now, and touch the folder a moment later.

        NFSv3 clients can miss a file that was made in the same tick of the server's clock as their last listing.
        """
        sync_folder(folder)
        self._new[folder] = time.monotonic()

    def settle(self) -> None:
        """Wait the moment, at most a second, until the folders of new files were touched."""
        end = time.monotonic() + 1
        while self._new and time.monotonic() < end:
            self.touch_new()

    def touch_new(self) -> None:
        """Touch the folders whose moment has come."""
        for folder, made in list(self._new.items()):
            if time.monotonic() - made >= _SETTLE_SECONDS:
                try:
                    os.utime(folder)
                except OSError:
                    continue
                del self._new[folder]


def make_folder(folder: Path) -> None:
    """Make a folder if it is not there, with the rights of the one that it is in if that is shared. Raises OSError."""
    try:
        folder.mkdir()
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        share_folder(folder, is_derived=folder.name in _DERIVED)
