"""The work area, and the pages that cover it whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent


class Covered(QWidget):
    """Like a stack of pages, but what is covered stays shown.

    A canvas that is hidden at first makes Qt create the window anew when it appears: it would flicker and lose the
    keyboard.
    """

    def __init__(self, ground: QWidget, covers: list[QWidget]) -> None:
        super().__init__()
        self._ground, self._covers = ground, covers
        for part in (ground, *covers):
            part.setParent(self)
        self.show_only(ground)

    def show_only(self, page: QWidget) -> None:
        """Show one cover, or the ground."""
        # What is covered takes no keys and no clicks
        self._ground.setEnabled(page is self._ground)
        for cover in self._covers:
            cover.setVisible(cover is page)
            if cover is page:
                cover.raise_()

    @property
    def is_bare(self) -> bool:
        """Whether no cover is shown."""
        return self._ground.isEnabled()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All have the whole size."""
        super().resizeEvent(event)
        for part in (self._ground, *self._covers):
            part.setGeometry(self.rect())
