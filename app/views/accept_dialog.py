"""The question before many final labels are set at once: which quorum, and how many blocks of each class that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from app.actions import with_keys
from app.views.spacing import DIALOG, MEDIUM
from app.views.texts import button, label
from app.views.votes_html import square

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.views.votes_html import ShownClass


class AcceptDialog(QDialog):
    """Not modal: rows can still be looked at and filtered, and the counts follow. Enter accepts, Escape closes."""

    quorum_changed = Signal()
    accept_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Accept the consensus")
        self._votes = QSpinBox()
        self._votes.setRange(1, 99)
        self._votes.setValue(2)
        self._votes.setToolTip("So many annotators must have chosen the class")
        self._votes.setAccessibleName("Votes")
        self._share = QDoubleSpinBox()
        self._share.setRange(0, 100)
        self._share.setDecimals(0)
        self._share.setSingleStep(5)
        self._share.setValue(60)
        self._share.setSuffix(" %")
        self._share.setToolTip("Of all votes on the block")
        self._share.setAccessibleName("Share")
        self._counts = QLabel()
        self._counts.setTextFormat(Qt.TextFormat.RichText)
        self._counts.setAccessibleName("Counts")
        self._note = label("", "warning", wrap=True)
        self._accept = button(
            "Accept", with_keys("Set these final labels in one step (Enter); {undo} undoes it"), primary=True
        )
        self._accept.setDefault(True)
        close = button("Close", "Escape")
        close.setAutoDefault(False)

        quorum = QHBoxLayout()
        for part in (label("At least"), self._votes, label("votes for it, and"), self._share, label("of the votes")):
            quorum.addWidget(part)
        quorum.addStretch()
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(close)
        buttons.addWidget(self._accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*DIALOG)
        layout.setSpacing(MEDIUM)
        text = "Rows that the filter shows, without a final label, get their consensus as final label."
        layout.addWidget(label(text, "faint", wrap=True))
        layout.addLayout(quorum)
        layout.addWidget(self._counts)
        layout.addWidget(self._note)
        layout.addStretch()
        layout.addLayout(buttons)
        self.resize(440, 260)
        self._votes.valueChanged.connect(self._on_quorum_changed)
        self._share.valueChanged.connect(self._on_quorum_changed)
        self._accept.clicked.connect(self._on_accept_clicked)
        close.clicked.connect(self.close)

    def quorum(self) -> tuple[int, float]:
        """At least so many votes for the consensus, and this share (0 to 1) of the votes."""
        return self._votes.value(), self._share.value() / 100

    def set_counts(self, counts: Sequence[tuple[ShownClass, int]], note: str) -> None:
        """How many blocks get each class, and what is to be thought of before."""
        total = sum(count for _, count in counts)
        rows = "".join(
            f'<tr><td>{square(chosen)}</td><td align="right" style="padding-left:16px">{count:,}</td></tr>'
            for chosen, count in counts
        )
        self._counts.setText(f"<table>{rows}</table>" if counts else "No such row is shown.")
        self._note.setText(note)
        self._note.setVisible(bool(note))
        blocks = "block" if total == 1 else "blocks"
        self._accept.setText(f"Accept for {total:,} {blocks}" if total else "Accept")
        self._accept.setEnabled(total > 0)

    def begin(self) -> None:
        """Show the dialog, ready for Enter."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._accept.setFocus()

    def _on_quorum_changed(self) -> None:
        self.quorum_changed.emit()

    def _on_accept_clicked(self) -> None:
        self.accept_requested.emit()
