"""All that paints labels over the block of the main window: models, controllers, and which slot answers which action.

A brush step: Canvas.events.tool_moved -> Painting -> Editing.paint -> Labels.write -> Overlay.changed(box), which
ShowingLabels hears (one upload with the next frame) and KeepingLabels (what is to be saved). The end of a stroke is an
Edit: EditHistory can take it back, and KeepingLabels logs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers.asking import Asking
from app.controllers.choosing_tool import ChoosingTool
from app.controllers.choosing_version import ChoosingVersion
from app.controllers.comparing import Comparing
from app.controllers.drafting import Drafting
from app.controllers.editing import Editing
from app.controllers.filing_labels import FilingLabels
from app.controllers.growing_region import GrowingRegion
from app.controllers.keeping_labels import KeepingLabels
from app.controllers.listing_labels import ListingLabels
from app.controllers.moving_labels import MovingLabels
from app.controllers.naming_objects import NamingObjects
from app.controllers.overlaying import Overlaying
from app.controllers.painting import Painting
from app.controllers.previewing import Previewing
from app.controllers.recovering import Recovering
from app.controllers.resolving import Resolving
from app.controllers.selecting import Selecting
from app.controllers.shaping import Shaping
from app.controllers.showing_labels import ShowingLabels
from app.controllers.tabling_objects import TablingObjects
from app.models.overlays import Overlays
from app.models.paint_tool import PaintTool

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.jobs import Jobs
    from app.log import EventRecord
    from app.models.overlay import Overlay, OverlayState
    from app.models.paint_tool import ToolState
    from app.models.session import Session
    from app.settings import Settings
    from app.viewer import Viewer
    from app.views.main_window import MainWindow


class Painter(QObject):
    """`slots` answers the actions of `paint_actions`."""

    settings_changed = Signal()

    def __init__(self, window: MainWindow, viewer: Viewer, jobs: Jobs, settings: Settings, record: EventRecord) -> None:
        super().__init__()
        self._settings = paint = settings.painting
        self._window, self._record = window, record
        canvas, view, screen, deferring = viewer.canvas, viewer.view, viewer.screen, viewer.deferring
        self.overlays, self.tool = overlays, tool = Overlays(paint.undo_mb << 20), PaintTool()
        tool.change(diameter=paint.diameter, is_square=paint.is_square, amount=paint.amount)
        self.editing = editing = Editing(jobs, overlays)
        self.overlaying = overlaying = Overlaying(jobs, overlays, screen, paint, record)
        # Before the overlays are drawn: what is kept of one is known when the first change is told
        self.keeping = KeepingLabels(jobs, overlays, overlaying, editing, record)
        self.showing = ShowingLabels(window, canvas, overlays, deferring)
        self.painting = painting = Painting(canvas, view, overlays, tool, editing, overlaying)
        self.selecting = selecting = Selecting(window, canvas, view, overlays, tool, painting, deferring, record)
        self.drafting = Drafting(jobs, canvas, view, tool, editing, overlaying, painting, selecting)
        self.growing = GrowingRegion(jobs, canvas, view, tool, editing, overlaying, painting, selecting)
        self.choosing = ChoosingTool(
            window,
            canvas,
            view,
            overlays,
            tool,
            overlaying,
            editing,
            painting,
            self.drafting,
            self.growing,
            deferring,
            record,
        )
        self.shaping = Shaping(view, tool, overlaying, editing, painting)
        self.listing = ListingLabels(window, overlays, tool, editing, selecting, deferring)
        self.asking = Asking(window)
        self.moving = MovingLabels(jobs, overlays, self.keeping, record)
        self.filing = FilingLabels(jobs, window, overlays, overlaying, editing, self.moving, self.asking)
        self.naming = NamingObjects(window, overlays, overlaying, selecting, self.shaping, self.asking)
        self.previewing = Previewing(jobs, canvas, window.area, view, tool, painting)
        self.tabling = TablingObjects(jobs, window, overlays, selecting)
        self.comparing = Comparing(jobs, window.compare, canvas, view, overlays, overlaying, editing, record)
        self.versions = ChoosingVersion(window.choice, overlays, self.comparing)
        self.resolving = Resolving(
            jobs, window.choice, overlays, overlaying, editing, self.keeping, self.moving, self.comparing, record
        )
        self.recovering = Recovering(jobs, window.choice, overlaying, record)
        self.slots: dict[str, Callable[[], object]] = (
            {"undo_edit": editing.undo, "redo_edit": editing.redo}
            | self.choosing.slots
            | self.selecting.slots
            | self.shaping.slots
            | self.listing.slots
            | self.filing.slots
            | self.naming.slots
            | self.tabling.slots
            | self.comparing.slots
            | self.versions.slots
        )
        # Before a tool is told of another block: what it proposes for the threshold brush must be of that block
        for part in (
            self.previewing,
            painting,
            selecting,
            self.drafting,
            self.growing,
            self.choosing,
            overlaying,
            self.listing,
            self.tabling,
        ):
            viewer.opening.placed.connect(part.show)
            viewer.opening.time_placed.connect(part.show)
        for speaker in (
            editing,
            overlaying,
            self.keeping,
            selecting,
            self.shaping,
            self.moving,
            self.filing,
            self.naming,
            self.tabling,
            self.comparing,
            self.versions,
            self.resolving,
            self.recovering,
        ):
            speaker.said.connect(self._on_said)
        overlaying.left.connect(self._on_left)
        window.paint.cancel_requested.connect(editing.cancel)
        editing.busy_changed.connect(window.paint.set_busy)
        editing.progressed.connect(window.paint.set_busy)
        self.keeping.told.connect(window.paint.set_saved)

        tool.changed.connect(self._on_tool_changed)
        overlays.added.connect(self._on_overlay_added)

    def take_settings(self) -> None:
        """The settings of painting were changed elsewhere; how labels look that are open already stays as it is."""
        paint = self._settings
        self.overlays.history.limit = paint.undo_mb << 20
        self.tool.change(diameter=paint.diameter, is_square=paint.is_square, amount=paint.amount)

    def set_session(self, session: Session | None) -> None:
        """Whose labels these are."""
        self.overlaying.set_session(session)
        self.recovering.set_session(session)

    def end(self) -> None:
        """The program is about to end: what is being painted stays painted."""
        self.painting.leave()
        self.editing.leave()
        self.keeping.save_all()

    def stop(self) -> None:
        """The program ends."""
        self.comparing.end()  # it would go on looking for differences, and show them
        self.recovering.stop()
        self.keeping.close()

    def _on_left(self) -> None:
        self.resolving.leave()
        self.comparing.end()
        self.painting.leave()
        self.drafting.abort()
        self.growing.abort()
        self.editing.leave()

    def _on_tool_changed(self, old: ToolState, new: ToolState) -> None:
        kept, paint = (new.diameter, new.is_square, new.amount), self._settings
        if kept != (paint.diameter, paint.is_square, paint.amount):
            paint.diameter, paint.is_square, paint.amount = kept
            self.settings_changed.emit()

    def _on_overlay_added(self, overlay: Overlay) -> None:
        overlay.state_changed.connect(self._on_overlay_changed)

    def _on_overlay_changed(self, old: OverlayState, new: OverlayState) -> None:
        if (old.opacity, old.contour) != (new.opacity, new.contour):
            self._settings.opacity, self._settings.contour = new.opacity, new.contour
            self.settings_changed.emit()

    def _on_said(self, text: str, level: str) -> None:
        self._window.area.messages.tell(text, level)
        self._record.write("message", level=level, text=text)
