"""Looking at the block: 2D and 3D, slices, focus point, facts, read-out, and what is remembered of it."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.models.current_view import (
    MAX_INTERVAL_MS,
    MIN_INTERVAL_MS,
    CurrentView,
    ViewState,
    start_slice,
)
from app.models.screen import Stage
from app.render.packing import MAX_CHANNELS
from app.settings import DataSetSettings
from app.views.readout import MOST_VALUES
from core.images.axes import axes_text

if TYPE_CHECKING:
    from app.controllers.deferring import Deferring
    from app.log import EventRecord
    from app.models.block_cache import LoadedBlock
    from app.models.screen import OnScreen, Screen
    from app.render.canvas import Canvas
    from app.views.side_panel import Fact
    from app.views.viewer_window import ViewerWindow
    from core.images.reading import BlockImage


class Viewing(QObject):
    """Applies what differs between the old and the new state, and nothing else."""

    settings_changed = Signal()
    """What is remembered for the data set is different now."""

    def __init__(
        self,
        window: ViewerWindow,
        canvas: Canvas,
        view: CurrentView,
        screen: Screen,
        deferring: Deferring,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._window, self._canvas, self._view = window, canvas, view
        self._screen, self._deferring, self._record = screen, deferring, record
        self.settings = DataSetSettings()
        self._loaded: LoadedBlock | None = None
        self._focus_points: dict[str, tuple[float, float, float]] = {}
        self._frames = 0
        self._start_z = 0
        self._pointed_at: tuple[float, float] | None = None
        """Where the mouse is on the canvas, in logical pixels."""
        view.changed.connect(self._on_view_changed)
        screen.changed.connect(self._on_screen_changed)
        canvas.events.pointed.connect(self._on_canvas_pointed)
        canvas.events.view_moved.connect(self._on_canvas_moved)
        canvas.native.frameSwapped.connect(self._on_frame_swapped)
        window.area.resized.connect(self._tell_scale)
        window.area.pointer_left.connect(self._on_pointer_left)
        window.side.start_requested.connect(self._on_start_requested)

    # The data set and the block

    def set_data_set(self, settings: DataSetSettings) -> None:
        """What this annotator chose here before."""
        self.settings = settings
        self._focus_points = {}
        self._loaded = None
        self._view.change(
            interval_ms=max(MIN_INTERVAL_MS, min(MAX_INTERVAL_MS, settings.interval_ms)),
            is_bouncing=settings.bounce,
            shows_focus=settings.shows_focus,
            is_playing=False,
            z=0,
        )
        self._window.side.set_start(settings.start_at)

    def set_focus_points(self, points: dict[str, tuple[float, float, float]]) -> None:
        """Block id -> voxel (z, y, x)."""
        self._focus_points = points
        if self._loaded is not None and self._view.state.z == self._start_z:  # nobody has moved on meanwhile
            self._start_z = self._start_slice(self._view.state.z)
            self._view.change(z=self._start_z, cross=self._start_cross())
        self._tell_focus()

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block: give it its slice and its facts."""
        self._loaded = loaded
        self._start_z = self._start_slice(self._view.state.z)
        slices, rows, columns = loaded.image.shape
        self._view.change(slices=slices, plane=(rows, columns), z=self._start_z, cross=self._start_cross())
        self._tell_focus()
        self._tell_scale()
        self._deferring.later(self._tell_facts)
        self._deferring.later(self._tell_pointed)

    def show_time(self, loaded: LoadedBlock) -> None:
        """The next frame shows another time point of the same block: slice, contrast and camera stay."""
        self._loaded = loaded
        self._deferring.later(self._tell_facts)
        self._deferring.later(self._tell_pointed)

    def _start_slice(self, before: int) -> int:
        assert self._loaded is not None
        image = self._loaded.image
        point = self._focus_point()
        return start_slice(self.settings.start_at, image.shape[0], point[0] if point else None, before)

    def _start_cross(self) -> tuple[int, int]:
        """Row and column of the crosshair: at the focus point, else in the middle."""
        assert self._loaded is not None
        _, rows, columns = self._loaded.image.shape
        y, x = self._view.state.cross
        if self.settings.start_at != "stay":
            point = self._focus_point()
            y, x = (round(point[1]), round(point[2])) if point else (rows // 2, columns // 2)
        return max(0, min(rows - 1, y)), max(0, min(columns - 1, x))

    def _focus_point(self) -> tuple[float, float, float] | None:
        """Return the focus point of this block, in voxels of what is in memory."""
        assert self._loaded is not None
        image = self._loaded.image
        point = self._focus_points.get(image.block_id)
        return image.position_in_data(point) if point is not None else None

    def _facts(self, loaded: LoadedBlock) -> list[Fact]:
        image = loaded.image
        z, y, x = image.full_shape
        kinds = sorted({str(c.data.dtype) for c in image.channels})
        voxel = "unknown: drawn as cubes"
        if image.voxel_size is not None:
            full = [size / factor for size, factor in zip(image.voxel_size, image.reduction, strict=True)]
            voxel = " × ".join(f"{size:.4g}" for size in reversed(full)) + f" µm ({image.size_source})"
        facts: list[Fact] = [
            ("Block", image.block_id),
            ("Size", f"{x} × {y} × {z} voxels, {len(image.channels)} × {', '.join(kinds)}"),
            ("Voxel", voxel),
            ("Axes", f"{axes_text(image.axes.letters, image.axes.shape)} ({image.axes.source})"),
        ]
        if image.times > 1:
            facts.append(("Time", f"{image.time + 1} of {image.times}"))
        facts += [("Note", note) for note in image.notes]
        if len(image.channels) > MAX_CHANNELS:
            facts.append(("Note", f"Only the first {MAX_CHANNELS} channels can be drawn."))
        textures = self._canvas.textures
        if textures is not None:
            some = len(textures.channels) < len(image.channels)
            of = f", {len(textures.channels)} of {len(image.channels)} channels" if some else ""
            facts.append(("Memory", f"{_megabytes(image.nbytes)}; graphics {_megabytes(textures.nbytes)}{of}"))
        paths = list(dict.fromkeys(c.path for c in image.channels))
        facts.append(("Files", "\n".join(PurePath(path).name for path in paths), "\n".join(paths)))
        return facts

    # Wishes that are actions

    def reset_view(self) -> None:
        """Fit the block into the canvas."""
        self._canvas.reset_view()

    def show_focus(self) -> None:
        """Mark the cell that the block was cut for, or not."""
        self._view.change(shows_focus=not self._view.state.shows_focus)
        self.remember()

    # Wishes of the panels

    def _on_screen_changed(self, now: OnScreen) -> None:
        if now.stage in (Stage.FAILED, Stage.NOTHING):  # what is said of the block before would be wrong
            self._loaded = None
            self._window.side.set_facts([("Block", now.block_id)])
            self._window.area.set_readout("")
            self._tell_scale()

    def _on_start_requested(self, start_at: str) -> None:
        self.settings.start_at = start_at
        if self._loaded is not None:
            self._view.change(z=self._start_slice(self._view.state.z))
        self.settings_changed.emit()

    def remember(self) -> None:
        """Keep how the data set is looked at."""
        state = self._view.state
        self.settings.interval_ms, self.settings.bounce = state.interval_ms, state.is_bouncing
        self.settings.shows_focus = state.shows_focus
        self.settings_changed.emit()

    # The canvas

    def _on_canvas_pointed(self, event: Any) -> None:
        self._pointed_at = float(event.at[0]), float(event.at[1])
        if self._canvas.tool.is_held:
            self._deferring.seldom(self._tell_pointed)
        else:
            self._tell_readout(event.position)

    def _on_pointer_left(self) -> None:
        self._pointed_at = None
        self._tell_nothing()

    def _on_canvas_moved(self, event: Any) -> None:
        self._tell_scale()

    def _on_frame_swapped(self) -> None:
        state = self._view.state
        if self._record.is_on and self._canvas.is_drawn:
            now = self._screen.now
            self._frames += 1
            self._record.write(
                "frame",
                block=now.block_id if now.stage.value in ("placed", "canvas") else "",
                z=state.z,
                position=list(self._view.position),
                mode=state.mode,
                volume=state.volume.mode,
                panes=sorted(self._canvas.panes.rects()),
                limits=[[c.low, c.high] for c in state.channels if c.visible],
                drawn=list(self._canvas.textures.channels) if self._canvas.textures else [],
                time=self._loaded.image.time if self._loaded else 0,
                fine=self._canvas.is_fine,
                labels=self._canvas.label_steps,
                index=self._frames,
                size=list(self._canvas.size),
                at=self._window.area.position_in_window(),
            )

    # Showing the state

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if (old.mode, old.alone) != (new.mode, new.alone):
            self._tell_nothing()
            self._tell_scale()
        if (old.z, old.cross, old.shown()) != (new.z, new.cross, new.shown()):
            self._deferring.later(self._tell_pointed)
        if old.shows_focus != new.shows_focus:
            self._window.set_checked("show_focus", new.shows_focus)
            self._tell_focus()

    def _tell_facts(self) -> None:
        if self._loaded is not None:
            self._window.side.set_facts(self._facts(self._loaded))

    def _tell_focus(self) -> None:
        point = None
        if self._view.state.shows_focus and self._loaded is not None:
            point = self._focus_point()
        self._canvas.set_focus(point)

    def _tell_scale(self) -> None:
        known = self._loaded is not None and self._loaded.image.voxel_size is not None
        self._window.area.set_scale(self._canvas.panes.units_per_pixel(), known)

    def _tell_nothing(self) -> None:
        self._window.area.set_readout("")

    def _tell_pointed(self) -> None:
        """The mouse stays, and another voxel, or another image, has come to lie below it."""
        if self._pointed_at is not None:
            self._tell_readout(self._canvas.voxel_at(self._pointed_at))

    def _tell_readout(self, position: tuple[int, int, int] | None) -> None:
        if position is None or self._loaded is None:
            self._window.area.set_readout("")
            return
        image = self._loaded.image
        if any(p >= n for p, n in zip(position, image.shape, strict=True)):
            return
        pairs = zip(self._view.state.channels, image.channels, strict=True)
        shown = [(c.name, channel.data) for c, channel in pairs if c.visible]
        values = [(name, f"{data[position]:.6g}") for name, data in shown[:MOST_VALUES]]
        self._window.area.set_readout(place_text(image, position), values, len(shown) - len(values))


def place_text(image: BlockImage, position: tuple[int, int, int]) -> str:
    """Return where a voxel (z, y, x) of what is in memory is: of the full image, slices from 1, and in micrometres."""
    z, y, x = image.full_position(position)
    text = f"x {x}  y {y}  z {z} (slice {z + 1})"
    if image.voxel_size is None:
        return text
    sizes = [size / factor for size, factor in zip(image.voxel_size, image.reduction, strict=True)]
    micrometres = [f"{place * size:.4g}" for place, size in zip((x, y, z), reversed(sizes), strict=True)]
    return f"{text}   {', '.join(micrometres)} µm"


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.3g} MB" if count < 1e9 else f"{count / 1e9:.3g} GB"
