"""Doing the same to many files: which they are, what goes with what, where results go, and how it is told."""

from __future__ import annotations

import glob
import json
import os
import sys
import warnings
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.command import DONE, FAILED, FOUND
from app.commands.progress import Progress

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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
_INTERRUPTED = 130


class CallError(Exception):
    """The call cannot be followed; the text is a sentence for the user."""


@dataclass(frozen=True)
class Task:
    """One thing to do: `inputs` by role, `outputs` by role. `name` is what stands for it in what is told."""

    name: str
    inputs: Mapping[str, Path]
    outputs: Mapping[str, Path]


@dataclass(frozen=True)
class Outcome:
    """What became of a task.

    `told` is a line about the result; `facts` go into the JSON; `notes` are sentences about what was decided. `error`
    is a sentence, and empty where all went well.
    """

    name: str
    told: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    error: str = ""


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


def run(given: argparse.Namespace, command: str, todo: Sequence[Task], work: Callable[[Task], Outcome]) -> int:
    """Do the work for each task, tell what became of it and return the exit code.

    `work` must be picklable (a function of a module, or a partial of one) and return an Outcome whatever happens; see
    `guarded`. `given` has json and quiet, and jobs and scheduler where there may be several tasks.
    """
    done: list[Outcome] = []
    said: Counter[str] = Counter()
    progress = Progress(len(todo), quiet=given.quiet or len(todo) < 2)
    try:
        with ExitStack() as stack:
            progress.show(0, todo[0].name)
            for outcome in _outcomes(given, todo, work, stack):
                done.append(outcome)
                progress.clear()
                _tell(given, command, outcome, said, is_alone=len(todo) == 1)
                progress.show(len(done), outcome.name)
    except KeyboardInterrupt:
        progress.clear()
        print(f"cytoscribe {command}: stopped; {len(done)} of {len(todo)} are done.", file=sys.stderr)
        return _INTERRUPTED
    progress.clear()
    for note, times in said.items():
        if times > 1:
            print(f"The same for {times - 1} more: {note}", file=sys.stderr)
    problems = [outcome.error for outcome in done if outcome.error]
    if given.json:
        results = [{"name": one.name, **one.facts, "notes": list(one.notes)} for one in done if not one.error]
        print(json.dumps({"results": results, "problems": problems}))
    if problems and len(todo) > 1:
        print(f"cytoscribe {command}: {len(problems)} of {len(todo)} could not be done:", file=sys.stderr)
        for outcome in done:
            if outcome.error:
                print(f"  {outcome.name}", file=sys.stderr)
    if not problems:
        return DONE
    return FAILED if len(todo) == 1 else FOUND


def guarded(name: str, work: Callable[[], Outcome]) -> Outcome:
    """Return what `work` returns; whatever it raises becomes the sentence of an Outcome, so that others are done."""
    from core.analyze.classifier_file import ClassifierError
    from core.analyze.features import AnalysisWarning
    from core.errors import ImageError
    from core.tables.table_file import TableError
    from storage.errors import StorageError, reason

    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", AnalysisWarning)
            outcome = work()
        return replace(outcome, notes=(*outcome.notes, *(str(one.message) for one in said)))
    except (ImageError, TableError, ClassifierError, StorageError) as error:
        return Outcome(name, error=str(error))
    except (ValueError, TypeError) as error:  # sentences of core, which knows no files
        return Outcome(name, error=f"{name}: {error}")
    except MemoryError:
        return Outcome(name, error=f"{name} needs more memory than there is. Use fewer --jobs.")
    except OSError as error:
        return Outcome(name, error=f"{error.filename or name} {reason(error)}.")
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one file, the others are done
        return Outcome(name, error=f"{name}: {type(error).__name__}: {error}")


def _outcomes(
    given: argparse.Namespace, todo: Sequence[Task], work: Callable[[Task], Outcome], stack: ExitStack
) -> Iterator[Outcome]:
    scheduler = getattr(given, "scheduler", None)
    if scheduler is None and (len(todo) == 1 or given.jobs == 1):
        yield from map(work, todo)
        return
    import joblib

    if scheduler is not None:
        _connect(scheduler, stack)
        stack.enter_context(joblib.parallel_config(backend="dask"))
        # Workers have another current folder; what they share is the file system
        yield from joblib.Parallel()(joblib.delayed(work)(_absolute(task)) for task in todo)
        return
    parallel = joblib.Parallel(n_jobs=given.jobs, return_as="generator")
    yield from parallel(joblib.delayed(work)(task) for task in todo)


def _absolute(task: Task) -> Task:
    return replace(
        task,
        inputs={role: path.absolute() for role, path in task.inputs.items()},
        outputs={role: path.absolute() for role, path in task.outputs.items()},
    )


def _connect(address: str, stack: ExitStack) -> None:
    try:
        from distributed import Client
    except ImportError:
        raise CallError('--scheduler needs the extra "cluster": pip install "cytoscribe[cluster]"') from None
    try:
        stack.enter_context(Client(address, timeout=10))
    except (OSError, ValueError, TypeError) as error:
        raise CallError(f"no Dask scheduler answers at {address}: {error}") from error


def _tell(given: argparse.Namespace, command: str, outcome: Outcome, said: Counter[str], *, is_alone: bool) -> None:
    try:
        _print(given, command, outcome, said, is_alone=is_alone)
    except BrokenPipeError:  # the reader, like head, has seen enough; the files are still wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print(given: argparse.Namespace, command: str, outcome: Outcome, said: Counter[str], *, is_alone: bool) -> None:
    if outcome.error:
        print(f"cytoscribe {command}: {outcome.error}", file=sys.stderr)
        return
    if given.quiet or given.json:
        return
    for note in outcome.notes:
        if note not in said:  # a thousand files would say the same a thousand times
            print(note if is_alone else f"{outcome.name}: {note}", file=sys.stderr)
    said.update(outcome.notes)
    print(outcome.told, flush=True)


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
