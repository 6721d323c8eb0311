"""Which files a call means, what goes with what, and where the results go."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TIFF_ENDINGS = (".tif", ".tiff")
TABLE_ENDINGS = (".csv", ".tsv", ".xlsx", ".parquet")
_CLASSIFIER_ENDINGS = (".joblib", ".pkl")
_OTHER_ENDINGS = (".png", ".jpg", ".jpeg", ".npy", ".npz", ".h5", ".zarr", ".json")
_KINDS = {
    ".csv": ("A table", TABLE_ENDINGS),
    ".tif": ("Labels", TIFF_ENDINGS),
    ".joblib": ("A classifier", _CLASSIFIER_ENDINGS),
}
"""What a result is that has this ending unless the call says otherwise, and the endings that say the same."""
_MAGIC = "*?["


class CallError(Exception):
    """The call cannot be followed; the text is a sentence for the user."""


@dataclass(frozen=True)
class Task:
    """One thing to do: `inputs` by role, `outputs` by role. `name` is what stands for it in what is told."""

    name: str
    inputs: Mapping[str, Path]
    outputs: Mapping[str, Path]


@dataclass(frozen=True)
class _Found:
    """The files that a role has; each with its place below the folder that they were looked for in, no ending."""

    paths: tuple[Path, ...]
    places: tuple[Path, ...]
    is_many: bool


def tasks(
    inputs: Mapping[str, Sequence[str]],
    outputs: Mapping[str, tuple[str, str]],
    endings: Mapping[str, Sequence[str]] | None = None,
    *,
    also_read: Sequence[str] = (),
) -> list[Task]:
    """Return what a call with these files means.

    Parameters
    ----------
    inputs
        For each role (`--segmentation`) what was given: files, patterns such as `well_*/seg.tif` (`**` for folders at
        any depth), folders (all their TIFFs). A role without anything is left out. Files are paired in natural order.
    outputs
        For each role what was given and the ending of a name that is made up. With several files, a folder, or a name
        with `{name}` in it, which stands for the place of the first input.
    endings
        Of files in folders, for each role; TIFFs if it is not said.
    also_read
        Files that all tasks read; no result may replace them either.

    Raises
    ------
    CallError
        Nothing fits a pattern, the roles have different numbers of files, two results would have one name, or a result
        would replace an input; the name of a result has the ending of something else.
    """
    found = {
        role: _expanded(role, texts, (endings or {}).get(role, TIFF_ENDINGS)) for role, texts in inputs.items() if texts
    }
    first_role, first = next(iter(found.items()))
    for role, other in found.items():
        if len(other.paths) != len(first.paths):
            raise CallError(
                f"{first_role} has {_count(len(first.paths))}, but {role} has {_count(len(other.paths))}: they are "
                "paired in order of name, so their numbers must be equal"
            )
    is_many = len(first.paths) > 1 or any(one.is_many for one in found.values())
    made = []
    for at, place in enumerate(first.places):
        ins = {role: one.paths[at] for role, one in found.items()}
        outs = {role: _output(role, text, ending, place, is_many=is_many) for role, (text, ending) in outputs.items()}
        made.append(Task(" + ".join(str(one) for one in ins.values()), ins, outs))
    _check_apart(made, also_read)
    return made


def together(role: str, inputs: Sequence[str], output: str, ending: str) -> Task:
    """Return the one task that makes one result of all these tables, patterns and folders. Raises CallError."""
    paths = _expanded(role, inputs, TABLE_ENDINGS).paths
    made = _output("--output", output, ending, Path(paths[0].stem), is_many=False)
    task = Task(
        " + ".join(map(str, paths)),
        {f"file {number}": path for number, path in enumerate(paths, 1)},
        {"--output": made},
    )
    _check_apart([task])
    return task


def _expanded(role: str, texts: Iterable[str], endings: Sequence[str]) -> _Found:
    from core.images.natural_order import natural_sorted

    paths: list[Path] = []
    places: list[Path] = []
    is_many = False
    for text in texts:
        if not text.strip():  # like an unset variable of a script: it must not mean the current folder
            raise CallError(f"{role}: the name is empty")
        if any(sign in text for sign in _MAGIC) and not os.path.lexists(text):
            root = _fixed_part(text)
            pattern = os.path.join(glob.escape(str(root)), Path(text).relative_to(root))  # noqa: PTH118
            names = [name for name in glob.glob(pattern, recursive=True) if Path(name).is_file()]  # noqa: PTH207
            what = f"no file fits {text}"
        elif Path(text).is_dir():
            names = [str(one) for one in Path(text).iterdir() if _is_wanted(one, endings)]
            root, what = Path(text), f"{text} holds no file that ends in {' or '.join(endings)}"
        else:
            paths.append(Path(text))
            places.append(Path(Path(text).stem))
            continue
        if not names:
            raise CallError(f"{role}: {what}")
        is_many = True
        found = [Path(name) for name in natural_sorted(names)]
        paths += found
        places += [one.relative_to(root).with_suffix("") for one in found]
    return _Found(tuple(paths), tuple(places), is_many)


def _is_wanted(file: Path, endings: Sequence[str]) -> bool:
    return file.suffix.lower() in endings and not file.name.startswith(".") and file.is_file()


def _fixed_part(pattern: str) -> Path:
    """Return the folder above the first part of a pattern that has a wildcard, and is no folder itself (`day [1]`)."""
    parts = Path(pattern).parts
    folder = Path()
    for part in parts:
        if any(sign in part for sign in _MAGIC) and not (folder / part).exists():
            break
        folder /= part
    return folder


def _output(role: str, text: str, ending: str, place: Path, *, is_many: bool) -> Path:
    if not text.strip():
        raise CallError(f"{role}: the name is empty")
    what, own = _KINDS[ending]
    others = {*TABLE_ENDINGS, *TIFF_ENDINGS, *_CLASSIFIER_ENDINGS, *_OTHER_ENDINGS} - set(own)
    if (given := Path(text).suffix.lower()) in others and not Path(text).is_dir():
        raise CallError(f"{role} {text}: {what} cannot be written as {given}; use {', '.join(own)}")
    if "{name}" in text:
        return Path(text.replace("{name}", place.as_posix()))
    is_folder = text.endswith(("/", os.sep)) or Path(text).is_dir()
    if is_folder:
        return Path(text) / place.with_name(place.name + ending)
    if is_many:
        raise CallError(f"{role} must be a folder (with a / at its end) or have {{name}} in it for several files")
    return Path(text)


def _check_apart(made: Sequence[Task], also_read: Sequence[str] = ()) -> None:
    read = {os.path.realpath(path) for task in made for path in task.inputs.values()}
    read |= {os.path.realpath(path) for path in also_read}
    written: dict[str, Path] = {}
    for task in made:
        for path in task.outputs.values():
            real = os.path.realpath(path)
            if real in read:
                raise CallError(f"{path} is read and would be replaced: choose another name for the result")
            if real in written:
                raise CallError(f"two results would be {path}: use a pattern, so that folders tell them apart")
            written[real] = path


def _count(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"
