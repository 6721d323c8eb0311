"""The overlays that an annotator keeps of one block on the share: saved whole, and never over what others saved."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from storage.atomic import refresh_folder, replace_file, sweep_temporary, sync_folder
from storage.clock import file_time, now
from storage.errors import StorageError, readable, reason
from storage.label_file import file_revision
from storage.label_lock import LabelLock, LabelsBusy, label_lock
from storage.label_name import (
    SUFFIX,
    OwnLabels,
    check_label_name,
    free_name,
    is_same_name,
    is_taken,
    labels_folder,
    lengthened,
    own_labels,
)
from storage.label_revision import ChangedElsewhere, check_revision, current_facts, new_token
from storage.session_name import host_name
from storage.share import make_folder

if TYPE_CHECKING:
    from pathlib import Path

    from storage.label_facts import LabelFacts
    from storage.label_writer import LabelWriter

DELETED = ".deleted"
"""The folder beside the overlays into which those that are deleted are moved, so that no delete is a loss."""
_KEPT = "The file on the share is as it was; the painted labels are kept on this computer until they can be saved."
_UNCHANGED = "Nothing was changed."


@dataclass(frozen=True)
class Saved:
    """What was saved: where, and the revision that the next save is based on."""

    name: str
    path: Path
    revision: str


class LabelStore:
    """The overlays of `annotator` for a block, or for one time point of a film. All of it is for a worker thread.

    Raises StorageError for a block id that cannot be a folder.
    """

    def __init__(
        self, root: Path, annotator: str, block_id: str, time: int | None = None, host: str | None = None
    ) -> None:
        self.root, self.annotator, self.block_id, self.time = root, annotator, block_id, time
        self.folder = labels_folder(root, annotator, block_id, time)
        self._host = host_name(host)
        self._swept: set[Path] = set()

    def path(self, name: str) -> Path:
        """Return where the overlay of that name lies. Raises StorageError for what is no name."""
        return self.folder / (check_label_name(name) + SUFFIX)

    def listed(self) -> tuple[OwnLabels, ...]:
        """Return the overlays that are there. Raises StorageError where the share is not there."""
        return own_labels(self.root, self.annotator, self.block_id, self.time)

    def current(self, name: str) -> LabelFacts | None:
        """Return what the newest version on the share says of itself; None if there is none. Raises StorageError."""
        return current_facts(self.path(name))

    def save(self, name: str, writer: LabelWriter, facts: LabelFacts, base_revision: str | None) -> Saved:
        """Save what is in `writer` over the version `base_revision`; None for an overlay that is not on the share yet.

        `facts.revision` may hold a token of `new_token`, so that a log can tell this save even if its answer is lost;
        parent (unless it is new) and time are set here. On any error the file on the share is as it was.

        Raises
        ------
        ChangedElsewhere
            The file there is not the version `base_revision`, or there is one although that is None.
        LabelsBusy
            Another session is saving it in this moment.
        StorageError
            It cannot be written.
        """
        path = self.path(name)
        token, parent = facts.revision or new_token(), base_revision or facts.parent
        facts = replace(facts, revision=token, parent=parent, saved_at=now())
        data = writer.to_bytes(facts)
        try:
            self._make_folder()
            self._sweep(path)
            with label_lock(path, self._host) as lock:
                check_revision(path, base_revision)
                if base_revision is None and is_taken(path.stem, (one.name for one in self.listed())):
                    raise ChangedElsewhere(_taken(name), None)
                if not replace_file(path, data, self._host, lambda: _is_still(path, base_revision, lock)):
                    check_revision(path, base_revision)
                    raise LabelsBusy(f"“{path.stem}” could not be saved in time. It is saved again in a moment.")
        except OSError as error:
            raise _failed(path, error, _KEPT) from error
        return Saved(path.stem, path, file_revision(token, len(data)))

    def save_beside(self, name: str, writer: LabelWriter, facts: LabelFacts) -> Saved:
        """Save our version beside the one that is there, as `{name} (other version 2026-11-21 14.05)`.

        Raises LabelsBusy, StorageError.
        """
        ending = f" (other version {datetime.now():%Y-%m-%d %H.%M})"
        for _ in range(100):
            free = free_name(lengthened(check_label_name(name), ending), (one.name for one in self.listed()))
            try:
                return self.save(free, writer, replace(facts, revision=""), None)
            except ChangedElsewhere:  # another session has just taken the name
                continue
        raise StorageError(f"No free name was found beside “{name}”. {_UNCHANGED}")

    def rename(self, name: str, new: str) -> Path:
        """Give an overlay another name that is free; return its path. Raises LabelsBusy, StorageError."""
        path, target = self.path(name), self.path(new)
        try:
            with label_lock(path, self._host):
                if is_same_name(path.stem, target.stem):
                    if target.exists() and not target.samefile(path):
                        raise StorageError(_taken(target.stem))
                    path.rename(target)
                else:
                    self._check_free(target)
                    _move_to_free(path, target)
            sync_folder(self.folder)
        except OSError as error:
            raise _failed(path, error, _UNCHANGED) from error
        return target

    def delete(self, name: str) -> Path:
        """Move an overlay into the folder `.deleted` beside it; return where it is now.

        Raises LabelsBusy, StorageError.
        """
        path = self.path(name)
        ending = f"-{file_time(now())}-{secrets.token_hex(2)}{SUFFIX}"
        target = self.folder / DELETED / (path.stem + ending)
        try:
            with label_lock(path, self._host):
                make_folder(target.parent)
                path.rename(target)
            sync_folder(target.parent)
            sync_folder(self.folder)
        except OSError as error:
            raise _failed(path, error, _UNCHANGED) from error
        return target

    def duplicate(self, name: str, new: str) -> Path:
        """Copy an overlay as it is on the share to a name that is free; return the copy's path.

        Raises LabelsBusy, StorageError.
        """
        path, target = self.path(name), self.path(new)
        try:
            refresh_folder(self.folder)
            data = path.read_bytes()
            with label_lock(target, self._host) as lock:
                self._check_free(target)
                if not replace_file(target, data, self._host, lambda: _is_free(target, lock)):
                    raise StorageError(_taken(new))
        except OSError as error:
            raise _failed(path, error, _UNCHANGED) from error
        return target

    def _check_free(self, target: Path) -> None:
        if is_taken(target.stem, (one.name for one in self.listed())):
            raise StorageError(_taken(target.stem))

    def _sweep(self, path: Path) -> None:
        """Remove, once, what processes that were killed while they saved this file left."""
        if path not in self._swept:
            with contextlib.suppress(OSError):
                sweep_temporary(self.folder, path.name, self._host)
            self._swept.add(path)

    def _make_folder(self) -> None:
        """Make the folders below a root that is there. Raises OSError, StorageError."""
        if self.folder.is_dir():
            return
        self.listed()  # raises where the share is not there
        folders = [folder for folder in self.folder.parents if folder.is_relative_to(self.root) and folder != self.root]
        for folder in [*reversed(folders), self.folder]:
            make_folder(folder)
            sync_folder(folder.parent)


def write_labels(path: Path, writer: LabelWriter, facts: LabelFacts, host: str | None = None) -> Saved:
    """Write labels to a file that the user chose (save as), replacing one that is there. Raises StorageError."""
    facts = replace(facts, revision=facts.revision or new_token(), saved_at=now())
    data = writer.to_bytes(facts)
    try:
        replace_file(path, data, host_name(host))
    except OSError as error:
        raise _failed(path, error, "Choose another place. What was there is as it was.") from error
    return Saved(path.stem, path, file_revision(facts.revision, len(data)))


def _move_to_free(path: Path, target: Path) -> None:
    """Rename to a name that nothing has. Raises OSError (FileExistsError where something has it)."""
    try:
        os.link(path, target)
    except FileExistsError:
        if not target.samefile(path):  # else the answer of a server was lost, and the request repeated
            raise
        path.unlink()
    except OSError:  # a file system without links
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        path.replace(target)
    else:
        path.unlink()


def _is_still(path: Path, base_revision: str | None, lock: LabelLock) -> bool:
    """Tell whether the file is still the version that ours was made from, and nobody took the lock over."""
    try:
        check_revision(path, base_revision)
    except StorageError:
        return False
    return lock.is_held()


def _is_free(target: Path, lock: LabelLock) -> bool:
    return not target.exists() and lock.is_held()


def _taken(name: str) -> str:
    return f"There are labels named “{name}” already. Choose another name."


def _failed(path: Path, error: OSError, advice: str) -> StorageError:
    """Return the error for the file that the user knows: the system may have named a temporary one."""
    return StorageError(f"{readable(path)} {reason(error)}. {advice}")
