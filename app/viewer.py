"""All that shows one block in one window: canvas, view and the controllers between them. Two windows have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers.arranging import Arranging
from app.controllers.coloring import Coloring
from app.controllers.contrasting import Contrasting
from app.controllers.correcting import Correcting
from app.controllers.deferring import Deferring
from app.controllers.limiting import Limiting
from app.controllers.measuring import Measuring
from app.controllers.opening import Opening
from app.controllers.picturing import Picturing
from app.controllers.playing import Playing
from app.controllers.presetting import Presetting
from app.controllers.showing_quality import ShowingQuality
from app.controllers.timing import Timing
from app.controllers.viewing import Viewing
from app.models.current_view import CurrentView
from app.models.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.jobs import Jobs
    from app.log import EventRecord
    from app.models.block_list import BlockList
    from app.models.current_view import ViewState
    from app.models.quality_list import QualityList
    from app.models.session import Session
    from app.render.canvas import Canvas
    from app.settings import DataSetSettings, Settings
    from app.views.viewer_window import ViewerWindow


class Viewer(QObject):
    """`slots` answers the actions that belong to looking at a block."""

    settings_changed = Signal()
    """What is remembered for the data set or the annotator is different now."""

    def __init__(
        self,
        window: ViewerWindow,
        canvas: Canvas,
        jobs: Jobs,
        blocks: BlockList,
        quality: QualityList,
        settings: Settings,
        neighbours: Callable[[], list[int]],
        record: EventRecord,
    ) -> None:
        super().__init__()
        self.canvas = canvas
        self.screen = Screen()
        self.view = view = CurrentView()
        screen = self.screen
        self.deferring = deferring = Deferring(canvas.native.frameSwapped, window)
        self.playing = Playing(window, canvas, view, deferring)
        self.viewing = Viewing(window, canvas, view, screen, deferring, record)
        self.coloring = Coloring(window, canvas, view, screen, deferring)
        self.limiting = Limiting(jobs, view, screen, self.coloring, deferring)
        self.arranging = Arranging(window, canvas, view, deferring)
        self.contrasting = Contrasting(jobs, window, view, screen, self.coloring, deferring)
        self.presetting = Presetting(jobs, window, view, screen, self.coloring)
        self.opening = Opening(jobs, blocks, screen, canvas, window.area, neighbours, record)
        self.measuring = Measuring(window, canvas, view, screen, deferring, record)
        self.picturing = Picturing(jobs, window, canvas, view, screen, settings, record)
        self.timing = Timing(window, self.opening, screen, deferring, record)
        self.correcting = Correcting(window, self.opening)
        self.showing_quality = ShowingQuality(jobs, screen, view, quality, window, settings, record)
        self._connect()
        self.slots = {
            "correct_reading": self.correcting.correct,
            "slice_back": self.playing.slice_back,
            "slice_on": self.playing.slice_on,
            "first_slice": self.playing.first_slice,
            "last_slice": self.playing.last_slice,
            "time_back": self.timing.time_back,
            "time_on": self.timing.time_on,
            "play": self.playing.play,
            "faster": self.playing.faster,
            "slower": self.playing.slower,
            "bounce": self.playing.bounce,
            "toggle_3d": self.arranging.toggle_3d,
            "ortho": self.arranging.ortho,
            "side_by_side": self.arranging.side_by_side,
            "maximise": self.arranging.maximise,
            "next_3d_mode": self.arranging.next_3d_mode,
            "toggle_cross": self.arranging.toggle_cross,
            "save_picture": self.picturing.open,
            "copy_picture": self.picturing.copy,
            "toggle_ruler": self.measuring.toggle,
            "end_ruler": self.measuring.end,
            "copy_distance": self.measuring.copy,
            "reset_view": self.viewing.reset_view,
            "auto_contrast": self.coloring.auto_contrast,
            "next_channel": self.coloring.next_channel,
            "previous_channel": self.coloring.previous_channel,
            "only_channel": self.coloring.show_only_selected,
            "next_set": self.presetting.next_set,
            "previous_set": self.presetting.previous_set,
            "show_channels": self.coloring.show_all,
            "hide_channels": self.coloring.hide_all,
            "show_focus": self.viewing.show_focus,
            "toggle_quality": self.showing_quality.toggle,
        }

    def _connect(self) -> None:
        shown = (
            self.coloring.show, self.limiting.show, self.contrasting.show, self.presetting.show, self.viewing.show,
            self.measuring.show, self.picturing.show, self.showing_quality.take,
        )  # fmt: skip
        for slot in shown:
            self.opening.placed.connect(slot)
        times = (
            self.coloring.show_time, self.limiting.show, self.contrasting.show_time, self.viewing.show_time,
            self.picturing.show,
        )  # fmt: skip
        for time_slot in times:
            self.opening.time_placed.connect(time_slot)
        self.playing.settings_changed.connect(self.viewing.remember)
        for part in (
            self.viewing, self.arranging, self.coloring, self.correcting, self.picturing, self.showing_quality,
        ):  # fmt: skip
            part.settings_changed.connect(self.settings_changed)
        self.view.changed.connect(self._on_view_changed)

    def set_session(self, session: Session, settings: DataSetSettings) -> None:
        """Another annotator or data set."""
        self.coloring.set_data_set(settings, session.classes.channel_names)
        self.arranging.set_data_set(settings)
        self.presetting.set_data_set(settings)
        self.viewing.set_data_set(settings)
        self.correcting.set_data_set(settings)

    def reset(self) -> None:
        """The data set is left."""
        self.arranging.keep_turn()
        self.opening.reset()

    def stop(self) -> None:
        """The program ends."""
        self.deferring.stop()
        self.contrasting.stop()

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if old.shown() != new.shown():
            self.opening.set_shown(new.shown())
