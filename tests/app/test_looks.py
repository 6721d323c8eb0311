"""Themes, sizes of text, icons, what has the keyboard, and what a screen reader says of each control."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QFont, QGuiApplication, QImage, QKeySequence, QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenuBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QTabWidget,
    QWidget,
)

from app.actions import ACTIONS
from app.controllers.theming import CHOICES, SIZES, Theming
from app.settings import RESOURCES, Settings
from app.views.agreement_window import AgreementWindow
from app.views.assign_window import AssignWindow
from app.views.class_bar import ClassItem
from app.views.colors import CONTRAST, DARK, LIGHT, contrast_ratio, names, text_on
from app.views.icons import SIGNS, icon
from app.views.key_sheet import KeySheet
from app.views.look import colors, px, set_look
from app.views.main_window import MainWindow
from app.views.manual_text import ManualText
from app.views.object_table import ObjectTable
from app.views.quality_window import QualityWindow
from app.views.reading_dialog import ReadingDialog
from app.views.review_window import ReviewWindow
from app.views.theme import THEMES, Theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.views.review_rows import Cell

_TEXTS = ("text", "strong", "dim", "warning", "error", "ok", "link")
_GROUNDS = ("window", "panel", "rows", "rows_odd", "field", "button", "hover", "pressed", "raised", "row_selected")
_PAIRS = (
    *((text, ground) for text in _TEXTS for ground in _GROUNDS),
    ("chosen_text", "chosen"),
    ("primary_text", "primary"),
    ("text", "figure"),
    ("text", "figure_below"),
    ("image_text", "image"),
    ("image_dim", "image"),
)
_LINE_TABS = 60
"""Many more controls than there are."""


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """Dress the application of the tests, and give it its own looks back."""
    style, palette, font = qapp.style().name(), qapp.palette(), QFont(qapp.font())
    made = Theme((RESOURCES / "style.qss").read_text(encoding="utf-8"), (RESOURCES / "icons").as_posix())
    made.show("dark", 100)
    yield made
    made.deleteLater()
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)
    qapp.setFont(font)
    set_look(DARK)


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> Iterator[MainWindow]:
    """Show a main window with a plain widget for a canvas."""
    made = MainWindow(QWidget(), 20, 10_000)
    qtbot.addWidget(made)
    made.set_classes([ClassItem(n, str(n), f"Class {n}", "#FF0000") for n in (1, 2, 3)])
    made.show_work()
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.may_close = True


@pytest.mark.parametrize(("theme_colors", "least"), [(DARK, 4.5), (LIGHT, 4.5), (CONTRAST, 7.0)])
def test_text_is_read_on_every_ground_that_it_stands_on(theme_colors: object, least: float) -> None:
    known = names(theme_colors)  # type: ignore[arg-type]
    faint = {pair: contrast_ratio(known[pair[0]], known[pair[1]]) for pair in _PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in faint.items() if ratio < least} == {}
    for ground in ("window", "panel", "rows", "field"):  # a frame is seen from 3 : 1 on
        assert contrast_ratio(known["accent"], known[ground]) >= 3


def test_contrast_ratio_is_that_of_wcag() -> None:
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast_ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert text_on("#F0E442") == "#101012"
    assert text_on("#1A237E") == "#FFFFFF"


def test_colors_are_in_one_place() -> None:
    """Colours of data, and what lies over images, may be written elsewhere."""
    of_data = {"axes_mark", "channels_panel", "compare_bar", "histogram_view", "label_dialogs", "scale_bar"}
    of_data |= {"block_rows", "paint_bar"}
    written = {
        path.stem
        for path in (RESOURCES.parent / "app" / "views").glob("*.py")
        if re.search(r"#[0-9A-Fa-f]{6}\b", path.read_text(encoding="utf-8"))
    }
    assert written <= of_data | {"colors"}
    over_images = (RESOURCES / "style.qss").read_text(encoding="utf-8").split("/* Over an image")
    assert re.findall(r"#[0-9A-Fa-f]{6}\b", over_images[0]) == []


def test_each_theme_dresses_what_is_there_at_once(window: MainWindow, theme: Theme) -> None:
    shot = {}
    for name, known in THEMES.items():
        theme.show(name, 100)
        shot[name] = window.grab().toImage()
        ground = shot[name].pixelColor(window.width() - 4, window.height() - 4)  # of the bar of classes
        assert ground.name().upper() == known.panel
    assert shot["dark"] != shot["light"] != shot["contrast"]


def test_the_ground_of_images_is_dark_in_the_light_theme(window: MainWindow, theme: Theme) -> None:
    theme.show("light", 100)
    window.area.show_page("Loading block_0001…", "", [])
    page = window.area.page.grab().toImage()
    assert page.pixelColor(5, 5).lightness() < 40


def test_text_of_another_size_makes_room_for_itself(window: MainWindow, theme: Theme, qtbot: QtBot) -> None:
    before = {
        "panel": window.side.minimumWidth(),
        "classes": window.classes.sizeHint().height(),
        "z": window.z_bar.sizeHint().height(),
    }
    theme.show("dark", 150)
    assert px(100) == pytest.approx(150, abs=8)
    after = {
        "panel": window.side.minimumWidth(),
        "classes": window.classes.sizeHint().height(),
        "z": window.z_bar.sizeHint().height(),
    }
    for name, size in before.items():
        assert after[name] > 1.2 * size, name

    def cut() -> list[str]:
        seen = [made for made in window.findChildren(QPushButton) if made.isVisible()]
        return [made.text() for made in seen if made.fontMetrics().horizontalAdvance(made.text()) > made.width()]

    qtbot.waitUntil(lambda: cut() == [])
    theme.show("dark", 100)
    assert window.side.minimumWidth() == before["panel"]


def test_actions_choose_theme_and_size(window: MainWindow, theme: Theme, qtbot: QtBot) -> None:
    settings = Settings()
    theming = Theming(theme, settings)
    theming.add_window(window)
    with qtbot.waitSignals([theming.settings_changed] * 2, timeout=100):
        theming.slots["theme_light"]()
        theming.slots["larger_text"]()
    assert (settings.theme, settings.font_percent) == ("light", SIZES[SIZES.index(100) + 1])
    ticks = {name: _action(window, f"theme_{name}").isChecked() for name in CHOICES}
    assert ticks == {"system": False, "dark": False, "light": True, "contrast": False}
    for _ in SIZES:
        theming.slots["larger_text"]()
    assert settings.font_percent == SIZES[-1]
    theming.slots["normal_text"]()
    assert settings.font_percent == 100


def test_every_theme_and_size_has_an_action(window: MainWindow) -> None:
    rows = {row.name for row in ACTIONS if row.menu == "Looks"}
    assert rows == {f"theme_{name}" for name in CHOICES} | {"larger_text", "smaller_text", "normal_text"}
    assert QKeySequence("Ctrl+Alt++") in _action(window, "larger_text").shortcuts()


def test_the_system_is_followed_until_a_theme_is_chosen(window: MainWindow, theme: Theme) -> None:
    said = QGuiApplication.styleHints().colorSchemeChanged  # no desktop is here that would say it
    theme.show("system", 100)
    said.emit(Qt.ColorScheme.Light)
    assert colors() == LIGHT
    said.emit(Qt.ColorScheme.Dark)
    assert colors() == DARK
    theme.show("contrast", 100)
    said.emit(Qt.ColorScheme.Light)
    assert colors() == CONTRAST
    theme.show("system", 100)
    assert colors() == LIGHT


@pytest.mark.parametrize("name", sorted(SIGNS))
def test_icons_are_drawn_in_the_ink_of_the_theme(theme: Theme, name: str) -> None:
    drawn = []
    for shown in ("dark", "light"):
        theme.show(shown, 100)
        drawn.append(icon(name).pixmap(16).toImage().convertToFormat(QImage.Format.Format_ARGB32))
    dark, light = (_ink(image) for image in drawn)
    assert dark > 180 > 80 > light


@pytest.mark.parametrize("shown", sorted(THEMES))
def test_what_has_the_keyboard_is_seen(window: MainWindow, theme: Theme, qtbot: QtBot, shown: str) -> None:
    """Every control that Tab reaches looks different with the keyboard; none is a trap."""
    theme.show(shown, 100)
    window.blocks.focus_filter()
    seen: list[QWidget] = []
    same = []
    for _ in range(_LINE_TABS):
        widget = window.focusWidget()
        if widget in seen:
            break
        seen.append(widget)
        if isinstance(widget, QLineEdit):
            widget.deselect()
        has = widget.grab().toImage()
        QTest.keyClick(widget, Qt.Key.Key_Tab)
        assert window.focusWidget() is not widget, f"{widget} keeps Tab"
        if widget.grab().toImage() == has and widget.accessibleName() not in ("", "Image"):
            same.append(f"{type(widget).__name__} {widget.accessibleName()}")
    else:
        pytest.fail("Tab never comes back")
    assert len(seen) > 15
    assert same == []


def test_every_control_has_a_name(window: MainWindow, qtbot: QtBot) -> None:
    review = ReviewWindow(QWidget(), (50, 1000), _no_cells)
    qtbot.addWidget(review)
    dialogs: list[QWidget] = [
        AgreementWindow(window),
        AssignWindow(window),
        KeySheet(window, []),
        ObjectTable(window),
        QualityWindow(window, [("Block", "")], 0),
        ReadingDialog(window),
    ]
    for dialog in dialogs:
        qtbot.addWidget(dialog)
    for made in (window, review, *dialogs):
        found = _nameless(made)
        assert not found, "\n".join([type(made).__name__, *found])


def _nameless(window: QWidget) -> list[str]:
    named = {text.buddy() for text in window.findChildren(QLabel)}
    parts = (QAbstractSpinBox, QComboBox, QAbstractItemView, QTabWidget, QLineEdit)
    holders = (QHeaderView, QMenuBar, QScrollArea, QStackedWidget, QTabBar, QLabel)
    found = []
    for one in window.findChildren(QWidget):
        is_control = one.focusPolicy() != Qt.FocusPolicy.NoFocus or isinstance(one, QAbstractButton)
        holder = one.parentWidget()
        is_part = isinstance(holder, parts) or (holder is not None and isinstance(holder.parentWidget(), QComboBox))
        has_words = isinstance(one, QAbstractButton) and bool(one.text())
        if not is_control or is_part or has_words or isinstance(one, holders) or one in named:
            continue
        if type(one) is QWidget or one.objectName() == "page" or one.objectName().startswith("qt_"):
            continue  # what holds the keyboard for a page, and says nothing itself
        if not one.accessibleName():
            found.append(f"{type(one).__name__} {one.objectName()} {one.toolTip()} in {type(one.parent()).__name__}")
    return found


def _action(window: MainWindow, name: str) -> QAction:
    return next(one for one in window.findChildren(QAction) if one.objectName() == name)


def _ink(image: QImage) -> float:
    """Mean lightness of what is not transparent."""
    seen = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    inks = [color.lightness() for color in seen if color.alpha() > 200]
    return sum(inks) / len(inks)


def _no_cells(row: int) -> list[Cell]:
    return []


def test_an_open_page_of_the_manual_is_dressed_anew(theme: Theme, qtbot: QtBot) -> None:
    text = ManualText()
    qtbot.addWidget(text)
    text.set_page("# Title\n\nPress `X` now.\n", {})
    text.mark(["now"])

    def key() -> QTextCharFormat:
        cursor = text.document().find("X")
        return cursor.charFormat()

    for name in ("light", "contrast", "dark"):
        theme.show(name, 100)
        assert key().background().color().name() == QColor(colors().hover).name() != QColor(colors().field).name()
        assert key().foreground().color().name() == QColor(colors().text).name()
        assert text.extraSelections()[0].format.background().color().name() == QColor(colors().chosen).name()
    size = text.document().find("Title").charFormat().fontPointSize()
    theme.show("dark", 150)
    assert text.document().find("Title").charFormat().fontPointSize() > 1.4 * size
