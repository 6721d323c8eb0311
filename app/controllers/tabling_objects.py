"""The table of objects: what each is like, selected there as on the canvas, coloured by a column of any table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.controllers.deferring import single_shot
from app.controllers.showing_labels import colors_in
from app.views.file_dialog import choose_file
from core.painting.object_columns import OwnColumns, column_colors, column_of, own_columns, read_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.controllers.selecting import Selecting
    from app.jobs import Job, Jobs
    from app.models.block_cache import LoadedBlock
    from app.models.overlay import Overlay, OverlayState
    from app.models.overlays import Overlays
    from app.views.main_window import MainWindow
    from app.views.object_table import ObjectTable

_KINDS = "Tables (*.csv *.tsv *.txt);;All files (*)"
_AGAIN_MS = 400
"""After an edit the rows are counted anew."""
_MOST_TOLD = 3
"""Columns of a table in the status line."""


class TablingObjects(QObject):
    """Rows are worked out by a worker, and only while somebody looks at them."""

    said = Signal(str, str)

    def __init__(self, jobs: Jobs, window: MainWindow, overlays: Overlays, selecting: Selecting) -> None:
        super().__init__()
        self._jobs, self._window, self._overlays, self._selecting = jobs, window, overlays, selecting
        self._loaded: LoadedBlock | None = None
        self._view: ObjectTable | None = None
        self._job: Job | None = None
        self._is_stale = False
        """Something was changed while the rows were worked out."""
        self._active: Overlay | None = None
        """Whose rows these are."""
        self._own: OwnColumns | None = None
        self._table: dict[str, dict[int, Any]] = {}
        """Columns of the table that was opened, each by number."""
        self._again = single_shot(self, self._count, _AGAIN_MS)
        overlays.added.connect(self._on_added)
        overlays.listed.connect(self._on_listed)
        self.slots: dict[str, Callable[[], object]] = {"object_table": self.open}

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block."""
        self._loaded = loaded

    def open(self) -> None:
        """Show the table beside the main window."""
        if self._view is None:
            from app.views.object_table import ObjectTable  # nobody needs it at the start

            self._view = view = ObjectTable(self._window)
            view.selected.connect(self._selecting.select)
            view.go_requested.connect(self._selecting.go_to)
            view.color_by_requested.connect(self._color_by)
            view.table_requested.connect(self._ask_table)
            view.copy_requested.connect(self._copy)
        self._view.show()
        self._view.raise_()
        self._view.activateWindow()
        self._count()

    # Rows

    def _on_added(self, overlay: Overlay) -> None:
        overlay.changed.connect(self._on_changed)
        overlay.state_changed.connect(self._on_state_changed)

    def _on_listed(self) -> None:
        if self._overlays.active is not self._active:
            self._active, self._own, self._table, self._selecting.rows = self._overlays.active, None, {}, {}
            if self._job is not None:
                self._job.cancel()
                self._job = None
        self._on_changed()

    def _on_changed(self, *_: object) -> None:
        if self._view is not None and self._view.isVisible() and not self._again.isActive():
            self._again.start()

    def _on_state_changed(self, old: OverlayState, new: OverlayState) -> None:
        if self._view is None or self._overlays.active is None or new is not self._overlays.active.state:
            return
        if old.selected != new.selected:
            self._view.set_selected(new.selected)
        if (old.names, old.colors, old.seed, old.column_colors) != (
            new.names, new.colors, new.seed, new.column_colors,
        ):  # fmt: skip
            self._on_changed()

    def _count(self) -> None:
        """Work the rows out, in a worker."""
        overlay = self._overlays.active
        if self._view is None or not self._view.isVisible():
            return
        if self._job is not None:
            self._is_stale = True
            return
        if overlay is None:
            self._view.set_rows(["index"], [np.empty(0, np.int64)], [])
            return
        size = self._loaded.image.voxel_size if self._loaded is not None else None
        labels, names = overlay.labels, dict(overlay.state.names)
        self._is_stale = False

        def work(job: Job) -> OwnColumns:
            return own_columns(labels, names, size)

        self._job = self._jobs.start("object table", work, self._on_counted, self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        self._job = None
        if isinstance(error, RuntimeError):  # the index was changed while it was read
            self._again.start()
        else:
            raise error

    def _on_counted(self, own: OwnColumns) -> None:
        self._job, self._own = None, own
        if self._is_stale:
            self._again.start()
        overlay, view = self._overlays.active, self._view
        if overlay is None or view is None:
            return
        headers, columns = list(own.headers), list(own.columns)
        for name, values in self._table.items():
            headers.append(name)
            columns.append(column_of(values, own.numbers))
        view.set_rows(headers, columns, colors_in(overlay.state, own.numbers))
        view.set_selected(overlay.state.selected)
        view.set_color_by(overlay.state.column)

    # Tables of others

    def _ask_table(self) -> None:
        beside = str(Path(self._loaded.image.channels[0].path).parent) if self._loaded is not None else ""
        path = choose_file(self._window, "Open a table with a row for each object", _KINDS, beside)
        if not path:
            return

        def work(job: Job) -> dict[str, dict[int, Any]] | str:
            return read_columns(path)

        self._jobs.start("object table", work, self._on_table_read)

    def _on_table_read(self, answer: dict[str, dict[int, Any]] | str) -> None:
        if isinstance(answer, str):
            self.said.emit(answer, "error")
            if self._view is not None:
                self._view.set_said(answer)
            return
        self._table = answer
        told = list(answer.items())[:_MOST_TOLD]
        numbers = {number for _, values in told for number in values}
        self._selecting.rows = {
            n: "  ".join(f"{name} {values[n]}" for name, values in told if n in values) for n in numbers
        }
        self._count()

    def _color_by(self, column: str) -> None:
        overlay = self._overlays.active
        if overlay is None or self._own is None:
            return
        colors: dict[int, str] = {}
        if column:
            values = self._table.get(column)
            if values is None:
                found = self._own.columns[self._own.headers.index(column)]
                values = dict(zip(self._own.numbers.tolist(), found.tolist(), strict=True))
            colors = column_colors(values)
        overlay.change(column=column, column_colors=colors)

    def _copy(self) -> None:
        assert self._view is not None
        QGuiApplication.clipboard().setText(self._view.text())
        self._view.set_said("Copied.")
