"""What the command line and the environment say; the command line wins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Options:
    """None where nothing was said."""

    data_root: Path | None = None
    annotations_root: Path | None = None
    roles_file: Path | None = None
    classes_file: Path | None = None
    annotator: str | None = None
    record_file: Path | None = None
    log_level: str = "WARNING"
    is_plain: bool = False
    """Draw without OpenGL."""
    study_file: Path | None = None
    """A .cytoscribe file in place of `data_root`."""
    is_safe: bool = False
    """With default settings, which are not kept, and without OpenGL."""
    is_new_window: bool = False
    """Do not ask whether a window shows these data already."""


def resolve(options: Options, environment: Mapping[str, str]) -> Options:
    """Fill what the command line left open from the environment, by the older program's names."""

    def path(given: Path | None, name: str) -> Path | None:
        value = given or (Path(environment[name]) if environment.get(name) else None)
        return value.expanduser().absolute() if value else None

    if options.study_file is not None:  # it was named for this start: the environment is that of other data
        environment = {}
    return replace(
        options,
        data_root=path(options.data_root, "ANNOTATOR_DATA_ROOT"),
        annotations_root=path(options.annotations_root, "ANNOTATOR_ANNOTATIONS_ROOT"),
        roles_file=path(options.roles_file, "ANNOTATOR_ROLES_FILE"),
        classes_file=path(options.classes_file, "ANNOTATOR_CLASSES_FILE"),
        study_file=path(options.study_file, ""),
    )


def classes_file(options: Options, annotations_root: Path, data_root: Path) -> Path | None:
    """Where the classes of a data set stand; None if nobody has named any.

    A file that was named must be there. Otherwise: beside the roles file, in the annotations folder, in the data
    folder.
    """
    if options.classes_file is not None:
        return options.classes_file
    beside_roles = [options.roles_file.parent] if options.roles_file else []
    for folder in (*beside_roles, annotations_root, data_root):
        if (folder / "classes.json").exists():
            return folder / "classes.json"
    return None
