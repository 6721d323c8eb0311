"""Making the annotations folder of a group: `cytoscribe store init`."""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING

import msgspec

from storage.atomic import replace_file
from storage.errors import StorageError, failure, readable
from storage.names import check_annotator, is_annotator
from storage.roles import ROLES_FILE, read_roles

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

OPEN_TO_GROUP = 0o2775
"""What is made in it belongs to the group, and anybody of the group may replace it: snapshots are derived."""
ONLY_ONES_OWN = 0o3775
"""As above, but nobody may remove or replace what another made."""
MODES = {
    "": ONLY_ONES_OWN,
    "journal": ONLY_ONES_OWN,
    "labels": ONLY_ONES_OWN,
    "assignments": ONLY_ONES_OWN,
    "users": OPEN_TO_GROUP,
    "admin": OPEN_TO_GROUP,
}
"""The rights of the annotations folder (empty name) and of what is in it."""
ROLES_MODE = 0o644
_MAY_BE_THERE = {*MODES, ROLES_FILE, "classes.json", "lost+found"}


def init_store(root: Path, group: str | None, admins: Iterable[str], host: str) -> list[str]:
    """Make `root` and the folders in it, or mend their rights; return what was done, as sentences.

    `group` is the name of the group that shares the folder, None to keep the one it has. A roles.json that is there
    is left as it is.

    Raises StorageError: the folder that `root` is to lie in is missing, something else stands there, or the rights
    do not allow it.
    """
    names = list(dict.fromkeys(check_annotator(name) for name in admins))
    _check_group(group)
    _check_place(root)
    roles = root / ROLES_FILE
    if roles.exists():
        read_roles(roles)
    done: list[str] = []
    try:
        _folder(root, ONLY_ONES_OWN, group, done)
        for folder in _folders(root)[1:]:
            try:
                _folder(folder, _mode(root, folder), group, done)
            except PermissionError:
                if folder.parent == root:
                    raise
                done.append(f"{readable(folder)} belongs to somebody else: have its owner chmod it to 3775.")
        if not roles.exists():  # also without admins: else the first of the group to write one would be the admin
            replace_file(roles, msgspec.json.format(msgspec.json.encode({"admins": names, "accounts": {}})), host)
            if os.name != "nt":
                roles.chmod(ROLES_MODE)
            who = ", ".join(names) or 'nobody (add names to "admins" in it)'
            done.append(f"Wrote {readable(roles)}: {who} may set final labels.")
        elif names:
            done.append(f"Left {readable(roles)} as it is; add admins there.")
    except OSError as error:
        raise failure(root, error, "Choose a folder in which you may write.") from error
    return done or [f"{readable(root)} is as it should be."]


def _check_group(group: str | None) -> None:
    if group is None or os.name == "nt":
        return
    import grp

    try:
        number = grp.getgrnam(group).gr_gid
    except KeyError as error:
        raise StorageError(f"There is no group {group} on this computer. Ask whoever runs it to make one.") from error
    if os.geteuid() != 0 and number not in (os.getegid(), *os.getgroups()):
        raise StorageError(
            f"You are not in the group {group}, so that you cannot give it a folder. Ask to be taken in."
        )


def _check_place(root: Path) -> None:
    if not root.is_dir():
        return
    found = {name for name in os.listdir(root) if not name.startswith(".")}
    if found - _MAY_BE_THERE and not found & {"users", "journal"}:
        raise StorageError(
            f"{readable(root)} holds other files and no annotations. Choose a new or empty folder for the annotations."
        )


def wrong_modes(root: Path) -> list[tuple[Path, str]]:
    """Return the folders of a store made by `init_store` whose rights are not right any more, and a sentence each.

    Also those that anybody on the computer may change.
    """
    if os.name == "nt":
        return []
    found = []
    modes = {folder: stat.S_IMODE(folder.stat().st_mode) for folder in _folders(root) if folder.is_dir()}
    if not any(have & stat.S_ISGID for have in modes.values()):
        return []  # nobody shares it
    for folder, have in modes.items():
        mode = _mode(root, folder)
        if have & stat.S_IWOTH:
            text = f"{readable(folder)} can be changed by everybody here ({have:04o}): chmod it to {mode:04o}."
            found.append((folder, text))
        elif have & mode != mode:
            found.append(
                (folder, f"{readable(folder)} has the rights {have:04o}, not {mode:04o}: run `cytoscribe store init`.")
            )
    return found


def _folders(root: Path) -> list[Path]:
    """Return the folders of a store, and those of the annotators' journals that are there."""
    journals = root / "journal"
    try:
        names = sorted(name for name in os.listdir(journals) if is_annotator(name) and (journals / name).is_dir())
    except (FileNotFoundError, NotADirectoryError):
        names = []
    return [root, *(root / name for name in MODES if name), *(journals / name for name in names)]


def _mode(root: Path, folder: Path) -> int:
    return MODES.get("" if folder == root else folder.name if folder.parent == root else "journal", ONLY_ONES_OWN)


def _folder(folder: Path, mode: int, group: str | None, done: list[str]) -> None:
    is_new = not folder.exists()
    if is_new:
        folder.mkdir()
    elif not folder.is_dir():
        raise StorageError(f"{readable(folder)} is there, but is no folder. Move it away or choose another folder.")
    if os.name == "nt":
        if is_new:
            done.append(f"Made {readable(folder)}.")
        return
    before = folder.stat()
    if group is not None:
        shutil.chown(folder, group=group)
    if stat.S_IMODE(folder.stat().st_mode) != mode:
        folder.chmod(mode)
    after = folder.stat()
    have = stat.S_IMODE(after.st_mode)
    if have != mode:  # the system leaves such bits out without a word
        raise StorageError(
            f"{readable(folder)} has the rights {have:04o} and not {mode:04o}: the system refused them. You must be in "
            "the folder's group, and the file system must know such rights."
        )
    if is_new:
        done.append(f"Made {readable(folder)} ({mode:04o}).")
    elif (before.st_mode, before.st_gid) != (after.st_mode, after.st_gid):
        done.append(f"Mended the rights of {readable(folder)} ({mode:04o}).")
