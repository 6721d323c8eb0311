"""Labels that were changed elsewhere meanwhile: saying so, showing the other version, and keeping one or both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers.deferring import single_shot
from app.controllers.overlaying import read_labels
from core.errors import Cancelled
from storage.errors import StorageError
from storage.label_file import Cancelled as GaveUp

if TYPE_CHECKING:
    from app.controllers.comparing import Comparing
    from app.controllers.editing import Editing
    from app.controllers.keeping_labels import KeepingLabels
    from app.controllers.moving_labels import MovingLabels
    from app.controllers.overlaying import LabelPlace, Overlaying, ReadLabels
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.overlay import Overlay
    from app.models.overlays import Overlays
    from app.views.choice_bar import ChoiceBar
    from storage.label_facts import LabelFacts

_ASKER = "resolving"
_LATER_MS = 200


@dataclass(eq=False)
class _Conflict:
    """`mine` is kept under another name since somebody else changed the file `name`."""

    mine: Overlay
    name: str
    theirs: Overlay | None = None


class Resolving(QObject):
    """Asks in the bar of questions; whoever does not answer keeps both versions."""

    said = Signal(str, str)

    def __init__(
        self,
        jobs: Jobs,
        bar: ChoiceBar,
        overlays: Overlays,
        overlaying: Overlaying,
        editing: Editing,
        keeping: KeepingLabels,
        moving: MovingLabels,
        comparing: Comparing,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._jobs, self._bar, self._overlays, self._overlaying = jobs, bar, overlays, overlaying
        self._editing, self._moving, self._comparing, self._record = editing, moving, comparing, record
        self._question: tuple[str, list[tuple[str, str]]] | None = None
        self._later = single_shot(self, self._ask_now, _LATER_MS)
        self._conflicts: list[_Conflict] = []
        """Of the block on screen; the last one is asked about."""
        keeping.conflicted.connect(self._on_conflicted)
        comparing.ended.connect(self._on_compared)
        overlays.removed.connect(self._on_removed)
        bar.chosen.connect(self._on_chosen)

    def leave(self) -> None:
        """Another block: both versions are in the list when one comes back."""
        self._conflicts = []
        self._ask_nothing()

    # It was changed elsewhere

    def _on_conflicted(self, overlay: Overlay, name: str, facts: LabelFacts | None) -> None:
        now = f"What you painted goes on as “{overlay.state.name}”"
        if overlay not in self._overlays.all:
            self.said.emit(f"“{name}”, on a block that you left, was changed elsewhere. {now}.", "warning")
            return
        conflict = _Conflict(overlay, name)
        self._conflicts = [one for one in self._conflicts if one.mine is not overlay] + [conflict]
        if facts is None:
            text = f"“{name}” was removed, renamed or damaged elsewhere. {now}."
            self._ask(text, [("keep_both", "All right")])
            return
        text = f"“{name}” was changed {_by(facts)}. {now}; nothing is lost."
        self._ask(text, [("compare", "Compare"), ("keep_both", "Later")])
        self._read(conflict)

    def _ask(self, text: str, buttons: list[tuple[str, str]]) -> None:
        self._question = text, buttons
        self._ask_now()

    def _ask_now(self) -> None:
        if self._question is None:
            return
        if self._editing.is_stroking:  # the bar moves the canvas, and with it what is under the mouse
            self._later.start()
            return
        (text, buttons), self._question = self._question, None
        self._bar.ask(text, buttons, _ASKER)
        self._record.write("conflict_asked", text=text, wishes=[wish for wish, _ in buttons])

    def _ask_nothing(self) -> None:
        self._question = None
        self._bar.end(_ASKER)

    def _read(self, conflict: _Conflict) -> None:
        """Show the other version too; it may be on screen already."""
        known = [one for one in self._overlays.all if one.state.name == conflict.name]
        store, place = self._overlaying.store, self._overlaying.place
        if known or store is None or place is None:
            conflict.theirs = known[0] if known else None
            return
        path = store.path(conflict.name)

        def work(job: Job) -> ReadLabels | str | None:
            try:
                return read_labels(path, conflict.name, place.shape, job.is_cancelled)
            except (StorageError, OSError) as error:
                return str(error)
            except (Cancelled, GaveUp):
                return None

        self._jobs.start("labels", work, partial(self._on_read, conflict, place))

    def _on_read(self, conflict: _Conflict, place: LabelPlace, read: ReadLabels | str | None) -> None:
        if self._overlaying.place != place or conflict not in self._conflicts or read is None:
            return
        if isinstance(read, str):
            self.said.emit(f"The other version cannot be shown: {read}", "warning")
            return
        active = self._overlays.active
        conflict.theirs = self._overlaying.overlay_of(read, is_own=True)
        conflict.theirs.change(is_visible=False)  # else one would take it for painted by oneself
        self._overlays.add(conflict.theirs, is_active=active is None)
        self._record.write("other_version_there", name=conflict.name)

    # What is to be done

    def _on_chosen(self, wish: str) -> None:
        conflict = self._conflicts[-1] if self._conflicts else None
        if wish not in ("compare", "keep_both", "keep_merged") or conflict is None:
            return
        if wish == "compare":
            if conflict.theirs is None:
                self.said.emit("The other version is still being read: try again in a moment.", "info")
                return
            self._ask_nothing()
            self._comparing.begin(conflict.mine, conflict.theirs)
            return
        self._ask_nothing()
        self._conflicts.remove(conflict)
        if wish == "keep_merged" and conflict.theirs is not None:
            _take_names(conflict.mine, conflict.theirs)
            self._moving.rename(conflict.mine, conflict.name, conflict.theirs)

    def _on_compared(self, mine: Overlay, theirs: Overlay) -> None:
        conflict = next((one for one in self._conflicts if (one.mine, one.theirs) == (mine, theirs)), None)
        if conflict is None or not {mine, theirs} <= set(self._overlays.all):
            return
        self._conflicts.remove(conflict)
        self._conflicts.append(conflict)
        text = (
            f"“{mine.state.name}” is the merged version. The other one can stay beside it, or go to the deleted ones."
        )
        words = f"Keep the merged version as “{conflict.name}”"
        self._ask(text, [("keep_merged", words), ("keep_both", "Keep both")])

    def _on_removed(self, overlay: Overlay) -> None:
        if any(overlay in (one.mine, one.theirs) for one in self._conflicts):
            self._conflicts = [one for one in self._conflicts if overlay not in (one.mine, one.theirs)]
            self._ask_nothing()


def _by(facts: LabelFacts) -> str:
    """Say who saved a version, and when, as far as the file says."""
    who = f"elsewhere, by {facts.saved_by}" if facts.saved_by else "by another program"
    try:
        when = datetime.fromisoformat(facts.saved_at).astimezone()
    except ValueError:
        return who
    return (
        f"{who} at {when:%H:%M}" if when.date() == datetime.now().astimezone().date() else f"{who} on {when:%Y-%m-%d}"
    )


def _take_names(mine: Overlay, theirs: Overlay) -> None:
    """Objects that were taken over keep the names and colours that they had."""
    numbers = [number for number in {*theirs.state.names, *theirs.state.colors} if number in mine.labels.index]
    names = {number: theirs.state.names[number] for number in numbers if number in theirs.state.names}
    colors = {number: theirs.state.colors[number] for number in numbers if number in theirs.state.colors}
    mine.change(names={**names, **mine.state.names}, colors={**colors, **mine.state.colors})
