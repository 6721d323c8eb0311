"""Doing the same for each task of a call, here, in processes or on a cluster, and telling what became of it."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from app.commands.command import DONE, FAILED, FOUND
from app.commands.progress import Progress
from app.commands.tasks import CallError, Task

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence

_INTERRUPTED = 130


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


def run(given: argparse.Namespace, command: str, todo: Sequence[Task], work: Callable[[Task], Outcome]) -> int:
    """Do the work for each task, tell what became of it and return the exit code.

    `work` must be picklable (a function of a module, or a partial of one); what it raises becomes the error of an
    Outcome. `given` has json and quiet, and jobs and scheduler where there may be several tasks.
    """
    done: list[Outcome] = []
    said: Counter[str] = Counter()
    progress = Progress(len(todo), quiet=given.quiet or len(todo) < 2)
    try:
        with ExitStack() as stack:
            progress.show(0, todo[0].name)
            for outcome in _outcomes(given, todo, partial(_guarded, work), stack):
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


def _guarded(work: Callable[[Task], Outcome], task: Task) -> Outcome:
    """Return what `work` returns; whatever it raises becomes the sentence of an Outcome, so that others are done."""
    from core.analyze.classifier_file import ClassifierError
    from core.analyze.features import AnalysisWarning
    from core.errors import ImageError
    from core.tables.table_file import TableError
    from storage.errors import StorageError, reason

    name = task.name
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", AnalysisWarning)
            outcome = work(task)
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
    # On Windows a frozen program cannot be a worker of joblib's: what starts one there asks for `python`
    is_alone = sys.platform == "win32" and getattr(sys, "frozen", False)
    if scheduler is None and (len(todo) == 1 or given.jobs == 1 or is_alone):
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
