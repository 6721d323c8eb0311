"""What is said of the block on screen: consensus, final label and its reason, the votes, and all that happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.actions import tooltip
from app.views.look import dress, least_lines
from app.views.spacing import BAR, MEDIUM, SMALL
from app.views.texts import button, label
from app.views.votes_html import heading, square, timeline_html, votes_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from app.views.votes_html import PastLine, ShownClass, VoteLine


class ReasonLine(QLineEdit):
    """Where the reason of a final label is typed: Enter wants to keep it, Escape puts back what was there.

    Whoever keeps it says so with `put`: what could not be kept stays in the field.
    """

    kept = Signal(str)
    left = Signal()

    def __init__(self, longest: int) -> None:
        super().__init__()
        self.setPlaceholderText("Reason; Enter keeps it")
        self.setToolTip(tooltip("reason"))
        self.setAccessibleName("Reason")
        self.setMaxLength(longest)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes between the table and the picture
        self._before = ""
        self.returnPressed.connect(self._on_return_pressed)

    def put(self, text: str) -> None:
        """Show the reason that is kept."""
        self._before = text
        self.setText(text)
        self.setCursorPosition(0)

    def has_changed(self) -> bool:
        """Whether something was typed that is not kept yet."""
        return self.text() != self._before

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._before)
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _on_return_pressed(self) -> None:
        self.kept.emit(self.text())


class VotesPanel(QWidget):
    """Wishes: an action by name. Facts: a reason was typed (`reason.kept`), or not (`reason.left`).

    What is decided stands above what scrolls, so that nothing jumps from block to block.
    """

    action_requested = Signal(str)

    def __init__(self, longest_reason: int) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        least_lines(self, 13, 40)
        self._consensus = _line()
        self._final = _line()
        self._by = label("", "faint")
        self._by.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.reason = ReasonLine(longest_reason)
        self._names = button("Names", tooltip("toggle_names"), checkable=True)
        self._names.setAccessibleName("Names")
        self._names.clicked.connect(self._on_names_clicked)
        self._votes: Sequence[VoteLine] | None = None
        self._past: tuple[Sequence[PastLine], str] = ((), "")
        self._text = QTextBrowser()
        self._text.setOpenLinks(False)
        self._text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self._text.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its keys are the table's
        self._text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._text.setAccessibleName("Votes and history")
        self._text.document().setDocumentMargin(0)

        top = QHBoxLayout()
        top.addWidget(label("Final label", "section"), 1)
        top.addWidget(self._names)
        facts = QGridLayout()
        facts.setHorizontalSpacing(MEDIUM)
        facts.setVerticalSpacing(2)
        facts.setColumnStretch(1, 1)
        for row, (title, widget) in enumerate(
            (("Final", self._final), ("", self._by), ("Votes give", self._consensus))
        ):
            facts.addWidget(label(title, "faint"), row, 0)
            facts.addWidget(widget, row, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*BAR)
        layout.setSpacing(SMALL)
        layout.addLayout(top)
        layout.addLayout(facts)
        layout.addWidget(self.reason)
        layout.addWidget(self._text, 1)
        dress(self, VotesPanel._show)

    def set_final(self, chosen: ShownClass | None, by: str, tip: str = "") -> None:
        """The final label (None: none), and who decided it, when; more of it under the mouse."""
        self._final.setText(square(chosen) if chosen is not None else "not decided")
        self._by.setText(by)
        self._by.setToolTip("\n".join(text for text in (by, tip) if text))

    def set_consensus(self, chosen: ShownClass | None, words: str, tip: str) -> None:
        """What the votes give (None: no class), more of it in words, and the rule under the mouse."""
        self._consensus.setText(f"{square(chosen)} &nbsp;{words}" if chosen is not None else words)
        self._consensus.setToolTip(tip)

    def set_votes(self, votes: Sequence[VoteLine]) -> None:
        """The votes in the order in which they are shown; the timeline is emptied until it is known."""
        self._votes, self._past = votes, ((), "")
        self._show()
        self._text.verticalScrollBar().setValue(0)

    def set_timeline(self, lines: Sequence[PastLine], note: str = "") -> None:
        """All decisions about this block; `note` is what could not be told."""
        self._past = (lines, note)
        self._show()

    def clear(self) -> None:
        """No block is on screen."""
        self.set_final(None, "")
        self._final.setText("")
        self._consensus.setText("")
        self.reason.put("")
        self._votes, self._past = None, ((), "")
        self._show()

    def set_names_shown(self, is_shown: bool) -> None:
        """Whether names stand beside votes."""
        with QSignalBlocker(self._names):
            self._names.setChecked(is_shown)

    def set_enabled(self, enabled: bool) -> None:
        """Whether there is a block that can be decided."""
        self.reason.setEnabled(enabled)

    def focus_reason(self) -> None:
        """Type the reason."""
        self.reason.setFocus()
        self.reason.selectAll()

    def _show(self) -> None:
        bar = self._text.verticalScrollBar()
        at = bar.value()
        past = heading("What happened") + timeline_html(*self._past) if any(self._past) else ""
        self._text.setHtml(heading("Votes") + votes_html(self._votes) + past if self._votes is not None else "")
        bar.setValue(at)

    def _on_names_clicked(self) -> None:
        self.action_requested.emit("toggle_names")


def _line() -> QLabel:
    """A line of which too much is cut off: it must not make the panel wider."""
    made = label("")
    made.setTextFormat(Qt.TextFormat.RichText)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return made
