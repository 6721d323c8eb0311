"""Bringing a block to the screen: read, keep, upload ahead; what comes back late is never shown for another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.controllers.loading import Answer, answer, free_memory
from app.controllers.uploading import GPU_BYTES, Key, Uploading
from app.log import opening as log
from app.models.block_cache import BlockCache, LoadedBlock
from app.models.screen import Stage
from core.errors import ImageError
from core.images.reading_choice import ReadingChoice

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.block_list import BlockList
    from app.models.screen import Screen
    from app.render.canvas import Canvas
    from app.views.canvas_area import CanvasArea
    from core.images.voxels import VoxelSize

_BLOCK_BYTES = 2 << 30
"""Voxels of one block, as they are stored; as many again are packed for the GPU. Less where less memory is free."""
_TEXTURE_BYTES = 1 << 30
"""Of one texture: drawing without a GPU, and some drivers, refuse more. Less once the graphics said it is too much."""
_SMALLEST_TEXTURE_BYTES = 64 << 20
_GL_OUT_OF_MEMORY = 0x0505
_LONGEST_SIDE = 2048
"""Where the graphics do not say: every computer that runs the program can draw so much."""
_AT_ONCE_BYTES = 48 << 20
"""A block with more is uploaded in pieces before it is shown: keys and mouse are answered meanwhile."""
_FIRST_CACHE_BYTES = 256 << 20
"""Until it is known how much memory is free."""
_LOADING_PAGE_MS = 120
"""A quicker load shows no page in between."""


class Opening(QObject):
    """Owns what is in memory and on the GPU."""

    placed = Signal(object)
    """The LoadedBlock that the next frame shows."""
    time_placed = Signal(object)
    """The LoadedBlock that the next frame shows: another time point of the block on screen."""
    time_failed = Signal(int, str)
    """The time point that stays on screen, and why the one that was asked for cannot be shown."""
    failed = Signal(object)
    """Why the block that was asked for is not on screen."""
    skip_requested = Signal()
    correct_requested = Signal()

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
        self._gpu = Uploading(canvas)
        self._reading: dict[Key, Job] = {}
        self._epoch = 0
        self._wanted = -1
        self._time = 0
        self._placed: LoadedBlock | None = None
        self._arriving: Answer | None = None
        self._choice = ReadingChoice()
        self._free = 0
        self._largest_texture = _TEXTURE_BYTES
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
        canvas.events.context_lost.connect(self._on_canvas_context_lost)
        area.page.chosen.connect(self._on_page_chosen)

    def reset(self) -> None:
        """Another data set: forget everything; answers still to come are dropped."""
        self._epoch += 1
        for job in self._reading.values():
            job.cancel()
        self._reading.clear()
        self._gpu.clear()
        self._cache.clear()
        self._wanted, self._time, self._placed, self._arriving = -1, 0, None, None
        self._idle.stop()
        self._late.stop()
        self._canvas.clear()
        self._screen.set(Stage.NOTHING)
        self._jobs.start("small", free_memory, self._on_memory_known)

    def set_choice(self, axes: str, voxel_size: VoxelSize | None) -> None:
        """Read all blocks from now on with these axes and this voxel size, where they are given.

        What is in memory is forgotten, and the block on screen is read anew.
        """
        choice = ReadingChoice(axes, voxel_size)
        if choice == self._choice:
            return
        self._choice = choice
        place = self._wanted
        if place >= 0:
            self.reset()
            self.open(place)

    def open(self, place: int) -> None:
        """Bring the block at that place to the screen; until it is there, nothing can be annotated."""
        if place == self._wanted and self._screen.now.stage is not Stage.FAILED:
            return
        self._wanted, self._time, self._placed, self._arriving = place, 0, None, None
        self._idle.stop()
        keep = {(place, 0), *self._ahead()}
        for other in [key for key in self._reading if key not in keep]:
            self._reading.pop(other).cancel()
        self._screen.set(Stage.LOADING, place, self._blocks.blocks[place].id)
        loaded = self._cache.get((place, 0))
        if loaded is not None and self._gpu.has_all((place, 0), loaded):
            self._place(loaded)
            return
        self._late.start()
        self._read((place, 0), "wanted")

    def open_time(self, time: int) -> bool:
        """Bring another time point of the block on screen; until it is there the old one stays, and can be judged.

        False where no block is on screen whose time could be changed.
        """
        if self._placed is None or self._screen.now.stage not in (Stage.PLACED, Stage.SHOWN):
            return False
        self._time = max(0, min(self._placed.image.times - 1, time))
        self._idle.stop()
        self._reach_time()
        return True

    @property
    def placed_time(self) -> int:
        """The time point on screen; -1 without any."""
        return self._placed.image.time if self._placed is not None else -1

    def _reach_time(self) -> None:
        """Show the time point that is wanted, or read it; while one is being read, the next one waits for it."""
        key = (self._wanted, self._time)
        if self.placed_time == self._time:
            self._idle.start()
            return
        loaded = self._cache.get(key)
        if loaded is not None and self._gpu.has_all(key, loaded):
            self._place_time(loaded)
        elif not any(place == self._wanted for place, _ in self._reading):
            self._read(key, "wanted")

    def retry(self) -> None:
        """Read the block that failed once more."""
        place = self._wanted
        if place >= 0:
            self._wanted = -1
            self._cache.drop((place, 0))
            self.open(place)

    def _ahead(self) -> list[Key]:
        """What the user may want next, the likeliest first."""
        keys = [(place, 0) for place in self._neighbours()]
        if self._placed is not None and self._time + 1 < self._placed.image.times:
            keys.insert(0, (self._wanted, self._time + 1))
        return keys

    # Reading

    def _on_memory_known(self, free: int) -> None:
        self._free = free
        self._cache.limit = free // 4

    def _read(self, key: Key, lane: str) -> None:
        if key in self._reading:
            if lane == "wanted":  # a neighbour that became wanted must not queue behind other neighbours
                self._reading.pop(key).cancel()
            else:
                return
        place, time = key
        shown = self._gpu.shown
        epoch, block, loaded, free = self._epoch, self._blocks.blocks[place], self._cache.get(key), self._free
        longest = self._canvas.max_size() or _LONGEST_SIDE  # asked here: only this thread may ask
        choice = replace(self._choice, time=time, longest_side=longest, largest_texture=self._largest_texture)

        def work(job: Job) -> Answer:
            budget = min(_BLOCK_BYTES, (free or free_memory(job)) // 8)
            return answer(epoch, key, block, loaded, replace(choice, budget=budget), shown, job.is_cancelled)

        self._reading[key] = self._jobs.start(lane, work, self._on_read)

    def _on_read(self, answer: Answer) -> None:
        if answer.epoch != self._epoch:
            return
        self._reading.pop(answer.key, None)
        is_wanted = answer.key[0] == self._wanted
        if answer.error is not None:
            is_loading = self._screen.now.stage is Stage.LOADING
            if is_wanted and is_loading and self.placed_time in (-1, answer.key[1]):
                self._fail(answer.error)
            elif is_wanted and self._placed is not None:
                self._fail_time(answer)
            return
        assert answer.loaded is not None and answer.packed is not None
        self._cache.put(answer.key, answer.loaded)
        needed = {(self._wanted, self._time)} | ({answer.key} if is_wanted else set())
        if self._arriving is not None:
            needed.add(self._arriving.key)
        self._gpu.put(answer.key, answer.packed, needed, self._ahead())
        if is_wanted and answer.packed.nbytes > _AT_ONCE_BYTES:
            self._arriving = answer
            self._idle.start()
        else:
            self._arrive(answer)

    def _arrive(self, answer: Answer) -> None:
        """What was read, or packed anew, is ready to be drawn."""
        assert answer.loaded is not None
        if answer.key[0] != self._wanted:
            self._idle.start()
        elif self._placed is None:
            if answer.key[1] == 0:
                self._place(answer.loaded)
        elif self.placed_time == answer.key[1]:
            self._show_again(answer)
        elif self.placed_time != self._time:
            self._place_time(answer.loaded)  # also one on the way to where the slider is by now
            self._reach_time()
        else:
            self._idle.start()

    def set_shown(self, shown: frozenset[int]) -> None:
        """These channels are seen: of a block with many, only they are on the GPU."""
        self._gpu.shown = shown
        if self._placed is None:
            return
        key = (self._wanted, self.placed_time)
        if not self._gpu.has_all(key, self._placed):
            self._read(key, "wanted")
        elif key in self._reading:  # packed for channels that are not seen any more
            self._reading.pop(key).cancel()
            self._reach_time()

    # On screen

    def _place(self, loaded: LoadedBlock) -> None:
        self._placed = loaded
        self._gpu.show((self._wanted, 0), loaded)
        self._end_loading()
        self.placed.emit(loaded)

    def _show_again(self, answer: Answer) -> None:
        """What is on screen already: with other channels, or what was on the GPU was lost."""
        assert answer.loaded is not None
        self._gpu.show(answer.key, answer.loaded)
        if self._screen.now.stage is Stage.LOADING:
            self._end_loading()
        self._reach_time()

    def _end_loading(self) -> None:
        self._late.stop()
        self._area.hide_page()
        self._screen.set(Stage.PLACED, self._wanted, self._blocks.blocks[self._wanted].id)

    def _place_time(self, loaded: LoadedBlock) -> None:
        """The same block: what is on screen may be judged before and after."""
        self._placed = loaded
        self._gpu.show((self._wanted, loaded.image.time), loaded)
        if self._screen.now.stage is Stage.LOADING:  # what was on screen before was lost with the graphics
            self._end_loading()
        self.time_placed.emit(loaded)
        self._idle.start()

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
        self._placed = None
        self._canvas.clear()
        self._screen.set(Stage.FAILED, self._wanted, block_id)
        buttons = [("retry", "Retry"), ("skip", "Skip to the next block")]
        if isinstance(error, ImageError) and error.shape:
            buttons.insert(0, ("correct", "Correct…"))
        self._area.show_page(f"{block_id} cannot be shown", text, buttons)
        self.failed.emit(error)
        self._record.write("block_failed", block=block_id, text=text)

    def _fail_time(self, answer: Answer) -> None:
        """The time point on screen stays."""
        if answer.key[1] == self.placed_time:
            text = f"Channels that are not on screen yet cannot be shown: {answer.error}"
            self._area.messages.tell(text, "error")
            self._record.write("message", level="error", text=text)
        elif answer.key[1] == self._time:
            self._time = self.placed_time
            self.time_failed.emit(self._time, f"Time point {answer.key[1] + 1}: {answer.error}")
        self._reach_time()

    def _on_canvas_draw_failed(self, event: Any) -> None:
        self._draw_error = event.error
        QTimer.singleShot(0, self._on_draw_error)  # not in the middle of painting

    def _on_draw_error(self) -> None:
        error, self._draw_error = self._draw_error, None
        if error is None or self._screen.now.stage not in (Stage.PLACED, Stage.SHOWN):
            return
        is_too_large = getattr(error, "err", None) == _GL_OUT_OF_MEMORY
        if is_too_large and self._largest_texture > _SMALLEST_TEXTURE_BYTES:
            self._largest_texture //= 2
            place = self._wanted
            self.reset()
            self.open(place)
            return
        self._fail(error)

    def _on_canvas_context_lost(self, event: Any) -> None:
        """What was on the GPU is gone: pack and upload the block once more. What is still being read comes anyway."""
        self._gpu.clear()
        self._idle.stop()
        self._record.write("context_lost")
        if self._placed is not None and self._screen.now.stage in (Stage.PLACED, Stage.SHOWN):
            self._screen.set(Stage.LOADING, self._wanted, self._blocks.blocks[self._wanted].id)
            self._late.start()
            self._read((self._wanted, self.placed_time), "wanted")
        elif self._arriving is not None:
            self._read(self._arriving.key, "wanted")
        self._arriving = None

    def _on_late(self) -> None:
        if self._screen.now.stage is Stage.LOADING:
            self._area.show_page(f"Loading {self._screen.now.block_id}…", "", [])
            self._area.page.set_progress(0, 0)

    def _on_page_chosen(self, wish: str) -> None:
        if wish == "retry":
            self.retry()
        elif wish == "skip":
            self.skip_requested.emit()
        elif wish == "correct":
            self.correct_requested.emit()

    # Ahead of the annotator

    def _on_idle(self) -> None:
        """One small step each time that nothing else is to be done."""
        if self._arriving is not None:
            if not self._gpu.upload_piece([self._arriving.key]):
                arriving, self._arriving = self._arriving, None
                self._arrive(arriving)
            return
        if self._screen.now.stage is not Stage.SHOWN:
            self._idle.stop()
            return
        ahead = self._ahead()
        if self._gpu.upload_piece(ahead):
            return
        self._idle.stop()
        self._read_ahead(ahead)
        if not self._reading:
            self._record.write("ahead_ready")

    def _read_ahead(self, ahead: list[Key]) -> None:
        wanted = (self._wanted, self._time)
        current, textures = self._cache.get(wanted), self._gpu.get(wanted)
        if current is None or textures is None:
            return
        # Neighbours are most often as large as this block
        fitting = min(self._cache.limit // max(1, current.nbytes) - 1, GPU_BYTES // max(1, textures.nbytes))
        for key in ahead[: max(0, fitting)]:
            if self._gpu.get(key) is None and key not in self._reading:
                self._read(key, "ahead")
