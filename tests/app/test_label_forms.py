"""The forms about labels, and the bar of two versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QColorDialog, QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox, QWidget

from app.settings import RESOURCES
from app.views.compare_bar import CompareBar
from app.views.label_dialogs import BITS, FormField, LabelForm
from app.views.theme import filled

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

NEW = (FormField("name", "Name", value="cells"), FormField("bits", "Numbers", "choice", 16, BITS))


class Form:
    """A form on screen, and what it asked to keep."""

    def __init__(self, qtbot: QtBot, *fields: FormField) -> None:
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.parent.show()
        self.error = ""
        self.kept: list[dict[str, Any]] = []
        self.is_closed = False
        self.form = LabelForm(self.parent, "New labels", *fields, keep="Make")
        self.form.kept.connect(self._on_kept)
        self.form.finished.connect(self._on_finished)
        self.form.setStyleSheet(
            filled((RESOURCES / "style.qss").read_text(encoding="utf-8"), (RESOURCES / "icons").as_posix())
        )
        with qtbot.waitActive(self.form):
            self.form.show()

    def press(self, key: Qt.Key) -> None:
        """Press a key as the system does."""
        QTest.keyClick(self.form.windowHandle(), key)

    def child(self, kind: type[Any]) -> Any:
        """Return the first part of that kind."""
        return self.form.findChildren(kind)[0]

    def _on_kept(self, values: dict[str, Any]) -> None:
        self.kept.append(values)
        if self.error:
            self.form.set_error(self.error)

    def _on_finished(self) -> None:
        self.is_closed = True


def test_a_name_is_typed_over_and_return_keeps_it(qtbot: QtBot) -> None:
    shown = Form(qtbot, *NEW)
    QTest.keyClicks(shown.form.focusWidget(), " nuclei ")
    shown.press(Qt.Key.Key_Return)
    assert shown.kept == [{"name": "nuclei", "bits": 16}]
    assert shown.is_closed


def test_an_error_is_said_and_the_form_stays(qtbot: QtBot) -> None:
    shown = Form(qtbot, *NEW)
    shown.error = "There are labels of that name already."
    shown.press(Qt.Key.Key_Return)
    said = [one.text() for one in shown.form.findChildren(QLabel) if one.isVisible()]
    assert shown.error in said
    assert not shown.is_closed
    shown.error = ""
    QTest.keyClick(shown.child(QLineEdit), Qt.Key.Key_End)
    QTest.keyClicks(shown.child(QLineEdit), "2")
    shown.press(Qt.Key.Key_Return)
    assert shown.kept[-1]["name"] == "cells2"
    assert shown.is_closed


def test_escape_keeps_nothing(qtbot: QtBot) -> None:
    shown = Form(qtbot, *NEW)
    QTest.keyClicks(shown.child(QLineEdit), "x")
    shown.press(Qt.Key.Key_Escape)
    assert (shown.kept, shown.is_closed) == ([], True)


def test_a_type_is_chosen(qtbot: QtBot) -> None:
    shown = Form(qtbot, *NEW)
    box = shown.child(QComboBox)
    assert box.currentText() == "16 bits: numbers to 65,535"
    QTest.keyClick(box, Qt.Key.Key_Down)
    shown.press(Qt.Key.Key_Return)
    assert shown.kept == [{"name": "cells", "bits": 32}]


def test_a_number_is_typed(qtbot: QtBot) -> None:
    shown = Form(qtbot, FormField("number", "Number", "number", 17))
    field = shown.child(QSpinBox)
    text = field.lineEdit()
    assert text.text() == "17"
    assert text.width() > text.fontMetrics().horizontalAdvance("2147483647")
    QTest.keyClicks(field, "2147483647")
    shown.press(Qt.Key.Key_Return)
    assert shown.kept == [{"number": 2**31 - 1}]


def test_a_colour_is_clicked(qtbot: QtBot) -> None:
    shown = Form(qtbot, FormField("name", "Name"), FormField("color", "Colour", "color", "#123456"))
    assert shown.form.values() == {"name": "", "color": "#123456"}
    orange = next(one for one in shown.form.findChildren(QPushButton) if one.toolTip() == "#E69F00")
    QTest.mouseClick(orange, Qt.MouseButton.LeftButton)
    assert orange.isChecked()
    assert shown.form.values()["color"] == "#E69F00"
    own = next(one for one in shown.form.findChildren(QPushButton) if one.text() == "by number")
    QTest.mouseClick(own, Qt.MouseButton.LeftButton)
    assert not orange.isChecked()
    assert shown.form.values()["color"] == ""
    other = next(one for one in shown.form.findChildren(QPushButton) if one.text() == "other…")
    QTest.mouseClick(other, Qt.MouseButton.LeftButton)
    chooser = shown.form.findChildren(QColorDialog)[0]
    chooser.setCurrentColor("#0a0b0c")
    chooser.accept()
    assert shown.form.values()["color"] == "#0A0B0C"
    shown.press(Qt.Key.Key_Escape)


# ----------------------------------------------------------------------------------------------- the two versions


@pytest.fixture
def bar(qtbot: QtBot) -> CompareBar:
    """Show the bar at the third of twelve differences."""
    made = CompareBar()
    qtbot.addWidget(made)
    made.set_state("cells: mine and the version of alice 14:05 differ in 12 places", 2, 12, 9)
    made.resize(800, 100)
    made.show()
    return made


def test_each_choice_is_a_click(bar: CompareBar) -> None:
    asked: list[str] = []
    bar.choice_requested.connect(asked.append)
    for made in bar.findChildren(QPushButton):
        QTest.mouseClick(made, Qt.MouseButton.LeftButton)
    assert asked == ["previous", "next", "mine", "theirs", "all_mine", "all_theirs", "done"]
    texts = [one.text() for one in bar.findChildren(QLabel)]
    assert "3/12, 9 to choose" in texts
    assert {"Only mine", "Only theirs", "Another number"} <= set(texts)


def test_what_is_chosen_already_is_not_chosen_for_all(bar: CompareBar) -> None:
    enabled = [made.objectName() for made in bar.findChildren(QPushButton) if made.isEnabled()]
    assert len(enabled) == 7
    bar.set_state("all chosen", 11, 12, 0)
    enabled = [made.objectName() for made in bar.findChildren(QPushButton) if made.isEnabled()]
    assert enabled == ["previous", "next", "mine", "theirs", "done"]
    bar.set_state("no differences", 0, 0, 0)
    enabled = [made.objectName() for made in bar.findChildren(QPushButton) if made.isEnabled()]
    assert enabled == ["done"]


def test_the_bar_wraps_where_it_is_narrow(bar: CompareBar, qtbot: QtBot) -> None:
    bar.resize(480, bar.heightForWidth(480))
    qtbot.waitUntil(lambda: bar.width() == 480)
    for made in bar.findChildren(QPushButton):
        corner = made.mapTo(bar, QPoint(0, 0))
        assert corner.x() + made.width() <= bar.width()
        assert corner.y() + made.height() <= bar.height()
