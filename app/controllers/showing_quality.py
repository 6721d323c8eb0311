"""The quality of the block on screen: measured in the background, and only while its panel is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers.deferring import single_shot
from app.models.screen import Stage
from app.quality_text import sections
from core.errors import Cancelled

if TYPE_CHECKING:
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.block_cache import LoadedBlock
    from app.models.current_view import CurrentView
    from app.models.quality_list import QualityList
    from app.models.screen import OnScreen, Screen
    from app.settings import Settings
    from app.views.viewer_window import ViewerWindow
    from core.quality.block_quality import BlockQuality

_WAIT_MS = 150
"""A block must have been on screen for so long: who leafs through blocks measures none."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What a job gave; `quality` is None where it was cancelled."""

    generation: int
    quality: BlockQuality | None


class ShowingQuality(QObject):
    """Feeds the panel, and the sign at the facts of the block."""

    settings_changed = Signal()

    def __init__(
        self,
        jobs: Jobs,
        screen: Screen,
        view: CurrentView,
        found: QualityList,
        window: ViewerWindow,
        settings: Settings,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._jobs, self._screen, self._view, self._found = jobs, screen, view, found
        self._window, self._settings, self._record = window, settings, record
        self._panel = window.side.quality
        self._loaded: LoadedBlock | None = None
        self._job: Job | None = None
        self._generation = 0
        self._soon = single_shot(self, self._on_due, _WAIT_MS)
        screen.changed.connect(self._on_screen_changed)
        found.added.connect(self._on_quality_added)
        self._panel.action_requested.connect(window.action_requested)
        self._tell_open()

    def toggle(self) -> None:
        """Open or fold the panel; that is remembered."""
        self._settings.shows_quality = not self._settings.shows_quality
        self.show_setting()
        self.settings_changed.emit()

    def show_setting(self) -> None:
        """Open or fold the panel as the settings say."""
        self._tell_open()
        self._window.side.reveal_quality(self._settings.shows_quality)
        if self._settings.shows_quality:
            self._want()
        else:
            self._drop()

    def take(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block."""
        self._loaded = loaded

    def _tell_open(self) -> None:
        self._panel.set_open(self._settings.shows_quality)
        self._window.set_checked("toggle_quality", self._settings.shows_quality)

    def _on_screen_changed(self, now: OnScreen) -> None:
        if now.stage is Stage.SHOWN:
            self._want()
        elif now.stage is not Stage.PLACED:
            self._loaded = None
            self._drop()
            self._window.side.set_sign("", "")
            self._panel.set_state("")

    def _drop(self) -> None:
        self._soon.stop()
        self._generation += 1
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _want(self) -> None:
        """Show what is known of the block on screen, else measure it in a moment."""
        loaded = self._loaded
        if loaded is None or self._screen.now.stage is not Stage.SHOWN:
            return
        known = self._found.get(loaded.image.block_id)
        if known is not None and not known.error:
            self._show(known)
        elif self._settings.shows_quality:
            self._panel.set_state("Measuring…")
            self._soon.start()

    def _on_due(self) -> None:
        loaded, generation = self._loaded, self._generation
        if loaded is None or self._job is not None:
            return
        image, names = loaded.image, [channel.name for channel in self._view.state.channels]

        def work(job: Job) -> Measured:
            from core.quality.block_quality import measure_block

            try:
                return Measured(generation, measure_block(image, names, job.is_cancelled))
            except Cancelled:
                return Measured(generation, None)

        self._job = self._jobs.start("quality", work, self._on_measured, self._on_failed)

    def _on_measured(self, answer: Measured) -> None:
        if answer.generation == self._generation and answer.quality is not None:
            self._job = None
            self._found.put(answer.quality)

    def _on_failed(self, error: Exception) -> None:
        self._job = None
        self._panel.set_state(f"The block could not be measured: {error}")

    def _on_quality_added(self, quality: BlockQuality) -> None:
        now = self._screen.now
        if now.stage is Stage.SHOWN and quality.block_id == now.block_id and not quality.error:
            self._drop()
            self._show(quality)

    def _show(self, quality: BlockQuality) -> None:
        warnings = quality.all_warnings
        self._panel.set_quality(warnings, quality.all_notes, sections(quality))
        self._window.side.set_sign(f"⚠ {len(warnings)}" if warnings else "", "\n".join(warnings))
        self._record.write("quality_shown", block=quality.block_id, warnings=list(warnings))
