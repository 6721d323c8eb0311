"""Settings, keys and the palette in the real window, with real keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QWidget

from app.actions import ACTIONS, info
from app.key_map import choose_keys, keys_of
from app.main import Program
from app.options import Options
from app.setting_info import value_of
from app.settings import load_settings, user_places
from app.views.class_bar import ClassItem
from app.views.command_palette import CommandPalette
from app.views.key_sheet import KeySheet
from app.views.settings_dialog import SettingsDialog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

Control = TypeVar("Control", bound=QWidget)


@pytest.fixture
def program(qtbot: QtBot) -> Iterator[Program]:
    """Make a program with its work page on screen, but no data."""
    (user_places().config / "settings.json").unlink(missing_ok=True)
    made = Program(Options())
    made.window.show_work()
    made.window.set_classes([ClassItem(1, "1", "Interphase", "#22AA44")])
    made.window.show()
    qtbot.waitExposed(made.window)
    made.window.activateWindow()
    qtbot.waitUntil(made.window.isActiveWindow)
    made.window.focus_work()
    yield made
    for dialog in made.window.findChildren(SettingsDialog):
        dialog.close()
    made.remembering.end()
    made.window.may_close = True
    made.window.close()
    made.viewer.canvas.close()
    made.window.deleteLater()
    choose_keys({})
    (user_places().config / "settings.json").unlink(missing_ok=True)


class Asked:
    """Actions and classes that the window asked for."""

    def __init__(self, program: Program) -> None:
        self.names: list[str] = []
        self.classes: list[int] = []
        program.window.action_requested.connect(self.names.append)
        program.window.class_requested.connect(self.classes.append)


def palette_of(program: Program) -> CommandPalette | None:
    return next((one for one in program.window.findChildren(CommandPalette) if one.isVisible()), None)


def opened_palette(program: Program) -> tuple[CommandPalette, QLineEdit]:
    QTest.keyClick(
        program.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    palette = palette_of(program)
    assert palette is not None
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert palette.isAncestorOf(field)
    return palette, field


def opened_settings(program: Program, qtbot: QtBot, search: str) -> SettingsDialog:
    QTest.keyClick(program.window, Qt.Key.Key_F10)
    (dialog,) = program.window.findChildren(SettingsDialog)
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    type_into(dialog, search)
    return dialog


def type_into(dialog: SettingsDialog, search: str) -> None:
    field = dialog.findChild(QLineEdit)
    assert field is not None
    field.setFocus()
    field.clear()
    QTest.keyClicks(field, search)


def named(dialog: QWidget, kind: type[Control], name: str) -> Control:
    (found,) = [one for one in dialog.findChildren(kind) if one.accessibleName() == name and one.isVisible()]
    return found


def press_new_key(dialog: SettingsDialog, title: str, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    keys = next(
        one for one in dialog.findChildren(QAbstractButton) if one.accessibleName().startswith(f"Key of {title}:")
    )
    keys.setFocus()
    QTest.keyClick(keys, Qt.Key.Key_Space)
    field = QApplication.focusWidget()
    assert field is not None
    wanted = f"New key of {title}"
    around = field.parentWidget()
    assert field.accessibleName() == wanted or (around is not None and around.accessibleName() == wanted)
    QTest.keyClick(field, key, modifiers)


NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


def test_the_palette_does_what_is_found_and_gives_the_keyboard_back(program: Program) -> None:
    asked = Asked(program)
    before = QApplication.focusWidget()
    palette, field = opened_palette(program)
    QTest.keyClicks(field, "skip annot")
    assert palette.shown == [("Annotate: Skip annotated blocks", "")]
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert asked.names == ["palette", "skip_annotated"]
    assert program.settings.skip_annotated
    assert palette_of(program) is None
    assert QApplication.focusWidget() is before
    palette, _ = opened_palette(program)
    assert palette.shown[0][0] == "Annotate: Skip annotated blocks"  # the last one first


def test_no_key_leaks_through_the_palette(program: Program) -> None:
    asked = Asked(program)
    _, field = opened_palette(program)
    for key, modifiers in (
        (Qt.Key.Key_1, NONE),
        (Qt.Key.Key_U, NONE),
        (Qt.Key.Key_F5, NONE),
        (Qt.Key.Key_Q, CONTROL),
        (Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier),
        (Qt.Key.Key_Down, NONE),
        (Qt.Key.Key_Tab, NONE),
        (Qt.Key.Key_Home, NONE),
    ):
        QTest.keyClick(field, key, modifiers)
    assert (asked.names, asked.classes) == (["palette"], [])
    assert field.text().startswith("1u")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert palette_of(program) is None
    QTest.keyClick(program.window, Qt.Key.Key_1)
    QTest.keyClick(program.window, Qt.Key.Key_F5)
    assert (asked.names, asked.classes) == (["palette", "rescan"], [1])


def test_the_palette_says_why_something_cannot_be_done(program: Program) -> None:
    asked = Asked(program)
    palette, field = opened_palette(program)
    QTest.keyClicks(field, "eraser")
    assert palette.shown == [("Tools: Eraser - only while painting (P)", "E")]
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert asked.names == ["palette"]
    assert palette_of(program) is palette
    QTest.keyClick(field, Qt.Key.Key_Escape)
    program.window.show_login()
    palette, field = opened_palette(program)
    QTest.keyClicks(field, "next block")
    assert palette.shown[0][0] == "Go: Next block - when blocks are on screen"


def test_a_click_elsewhere_closes_the_palette(program: Program) -> None:
    palette, _ = opened_palette(program)
    program.window.focus_work()
    assert not palette.isVisible()


def test_values_are_changed_reset_and_kept(program: Program, qtbot: QtBot) -> None:
    changed: list[str] = []
    program.customizing.setting_changed.connect(changed.append)
    dialog = opened_settings(program, qtbot, "theme")
    assert not dialog.isModal()
    theme = named(dialog, QComboBox, "Theme")
    QTest.keyClick(theme, Qt.Key.Key_Down)
    assert program.settings.theme == "dark"
    type_into(dialog, "brush diameter")
    diameter = named(dialog, QDoubleSpinBox, "Diameter of the brush")
    QTest.keyClick(diameter, Qt.Key.Key_Up)
    assert program.settings.painting.diameter == program.painter.tool.state.diameter == 11
    type_into(dialog, "after decision")
    box = named(dialog, QCheckBox, "Go on after each decision")
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert value_of(program.settings, "auto_advance") is False
    assert not program.window._actions["auto_advance"].isChecked()
    assert changed == ["theme", "painting.diameter", "auto_advance"]
    program.remembering.end()
    assert load_settings(user_places()).settings == program.settings
    QTest.keyClick(named(dialog, QAbstractButton, "Reset: Go on after each decision"), Qt.Key.Key_Space)
    assert value_of(program.settings, "auto_advance") is True
    assert [one for one in dialog.findChildren(QAbstractButton) if one.text() == "Reset" and one.isVisible()] == []
    program.act("skip_annotated")  # by its key meanwhile: the dialog follows when somebody comes back to it
    program.window.activateWindow()
    dialog.activateWindow()
    type_into(dialog, "skip annotated")
    qtbot.waitUntil(lambda: named(dialog, QCheckBox, "Skip annotated blocks").isChecked())


def test_the_search_shows_what_fits_from_all_groups(program: Program, qtbot: QtBot) -> None:
    dialog = opened_settings(program, qtbot, "brush")
    seen = {one.accessibleName() for one in dialog.findChildren(QWidget) if one.isVisible()}
    assert {"Diameter of the brush", "Square brush", "Key of Smaller brush: ["} <= seen
    assert "Theme" not in seen
    type_into(dialog, "no such thing")
    assert any(getattr(one, "text", str)() == "Nothing here has these words." for one in dialog.findChildren(QWidget))


def test_a_new_key_counts_at_once_everywhere(program: Program, qtbot: QtBot) -> None:
    asked = Asked(program)
    dialog = opened_settings(program, qtbot, "unsure")
    press_new_key(dialog, "Unsure", Qt.Key.Key_K, CONTROL)
    assert keys_of(info("toggle_unsure")) == ("Ctrl+K",)
    dialog.close()
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    QTest.keyClick(program.window, Qt.Key.Key_U)
    QTest.keyClick(program.window, Qt.Key.Key_K, CONTROL)
    assert asked.names == ["settings", "toggle_unsure"]
    mark = program.window.classes._marks["toggle_unsure"]
    assert mark.text() == "Ctrl+K unsure"
    assert mark.toolTip() == "You are not sure of this block (Ctrl+K)"
    assert program.window._actions["toggle_unsure"].toolTip() == "You are not sure of this block (Ctrl+K)"
    sheet = KeySheet(program.window, [])
    assert "Ctrl+K" in [getattr(one, "text", str)() for one in sheet.findChildren(QWidget)]
    sheet.deleteLater()
    program.remembering.end()
    assert load_settings(user_places()).settings.keys == {"toggle_unsure": ["Ctrl+K"]}


def test_a_clash_is_refused_with_the_name_of_the_other(program: Program, qtbot: QtBot) -> None:
    dialog = opened_settings(program, qtbot, "unsure")
    press_new_key(dialog, "Unsure", Qt.Key.Key_F, NONE)
    texts = [getattr(one, "text", str)() for one in dialog.findChildren(QWidget) if one.isVisible()]
    assert any("F is the key of “Flag” (Annotate)" in str(text) for text in texts)
    assert keys_of(info("toggle_unsure")) == ("U",)
    press_new_key(dialog, "Unsure", Qt.Key.Key_Escape, NONE)  # gives up, and the dialog stays
    assert dialog.isVisible()
    assert keys_of(info("toggle_unsure")) == ("U",)


def test_keys_are_taken_away_and_reset(program: Program, qtbot: QtBot) -> None:
    dialog = opened_settings(program, qtbot, "unsure")
    QTest.keyClick(named(dialog, QAbstractButton, "Unsure: take its keys away (Space)"), Qt.Key.Key_Space)
    assert keys_of(info("toggle_unsure")) == ()
    assert program.window.classes._marks["toggle_unsure"].text() == "unsure"
    type_into(dialog, "flag admin")
    press_new_key(dialog, "Flag", Qt.Key.Key_U, NONE)  # it is free now
    assert keys_of(info("toggle_flag")) == ("U",)
    type_into(dialog, "unsure")
    QTest.keyClick(named(dialog, QAbstractButton, "Reset the key of Unsure"), Qt.Key.Key_Space)
    assert keys_of(info("toggle_unsure")) == ()  # its key is another's
    dialog.all_keys_reset_requested.emit()
    assert all(keys_of(row) == row.keys for row in ACTIONS)
    assert program.settings.keys == {}
    assert program.window.classes._marks["toggle_flag"].text() == "F flag"


def test_keys_of_the_settings_count_from_the_start(qtbot: QtBot) -> None:
    places = user_places()
    places.config.mkdir(parents=True, exist_ok=True)
    path = places.config / "settings.json"
    path.write_text('{"keys": {"toggle_3d": ["Ctrl+3"], "undo": ["U"]}, "theme": 5}', encoding="utf-8")
    program = Program(Options())
    try:
        assert program.window._layouts["3d"].toolTip() == "3D (Ctrl+3)"
        assert program.window._actions["toggle_3d"].shortcut().toString() == "Ctrl+3"
        said = program.window.area.messages
        assert "“theme” is 5" in said._text.text()
        assert [("Undo the last decision" in text and "“Unsure”" in text) for text, _ in said._waiting] == [True]
    finally:
        path.unlink()
        path.with_name("settings.json.bad-values").unlink()
        program.window.may_close = True
        program.window.close()
        program.viewer.canvas.close()
        program.window.deleteLater()
        choose_keys({})
