"""The time slider and the dialog that corrects how a data set is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QSlider, QWidget

from app.views.reading_dialog import AS_STATED, ReadingDialog
from app.views.time_bar import TimeBar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

OFFERED = [(AS_STATED, "As the files say"), ("TYX", "time 12, y 4, x 5"), ("ZYX", "z 12, y 4, x 5")]


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[ReadingDialog]:
    """Show the dialog for a file without a voxel size."""
    parent = QWidget()
    qtbot.addWidget(parent)
    made = ReadingDialog(parent)
    made.set_axes(OFFERED, "ZYX", "This block: time 12")
    made.set_voxel_size(None, (3, 2, 1), "The file: z 3, y 2, x 1 µm")
    with qtbot.waitExposed(made):
        made.show_beside()
    yield made
    made.close()


def wishes(dialog: ReadingDialog) -> list[tuple[str, Any]]:
    """Collect what is asked for from now on."""
    found: list[tuple[str, Any]] = []
    dialog.choice_requested.connect(lambda axes, size: found.append((axes, size)))
    return found


def type_sizes(dialog: ReadingDialog, *texts: str) -> None:
    for field, text in zip(dialog.findChildren(QLineEdit), texts, strict=True):
        field.clear()
        QTest.keyClicks(field, text)


def press(dialog: ReadingDialog, text: str) -> None:
    (button,) = [one for one in dialog.findChildren(QPushButton) if one.text() == text]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_what_was_chosen_and_what_the_file_says(dialog: ReadingDialog) -> None:
    box = dialog.findChild(QComboBox)
    assert isinstance(box, QComboBox)
    assert box.currentText() == "z 12, y 4, x 5"
    assert [field.text() for field in dialog.findChildren(QLineEdit)] == ["", "", ""]
    assert [field.placeholderText() for field in dialog.findChildren(QLineEdit)] == ["3", "2", "1"]
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert {"This block: time 12", "The file: z 3, y 2, x 1 µm"} <= set(texts)


def test_nothing_is_asked_before_it_is_applied(dialog: ReadingDialog) -> None:
    found = wishes(dialog)
    box = dialog.findChild(QComboBox)
    assert isinstance(box, QComboBox)
    QTest.keyClick(box, Qt.Key.Key_Up)
    type_sizes(dialog, "2", "0.5", "0.25")
    assert found == []
    QTest.keyClick(dialog.findChildren(QLineEdit)[0], Qt.Key.Key_Return)
    assert found == [("TYX", (2.0, 0.5, 0.25))]
    press(dialog, "As the files say")
    assert found[1:] == [(AS_STATED, None)]


@pytest.mark.parametrize("texts", [("1", "", "2"), ("0", "1", "1"), (".", "1", "1")])
def test_half_a_voxel_size_is_not_taken(dialog: ReadingDialog, texts: tuple[str, str, str]) -> None:
    found = wishes(dialog)
    type_sizes(dialog, *texts)
    press(dialog, "Apply to this data set")
    assert found == []
    assert any("needs three numbers" in label.text() for label in dialog.findChildren(QLabel))
    type_sizes(dialog, "", "", "")
    press(dialog, "Apply to this data set")
    assert found == [("ZYX", None)]


def test_the_time_slider_is_there_for_films_only(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    bar = TimeBar()
    bar.setParent(holder)
    asked: list[int] = []
    bar.time_requested.connect(asked.append)
    bar.set_time(0, 1)
    assert bar.isHidden()
    bar.set_time(3, 12, is_here=False)
    assert not bar.isHidden()
    assert "4/12…" in [label.text() for label in bar.findChildren(QLabel)]
    assert asked == []  # set, not moved by hand
    slider = bar.findChild(QSlider)
    assert isinstance(slider, QSlider)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert asked == [4]
