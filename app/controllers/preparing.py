"""What a data set needs before its first decision, read in a worker: classes, the store, how it was looked at."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.actions import class_letters
from app.log import saving as log
from app.marker_sets import ChannelLookSettings
from app.options import Options, classes_file
from app.settings import DataSetSettings, Places, load_data_set
from storage.classes import Classes, default_classes, read_classes
from storage.display import read_older_display
from storage.errors import StorageError, failure
from storage.names import check_annotator
from storage.roles import read_roles, roles_file
from storage.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Wish:
    """Which data set, which annotations folder and who.

    `is_own` where the folder is this user's, made when missing; `may_begin` where an empty one is meant to be used.
    """

    options: Options
    places: Places
    annotations_root: Path
    is_own: bool
    data_root: Path
    annotator: str
    may_begin: bool = False
    looks: DataSetSettings | None = None
    """What a study file says for everybody who has not chosen otherwise."""


@dataclass(frozen=True)
class Opened:
    """All that was wished for; `are_default` where nobody has named any classes. Admins follow everybody."""

    store: Store
    classes: Classes
    are_default: bool
    settings: DataSetSettings
    review_problem: str = ""
    """Why nobody can review, though an admin may be there."""
    settings_problems: Sequence[str] = ()
    """What is wrong with the file of the annotator's own settings of this data set."""


def prepare(wish: Wish) -> Opened:
    """Open and read everything. Raises StorageError with the user's sentence."""
    root = wish.annotations_root
    if wish.is_own:
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise failure(root, error, "Choose an annotations folder that you can write to.") from error
    path = classes_file(wish.options, root, wish.data_root)
    classes = read_classes(path, class_letters()) if path else default_classes()
    may_begin = wish.is_own or wish.may_begin
    store, review_problem = _open(wish, may_begin)
    settings: DataSetSettings | None = None
    problems: list[str] = []
    if not wish.options.is_safe:
        settings, problems = load_data_set(wish.places, wish.annotator, str(wish.data_root))
        settings = settings or deepcopy(wish.looks)
    if settings is None:
        settings = _older_settings(root, wish.annotator)
    return Opened(store, classes, path is None, settings, review_problem, problems)


def _open(wish: Wish, may_begin: bool) -> tuple[Store, str]:
    """Open the store, for an admin with everybody's decisions; and return why nobody can review, empty if one can."""
    root, named = wish.annotations_root, wish.options.roles_file
    is_admin, problem = False, ""
    try:
        is_admin = read_roles(roles_file(root, named)).is_admin(check_annotator(wish.annotator))
    except StorageError as error:  # annotating goes on
        problem = str(error)
    store = open_store(
        root,
        _local_folder(wish.places),
        wish.annotator,
        wish.data_root,
        follow_all=is_admin,
        roles=named,
        may_begin=may_begin,
    )
    return store, problem


def close_store(store: Store) -> None:
    """Carry what is missing to the share if it answers (it is in the local journal all the same), then close."""
    try:
        store.push()
        if store.saved_through:
            store.write_snapshot(store.state.annotations(store.annotator))
            if store.keeps_final_labels:
                store.write_final_labels(store.state.final_labels())
    except StorageError as error:
        log.info("not on the share yet: %s", error)
    finally:
        store.close()


def _local_folder(places: Places) -> Path | None:
    """Where this user's journals are kept; None where no folder can be made."""
    folder = places.state / "journals"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder


def _older_settings(root: Path, annotator: str) -> DataSetSettings:
    """Colours and limits from the older program's display file."""
    settings = DataSetSettings()
    for name, look in read_older_display(root, annotator).items():
        settings.channels[name] = ChannelLookSettings(look.color or "", True, look.low, look.high)
        settings.auto_contrast = False
    return settings
