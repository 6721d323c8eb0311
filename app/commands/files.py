"""What the commands read and make: labels, images, sizes of voxels; tables and labels written whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.commands.batch import Outcome
from storage.atomic import replace_file
from storage.errors import StorageError, failure, readable
from storage.session_name import host_name

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from app.commands.tasks import Task
    from core.images.image_file import ImageFile


@dataclass(frozen=True)
class Scale:
    """Sizes of a voxel along the axes of labels, `known` in micrometres if a file or the call said so."""

    sizes: tuple[float, ...]
    known: tuple[float, ...] | None
    note: str


def scale_of(given: argparse.Namespace, *files: ImageFile) -> Scale:
    """Return the size of a voxel: what the call says, else the first file that states one, else 1.

    Raises ValueError where the call gives a size that does not fit the axes.
    """
    from core.measure.scale import axis_sizes

    ndim = len(files[0].spatial_shape)
    if given.scale is not None:
        sizes = axis_sizes(given.scale[0] if len(given.scale) == 1 else given.scale, ndim)
        return Scale(sizes, sizes, "")
    for file in files:
        if file.pixel_size is not None:
            text = " × ".join(f"{size:.6g}" for size in file.pixel_size)
            return Scale(file.pixel_size, file.pixel_size, f"Voxels of {text} µm ({file.size_source}).")
    return Scale((1.0,) * ndim, None, "No file states the size of a voxel: lengths are in voxels (--scale sets it).")


def write_table(task: Task, table: Any, notes: Sequence[str], facts: Mapping[str, Any] | None = None) -> Outcome:
    """Write the table of a task (a DataFrame) to its `--output`; return what is told of it."""
    from core.tables.table_file import table_bytes

    output = task.outputs["--output"]
    write(output, table_bytes(table, output.suffix))
    return Outcome(
        task.name,
        f"{output}: {count(len(table), 'row')}, {count(len(table.columns), 'column')}",
        {
            "output": str(output),
            "rows": len(table),
            "columns": [str(name) for name in table.columns],
            **(facts or {}),
        },
        distinct(notes),
    )


def write_labels(
    task: Task, labels: NDArray[Any], pixel_size: Sequence[float] | None, notes: Sequence[str], **facts: Any
) -> Outcome:
    """Write the labels of a task to its `--output`; return what is told of them. `pixel_size` is in micrometres."""
    from core.measure.object_runs import find_object_runs

    output = task.outputs["--output"]
    save_labels(output, labels, pixel_size)
    objects = len(find_object_runs(labels, negative=True).numbers)
    return Outcome(
        task.name,
        f"{output}: {count(objects, 'object')}",
        {"output": str(output), "objects": objects, **facts},
        distinct(notes),
    )


def save_labels(output: Path, labels: NDArray[Any], pixel_size: Sequence[float] | None) -> None:
    """Write labels as a compressed TIFF. Raises StorageError."""
    from core.images.label_tiff import encode_labels

    write(output, encode_labels(labels, pixel_size))


def write(output: Path, data: bytes) -> None:
    """Write a file whole, with the folders above it. Raises StorageError; an older file is then as it was."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise StorageError(f"{readable(output.parent)} is a file, not a folder. Choose another --output.") from error
    except OSError as error:
        raise failure(output, error, "Choose another --output.") from error
    try:
        replace_file(output, data, host_name())
    except OSError as error:
        raise failure(output, error, "An older file is as it was.") from error


def distinct(notes: Sequence[str]) -> tuple[str, ...]:
    """Return sentences once each, without empty ones."""
    return tuple(dict.fromkeys(note for note in notes if note))


def count(number: int, what: str) -> str:
    """Return a number with its noun: 1 row, 2 rows."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
