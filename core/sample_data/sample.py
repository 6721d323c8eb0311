"""The sample data set: made once by code, so that there is something good to look at from the first start."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, ImageError, never
from core.images.points import FILE_NAME as POINTS_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

TRUTH_FILE = "truth.json"
CLASSES_FILE = "classes.json"
RECIPE_FILE = "recipe.json"


def sample_is_complete(folder: Path) -> bool:
    """Tell whether the whole data set is there: its truth is, and each block that the truth names."""
    try:
        truth = json.loads((folder / TRUTH_FILE).read_text(encoding="utf-8"))
        return bool(truth) and all((folder / block_id).is_dir() for block_id in truth)
    except (OSError, ValueError, TypeError):  # not there, not JSON, not a table of blocks
        return False


def make_sample(
    folder: Path,
    recipe: Mapping[str, Any],
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool] = never,
    parallel_map: Callable[..., Any] = map,
) -> None:
    """Make the sample data set in `folder`, which is there only once it is whole.

    Parameters
    ----------
    recipe
        The content of `resources/sample.json`. The same recipe gives the same files.
    progress
        Called with the blocks that are done and their number, from the threads of `parallel_map`.
    parallel_map
        Like `map`; each block is made in one call.

    Raises
    ------
    ImageError
        The folder cannot be written.
    Cancelled
        `cancelled` returned True. What is done is kept beside `folder`; the next call goes on from there.
    """
    if sample_is_complete(folder):
        return
    part = folder.with_name(folder.name + ".part")
    try:
        _begin(part, recipe)
        kinds = _kinds(recipe)
        done: list[int] = []
        make = partial(_make_block, part, recipe, kinds, done, progress, cancelled)
        centres = list(parallel_map(make, range(len(kinds))))
        _write_tables(part, recipe, kinds, centres)
        _put_in_place(part, folder)
    except OSError as error:
        if sample_is_complete(folder):  # another program of the same user was quicker
            return
        reason = f"cannot be written: {error.strerror or error}"
        raise ImageError(str(folder), reason, "Free some space there, or open your own data.") from error


def _begin(part: Path, recipe: Mapping[str, Any]) -> None:
    """Make the folder for blocks that are done; throw away what another recipe left there."""
    text = json.dumps(recipe, indent=1)
    note = part / RECIPE_FILE
    if note.is_file() and note.read_text(encoding="utf-8") != text:
        shutil.rmtree(part)
    part.mkdir(parents=True, exist_ok=True)
    note.write_text(text, encoding="utf-8")


def _kinds(recipe: Mapping[str, Any]) -> list[int]:
    """Return the class 1..N of each block: all equally often, in random order."""
    classes = len(recipe["classes"])
    kinds = np.arange(recipe["blocks"]) % classes + 1
    np.random.default_rng(recipe["seed"]).shuffle(kinds)
    return [int(kind) for kind in kinds]


def _block_id(index: int) -> str:
    return f"block_{index:04d}"


def _make_block(
    part: Path,
    recipe: Mapping[str, Any],
    kinds: list[int],
    done: list[int],
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
    index: int,
) -> list[float]:
    """Make one block unless it is there, and return its focus point; a block is there only when whole."""
    from core.sample_data.sample_cells import focus_point, render_block

    if cancelled():
        raise Cancelled
    target = part / _block_id(index)
    if not target.is_dir():
        unfinished = part / f".{target.name}-{secrets.token_hex(4)}"
        unfinished.mkdir()
        try:
            for channel, data in zip(recipe["channels"], render_block(recipe, index, kinds[index]), strict=True):
                _write_channel(unfinished / channel["file"], data, recipe["voxel_um"])
            if not target.is_dir():
                unfinished.rename(target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    done.append(index)
    progress(len(done), len(kinds))
    return focus_point(recipe, index)


def _write_channel(path: Path, data: Any, voxel_um: list[float]) -> None:
    """Write a volume (Z, Y, X) as an ImageJ stack with its voxel size."""
    import tifffile

    z, y, x = voxel_um
    tifffile.imwrite(
        path,
        data,
        imagej=True,
        resolution=(1 / x, 1 / y),
        metadata={"axes": "ZYX", "spacing": z, "unit": "um"},
    )


def _write_tables(part: Path, recipe: Mapping[str, Any], kinds: list[int], centres: list[list[float]]) -> None:
    """Write what stands beside the blocks: classes, focus points and, last of all, the truth."""
    names = [one["name"] for one in recipe["classes"]]
    channel_names = [channel["name"] for channel in recipe["channels"]]
    truth = {_block_id(i): {"class": kind, "name": names[kind - 1]} for i, kind in enumerate(kinds)}
    np.save(part / POINTS_FILE, np.array(centres, np.float64))
    for name, content in (
        (CLASSES_FILE, {"classes": recipe["classes"], "channel_names": channel_names}),
        (TRUTH_FILE, truth),
    ):
        with open(part / name, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())


def _put_in_place(part: Path, folder: Path) -> None:
    """Give a whole data set its name, or put what is missing into one that lost blocks; delete nothing in it."""
    for unfinished in part.glob(".block_*"):  # of a program that was killed
        shutil.rmtree(unfinished, ignore_errors=True)
    if not folder.exists():
        part.rename(folder)
        return
    for entry in sorted(part.iterdir()):  # the truth comes last
        target = folder / entry.name
        if entry.is_file() or not target.exists():
            entry.replace(target)
    shutil.rmtree(part, ignore_errors=True)
