"""All keys on one sheet, from the table of actions: a page for judging blocks, one for painting labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from app.actions import ACTIONS, info
from app.key_map import keys_of
from app.views.spacing import DIALOG
from app.views.texts import button, label
from app.views.whole_area import WholeArea

if TYPE_CHECKING:
    from collections.abc import Sequence

Rows = list[tuple[str, str]]

_JUDGING = (("Classes", "Annotate", "Mouse"), ("Go", "Review", "File", "Labels", "Looks", "Help"), ("View",))
_PAINTING = (("Tools", "Mouse"), ("Number and undo", "Labels, also while judging"), ("Objects", "As while judging"))
_MOUSE: Rows = [
    ("Wheel", "Slices; in 3D zoom"),
    ("Ctrl+wheel", "Zoom into the slice"),
    ("Drag", "Move the slice; in 3D turn"),
    ("Shift+drag", "In 3D: move"),
    ("Right drag", "Zoom"),
    ("Double click", "In orthogonal views: go there"),
    ("Ctrl+drag", "In 3D: move the cut"),
    ("Ctrl+Shift+drag", "In 3D: tilt the cut"),
]
_MOUSE_THAT_PAINTS: Rows = [
    ("Drag", "What the tool does"),
    ("Ctrl+drag", "Polygon, lasso, box: erase"),
    ("Shift+click", "Fill all of a number; select more"),
    ("Alt+drag", "Size of the brush"),
    ("Space+drag", "Move the slice; in 3D turn"),
    ("Wheel, right drag", "As while judging"),
]
_SAME = ("next_block", "slice_back", "slice_on", "toggle_3d", "ortho", "maximise", "toggle_cross", "reset_view")


class KeySheet(QDialog):
    """Opened by `?`, with the page that is `is_painting`'s first; closes with Escape.

    `classes` are pairs of key and name.
    """

    def __init__(self, parent: QWidget, classes: Sequence[tuple[str, str]], is_painting: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        pages = QTabWidget()
        pages.setAccessibleName("Which keys")
        pages.setDocumentMode(True)
        pages.tabBar().setDrawBase(False)
        pages.addTab(_page(_judging(classes), _JUDGING), "Judging blocks")
        pages.addTab(_page(_painting(), _PAINTING), _painting_title())
        for page in range(pages.count()):
            pages.setTabToolTip(page, "The other page (Left, Right)")
        pages.setCurrentIndex(int(is_painting))
        close = button("Close", "Escape")
        close.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*DIALOG)
        layout.addWidget(pages)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(self.sizeHint())  # Qt would take two thirds of the screen at most
        pages.tabBar().setFocus()


def _painting_title() -> str:
    keys = keys_of(info("paint"))
    return f"Painting labels ({keys[0]})" if keys else "Painting labels"


def _judging(classes: Sequence[tuple[str, str]]) -> dict[str, Rows]:
    groups: dict[str, Rows] = {"Classes": list(classes), "Mouse": _MOUSE}
    for row in ACTIONS:
        if keys_of(row) and row.mode != "paint" and (row.menu != "Labels" or row.mode == "judge"):
            groups.setdefault(row.menu, []).append((_keys(keys_of(row)), _text(row.text)))
    groups["View"].append(("Alt+1 … 9", "Show or hide a channel"))
    groups["View"].append(("Alt+Shift+1 … 9", "Show only that channel"))
    return groups


def _painting() -> dict[str, Rows]:
    groups: dict[str, Rows] = {"Mouse": _MOUSE_THAT_PAINTS, "Number and undo": [("0 … 9", "Paint this number")]}
    for row in ACTIONS:
        if row.name in _SAME and keys_of(row):
            group = "As while judging"
        elif not keys_of(row) or row.mode == "judge" or row.menu not in ("Tools", "Labels", "Objects"):
            continue
        elif row.menu == "Labels":
            group = "Number and undo" if row.mode == "paint" else "Labels, also while judging"
        else:
            group = row.menu
        groups.setdefault(group, []).append((_keys(keys_of(row)), _text(row.text)))
    return groups


def _keys(keys: Sequence[str]) -> str:
    return "  ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys)


def _text(text: str) -> str:
    return text.rstrip("…")


def _page(groups: dict[str, Rows], columns: Sequence[Sequence[str]]) -> QWidget:
    inside = QWidget()
    side_by_side = QHBoxLayout(inside)
    side_by_side.setContentsMargins(0, 6, 6, 0)
    side_by_side.setSpacing(24)
    for names in columns:
        column = QVBoxLayout()
        column.setSpacing(2)
        for name in names:
            if groups.get(name):
                title = label(name, "section")
                title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
                column.addWidget(title)
                column.addLayout(_table(groups[name]))
                column.addSpacing(14)
        column.addStretch(1)
        side_by_side.addLayout(column)
    return WholeArea(inside)


def _table(rows: Rows) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(1, 1)
    for line, (keys, text) in enumerate(rows):
        grid.addWidget(label(keys, "mono"), line, 0)
        grid.addWidget(label(text), line, 1)
    return grid
