"""Reading one block for the screen, in a worker: its voxels, its limits, and the arrays for the GPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.jobs import parallel_map
from app.models.block_cache import LoadedBlock
from app.render.packing import GROUP, MAX_CHANNELS, Packed, pack, packed_bytes
from core.display.contrast import data_limits, percentile_limits
from core.errors import Cancelled
from core.images.reading import read_block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.controllers.uploading import Key
    from app.jobs import Job
    from core.images.blocks import Block
    from core.images.reading_choice import ReadingChoice

ALL_CHANNELS_BYTES = 128 << 20
"""A block whose channels take no more on the GPU has all of them there, so that each is shown at once."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a read gave; `epoch` tells the data set, and the way it is read, that it belongs to."""

    epoch: int
    key: Key
    loaded: LoadedBlock | None = None
    packed: Packed | None = None
    error: Exception | None = None


def free_memory(job: Job) -> int:
    """Bytes that can be had without swapping."""
    try:  # on Linux psutil reads the same, but importing it holds up the first frame
        with open("/proc/meminfo", encoding="ascii") as lines:
            return next(1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        import psutil

        return int(psutil.virtual_memory().available)


def answer(
    epoch: int,
    key: Key,
    block: Block,
    loaded: LoadedBlock | None,
    choice: ReadingChoice,
    shown: frozenset[int],
    cancelled: Callable[[], bool],
) -> Answer:
    """Do what `load` does; what goes wrong is in the answer, and one that was cancelled is of no epoch."""
    try:
        return Answer(epoch, key, *load(block, loaded, choice, shown, cancelled))
    except Cancelled:
        return Answer(-1, key)
    except Exception as error:  # noqa: BLE001 - whatever it is, the error page of this block tells it
        return Answer(epoch, key, error=error)


def load(
    block: Block,
    loaded: LoadedBlock | None,
    choice: ReadingChoice,
    shown: frozenset[int],
    cancelled: Callable[[], bool],
) -> tuple[LoadedBlock, Packed]:
    """Read a block (unless it is in memory) and pack it for the GPU; runs in a worker.

    All channels are packed where they are few enough, else those that are `shown`; these are counted for their
    automatic limits, too.
    """
    if loaded is None:
        image = read_block(block, parallel_map, cancelled, choice)
        arrays: list[Any] = [channel.data for channel in image.channels]
        loaded = LoadedBlock(image, tuple(parallel_map(data_limits, arrays)), {})
    if cancelled():
        raise Cancelled
    wanted = channels_to_pack(loaded, shown)
    count_limits(loaded, wanted, cancelled)
    arrays = [channel.data for channel in loaded.image.channels]
    return loaded, pack(arrays, wanted, loaded.data_limits, parallel_map)


def count_limits(loaded: LoadedBlock, channels: Iterable[int], cancelled: Callable[[], bool]) -> None:
    """Count the automatic limits of these channels, where they are not known; runs in a worker."""

    def count(channel: int) -> None:
        loaded.counted[channel] = percentile_limits(loaded.image.channels[channel].data, cancelled=cancelled)

    parallel_map(count, [channel for channel in loaded.uncounted if channel in set(channels)])


def channels_to_pack(loaded: LoadedBlock, shown: frozenset[int]) -> list[int]:
    """Return the channels that go to the GPU: all of them while that costs little, else those that are seen."""
    channels = loaded.image.channels
    every = list(range(len(channels)))
    dtypes = [channel.data.dtype for channel in channels]
    if packed_bytes(loaded.image.shape, dtypes) <= ALL_CHANNELS_BYTES and len(channels) <= MAX_CHANNELS:
        return every
    return [channel for channel in every if channel in shown] or every[:GROUP]
