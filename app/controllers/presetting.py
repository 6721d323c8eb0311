"""Marker sets: choosing one, saving what is shown as one, and passing them on as a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject

from app.marker_sets import MarkerSet, joined, read_marker_sets, write_marker_sets
from app.models.screen import Stage
from app.settings import DataSetSettings, look_of
from app.views.file_dialog import choose_file, choose_new_file

if TYPE_CHECKING:
    from app.controllers.coloring import Coloring
    from app.jobs import Jobs
    from app.models.block_cache import LoadedBlock
    from app.models.current_view import CurrentView
    from app.models.screen import OnScreen, Screen
    from app.views.viewer_window import ViewerWindow

_FILTER = "Marker sets (*.json)"


class Presetting(QObject):
    """The sets live in the data set's settings; files are read and written in the background."""

    def __init__(self, jobs: Jobs, window: ViewerWindow, view: CurrentView, screen: Screen, coloring: Coloring) -> None:
        super().__init__()
        self._jobs, self._window, self._view, self._coloring = jobs, window, view, coloring
        self._bar = window.side.channels.sets
        self._settings = DataSetSettings()
        self._loaded: LoadedBlock | None = None
        self._epoch = 0
        self._current = ""
        screen.changed.connect(self._on_screen_changed)
        self._bar.chosen.connect(self.apply)
        self._bar.save_requested.connect(self.save)
        self._bar.delete_requested.connect(self._on_delete_requested)
        self._bar.import_requested.connect(self._on_import_requested)
        self._bar.export_requested.connect(self._on_export_requested)
        self._bar.closed.connect(window.focus_work)

    def set_data_set(self, settings: DataSetSettings) -> None:
        """Whose sets these are."""
        self._settings = settings
        self._loaded = None
        self._epoch += 1
        self._current = ""
        self._tell()

    def show(self, loaded: LoadedBlock) -> None:
        """A set without limits takes those of this block."""
        self._loaded = loaded

    def apply(self, name: str) -> None:
        """Show the channels of a set as it says, and no others; the set's channels stand first in the list."""
        chosen = next((one for one in self._settings.marker_sets if one.name == name), None)
        state = self._view.state
        if chosen is None or not state.channels or self._loaded is None:
            return
        channels, kept = [], []
        for i, channel in enumerate(state.channels):
            look = chosen.channels.get(channel.name)
            if look is None:
                channels.append(replace(channel, visible=False))
                continue
            look = look.cleaned()
            if look.low is not None and look.high is not None:
                low, high = look.low, look.high
                kept.append(i)
            else:
                low, high = self._coloring.auto_limits(i)
            channels.append(
                replace(
                    channel,
                    color=look.color or channel.color,
                    visible=True,
                    low=low,
                    high=high,
                    gamma=look.gamma,
                    opacity=look.opacity,
                    colormap=look.colormap,
                    cofactor=look.cofactor,
                )
            )
        if kept:
            self._coloring.keep_contrast(kept)
        names = [channel.name for channel in channels]
        listed = [*chosen.channels, *(names[i] for i in state.order if names[i] not in chosen.channels)]
        selected = names[state.selected]
        self._view.set_channels(channels, listed, selected if selected in chosen.channels else "")
        self._coloring.remember()
        self._current = name
        self._tell()
        missing = [channel for channel in chosen.channels if channel not in names]
        if missing:
            self._say(f"Not in this block, of the marker set “{name}”: {', '.join(missing)}.", "warning")

    def next_set(self) -> None:
        """The marker set after this one, round and round."""
        self._step(1)

    def previous_set(self) -> None:
        """The marker set before this one."""
        self._step(-1)

    def _step(self, by: int) -> None:
        names = [one.name for one in self._settings.marker_sets]
        if not names:
            self._say("There is no marker set yet: choose channels and save them by Sets, at the right.")
            return
        place = names.index(self._current) + by if self._current in names else (0 if by > 0 else -1)
        self.apply(names[place % len(names)])

    def save(self, name: str) -> None:
        """Keep the channels that are shown, in the order of the list; a set of that name is replaced.

        Where contrast is automatic, the set has no limits of its own.
        """
        state = self._view.state
        looks = {}
        waiting = self._coloring.waiting()
        for i in state.order:
            if state.channels[i].visible:
                look = look_of(state.channels[i])
                if state.is_auto or state.channels[i].name in waiting:
                    look = msgspec.structs.replace(look, low=None, high=None)
                looks[state.channels[i].name] = look
        if not looks:
            self._say("No channel is shown: there is nothing to save.", "warning")
            return
        made = MarkerSet(name, looks)
        sets = [made if one.name == name else one for one in self._settings.marker_sets]
        self._keep(sets if made in sets else [*sets, made], name)

    def import_file(self, path: Path) -> None:
        """Add the sets of a file; none of those here is replaced."""
        epoch = self._epoch
        self._jobs.start("small", lambda job: (epoch, read_marker_sets(path)), self._on_imported, self._on_failed)

    def export_file(self, path: Path) -> None:
        """Write all sets as one file."""
        sets = list(self._settings.marker_sets)

        def work(job: object) -> str:
            write_marker_sets(path, sets)
            return str(path)

        self._jobs.start("small", work, self._on_exported, self._on_failed)

    def _on_screen_changed(self, now: OnScreen) -> None:
        if now.stage in (Stage.FAILED, Stage.NOTHING):
            self._loaded = None

    def _on_delete_requested(self, name: str) -> None:
        self._keep([one for one in self._settings.marker_sets if one.name != name], "")

    def _on_import_requested(self) -> None:
        path = choose_file(self._window, "Import marker sets", _FILTER)
        if path:
            self.import_file(Path(path))

    def _on_export_requested(self) -> None:
        path = choose_new_file(self._window, "Export marker sets", "marker-sets.json", _FILTER)
        if path:
            self.export_file(Path(path))

    def _on_imported(self, answer: tuple[int, list[MarkerSet]]) -> None:
        epoch, more = answer
        if epoch != self._epoch:  # another data set was opened meanwhile
            return
        before = self._settings.marker_sets
        after = joined(before, more)
        self._keep(after, self._current)
        new = [one.name for one in after[len(before) :]]
        self._say(
            f"New marker sets: {', '.join(new)}." if new else "The file has only marker sets that are here already."
        )

    def _on_exported(self, path: str) -> None:
        self._say(f"The marker sets are in {path}.")

    def _on_failed(self, error: Exception) -> None:
        self._say(str(error), "error")

    def _keep(self, sets: list[MarkerSet], current: str) -> None:
        self._settings.marker_sets = sets
        self._current = current
        self._tell()
        self._coloring.settings_changed.emit()

    def _say(self, text: str, level: str = "info") -> None:
        self._window.area.messages.tell(text, level)

    def _tell(self) -> None:
        self._bar.set_names([one.name for one in self._settings.marker_sets], self._current)
