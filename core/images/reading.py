"""Reading a block: all its channels as volumes of one shape."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, ImageError, never, os_reason
from core.images.axes import NOTHING, AxesError, NamedAxes, name_axes, size_text
from core.images.blocks import is_tiff_name
from core.images.natural_order import natural_sorted
from core.images.reading_choice import ReadingChoice
from core.images.reduction import Reduction, choose_reduction, reduced_shape
from core.images.tiff import Tiff

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.images.blocks import Block
    from core.images.voxels import VoxelSize

_EXPORT = "Export it again as an image with 8, 16 or 32 bits a pixel, with axes named Z, Y, X or C, Z, Y, X."

_CORRECT = "Say which is which for this data set, or export the file again with axes named Z, Y, X or C, Z, Y, X."

WHOLE = ReadingChoice()
"""What the files say, without any limit."""


@dataclass(frozen=True, eq=False)
class Channel:
    """One channel of a block.

    `data` is (Z, Y, X), C-contiguous, in native byte order: uint8, uint16, int16 or float32. `path` is the
    file it came from. `color` is `#RRGGBB` where the file has one, else empty.
    """

    name: str
    data: NDArray[Any]
    path: str
    color: str = ""


@dataclass(frozen=True)
class FileAxes:
    """How the dimensions of a block's first file were taken; those of length 1 are left out.

    `shape` are their lengths, `letters` one letter for each, `source` says in words where they came from: "stated by
    the file", "a guess", "set by you".
    """

    shape: tuple[int, ...] = ()
    letters: str = ""
    source: str = ""


@dataclass(frozen=True, eq=False)
class BlockImage:
    """A block in memory: at least one channel, all of one shape, at one point of time.

    `voxel_size` is z, y, x in micrometres of the voxels in memory, None where it is not known; `size_source` says in
    words where it came from ("OME metadata", "set by you", ...), `file_voxel_size` is what the files state for the full
    resolution. `full_shape` is the size in the files, `reduction` how many of its voxels became one, in z, y and x
    (whole numbers, but for odd pyramids). `notes` are sentences on what had to be guessed or changed.
    """

    block_id: str
    channels: tuple[Channel, ...]
    voxel_size: VoxelSize | None
    notes: tuple[str, ...]
    size_source: str = ""
    file_voxel_size: VoxelSize | None = None
    full_shape: tuple[int, int, int] = (0, 0, 0)
    reduction: tuple[float, float, float] = (1, 1, 1)
    times: int = 1
    time: int = 0
    axes: FileAxes = FileAxes()

    @property
    def shape(self) -> tuple[int, int, int]:
        """Z, Y, X in voxels, of the data in memory."""
        z, y, x = self.channels[0].data.shape
        return z, y, x

    @property
    def nbytes(self) -> int:
        """The memory that all channels take."""
        return sum(channel.data.nbytes for channel in self.channels)

    @property
    def is_reduced(self) -> bool:
        """Tell whether a voxel stands for several of the files."""
        return self.reduction != (1, 1, 1)

    def full_position(self, position: tuple[int, int, int]) -> tuple[int, int, int]:
        """Return the voxel (z, y, x) of the full image in the middle of one of `data`: what a person should read."""
        if not self.is_reduced:
            return position
        z, y, x = (
            min(whole - 1, int(place * factor + (factor - 1) / 2))
            for place, factor, whole in zip(position, self.reduction, self.full_shape, strict=True)
        )
        return z, y, x

    def position_in_data(self, position: tuple[float, float, float]) -> tuple[float, float, float]:
        """Return where a point of the full image (z, y, x in voxels, centres at integers) lies in `data`."""
        z, y, x = ((place + 0.5) / factor - 0.5 for place, factor in zip(position, self.reduction, strict=True))
        return z, y, x


@dataclass(frozen=True, eq=False)
class _File:
    """One open file of a block, and what its axes are taken as; its channels are named after `prefix`."""

    tiff: Tiff
    axes: NamedAxes
    prefix: str

    def length(self, letter: str, level: int = 0) -> int:
        """How long the axis is; 1 where there is none."""
        at = self.axes.letters.find(letter)
        return self.tiff.facts.levels[level][at] if at >= 0 else 1

    def shape(self, level: int = 0) -> tuple[int, int, int]:
        """Z, Y, X of a level of the pyramid."""
        return self.length("Z", level), self.length("Y", level), self.length("X", level)

    @property
    def channels(self) -> int:
        """Channels; each sample of a colour is one."""
        return self.length("C") * self.length("S")


def read_block(
    block: Block,
    parallel_map: Callable[..., Any] = map,
    cancelled: Callable[[], bool] = never,
    choice: ReadingChoice = WHOLE,
) -> BlockImage:
    """Read all channels of a block: those of each TIFF in its folder, or those of its one TIFF.

    `parallel_map(function, sequence)` gives the results in order, like `map`; the files are read through it. Never more
    than `choice.budget` bytes of voxels are in memory, and one page for each file that is being read.

    Raises
    ------
    ImageError
        A file cannot be read, is not complete or is not an image, or the channels differ in shape.
    Cancelled
        `cancelled` returned True.
    """
    names = _channel_names(block)
    opened: list[Tiff] = []
    begin = partial(_open, opened=opened, is_one_channel=block.is_folder, chosen=choice.axes, cancelled=cancelled)
    try:
        files: list[_File] = list(parallel_map(begin, list(names.items())))
        times = _check_alike(block, files)
        notes = [note for file in files for note in (*file.tiff.facts.notes, *file.axes.notes)]
        size, source = _voxel_size(files, notes)
        reduction = _reduction(files, choice, choice.voxel_size or size)
        time = max(0, min(choice.time, times - 1))
        read = partial(_read, reduction=reduction, time=time, cancelled=cancelled)
        channels = []
        for found, changes in parallel_map(read, files):
            channels += found
            notes += changes
    finally:
        for tiff in opened:
            tiff.close()
    if reduction.reason:
        notes.insert(0, reduction.reason)
    full_size, source = (choice.voxel_size, "set by you") if choice.voxel_size else (size, source)
    in_memory = None
    if full_size is not None:
        z, y, x = (length * factor for length, factor in zip(full_size, reduction.factors, strict=True))
        in_memory = (z, y, x)
    first = files[0]
    return BlockImage(
        block.id,
        tuple(channels),
        in_memory,
        tuple(dict.fromkeys(notes)),
        source if full_size else "",
        size,
        first.shape(),
        reduction.factors,
        times,
        time,
        FileAxes(
            tuple(n for n, axis in zip(first.tiff.facts.shape, first.axes.letters, strict=True) if axis != NOTHING),
            first.axes.wide,
            first.axes.source,
        ),
    )


def _check_alike(block: Block, files: list[_File]) -> int:
    """Return how many time points there are; raise ImageError where the files do not belong together."""
    first = files[0]
    for other in files:
        if other.shape() != first.shape():
            raise ImageError(
                block.path,
                f"has channels of unequal size: {PurePath(first.tiff.path).name} is {size_text(first.shape())}, "
                f"{PurePath(other.tiff.path).name} is {size_text(other.shape())} (z × y × x)",
                "Export the channels again with the same size, or take out the file that does not belong here.",
            )
    times = sorted({file.length("T") for file in files})
    if len(times) > 1 and times != [1, times[-1]]:  # one picture may go with a whole film
        raise ImageError(
            block.path,
            f"has channels with different numbers of time points ({', '.join(map(str, times))})",
            "Export the channels again with the same number, or take out the file that does not belong here.",
        )
    return times[-1]


def _voxel_size(files: list[_File], notes: list[str]) -> tuple[VoxelSize | None, str]:
    """Return the voxel size of the first file that states one, and where that came from."""
    stated = [file.tiff.facts for file in files if file.tiff.facts.voxel_size]
    if len({facts.voxel_size for facts in stated}) > 1:
        notes.append("The channels state different voxel sizes: that of the first one is used.")
    return (stated[0].voxel_size, stated[0].size_source) if stated else (None, "")


def _reduction(files: list[_File], choice: ReadingChoice, voxel_size: VoxelSize | None) -> Reduction:
    """Return the reduction that all files of the block share."""
    bytes_per_voxel = sum(file.channels * file.tiff.facts.dtype.itemsize for file in files)
    of_files = {tuple(file.shape(level) for level in range(len(file.tiff.facts.levels))) for file in files}
    levels = of_files.pop() if len(of_files) == 1 else (files[0].shape(),)
    together = 1 if sum(file.channels for file in files) == 1 else 4
    texel = 1 if all(file.tiff.facts.dtype.itemsize == 1 for file in files) else 2
    return choose_reduction(levels, bytes_per_voxel, choice, voxel_size, together * texel)


def _channel_names(block: Block) -> dict[str, str]:
    """Return the name of the channel of each file, by path, in order; empty for a file that is the block."""
    if not block.is_folder:
        return {block.path: ""}
    try:
        with os.scandir(block.path) as entries:
            found = [entry.name for entry in entries if is_tiff_name(entry.name) and not entry.is_dir()]
    except OSError as error:
        advice = "Check that the drive or share is connected, then try again."
        raise ImageError(block.path, os_reason(error), advice) from error
    if not found:
        advice = "A block needs one .tif or .tiff file for each channel."
        raise ImageError(block.path, "holds no TIFF file", advice)
    stems = Counter(PurePath(name).stem for name in found)
    names = {}
    for name in natural_sorted(found):
        stem = PurePath(name).stem
        names[os.path.join(block.path, name)] = stem if stems[stem] == 1 else name  # noqa: PTH118
    return names


def _open(
    file: tuple[str, str], *, opened: list[Tiff], is_one_channel: bool, chosen: str, cancelled: Callable[[], bool]
) -> _File:
    """Open the file with the path `file[0]`; its channels are named after `file[1]`."""
    path, prefix = file
    if cancelled():
        raise Cancelled
    tiff = Tiff(path)
    opened.append(tiff)
    try:
        return _File(tiff, name_axes(tiff.facts.axes, tiff.facts.shape, is_one_channel, chosen), prefix)
    except AxesError as error:
        shape = tuple(length for length in tiff.facts.shape if length > 1)
        advice = _CORRECT if len(shape) > 2 else _EXPORT
        raise ImageError(path, str(error), advice, shape) from error


def _read(
    file: _File, *, reduction: Reduction, time: int, cancelled: Callable[[], bool]
) -> tuple[list[Channel], tuple[str, ...]]:
    """Read the channels of one file, and sentences on what is not exact."""
    facts, letters = file.tiff.facts, file.axes.letters
    step_of = dict(zip("ZYX", reduction.steps, strict=True))
    steps = tuple(step_of.get(letter, 1) for letter in letters)
    fixed = {}
    for axis, letter in enumerate(letters):
        if letter not in "CSZYX":
            fixed[axis] = min(time, file.length("T") - 1) if letter == "T" else 0
    shape = reduced_shape(file.shape(reduction.level), reduction.steps)
    try:
        out = np.empty((file.length("C"), file.length("S"), *shape), facts.dtype.newbyteorder("="))
    except MemoryError as error:
        raise ImageError(file.tiff.path, "needs more memory than there is", "Close other programs.") from error
    kept = [letter for axis, letter in enumerate(letters) if axis not in fixed]
    missing = [place for place, letter in enumerate("CSZYX") if letter not in kept]
    target = out[tuple(0 if place in missing else slice(None) for place in range(5))]
    order = [letter for letter in "CSZYX" if letter in kept]
    file.tiff.read_into(
        target.transpose([order.index(letter) for letter in kept]), reduction.level, steps, fixed, cancelled, letters
    )
    data = out.reshape(-1, *shape)
    try:
        data, changes = displayable(data)
    except TypeError as error:
        raise ImageError(file.tiff.path, str(error), _EXPORT) from error
    channels = []
    for index, volume in enumerate(data):
        own = facts.names[index] if len(facts.names) == len(data) else ""
        own = own or f"Channel {index + 1}"
        if file.prefix:
            own = file.prefix if len(data) == 1 else f"{file.prefix} {own}"
        color = facts.colors[index] if len(facts.colors) == len(data) else ""
        channels.append(Channel(own, volume, file.tiff.path, color))
    return channels, changes


def displayable(data: NDArray[Any]) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Return the values as uint8, uint16, int16 or float32, and a sentence if that is not exact.

    Wider integers, as in label images, become 16 bit where their values allow it.

    Raises
    ------
    TypeError
        The values are no real numbers; the text ends a sentence that begins with the file.
    """
    kind, size = data.dtype.kind, data.dtype.itemsize
    if kind == "b":
        return data.view(np.uint8), ()
    if (kind in "iu" and size == 2) or (kind == "u" and size == 1) or (kind == "f" and size == 4):
        return data, ()
    if kind == "i" and size == 1:
        return data.astype(np.int16), ()
    if kind in "iu":
        for target in (np.uint16, np.int16):
            limits = np.iinfo(target)
            if limits.min <= data.min() and data.max() <= limits.max:
                return data.astype(target), ()
        return data.astype(np.float32), ("Its integers are wider than 16 bits and are shown as decimals.",)
    if kind == "f":
        with np.errstate(over="ignore"):
            return data.astype(np.float32), ()
    raise TypeError(f"holds values of type {data.dtype}, which cannot be shown")
