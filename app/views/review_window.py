"""The window of the review: the table of all blocks, the block beside it, and the classes for its final label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.actions import ACTIONS
from app.views.class_bar import ClassBar, ClassItem
from app.views.review_panel import ReviewPanel
from app.views.viewer_window import ViewerWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QCloseEvent

    from app.views.review_rows import Cell


class ReviewWindow(ViewerWindow):
    """`closed` is a fact. `votes` is the place for what was said of the block on screen, above the side panel."""

    closed = Signal()

    def __init__(
        self, canvas: QWidget, interval_ms: tuple[int, int], cells_at: Callable[[int], Sequence[Cell]]
    ) -> None:
        self.panel = ReviewPanel(cells_at)
        self.votes = QWidget()
        self.votes.setObjectName("panel")
        within = QVBoxLayout(self.votes)
        within.setContentsMargins(0, 0, 0, 0)
        self.classes = ClassBar(has_marks=False)
        rows = [row for row in ACTIONS if row.window in ("review", "any")]
        super().__init__(canvas, interval_ms, rows, self.panel, self.classes, (560, 530, 276), self.votes)
        self.setWindowTitle("Review")
        self.resize(1366, 768)
        self.setCentralWidget(self._work)
        for row in rows:
            if row.is_of_canvas:
                self.panel.grid.addAction(self._actions[row.name])
        self.classes.class_requested.connect(self.class_requested)
        self.panel.table_requested.connect(self.focus_work)

    def focus_work(self) -> None:
        """Keys are for the table and the block."""
        self.panel.grid.setFocus()

    def put_votes(self, panel: QWidget) -> None:
        """What is said of the block on screen, in its place."""
        within = self.votes.layout()
        assert within is not None
        within.addWidget(panel)

    def set_classes(self, classes: Sequence[ClassItem]) -> None:
        """Classes 1, 2, ... with their keys."""
        self.classes.set_classes(classes)
        self.set_class_keys([item.key for item in classes])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that nobody looks any more."""
        super().closeEvent(event)
        self.closed.emit()
