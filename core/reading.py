"""Reading a block: all its channels as volumes of one shape."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from core.axes import AxesError, size_text, to_czyx
from core.blocks import is_tiff_name
from core.errors import Cancelled, ImageError, never, os_reason
from core.natural_order import natural_sorted
from core.tiff import read_tiff

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.blocks import Block
    from core.voxels import VoxelSize

_EXPORT = "Export it again as an image with 8, 16 or 32 bits a pixel, with axes named Z, Y, X or C, Z, Y, X."


@dataclass(frozen=True, eq=False)
class Channel:
    """One channel of a block.

    `data` is (Z, Y, X), C-contiguous, in native byte order: uint8, uint16, int16 or float32. `path` is the
    file it came from.
    """

    name: str
    data: NDArray[Any]
    path: str


@dataclass(frozen=True, eq=False)
class BlockImage:
    """A block in memory: at least one channel, all of one shape.

    `voxel_size` is z, y, x in micrometres, None where the files do not state it. `notes` are sentences on
    what had to be guessed or changed.
    """

    block_id: str
    channels: tuple[Channel, ...]
    voxel_size: VoxelSize | None
    notes: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Z, Y, X in voxels."""
        z, y, x = self.channels[0].data.shape
        return z, y, x

    @property
    def nbytes(self) -> int:
        """The memory that all channels take."""
        return sum(channel.data.nbytes for channel in self.channels)


@dataclass(frozen=True, eq=False)
class _FileContent:
    """The channels of one file."""

    channels: tuple[Channel, ...]
    voxel_size: VoxelSize | None
    notes: tuple[str, ...]


def read_block(
    block: Block,
    parallel_map: Callable[..., Any] = map,
    cancelled: Callable[[], bool] = never,
) -> BlockImage:
    """Read all channels of a block: those of each TIFF in its folder, or those of its one TIFF.

    `parallel_map(function, sequence)` gives the results in order, like `map`; the files are read through it.

    Raises
    ------
    ImageError
        A file cannot be read, is not complete or is not an image, or the channels differ in shape.
    Cancelled
        `cancelled` returned True.
    """
    names = _channel_names(block)
    read = partial(_read_file, is_one_channel=block.is_folder, cancelled=cancelled)
    contents: list[_FileContent] = list(parallel_map(read, list(names.items())))
    channels = [channel for content in contents for channel in content.channels]
    first = channels[0]
    for other in channels:
        if other.data.shape != first.data.shape:
            raise ImageError(
                block.path,
                f"has channels of unequal size: {PurePath(first.path).name} is {size_text(first.data.shape)}, "
                f"{PurePath(other.path).name} is {size_text(other.data.shape)} (z × y × x)",
                "Export the channels again with the same size, or take out the file that does not belong here.",
            )
    notes = list(dict.fromkeys(note for content in contents for note in content.notes))
    sizes = list(dict.fromkeys(content.voxel_size for content in contents if content.voxel_size))
    if len(sizes) > 1:
        notes.append("The channels state different voxel sizes: that of the first one is used.")
    return BlockImage(block.id, tuple(channels), sizes[0] if sizes else None, tuple(notes))


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


def _read_file(file: tuple[str, str], *, is_one_channel: bool, cancelled: Callable[[], bool]) -> _FileContent:
    """Read the file with the path `file[0]`; its channels are named after `file[1]`."""
    path, prefix = file
    if cancelled():
        raise Cancelled
    image = read_tiff(path, cancelled)
    try:
        arranged, guesses = to_czyx(image.data, image.axes, is_one_channel)
        data, changes = displayable(arranged)
    except (AxesError, TypeError) as error:
        raise ImageError(path, str(error), _EXPORT) from error
    channels = []
    for index, volume in enumerate(data):
        own = image.names[index] if len(image.names) == len(data) else ""
        own = own or f"Channel {index + 1}"
        if prefix:
            own = prefix if len(data) == 1 else f"{prefix} {own}"
        channels.append(Channel(own, np.ascontiguousarray(volume), path))
    return _FileContent(tuple(channels), image.voxel_size, (*image.notes, *guesses, *changes))


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
