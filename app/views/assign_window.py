"""A window that hands out blocks: the form, what it would give to whom, and how far everybody is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSplitter, QVBoxLayout, QWidget

from app.views.assign_form import AssignForm
from app.views.assign_rows import AssignRows, assign_table
from app.views.look import least_lines, least_width
from app.views.spacing import WINDOW
from app.views.texts import button, label, set_property

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QCloseEvent

_PREVIEW = (
    ("Annotator", "Who gets blocks"),
    ("Blocks", "How many"),
    ("Of these gold", "Their right class is known"),
    ("Already judged", "They gave these a class already"),
    ("In place of", "What they had before: it is replaced"),
)
_NOW = (
    ("Annotator", "Who has blocks"),
    ("Done", "With a class, of all that they have"),
    ("%", "With a class"),
    ("Last decision", "In this list"),
    ("Hand-out", "Its name"),
    ("Handed out", "When and by whom"),
)


class AssignWindow(QWidget):
    """Wishes: a preview, handing out under a name, taking back from somebody; `closed` is a fact."""

    hand_out_requested = Signal(str)
    take_back_requested = Signal(str)
    read_requested = Signal()
    activated = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Assign blocks")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(1180, 640)
        self.form = AssignForm()
        self.preview = AssignRows(_PREVIEW, (1, 2, 3))
        self.now = AssignRows(_NOW, (1, 2))
        self._preview_table = assign_table(self.preview, "What is handed out", (130, 70, 100, 110))
        self._now_table = assign_table(self.now, "What everybody has", (130, 100, 50, 140, 150))
        self._summary = label("", "faint", wrap=True)
        self._name = QLineEdit()
        self._name.setPlaceholderText("Name of the hand-out: Batch 1")
        self._name.setToolTip("The annotators see it beside their queue (Alt+N)")
        self._name.setMaxLength(200)
        self._hand_out = button("Hand out", "Give everybody the blocks of the table above (Ctrl+Enter)", primary=True)
        self._said = label("", "faint", wrap=True)
        least_lines(self._said, 1)  # nothing jumps when it says something
        self._take_back = button("Take back…", "What the selected annotator has (Delete)")
        self._yes = button("Take it back", "Enter", primary=True)
        self._no = button("Keep it", "Escape")
        self._asked = label("", wrap=True)
        self._read = button("Read again", "admin/gold.csv, names and hand-outs (F5)")
        self._close = button("Close", "Escape")
        self._asking = ""
        self._is_ready = self._is_busy = False
        self._focused: QWidget | None = None
        self._lay_out()
        self._connect()
        self._show_question("")
        self._set_ready(False)

    def set_pending(self) -> None:
        """The preview is being computed anew; the old one stays until then, and cannot be handed out."""
        self._set_ready(False)
        self._summary.setText("Counting…")
        set_property(self._summary, "role", "faint")

    def set_preview(self, rows: Sequence[Sequence[str]], text: str, level: str) -> None:
        """What would be handed out, a row for each annotator, and a sentence; no rows: why nothing can be.

        `level` is faint, warning or error.
        """
        self.preview.set_rows(rows)
        self._summary.setText(text)
        set_property(self._summary, "role", level)
        self._set_ready(bool(rows))

    def set_now(self, rows: Sequence[Sequence[str]]) -> None:
        """What everybody has and how far they are."""
        self.now.set_rows(rows)
        if rows and not self._now_table.currentIndex().isValid():
            self._now_table.selectRow(0)
        self._take_back.setEnabled(bool(rows) and not self._is_busy)
        if self._asking and self._asking not in [row[0] for row in rows]:
            self._show_question("")

    def set_said(self, text: str, level: str = "faint") -> None:
        """News: handed out, taken back, or why not. `level` is faint, warning or error."""
        self._said.setText(text)
        set_property(self._said, "role", level)

    def set_busy(self, is_busy: bool) -> None:
        """Something is being written; the keyboard is then where it was before."""
        if is_busy and not self._is_busy:
            self._focused = self.focusWidget()
        self._is_busy = is_busy
        for part in (self.form, self._name, self._yes):
            part.setEnabled(not is_busy)
        self._take_back.setEnabled(bool(self.now.rows) and not is_busy)
        self._set_ready(self._is_ready)
        if not is_busy and self._focused is not None:
            self._focused.setFocus()

    def clear_name(self) -> None:
        """The hand-out is done: the next one has another name."""
        self._name.clear()

    def focus_name(self) -> None:
        """Keys are for the name."""
        self._name.setFocus()

    def event(self, event: QEvent) -> bool:
        """Tell when somebody comes back to the window."""
        if event.type() == QEvent.Type.WindowActivate:
            self.activated.emit()
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that nobody looks any more."""
        self._show_question("")
        super().closeEvent(event)
        self.closed.emit()

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self.form, 1)
        least_width(left, 400)
        right = QSplitter(Qt.Orientation.Vertical)
        top, bottom = QWidget(), QWidget()
        upper, lower = QVBoxLayout(top), QVBoxLayout(bottom)
        for one in (upper, lower):
            one.setContentsMargins(8, 0, 0, 0)
        upper.addWidget(label("What would be handed out", "section"))
        upper.addWidget(self._preview_table, 1)
        upper.addWidget(self._summary)
        line = QHBoxLayout()
        title = label("&Name")
        title.setBuddy(self._name)
        line.addWidget(title)
        line.addWidget(self._name, 1)
        line.addWidget(self._hand_out)
        upper.addLayout(line)
        upper.addWidget(self._said)
        lower.addWidget(label("What everybody has now", "section"))
        lower.addWidget(self._now_table, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._asked, 1)
        for part in (self._yes, self._no, self._take_back):
            foot.addWidget(part)
        foot.addStretch()
        foot.addWidget(self._read)
        foot.addWidget(self._close)
        lower.addLayout(foot)
        right.addWidget(top)
        right.addWidget(bottom)
        right.setSizes([360, 240])
        right.setChildrenCollapsible(False)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setSizes([430, 750])
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*WINDOW)
        layout.addWidget(split)

    def _connect(self) -> None:
        self._hand_out.clicked.connect(self._on_hand_out_asked)
        self._take_back.clicked.connect(self._on_take_back_asked)
        self._yes.clicked.connect(self._on_yes_clicked)
        self._no.clicked.connect(self._on_no_clicked)
        self._read.clicked.connect(self.read_requested)
        self._close.clicked.connect(self.close)
        for keys, slot in (
            ("Ctrl+Return", self._on_hand_out_asked),
            ("Ctrl+Enter", self._on_hand_out_asked),
            ("Escape", self._on_escape_pressed),
            ("F5", self.read_requested),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)
        delete = QShortcut(QKeySequence("Delete"), self._now_table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._on_take_back_asked)
        for key in ("Return", "Enter"):
            for one in (self._yes, self._no, self._take_back, self._hand_out):
                shortcut = QShortcut(QKeySequence(key), one)
                shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
                shortcut.activated.connect(one.click)

    def _set_ready(self, is_ready: bool) -> None:
        self._is_ready = is_ready
        self._hand_out.setEnabled(is_ready and not self._is_busy)

    def _show_question(self, annotator: str) -> None:
        """Ask whether to take back what an annotator has; nobody: ask nothing."""
        self._asking = annotator
        for part in (self._yes, self._no, self._asked):
            part.setVisible(bool(annotator))
        self._take_back.setVisible(not annotator)
        if annotator:
            row = next(row for row in self.now.rows if row[0] == annotator)
            self._asked.setText(f"Take {row[4]} back from {annotator} ({row[1]} done)? Their decisions stay.")
            self._yes.setFocus()

    def _on_hand_out_asked(self) -> None:
        if self._hand_out.isEnabled():
            self.hand_out_requested.emit(self._name.text())

    def _on_take_back_asked(self) -> None:
        index = self._now_table.currentIndex()
        if index.isValid() and self._take_back.isEnabled():
            self._show_question(self.now.rows[index.row()][0])

    def _on_yes_clicked(self) -> None:
        annotator = self._asking
        self._show_question("")
        self._now_table.setFocus()
        if annotator:
            self.take_back_requested.emit(annotator)

    def _on_no_clicked(self) -> None:
        self._show_question("")
        self._now_table.setFocus()

    def _on_escape_pressed(self) -> None:
        if self._asking:
            self._on_no_clicked()
        else:
            self.close()
