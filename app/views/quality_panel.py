"""The quality of the block on screen, folded away until it is wanted: warnings in words, then figures."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.actions import tooltip
from app.views.look import colors, dress
from app.views.texts import button, label

if TYPE_CHECKING:
    from collections.abc import Sequence

Section = tuple[str, list[tuple[str, str]]]
"""A title, and names with their values."""


class QualityPanel(QWidget):
    """Wishes: actions of the table of actions."""

    action_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._head = QToolButton()
        self._head.setText("Quality")
        self._head.setObjectName("fold")
        self._head.setToolTip(tooltip("toggle_quality"))
        self._head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._head.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._head.clicked.connect(self._on_head_clicked)
        self._all = button("All blocks…", tooltip("check_quality"))
        self._all.clicked.connect(self._on_all_clicked)
        top = QHBoxLayout()
        top.setContentsMargins(0, 4, 0, 0)
        top.addWidget(self._head, 1, Qt.AlignmentFlag.AlignLeft)
        top.addWidget(self._all)

        self._state = label("", "faint", wrap=True)
        self._warnings = label("", "warning", wrap=True)
        self._notes = label("", "faint", wrap=True)
        self._figures = QLabel()
        self._figures.setTextFormat(Qt.TextFormat.RichText)
        self._figures.setWordWrap(True)
        for text in (self._warnings, self._notes, self._figures):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 2, 0, 0)
        for part in (self._state, self._warnings, self._notes, self._figures):
            column.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self._inside)
        self.set_open(False)
        self._sections: tuple[Section, ...] = ()
        self.set_state("")
        dress(self, QualityPanel._recolor)

    def set_open(self, is_open: bool) -> None:
        """Show the figures, or only the line to open them by."""
        self._head.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._inside.setVisible(is_open)

    def set_state(self, text: str) -> None:
        """There are no figures, and why: `Measuring…`."""
        self._sections = ()
        self._show(text, [], [], "")

    def set_quality(self, warnings: Sequence[str], notes: Sequence[str], sections: Sequence[Section]) -> None:
        """What is wrong, what is good to know, and the figures."""
        self._sections = tuple(sections)
        self._show("" if warnings else "Nothing is wrong.", warnings, notes, "".join(map(_table, sections)))

    def _show(self, state: str, warnings: Sequence[str], notes: Sequence[str], figures: str) -> None:
        for part, text in (
            (self._state, state),
            (self._warnings, "\n".join(f"⚠ {text}" for text in warnings)),
            (self._notes, "\n".join(notes)),
            (self._figures, figures),
        ):
            part.setText(text)
            part.setVisible(bool(text))

    def _recolor(self) -> None:
        self._figures.setText("".join(map(_table, self._sections)))

    def _on_head_clicked(self) -> None:
        self.action_requested.emit("toggle_quality")

    def _on_all_clicked(self) -> None:
        self.action_requested.emit("check_quality")


def _table(section: Section) -> str:
    title, lines = section
    rows = "".join(
        f'<tr><td style="color:{colors().dim}; padding-right:8px; white-space:nowrap">{escape(name)}</td>'
        f"<td>{escape(value)}</td></tr>"
        for name, value in lines
    )
    return f'<p style="margin:6px 0 1px 0"><b>{escape(title)}</b></p><table cellspacing="0">{rows}</table>'
