"""How the program looks: Qt's Fusion style, one palette, one style sheet, in one of three themes and at any size."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app.views.colors import CONTRAST, DARK, LIGHT, names
from app.views.look import colors, px, set_look

if TYPE_CHECKING:
    from app.views.colors import Colors

THEMES = {"dark": DARK, "light": LIGHT, "contrast": CONTRAST}
"""Beside them there is "system": dark or light as the desktop is."""
_ROLES = {
    QPalette.ColorRole.Window: "panel",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "rows",
    QPalette.ColorRole.AlternateBase: "rows_odd",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "button",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "strong",
    QPalette.ColorRole.Highlight: "chosen",
    QPalette.ColorRole.HighlightedText: "chosen_text",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "dim",
    QPalette.ColorRole.Link: "link",
    QPalette.ColorRole.LinkVisited: "link",
    QPalette.ColorRole.Accent: "accent",
}
_OFF = (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText)


class Theme(QObject):
    """Dresses all windows, those that are there and those to come."""

    def __init__(self, style_sheet: str, icons: str) -> None:
        """`style_sheet` names colours and sizes as $role, and `icons` as the folder of its pictures: see `filled`."""
        super().__init__()
        self._sheet, self._icons = style_sheet, icons
        self._font = QFont(QApplication.font())
        self._name, self._percent = "system", 100
        QApplication.setStyle("Fusion")
        self._scheme = QGuiApplication.styleHints().colorScheme()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)

    def show(self, name: str, percent: int) -> None:
        """A theme of `THEMES` or "system", and text of so many percent of the desktop's; other names are "system"."""
        before, self._name, self._percent = self._name, name, percent
        hints = QGuiApplication.styleHints()
        if name in THEMES:  # the system draws the frame of windows: it shall fit
            hints.setColorScheme(Qt.ColorScheme.Light if name == "light" else Qt.ColorScheme.Dark)
        elif before in THEMES:
            hints.unsetColorScheme()
        shown = THEMES.get(name) or (LIGHT if self._scheme == Qt.ColorScheme.Light else DARK)
        QApplication.setFont(_sized(self._font, percent))
        QApplication.setPalette(_palette(shown))
        # Before the sheet, which asks for sizes, and once more after it: it gives fonts of their own to some widgets
        set_look(shown)
        qt = QApplication.instance()
        assert isinstance(qt, QApplication)
        qt.setStyleSheet(filled(self._sheet, self._icons))
        set_look(shown)

    def _on_scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        self._scheme = scheme
        if self._name not in THEMES:
            self.show(self._name, self._percent)


def filled(style_sheet: str, icons: str) -> str:
    """The style sheet with the colours of now for each $role, sizes of now for $title and its like, and $icons."""
    sizes = {"title": f"{px(20)}px", "box": f"{px(12)}px", "arrow": f"{px(16)}px", "tip": f"{px(8)}px", "icons": icons}
    return Template(style_sheet).substitute(names(colors()) | sizes)


def _sized(font: QFont, percent: int) -> QFont:
    made = QFont(font)
    if font.pointSizeF() > 0:
        made.setPointSizeF(font.pointSizeF() * percent / 100)
    else:
        made.setPixelSize(round(font.pixelSize() * percent / 100))
    return made


def _palette(shown: Colors) -> QPalette:
    # From these two Fusion mixes the shades of what the style sheet leaves to it
    made = QPalette(QColor(shown.button), QColor(shown.panel))
    for role, name in _ROLES.items():
        made.setColor(role, QColor(getattr(shown, name)))
    for role in _OFF:
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(shown.off))
    return made
