"""Comparing two versions of labels: where they differ, going there, and taking over what is better in the other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.controllers.deferring import single_shot
from app.controllers.finding_differences import FindingDifferences
from app.models.comparison import Comparison
from app.models.overlay import Overlay, OverlayState
from app.views.compare_bar import LEGEND
from core.painting.boxes import shape_of, size
from core.painting.label_difference import ONLY_MINE, ONLY_THEIRS, OTHER_NUMBER, kinds_of, take
from core.painting.label_edit import Change
from core.painting.label_limits import limited
from storage.label_name import free_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.controllers.editing import Editing
    from app.controllers.overlaying import Overlaying
    from app.jobs import Jobs
    from app.log import EventRecord
    from app.models.current_view import CurrentView
    from app.models.overlays import Overlays
    from app.render.canvas import Canvas
    from app.views.compare_bar import CompareBar
    from core.painting.boxes import Box
    from core.painting.label_difference import Difference
    from core.painting.label_edit import Edit
    from core.painting.labels import Labels

_CONTOUR = 1
_PAUSE_MS = 100
"""After the last edit the differences are looked for anew."""
_AT_ONCE = 4_000_000
"""Voxels of a box up to which it is done at once, else by a worker."""
_NAME = "difference"
_OPACITY = 0.8


class Comparing(QObject):
    """While it goes on one sees both versions as outlines, over an overlay of its own that says how they differ."""

    said = Signal(str, str)
    ended = Signal(object, object)
    """The two overlays; they may be gone from the screen."""

    def __init__(
        self,
        jobs: Jobs,
        bar: CompareBar,
        canvas: Canvas,
        view: CurrentView,
        overlays: Overlays,
        overlaying: Overlaying,
        editing: Editing,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._bar, self._canvas, self._view = bar, canvas, view
        self._overlays, self._overlaying, self._editing, self._record = overlays, overlaying, editing, record
        self._now: Comparison | None = None
        self._finding = FindingDifferences(jobs)
        self._is_shown_stale = False
        """What is shown of the differences is to be made anew, as a whole."""
        self._wanted: tuple[Overlay, str, list[Difference]] | None = None
        """What is being taken over: the overlay, the edit's name, the regions."""
        self._pause = single_shot(self, self._look, _PAUSE_MS)
        overlays.removed.connect(self._on_removed)
        overlays.listed.connect(self._on_listed)
        editing.edited.connect(self._on_edited)
        self._finding.found.connect(self._on_found)
        self._finding.failed.connect(self._on_failed)
        self._finding.progressed.connect(self._on_progressed)
        self._bar.choice_requested.connect(self._on_choice_requested)
        self._choices: dict[str, Callable[[], None]] = {
            "previous": partial(self._step, -1),
            "next": partial(self._step, 1),
            "mine": self._keep,
            "theirs": self._take,
            "all_mine": self._keep_all,
            "all_theirs": self._take_all,
            "done": self.end,
        }
        names = {"previous_difference": "previous", "next_difference": "next", "keep_mine": "mine",
                 "take_theirs": "theirs", "end_comparison": "done"}  # fmt: skip
        self.slots: dict[str, Callable[[], None]] = {
            name: partial(self._on_choice_requested, choice) for name, choice in names.items()
        }

    # Beginning and end

    def begin(self, mine: Overlay, theirs: Overlay) -> None:
        """Compare two overlays of the block; the first may take over what is in the second."""
        self.end()
        self._now = now = Comparison(mine, theirs)
        self._overlays.set_active(mine)
        for overlay in (mine, theirs):
            overlay.changed.connect(self._on_changed)
            overlay.replaced.connect(self.end)
        self._is_shown_stale = True
        self._record.write("comparing", mine=now.mine.state.name, theirs=now.theirs.state.name)
        self._look()
        self._bar.show()

    def end(self) -> None:
        """Show the overlays as before."""
        now, self._now = self._now, None
        if now is None:
            return
        self._pause.stop()
        self._finding.forget()
        self._wanted = None
        self._bar.hide()
        self._canvas.set_preview(None)
        for overlay in (now.mine, now.theirs):
            overlay.changed.disconnect(self._on_changed)
            overlay.replaced.disconnect(self.end)
        if now.shown is not None and now.shown in self._overlays.all:
            self._overlays.remove(now.shown)
        for overlay, (is_visible, contour) in now.looks.items():
            overlay.change(is_visible=is_visible, contour=contour)
        self._record.write("compared", mine=now.mine.state.name, theirs=now.theirs.state.name)
        self.ended.emit(now.mine, now.theirs)

    # Where they differ

    def _look(self) -> None:
        if self._now is not None:
            self._finding.look(self._now.mine.labels, self._now.theirs.labels, self._is_shown_stale)
            self._tell()

    def _on_progressed(self, part: float) -> None:
        if self._now is not None and self._now.shown is None:
            self._bar.set_state(f"{self._who()} are compared: {part:.0%}", -1, 0, 0)

    def _on_failed(self, reason: str) -> None:
        self.said.emit(f"The versions could not be compared: {reason}.", "error")
        self.end()

    def _on_found(self, regions: list[Difference], shown: Labels | None) -> None:
        now = self._now
        if now is None:
            return
        is_first = now.shown is None
        if shown is not None:
            self._is_shown_stale = False
            self._show(now, shown)
        now.set_regions(regions)
        if is_first:
            now.go_to_open()
        self._record.write("differences", count=len(regions), left=len(now.left()))
        self._go(is_moving=is_first)

    def _show(self, now: Comparison, labels: Labels) -> None:
        if now.shown is not None:
            now.shown.set_labels(labels)
            return
        for overlay in self._overlays.all:
            now.looks[overlay] = overlay.state.is_visible, overlay.state.contour
            if overlay in (now.mine, now.theirs):
                overlay.change(is_visible=True, contour=overlay.state.contour or _CONTOUR)
            else:
                overlay.change(is_visible=False)
        kinds = (ONLY_MINE, ONLY_THEIRS, OTHER_NUMBER)
        state = OverlayState(
            free_name(_NAME, self._overlays.names()),
            opacity=_OPACITY,
            names={kind: words.lower() for kind, (words, _) in zip(kinds, LEGEND, strict=True)},
            colors={kind: color for kind, (_, color) in zip(kinds, LEGEND, strict=True)},
        )
        now.shown = Overlay(labels, state, None, is_own=False)
        self._overlays.add(now.shown, is_active=False)
        self._overlays.move(len(self._overlays.all) - 1, 0)  # the outlines are over it

    def _on_changed(self, box: Box) -> None:
        """Voxels of one of the two have other numbers now."""
        now = self._now
        if now is None:
            return
        if now.shown is None or size(box) > _AT_ONCE:
            self._is_shown_stale = True
        else:
            kinds = kinds_of(now.mine.labels.array[box], now.theirs.labels.array[box])
            now.shown.labels.write(Change(box, np.ones(shape_of(box), np.bool_), kinds))
            now.shown.changed.emit(box)
        self._finding.forget()
        self._pause.start()

    # What others do meanwhile

    def _on_removed(self, overlay: Overlay) -> None:
        if self._now is not None and overlay in (self._now.mine, self._now.theirs):
            self.end()

    def _on_listed(self) -> None:
        now = self._now
        if now is not None and now.shown is not None and self._overlays.active is now.shown:
            self._overlays.set_active(now.mine)  # nobody paints on what only shows differences

    def _on_edited(self, overlay: Overlay, edit: Edit, is_undo: bool) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is None or self._now is None or (overlay, edit.name, is_undo) != (*wanted[:2], False):
            return
        self._now.taken(wanted[2])
        self._now.go_to_open()
        self._go()

    # Wishes

    def _on_choice_requested(self, choice: str) -> None:
        if self._now is None:
            self.said.emit("No versions are being compared: Labels, Compare two versions…", "info")
        else:
            self._choices[choice]()

    def _step(self, by: int) -> None:
        if self._now is not None:
            self._now.step(by)
            self._go()

    def _keep(self) -> None:
        if self._now is not None and self._now.current is not None:
            self._now.keep(self._now.current)
            self._now.go_to_open()
            self._go()

    def _keep_all(self) -> None:
        if self._now is not None:
            self._now.keep_all()
            self._go(is_moving=False)

    def _take(self) -> None:
        if self._now is not None and self._now.current is not None:
            self._take_over("Take theirs", [self._now.current])

    def _take_all(self) -> None:
        if self._now is not None:
            self._take_over("Take all theirs", self._now.left())

    def _take_over(self, name: str, regions: list[Difference]) -> None:
        now = self._now
        assert now is not None
        if not regions:
            return
        theirs, locked = now.theirs.labels.array, now.mine.state.locked

        def work(labels: Labels, cancelled: Callable[[], bool]) -> list[Change]:
            return limited(labels, take(labels, theirs, regions), "everything", frozenset(), locked)

        if not now.mine.is_own:
            self._overlaying.make_own(now.mine)
        nothing = "Nothing was taken over: these places are the same by now, or locked."
        if self._editing.run(now.mine, name, work, nothing):
            self._wanted = now.mine, name, regions

    # What is shown

    def _go(self, is_moving: bool = True) -> None:
        """Show the region that is looked at."""
        now = self._now
        assert now is not None
        region = now.current
        if region is None or size(region.box) > _AT_ONCE:
            self._canvas.set_preview(None)
        else:
            box, ring = region.ring()
            self._canvas.set_preview(ring, box)
        if region is not None and is_moving:
            place = region.place()
            self._view.go_to(place)
            self._canvas.panes.center_on(place)
        self._tell()

    def _tell(self) -> None:
        now = self._now
        assert now is not None
        count, left = len(now.regions), len(now.left())
        if now.shown is None:
            self._bar.set_state(f"{self._who()} are compared…", -1, 0, 0)
            return
        if not count:
            text = f"{self._who()} are the same."
        else:
            text = f"{self._who()} differ in {count:,} place{'' if count == 1 else 's'}."
        if count and not left:
            text += " Everything is chosen."
        self._bar.set_state(text, now.place, count, left)
        self._record.write("comparison", place=now.place, count=count, left=left)

    def _who(self) -> str:
        assert self._now is not None
        return f"“{self._now.mine.state.name}” (mine) and “{self._now.theirs.state.name}” (theirs)"
