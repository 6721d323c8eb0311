"""`cytoscribe measure ...`: tables of what objects are like. Imports no Qt."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.commands.batch import Outcome, run
from app.commands.call import (
    MANY_FILES,
    CallParser,
    add_batch,
    add_files,
    add_output,
    add_reading,
    add_scale,
    check_time,
    time_of,
)
from app.commands.command import answered
from app.commands.tasks import CallError, Task, tasks

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


def main(arguments: list[str]) -> int:
    """Do what the arguments after `measure` say; return 0, 1 if some files failed, 2 if nothing was done."""
    given = _parser().parse_args(arguments)
    return answered(f"measure {given.command}", lambda: _measure(given), CallError)


def _measure(given: argparse.Namespace) -> int:
    if given.command == "cell-nucleus" and given.intensity is None and (given.channels or given.intensity_axes):
        raise CallError("--channels and --intensity-axes are of an image: name it with --intensity, or leave them out")
    inputs = {f"--{role}": getattr(given, role.replace("-", "_")) for role in given.roles}
    todo = tasks(inputs, {"--output": (given.output, ".csv")})
    work = {"intensities": _intensities, "morphology": _morphology, "cell-nucleus": _cell_nucleus}[given.command]
    return run(given, f"measure {given.command}", todo, partial(work, given))


def _intensities(given: argparse.Namespace, task: Task) -> Outcome:
    from app.commands.channels import chosen_channels
    from app.commands.files import write_table
    from core import measure_intensities
    from core.images.image_file import read_image, read_labels

    labels = read_labels(str(task.inputs["--segmentation"]), axes=given.labels_axes, time=time_of(given))
    image = read_image(
        str(task.inputs["--intensity"]), like=labels.array.shape, axes=given.intensity_axes, time=time_of(given)
    )
    check_time(given, labels, image)
    if image.spatial_shape != labels.array.shape:
        raise ValueError(
            f"The labels have the shape {labels.array.shape} ({labels.letters}), but the image {image.array.shape} "
            f"({image.letters}). Choose an image of the same objects, or say what its axes are (--intensity-axes)."
        )
    array, names, note = chosen_channels(image, given.channels)
    table = measure_intensities(
        labels.array,
        array,
        channel_names=names,
        statistics=given.statistics,
        extra=_extra(given.extra),
    )
    return write_table(task, table, (*labels.notes, *image.notes, note))


def _morphology(given: argparse.Namespace, task: Task) -> Outcome:
    from app.commands.files import scale_of, write_table
    from core import measure_morphology
    from core.images.image_file import read_labels

    labels = read_labels(str(task.inputs["--segmentation"]), axes=given.labels_axes, time=time_of(given))
    check_time(given, labels)
    scale = scale_of(given, labels)
    table = measure_morphology(labels.array, scale.sizes, extra=_extra(given.extra))
    return write_table(task, table, (*labels.notes, scale.note), {"scale": scale.sizes})


def _extra(names: Sequence[str] | None) -> str | tuple[str, ...]:
    return "all" if names is not None and "all" in names else tuple(names or ())


def _cell_nucleus(given: argparse.Namespace, task: Task) -> Outcome:
    from app.commands.channels import chosen_channels
    from app.commands.files import scale_of, write_table
    from core import measure_cell_nucleus
    from core.images.image_file import read_image, read_labels

    cells = read_labels(str(task.inputs["--cell-segmentation"]), axes=given.labels_axes, time=time_of(given))
    nuclei = read_labels(str(task.inputs["--nucleus-segmentation"]), axes=given.labels_axes, time=time_of(given))
    scale, files = scale_of(given, cells, nuclei), [cells, nuclei]
    notes = [*cells.notes, *nuclei.notes, scale.note]
    array = None
    if "--intensity" in task.inputs:
        image = read_image(
            str(task.inputs["--intensity"]), like=cells.array.shape, axes=given.intensity_axes, time=time_of(given)
        )
        array, names, note = chosen_channels(image, given.channels)
        notes += [*image.notes, note]
        if names is not None:
            raise ValueError(f"The image has the channels {', '.join(names)}: choose one with --channels.")
        files.append(image)
    check_time(given, *files)
    table = measure_cell_nucleus(
        cells.array, nuclei.array, scale.sizes, array, min_overlap=given.min_overlap, assign=given.assign
    )
    return write_table(task, table, notes, {"scale": scale.sizes})


def _parser() -> argparse.ArgumentParser:
    parser = CallParser(
        prog="cytoscribe measure",
        description="Measure the objects of labels: a table with a row for each, by its number (the column `index`).",
        epilog=MANY_FILES,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    table = "the table: .csv, .tsv, .xlsx or .parquet"

    one = commands.add_parser(
        "intensities",
        help="mean, median, spread and percentiles of an image in each object",
        description="Measure an image in each object: mean, median, greatest, least, standard deviation (of the "
        "population) and the percentiles 10, 25, 75, 90. An image of several channels gets columns for each.",
    )
    add_files(one, "segmentation", "labels: a TIFF of whole numbers, 0 where nothing is")
    add_files(one, "intensity", "the image: a TIFF of the same size, of one or more channels")
    add_output(one, table)
    one.add_argument("--channels", nargs="+", metavar="C", help="channels by name or number from 1 (all)")
    one.add_argument("--statistics", nargs="+", metavar="COLUMN", help="only these columns, like mean_intensity")
    one.add_argument("--extra", nargs="+", metavar="COLUMN", help="more columns: all, or like integrated_intensity")
    add_reading(one, "labels", "intensity")
    add_batch(one)
    one.set_defaults(roles=("segmentation", "intensity"))

    one = commands.add_parser(
        "morphology",
        help="size, surface, shape of each object",
        description="Measure the shape of each object: area or volume, perimeter or surface, sphericity, solidity, the "
        "axes of the ellipse or ellipsoid with the same moments, the diameter of the circle or ball of the same size.",
    )
    add_files(one, "segmentation", "labels: a TIFF of whole numbers, 0 where nothing is")
    add_output(one, table)
    add_scale(one)
    one.add_argument(
        "--extra", nargs="+", metavar="COLUMN", help="more columns: all, or like centroid, touches_border, feret"
    )
    add_reading(one, "labels")
    add_batch(one)
    one.set_defaults(roles=("segmentation",))

    one = commands.add_parser(
        "cell-nucleus",
        help="nuclei in each cell, their share of it",
        description="Measure how many nuclei each cell has, how large they are, and optionally an image in the nucleus "
        "and in the rest of the cell.",
    )
    add_files(one, "cell-segmentation", "labels of cells")
    add_files(one, "nucleus-segmentation", "labels of nuclei")
    add_output(one, table)
    add_scale(one)
    add_files(one, "intensity", "an image to measure in both", required=False)
    one.add_argument("--channels", nargs=1, metavar="C", help="the channel of the image, by name or number from 1")
    one.add_argument(
        "--min-overlap",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="least share of a nucleus to count (0)",
    )
    one.add_argument(
        "--assign",
        choices=["overlap", "majority"],
        default="overlap",
        help="a nucleus counts in each cell that it touches, or only in the one that has most of it (overlap)",
    )
    add_reading(one, "labels", "intensity")
    add_batch(one)
    one.set_defaults(roles=("cell-segmentation", "nucleus-segmentation", "intensity"))
    return parser
