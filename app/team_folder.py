"""What the batch commands read: the blocks of a data folder, and what everybody decided about them. Imports no Qt."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.actions import CLASS_LETTERS
from app.options import Options, classes_file, resolve
from app.settings import user_places
from storage.classes import default_classes, read_classes
from storage.errors import StorageError, readable
from storage.local import LocalFolder
from storage.other_data import other_data_warning
from storage.reading import read_everything
from storage.roles import read_roles, roles_file
from storage.session_name import host_name
from storage.share import Share

if TYPE_CHECKING:
    from storage.classes import Classes
    from storage.follower import Unread
    from storage.reading import Everything
    from storage.roles import Roles


@dataclass(frozen=True)
class TeamFolder:
    """`blocks` are ids in the program's order; `problems` are sentences about what is left out or to look at."""

    data_root: Path
    root: Path
    blocks: list[str]
    classes: Classes
    roles: Roles
    found: Everything
    problems: list[str]

    def unread(self) -> list[dict[str, str]]:
        """Return what could not be read, as JSON has it."""
        return [unread_as_json(one) for one in self.found.unread]


def read_team(given: Options) -> TeamFolder:
    """Read what the command line and the environment name; nothing is changed.

    Raises StorageError with the user's sentence, or OSError.
    """
    options = resolve(given, os.environ)
    data_root, root = _wanted(options.data_root, "DATA_ROOT"), _wanted(options.annotations_root, "--annotations-root")
    for named in (given.roles_file, given.classes_file):
        if named is not None and not named.is_file():
            raise StorageError(f"{readable(named)} is not there.")
    roles = read_roles(roles_file(root, options.roles_file))
    path = classes_file(options, root, data_root)
    classes = read_classes(path, CLASS_LETTERS) if path is not None else default_classes()
    share = Share(root)
    share.check()
    blocks, problems = _blocks(data_root, root)
    real_data = Path(os.path.realpath(data_root))
    found = read_everything(share, roles, real_data, host_name())
    problems += [one.sentence for one in found.unread]
    warning = other_data_warning(real_data, found.data_roots)
    problems += [warning] if warning else []
    problems += _waiting(share)
    return TeamFolder(data_root, root, blocks, classes, roles, found, problems)


def strangers_note(strangers: set[str]) -> str:
    """Return the sentence about blocks that were decided about and that the data folder does not have, if any."""
    if not strangers:
        return ""
    number = f"{len(strangers)} blocks" if len(strangers) > 1 else "1 block"
    return (
        f"What was decided about {number} that the data folder does not have is left out; the first is "
        f"{readable(min(strangers))}."
    )


def _wanted(path: Path | None, name: str) -> Path:
    if path is None:
        raise StorageError(f"Name the folder: {name} is missing.")
    return path


def _blocks(data_root: Path, annotations_root: Path) -> tuple[list[str], list[str]]:
    """Return the ids of all blocks in the program's order, and what was left out."""
    from core.errors import ImageError
    from core.images.blocks import scan_blocks

    blocks: list[str] = []
    problems: list[str] = []
    try:
        for batch in scan_blocks(data_root, (annotations_root,)):
            blocks += [block.id for block in batch.blocks]
            problems += batch.problems
    except ImageError as error:
        raise StorageError(str(error)) from error
    if not blocks:
        raise StorageError(f"{readable(data_root)} holds no block: no .tif or .tiff file was found in it.")
    return blocks, problems


def _waiting(share: Share) -> list[str]:
    """Return a sentence for each journal on this computer that is not on the share, whose decisions are missing."""
    local = LocalFolder(user_places().state / "journals", Path(os.path.realpath(share.root)))
    return [
        f"{readable(path)} is not on the share yet, and what it has is left out: start Cytoscribe on this "
        "computer, or wait if it is running."
        for name in local.annotators()
        for path in local.waiting(name, share.journal_folder(name).joinpath)
    ]


def unread_as_json(one: Unread) -> dict[str, str]:
    """Return the annotator, the file and the sentence about what could not be read."""
    return {"annotator": one.annotator, "path": readable(one.path), "text": one.sentence}
