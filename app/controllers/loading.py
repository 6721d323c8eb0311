"""Reading one block for the screen, in a worker: its voxels, its limits, and the arrays for the GPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.jobs import parallel_map
from app.models.block_cache import LoadedBlock
from app.render.packing import Packed, pack
from core.contrast import data_limits, percentile_limits
from core.errors import Cancelled
from core.reading import read_block

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.jobs import Job
    from core.blocks import Block
    from core.reading_choice import ReadingChoice


def free_memory(job: Job) -> int:
    """Bytes that can be had without swapping."""
    import psutil  # a hundredth of a second that the start does not have

    return int(psutil.virtual_memory().available)


def load(
    block: Block, loaded: LoadedBlock | None, choice: ReadingChoice, cancelled: Callable[[], bool]
) -> tuple[LoadedBlock, Packed]:
    """Read a block (unless it is in memory) and pack it for the GPU; runs in a worker."""
    if loaded is None:
        image = read_block(block, parallel_map, cancelled, choice)
        arrays: list[Any] = [channel.data for channel in image.channels]
        limits = parallel_map(_limits, arrays)
        loaded = LoadedBlock(image, tuple(data for data, _ in limits), tuple(auto for _, auto in limits))
    if cancelled():
        raise Cancelled
    return loaded, pack([channel.data for channel in loaded.image.channels])


def _limits(data: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    return data_limits(data), percentile_limits(data)
