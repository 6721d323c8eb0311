"""Study files: one file to double-click, which says where data, decisions, roles and classes of a study are."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import msgspec

from app.settings import DataSetSettings
from storage.errors import readable

SUFFIX = ".cytoscribe"
_VERSION = 1
_ADVICE = "Repair it, or open the data folder itself and save a new study file."


class StudyError(Exception):
    """Its text is for the user: which file, what is wrong with it, and what to do."""


class Study(msgspec.Struct, frozen=True):
    """What belongs to one study; all paths are absolute. None where the file says nothing."""

    data_root: Path
    annotations_root: Path | None = None
    roles_file: Path | None = None
    classes_file: Path | None = None
    annotator: str | None = None
    settings: DataSetSettings | None = None
    """How the data are read and drawn at first, by everybody who has not chosen otherwise."""
    problem: str = ""
    """What was left out of the file, as a sentence."""


class _File(msgspec.Struct, omit_defaults=True):
    version: int
    data_root: str
    annotations_root: str | None = None
    roles_file: str | None = None
    classes_file: str | None = None
    annotator: str | None = None
    settings: Any = None


class _Head(msgspec.Struct):
    version: int


def is_study_name(name: str) -> bool:
    """Tell whether a file of this name is a study file, by its ending."""
    return name.lower().endswith(SUFFIX)


def read_study(path: Path) -> Study:
    """Return what the file says; relative paths are relative to its folder.

    A bad value among the settings costs the settings only. Raises StudyError: there is no such file, it cannot be
    read, a path in it is missing or not valid, or a later version of the program wrote it.
    """
    try:
        data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise StudyError(_unreadable(path, error)) from error
    try:
        if msgspec.json.decode(data, type=_Head).version > _VERSION:
            raise StudyError(f"{readable(path)} was written by a newer Cytoscribe. Install that version to open it.")
        file = msgspec.json.decode(data, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StudyError(f"{readable(path)} is not a valid study file: {_what(error)}. {_ADVICE}") from error
    folder = path.absolute().parent
    found = {name: _resolved(path, folder, name, getattr(file, name)) for name in _PATHS}
    if found["data_root"] is None:
        raise StudyError(f"{readable(path)} is not a valid study file: “data_root” is empty. {_ADVICE}")
    settings, problem = None, ""
    if file.settings is not None:
        try:
            settings = msgspec.convert(file.settings, DataSetSettings)
        except msgspec.MsgspecError as error:
            problem = f"The settings in {readable(path)} are not used: {_what(error)}."
    return Study(**found, annotator=file.annotator or None, settings=settings, problem=problem)  # type: ignore[arg-type]


def write_study(path: Path, study: Study) -> None:
    """Write the file, replacing an old one only once the new one is whole.

    What lies in the folder of the file is named relative to it, so that the folder can be moved or mounted elsewhere.
    Raises StudyError.
    """
    folder = path.absolute().parent
    named = {name: _relative(getattr(study, name), folder) for name in _PATHS}
    file = _File(_VERSION, **named, annotator=study.annotator, settings=study.settings)  # type: ignore[arg-type]
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n")
        temporary.replace(path)
    except (OSError, UnicodeEncodeError) as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise StudyError(f"{readable(path)} could not be written: {text}. Save it elsewhere.") from error


_WORDS = {
    "str": "text",
    "str | null": "text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "nothing",
}
"""How people call what msgspec names."""
_PATHS = ("data_root", "annotations_root", "roles_file", "classes_file")


def _resolved(path: Path, folder: Path, name: str, value: str | None) -> Path | None:
    if not value:
        return None
    if "\0" in value:
        raise StudyError(f"{readable(path)} is not a valid study file: “{name}” is not a path. {_ADVICE}")
    # Not Path.resolve: a share that hangs is not asked before it must be, and links stay as they were written
    return Path(os.path.normpath(folder / Path(value).expanduser()))


def _relative(path: Path | None, folder: Path) -> str | None:
    if path is None:
        return None
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _what(error: Exception) -> str:
    """`“data_root” is wrong (expected text, got a number)`: the place first, as a person looks for it."""
    text = str(error)
    for name, word in _WORDS.items():
        text = text.replace(f"`{name}`", word)
    what, mark, place = text.partition(" - at `$.")
    if mark:
        return f"“{place.rstrip('`')}” is wrong ({what[:1].lower()}{what[1:]})"
    return f"{text[:1].lower()}{text[1:]}"


def _unreadable(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{readable(path)} does not exist. Check that the drive or share is connected, then try again."
    return f"{readable(path)} cannot be read: {error.strerror or error}."
