"""`cytoscribe postprocess ...`: better labels from labels. Imports no Qt."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

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

    from app.commands.files import Scale
    from core.images.image_file import ImageFile


def main(arguments: list[str]) -> int:
    """Do what the arguments after `postprocess` say; return 0, 1 if some files failed, 2 if nothing was done."""
    given = _parser().parse_args(arguments)
    return answered(f"postprocess {given.command}", lambda: _postprocess(given), CallError)


def _postprocess(given: argparse.Namespace) -> int:
    inputs = {
        f"--{role}": getattr(given, role) for role in ("input", "heatmap", "mask", "markers") if hasattr(given, role)
    }
    todo = tasks(inputs, {"--output": (given.output, ".tif")})
    return run(given, f"postprocess {given.command}", todo, partial(_make, given))


def _make(given: argparse.Namespace, task: Task) -> Outcome:
    from app.commands.files import scale_of, write_labels
    from core.images.image_file import read_labels

    labels = read_labels(str(task.inputs["--input"]), axes=given.labels_axes, time=time_of(given))
    if "--heatmap" not in task.inputs and "--markers" not in task.inputs:
        check_time(given, labels)
    scale = scale_of(given, labels) if hasattr(given, "scale") else None
    made, notes = _made(given, task, labels, scale)
    size = labels.pixel_size if scale is None else scale.known
    return write_labels(task, made, size, (*labels.notes, *notes))


def _made(given: argparse.Namespace, task: Task, labels: ImageFile, scale: Scale | None) -> tuple[Any, tuple[str, ...]]:
    """Return what the subcommand makes of the labels, and sentences on what was decided."""
    import core
    from core.images.image_file import read_image, read_labels

    array = labels.array
    sizes, notes = (scale.sizes, (scale.note,)) if scale is not None else ((), ())
    match given.command:
        case "filter-small-segments":
            return core.filter_small_segments(array, given.min_size), ()
        case "remove-small-holes":
            return core.remove_small_holes(array, given.max_hole_size, enclosed_only=given.enclosed_only), ()
        case "ring-mask":
            is_nearest = given.mode == "nearest"
            ring = core.compute_ring_mask(
                array,
                given.ring_width if is_nearest else _whole(given.ring_width),
                not given.remove_original,
                mode=given.mode,
                scale=sizes if is_nearest else 1.0,
            )
            return ring, notes if is_nearest else ()
        case "watershed":
            time = time_of(given)
            heat = read_image(str(task.inputs["--heatmap"]), like=array.shape, axes=given.heatmap_axes, time=time)
            files, mask = [labels, heat], None
            if "--mask" in task.inputs:
                mask = read_image(str(task.inputs["--mask"]), like=array.shape, time=time)
                files.append(mask)
            check_time(given, *files)
            flooded = core.apply_watershed(array, heat.array, None if mask is None else mask.array)
            return flooded, heat.notes if mask is None else (*heat.notes, *mask.notes)
        case "expand":
            return core.expand_labels(array, given.distance, sizes), notes
        case "erode":
            return core.erode_labels(array, given.distance, sizes), notes
        case "split-touching":
            markers = None
            if "--markers" in task.inputs:
                found = read_labels(str(task.inputs["--markers"]), axes=given.labels_axes, time=time_of(given))
                check_time(given, labels, found)
                markers = found.array
            return core.split_touching(
                array, h=given.h, min_distance=given.min_distance, markers=markers, scale=sizes
            ), notes
        case "clear-border":
            return core.clear_border(array), ()
        case "relabel":
            return core.relabel(array), ()
    raise CallError(given.command)


def _whole(width: float) -> int:
    if not width.is_integer():
        raise ValueError(f"The ring width of mode compat is in whole voxels, not {width}. Use --mode nearest.")
    return int(width)


def _parser() -> argparse.ArgumentParser:
    parser = CallParser(
        prog="cytoscribe postprocess",
        description="Make better labels from labels: TIFFs of whole numbers, 0 where nothing is.",
        epilog=MANY_FILES,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    def command(name: str, text: str, more: str = "") -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=f"{text[:1].upper()}{text[1:]}.{more}")
        add_files(one, "input", "labels")
        add_output(one, "the labels that are made: .tif")
        add_reading(one, "labels")
        add_batch(one)
        return one

    one = command("filter-small-segments", "take out objects of few voxels")
    one.add_argument("--min-size", type=int, required=True, metavar="N", help="objects of N voxels and more stay")

    one = command("remove-small-holes", "fill holes in objects")
    one.add_argument("--max-hole-size", type=int, required=True, metavar="N", help="holes of up to N voxels are filled")
    one.add_argument(
        "--enclosed-only",
        action="store_true",
        help="leave pockets at the border of the image and holes that hold other objects",
    )

    one = command("ring-mask", "give each object a ring of background")
    one.add_argument(
        "--ring-width",
        type=float,
        required=True,
        metavar="N",
        help="voxels, counted along the axes; with --mode nearest a distance in micrometres",
    )
    one.add_argument("--remove-original", action="store_true", help="keep only the rings")
    one.add_argument(
        "--mode",
        choices=["compat", "nearest"],
        default="compat",
        help="where rings meet, the smaller number wins, or the nearer object (compat)",
    )
    add_scale(one)

    one = command("watershed", "flood an image from objects, low values first")
    add_files(one, "heatmap", "the image that is flooded, like membranes or distances")
    add_files(one, "mask", "where it may be flooded: not 0", required=False)
    one.add_argument("--heatmap-axes", type=str.upper, default="", metavar="AXES", help="its axes, as in ZYX")

    for name, text in (
        ("expand", "grow objects into the background, each as far as it is the nearest"),
        ("erode", "shrink objects from the background and from each other"),
    ):
        one = command(name, text)
        one.add_argument(
            "--distance", type=float, required=True, metavar="D", help="micrometres, or voxels of unknown size"
        )
        add_scale(one)
    one = command("split-touching", "part objects that touch, at their necks or from markers")
    one.add_argument("--h", type=float, metavar="D", help="how deep a neck parts two objects (3/4 of a voxel)")
    one.add_argument("--min-distance", type=float, default=0.0, metavar="D", help="least distance of two middles (0)")
    add_files(one, "markers", "labels of the places that objects grow from", required=False)
    add_scale(one)
    command("clear-border", "take out objects that touch the border of the image")
    command("relabel", "number objects from 1 on without gaps, in order of number")
    return parser
