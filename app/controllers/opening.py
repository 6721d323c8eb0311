"""Bringing a block to the screen: read, keep, upload ahead; what comes back late is never shown for another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.jobs import parallel_map
from app.log import opening as log
from app.models.block_cache import BlockCache, LoadedBlock
from app.models.screen import Stage
from app.render.packing import Packed, pack
from core.contrast import data_limits, percentile_limits
from core.errors import Cancelled, ImageError
from core.reading import read_block

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.block_list import BlockList
    from app.models.screen import Screen
    from app.render.canvas import Canvas
    from app.render.textures import BlockTextures
    from app.views.canvas_area import CanvasArea
    from core.blocks import Block

_GPU_BYTES = 512 << 20
"""For blocks uploaded ahead, beside the one on screen."""
_FIRST_CACHE_BYTES = 256 << 20
"""Until it is known how much memory is free."""
_LOADING_PAGE_MS = 120
"""A quicker load shows no page in between."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a read gave; `epoch` tells the data set that it belongs to."""

    epoch: int
    place: int
    loaded: LoadedBlock | None = None
    packed: Packed | None = None
    error: Exception | None = None


class Opening(QObject):
    """Owns what is in memory and on the GPU."""

    placed = Signal(object)
    """The LoadedBlock that the next frame shows."""
    skip_requested = Signal()

    def __init__(
        self,
        jobs: Jobs,
        blocks: BlockList,
        screen: Screen,
        canvas: Canvas,
        area: CanvasArea,
        neighbours: Callable[[], list[int]],
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._jobs, self._blocks, self._screen = jobs, blocks, screen
        self._canvas, self._area, self._neighbours = canvas, area, neighbours
        self._record = record
        self._cache = BlockCache(_FIRST_CACHE_BYTES)
        self._gpu: dict[int, BlockTextures] = {}
        self._reading: dict[int, Job] = {}
        self._epoch = 0
        self._wanted = -1
        self._draw_error: Exception | None = None
        self._idle = QTimer(self)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self._on_idle)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_LOADING_PAGE_MS)
        self._late.timeout.connect(self._on_late)
        canvas.native.frameSwapped.connect(self._on_frame_swapped)
        canvas.events.draw_failed.connect(self._on_canvas_draw_failed)
        area.page.chosen.connect(self._on_page_chosen)

    def reset(self) -> None:
        """Another data set: forget everything; answers still to come are dropped."""
        self._epoch += 1
        for job in self._reading.values():
            job.cancel()
        self._reading.clear()
        for textures in self._gpu.values():
            textures.delete()
        self._gpu.clear()
        self._cache.clear()
        self._wanted = -1
        self._idle.stop()
        self._late.stop()
        self._canvas.clear()
        self._screen.set(Stage.NOTHING)
        self._jobs.start("small", _quarter_of_free_memory, self._on_memory_known)

    def open(self, place: int) -> None:
        """Bring the block at that place to the screen; until it is there, nothing can be annotated."""
        if place == self._wanted and self._screen.now.stage is not Stage.FAILED:
            return
        self._wanted = place
        self._idle.stop()
        keep = {place, *self._neighbours()}
        for other in [p for p in self._reading if p not in keep]:
            self._reading.pop(other).cancel()
        self._screen.set(Stage.LOADING, place, self._blocks.blocks[place].id)
        if place in self._gpu and (loaded := self._cache.get(place)) is not None:
            self._place(loaded)
            return
        self._late.start()
        self._read(place, "wanted")

    def retry(self) -> None:
        """Read the block that failed once more."""
        place = self._wanted
        if place >= 0:
            self._wanted = -1
            self._cache.drop(place)
            self.open(place)

    # Reading

    def _on_memory_known(self, limit: int) -> None:
        self._cache.limit = limit

    def _read(self, place: int, lane: str) -> None:
        if place in self._reading:
            if lane == "wanted":  # a neighbour that became wanted must not queue behind other neighbours
                self._reading.pop(place).cancel()
            else:
                return
        epoch, block, loaded = self._epoch, self._blocks.blocks[place], self._cache.get(place)

        def work(job: Job) -> Answer:
            try:
                return Answer(epoch, place, *_load(block, loaded, job.is_cancelled))
            except Cancelled:
                return Answer(-1, place)
            except Exception as error:  # noqa: BLE001 - whatever it is, the error page of this block tells it
                return Answer(epoch, place, error=error)

        self._reading[place] = self._jobs.start(lane, work, self._on_read)

    def _on_read(self, answer: Answer) -> None:
        if answer.epoch != self._epoch:
            return
        self._reading.pop(answer.place, None)
        if answer.error is not None:
            if answer.place == self._wanted:
                self._fail(answer.error)
            return
        assert answer.loaded is not None and answer.packed is not None
        image, limit = answer.loaded.image, self._canvas.max_size()
        if max(image.shape) > limit:
            if answer.place == self._wanted:
                path, size = image.channels[0].path, " x ".join(str(n) for n in image.shape)
                advice = "Cut it into smaller blocks."
                self._fail(ImageError(path, f"is {size} voxels; graphics here draw at most {limit} a side", advice))
            return
        self._cache.put(answer.place, answer.loaded)
        self._keep_on_gpu(answer.place, self._canvas.make_textures(answer.packed))
        if answer.place == self._wanted:
            self._place(answer.loaded)
        else:
            self._idle.start()

    def _keep_on_gpu(self, place: int, textures: BlockTextures) -> None:
        """Keep the wanted block and the likeliest neighbours that fit; free the others."""
        old = self._gpu.pop(place, None)
        if old is not None and old is not self._canvas.textures:
            old.delete()
        self._gpu[place] = textures
        room = _GPU_BYTES
        keep = {self._wanted}
        for neighbour in self._neighbours():
            if neighbour in self._gpu and self._gpu[neighbour].nbytes <= room:
                room -= self._gpu[neighbour].nbytes
                keep.add(neighbour)
        for other in [p for p in self._gpu if p not in keep]:
            if self._gpu[other] is not self._canvas.textures:
                self._gpu.pop(other).delete()

    # On screen

    def _place(self, loaded: LoadedBlock) -> None:
        self._late.stop()
        place = self._wanted
        self._area.hide_page()
        self._canvas.show_block(self._gpu[place], loaded.image.voxel_size or (1.0, 1.0, 1.0))
        self._screen.set(Stage.PLACED, place, self._blocks.blocks[place].id)
        self.placed.emit(loaded)

    def _on_frame_swapped(self) -> None:
        if self._screen.now.stage is Stage.PLACED and self._canvas.is_drawn:
            self._screen.frame_swapped()
            self._idle.start()

    def _fail(self, error: Exception) -> None:
        self._late.stop()
        if isinstance(error, ImageError):
            text = str(error)
        else:
            log.info("a block could not be opened", exc_info=error)
            text = f"{self._blocks.blocks[self._wanted].path}\n{type(error).__name__}: {error}"
        block_id = self._blocks.blocks[self._wanted].id
        self._canvas.clear()
        self._screen.set(Stage.FAILED, self._wanted, block_id)
        self._area.show_page(
            f"{block_id} cannot be shown", text, [("retry", "Retry"), ("skip", "Skip to the next block")]
        )
        self._record.write("block_failed", block=block_id, text=text)

    def _on_canvas_draw_failed(self, event: Any) -> None:
        self._draw_error = event.error
        QTimer.singleShot(0, self._on_draw_error)  # not in the middle of painting

    def _on_draw_error(self) -> None:
        error, self._draw_error = self._draw_error, None
        if error is not None and self._screen.now.stage in (Stage.PLACED, Stage.SHOWN):
            self._fail(error)

    def _on_late(self) -> None:
        if self._screen.now.stage is Stage.LOADING:
            self._area.show_page(f"Loading {self._screen.now.block_id}…", "", [])
            self._area.page.set_progress(0, 0)

    def _on_page_chosen(self, wish: str) -> None:
        if wish == "retry":
            self.retry()
        elif wish == "skip":
            self.skip_requested.emit()

    # Ahead of the annotator

    def _on_idle(self) -> None:
        """One small step each time that nothing else is to be done."""
        if self._screen.now.stage is not Stage.SHOWN:
            self._idle.stop()
            return
        neighbours = self._neighbours()
        for place in neighbours:
            textures = self._gpu.get(place)
            if textures is not None and self._canvas.upload_piece(textures):
                return
        self._idle.stop()
        self._read_ahead(neighbours)
        if not self._reading:
            self._record.write("ahead_ready")

    def _read_ahead(self, neighbours: list[int]) -> None:
        current, textures = self._cache.get(self._wanted), self._gpu.get(self._wanted)
        if current is None or textures is None:
            return
        # Neighbours are most often as large as this block
        fitting = min(self._cache.limit // max(1, current.nbytes) - 1, _GPU_BYTES // max(1, textures.nbytes))
        for place in neighbours[: max(0, fitting)]:
            if place not in self._gpu and place not in self._reading:
                self._read(place, "ahead")


def _quarter_of_free_memory(job: Job) -> int:
    import psutil  # a hundredth of a second that the start does not have

    return int(psutil.virtual_memory().available) // 4


def _load(block: Block, loaded: LoadedBlock | None, cancelled: Callable[[], bool]) -> tuple[LoadedBlock, Packed]:
    """Read a block (unless it is in memory) and pack it for the GPU; runs in a worker."""
    if loaded is None:
        image = read_block(block, parallel_map, cancelled)
        arrays: list[Any] = [channel.data for channel in image.channels]
        limits = parallel_map(_limits, arrays)
        loaded = LoadedBlock(image, tuple(data for data, _ in limits), tuple(auto for _, auto in limits))
    if cancelled():
        raise Cancelled
    return loaded, pack([channel.data for channel in loaded.image.channels])


def _limits(data: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    return data_limits(data), percentile_limits(data)
