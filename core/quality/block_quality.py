"""How good the images of a block are, in figures: range, clipping, bits, noise, for each channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Cancelled, ImageError, never
from core.images.tiff_facts import read_facts
from core.quality.noise import estimate_noise
from core.quality.value_statistics import value_statistics
from core.quality.words import block_notes, block_warnings, channel_notes, channel_warnings, channel_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from core.images.reading import BlockImage
    from core.images.tiff_facts import TiffFacts
    from core.images.voxels import VoxelSize

_FEWEST_CLIPPED = 4
"""Voxels: fewer at the end of a range may be there by chance, or be hot pixels."""
_CLIPPED_SHARE = 1e-5
"""Of all voxels, at the end of the range: from here on it is called clipped."""
_SPIKE = 2
"""So many times the voxels just below: the highest value holds what belonged above it."""
_FLAT = 0.8
"""Share of equal neighbours from which on a channel is taken for a mask or a label image."""


@dataclass(frozen=True)
class ChannelQuality:
    """Figures of one channel. All shares are of 0 to 1, of its finite voxels; values have the units of the file.

    `dtype` is the type stored in the file and `possible` the lowest and highest value that it can hold (None for
    floats). `range_share` is (highest - lowest) / (possible range). `zero_share` counts voxels that are exactly 0,
    `low_share` those at the lowest value that a signed type can hold, `high_share` those at the highest possible one
    (None for floats), `peak_share` those at the highest value found. `is_spike` says that many more voxels are at the
    highest value found than just below it: clipped below the end of the type, by a camera of fewer bits or earlier
    processing. `levels` is the number of different values, `step` their greatest common distance, `bits_used` the
    bits that are needed for the range found in these steps (None for floats). `noise` is the standard deviation after
    Immerkær (core/quality/noise.py), None where it cannot be told, and `contrast_to_noise` is the distance from the
    median to the percentile 99.9 or 0.1, whichever is farther, by the noise: 3.1 for nothing but Gaussian noise.
    `empty_slices` have one single value. `is_mask` says that it looks like a mask or a label image, where clipping and
    noise mean nothing.
    """

    name: str
    path: str
    dtype: str
    voxels: int
    possible: tuple[float, float] | None
    lowest: float
    highest: float
    range_share: float | None
    zero_share: float
    low_share: float | None
    high_share: float | None
    peak_share: float
    is_clipped: bool
    is_spike: bool
    levels: int | None
    step: int | None
    bits_stored: int
    bits_used: int | None
    mean: float
    median: float
    noise: float | None
    contrast_to_noise: float | None
    nan: int
    infinite: int
    slices: int
    empty_slices: int
    is_mask: bool

    @property
    def is_empty(self) -> bool:
        """Whether all its finite values are the same, or there is none."""
        return self.highest == self.lowest


@dataclass(frozen=True)
class BlockQuality:
    """Figures of one block, and what they mean in sentences.

    `shape` is Z, Y, X; `voxel_size` z, y, x in micrometres, from `voxel_source` (words). `files` are the facts of
    the files that could be told. `channel_warnings` and `channel_notes` have the sentences of each channel, `warnings`
    and `notes` those of the block as a whole; a note is good to know and nothing is wrong with the image. A block that
    could not be read has `error`, and nothing else.
    """

    block_id: str
    shape: tuple[int, int, int] = (0, 0, 0)
    voxel_size: VoxelSize | None = None
    voxel_source: str = ""
    channels: tuple[ChannelQuality, ...] = ()
    files: tuple[TiffFacts, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    channel_warnings: tuple[tuple[str, ...], ...] = ()
    channel_notes: tuple[tuple[str, ...], ...] = ()
    error: str = ""

    @property
    def all_warnings(self) -> tuple[str, ...]:
        """All warnings, those of the channels first."""
        return (*(text for texts in self.channel_warnings for text in texts), *self.warnings)

    @property
    def all_notes(self) -> tuple[str, ...]:
        """All notes, those of the channels first."""
        return (*(text for texts in self.channel_notes for text in texts), *self.notes)

    def facts_of(self, channel: ChannelQuality) -> TiffFacts | None:
        """The facts of the file that a channel is from."""
        return next((facts for facts in self.files if facts.path == channel.path), None)


def measure_block(image: BlockImage, names: Sequence[str] = (), cancelled: Callable[[], bool] = never) -> BlockQuality:
    """Measure all channels of a block in memory, and read the headers of its files.

    `names` go before those of the files.

    Raises
    ------
    Cancelled
        `cancelled` returned True.
    """
    files = {}
    for path in dict.fromkeys(channel.path for channel in image.channels):
        if cancelled():
            raise Cancelled
        try:
            files[path] = read_facts(path)
        except ImageError:  # the pixels are there; the file may have gone since
            continue
    channels = []
    for number, channel in enumerate(image.channels):
        name = names[number] if number < len(names) else channel.name
        channels.append(measure_channel(channel.data, name, channel.path, files.get(channel.path), cancelled))
    words = [channel_words(number, channel.name) for number, channel in enumerate(channels, 1)]
    same = _same_channels(image, channels, cancelled)
    return BlockQuality(
        block_id=image.block_id,
        shape=image.shape,
        voxel_size=image.voxel_size,
        voxel_source=image.size_source,
        channels=tuple(channels),
        files=tuple(files.values()),
        warnings=block_warnings(tuple(files.values()), words, same),
        notes=(*image.notes, *block_notes(image.voxel_size, image.is_reduced, tuple(files.values()))),
        channel_warnings=tuple(channel_warnings(w, c) for w, c in zip(words, channels, strict=True)),
        channel_notes=tuple(channel_notes(w, c) for w, c in zip(words, channels, strict=True)),
    )


def measure_channel(
    data: NDArray[Any],
    name: str = "",
    path: str = "",
    stored: TiffFacts | None = None,
    cancelled: Callable[[], bool] = never,
) -> ChannelQuality:
    """Measure one channel (Z, Y, X) of uint8, uint16, int16 or float32.

    `stored` says which type its values have in the file, where that is not the type of `data`.

    Raises
    ------
    TypeError
        The values are of another type.
    Cancelled
        `cancelled` returned True.
    """
    found = value_statistics(data, cancelled)
    kinds = {"u": "uint", "i": "int", "f": "float"}
    kind = stored.kind if stored else kinds[data.dtype.kind]
    bits = stored.bits if stored else 8 * data.dtype.itemsize
    possible = _possible(kind, bits)
    if possible is not None and not possible[0] <= found.lowest <= found.highest <= np.float32(possible[1]):
        possible = None  # the header and the pixels do not fit together: no statement
    texture = estimate_noise(data, found.lowest, found.highest, cancelled)
    few_levels = found.levels is not None and 1 < found.levels <= 2
    is_mask = few_levels or (texture.flat_share or 0.0) >= _FLAT
    count = max(1, found.finite)
    varies = found.highest > found.lowest
    enough = varies and not is_mask and found.at_highest >= max(_FEWEST_CLIPPED, _CLIPPED_SHARE * count)
    at_end = possible is not None and bool(found.highest >= np.float32(possible[1]))
    noise = texture.sigma if varies and not is_mask else None
    return ChannelQuality(
        name=name,
        path=path,
        dtype=stored.dtype if stored else f"{kind}{bits}",
        voxels=data.size,
        possible=possible,
        lowest=found.lowest,
        highest=found.highest,
        range_share=(found.highest - found.lowest) / (possible[1] - possible[0]) if possible else None,
        zero_share=found.at_zero / count,
        low_share=(found.at_lowest / count if found.lowest == possible[0] else 0.0)
        if possible and possible[0] < 0
        else None,
        high_share=(found.at_highest / count if at_end else 0.0) if possible else None,
        peak_share=found.at_highest / count,
        is_clipped=enough and at_end,
        is_spike=enough and not at_end and found.at_highest > _SPIKE * found.near_highest,
        levels=found.levels,
        step=found.step,
        bits_stored=bits,
        bits_used=_bits(found.highest - found.lowest, found.step),
        mean=found.mean,
        median=found.median,
        noise=noise,
        contrast_to_noise=max(found.top - found.median, found.median - found.bottom) / noise if noise else None,
        nan=found.nan,
        infinite=found.infinite,
        slices=data.shape[0],
        empty_slices=_empty_slices(data, cancelled),
        is_mask=is_mask,
    )


def _possible(kind: str, bits: int) -> tuple[float, float] | None:
    if kind == "uint":
        return 0.0, float((1 << bits) - 1)
    if kind == "int":
        return -float(1 << (bits - 1)), float((1 << (bits - 1)) - 1)
    return None


def _bits(span: float, step: int | None) -> int | None:
    """Return the bits that whole numbers of 0 to span / step need."""
    if step is None:
        return None
    return (round(span) // step).bit_length() if step else 0


def _empty_slices(data: NDArray[Any], cancelled: Callable[[], bool]) -> int:
    """Count the slices that have one single value, or no finite one."""
    empty = 0
    for plane in data:
        if cancelled():
            raise Cancelled
        first = plane.flat[0]
        if not np.isfinite(first):
            empty += not np.isfinite(plane).any()
        # The middle row tells almost always
        elif (plane[len(plane) // 2] == first).all() and (plane == first).all():
            empty += 1
    return empty


def _same_channels(
    image: BlockImage, channels: Sequence[ChannelQuality], cancelled: Callable[[], bool]
) -> list[tuple[int, int]]:
    """Return the numbers (from 1) of a channel and of the first one before that has the very same values."""
    same = []
    for later, channel in enumerate(channels):
        if channel.is_empty:
            continue
        figures = (channel.lowest, channel.highest, channel.mean, channel.median, channel.nan)
        for before, other in enumerate(channels[:later]):
            if (other.lowest, other.highest, other.mean, other.median, other.nan) != figures:
                continue
            if _are_equal(image.channels[before].data, image.channels[later].data, cancelled):
                same.append((before + 1, later + 1))
                break
    return same


def _are_equal(first: NDArray[Any], second: NDArray[Any], cancelled: Callable[[], bool]) -> bool:
    for one, other in zip(first, second, strict=True):
        if cancelled():
            raise Cancelled
        if not np.array_equal(one, other, equal_nan=one.dtype.kind == "f"):
            return False
    return True
