"""`cytoscribe segment`: from images to labels, by a recipe. Imports no Qt."""

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

_RECIPE = (
    "background_radius",
    "background",
    "sigma",
    "smoothing",
    "threshold",
    "percentile",
    "value",
    "low_value",
    "max_hole_size",
    "split",
    "h",
    "min_distance",
    "min_size",
    "clear_border",
    "expand",
)
"""The fields of SegmentRecipe, whose defaults hold for what is not given."""


def main(arguments: list[str]) -> int:
    """Do what the arguments after `segment` say; return 0, 1 if some files failed, 2 if nothing was done."""
    given = _parser().parse_args(arguments)
    return answered("segment", lambda: _segment(given), CallError)


def _segment(given: argparse.Namespace) -> int:
    _check(given)
    todo = tasks({"--input": given.input}, {"--output": (given.output, ".tif")})
    return run(given, "segment", todo, partial(_segmented, given))


def _check(given: argparse.Namespace) -> None:
    """Raise CallError for an option that would change nothing: who gives it expects something else."""
    if given.background is not None and not given.background_radius:
        raise CallError("--background says how the background is found: say with --background-radius how wide it is")
    if given.value is not None and {given.threshold, given.percentile} != {None}:
        raise CallError("--value is the threshold itself: leave out --threshold and --percentile, or --value")
    if given.split == "none" and (given.h is not None or given.min_distance is not None):
        raise CallError("--h and --min-distance are for splitting, but --split is none: leave out one or the other")


def _segmented(given: argparse.Namespace, task: Task) -> Outcome:
    from app.commands.channels import chosen_channels
    from app.commands.files import scale_of, write_labels
    from core import SegmentRecipe, segment_image
    from core.images.image_file import read_image

    image = read_image(str(task.inputs["--input"]), axes=given.image_axes, time=time_of(given))
    check_time(given, image)
    array, names, note = chosen_channels(image, given.channels, "segmented")
    if names is not None:
        raise ValueError(f"The image has the channels {', '.join(names)}: choose one with --channels.")
    scale = scale_of(given, image)
    recipe = SegmentRecipe(**{name: getattr(given, name) for name in _RECIPE if getattr(given, name) is not None})
    found = segment_image(array, recipe, scale.sizes)
    steps = (one for one in found.notes if not one.endswith(" found."))  # how many is told with the file
    notes = (*image.notes, note, scale.note, *steps)
    return write_labels(task, found.labels, scale.known, notes, threshold=found.threshold)


def _parser() -> argparse.ArgumentParser:
    parser = CallParser(
        prog="cytoscribe segment",
        description="Find the bright objects of images and number them: subtract the background, smooth, threshold, "
        "fill holes, split what touches, take out what is small. Lengths are in micrometres where the size of a voxel "
        "is known, else in voxels.",
        epilog=MANY_FILES,
    )
    add_files(parser, "input", "images: TIFFs")
    add_output(parser, "the labels: .tif")
    parser.add_argument("--channels", nargs=1, metavar="C", help="the channel, by name or number from 1")
    add_scale(parser)

    steps = parser.add_argument_group("steps, in this order")
    steps.add_argument(
        "--background-radius",
        type=float,
        metavar="D",
        help="subtract what is wider: twice the radius of round objects does well (nothing is subtracted)",
    )
    steps.add_argument(
        "--background", choices=["top_hat", "rolling_ball", "gaussian"], help="how it is found (top_hat)"
    )
    steps.add_argument("--sigma", type=float, metavar="D", help="smooth over this length; 0: not (1)")
    steps.add_argument("--smoothing", choices=["gaussian", "median"], help="(gaussian)")
    steps.add_argument(
        "--threshold", choices=["otsu", "li", "triangle", "yen", "percentile"], help="how it is found (li)"
    )
    steps.add_argument("--percentile", type=float, metavar="P", help="with --threshold percentile: voxels below, in %%")
    steps.add_argument("--value", type=float, metavar="V", help="the threshold itself, a gray value after these steps")
    steps.add_argument("--low-value", type=float, metavar="V", help="objects reach down to it (hysteresis)")
    steps.add_argument("--max-hole-size", type=int, metavar="N", help="fill holes of up to N voxels (0)")
    steps.add_argument("--split", choices=["distance", "intensity", "none"], help="split what touches (distance)")
    steps.add_argument("--h", type=float, metavar="H", help="how deep a valley parts two objects")
    steps.add_argument("--min-distance", type=float, metavar="D", help="least distance of two parts' middles (0)")
    steps.add_argument("--min-size", type=int, metavar="N", help="take out objects of less than N voxels (0)")
    steps.add_argument("--clear-border", action="store_true", help="take out what the border of the image cuts")
    steps.add_argument("--expand", type=float, metavar="D", help="grow objects at last (0)")
    add_reading(parser, "image")
    add_batch(parser)
    return parser
