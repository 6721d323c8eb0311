"""The dark neutral look: Qt's Fusion style, one palette, one style sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPalette

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_COLORS = {
    QPalette.ColorRole.Window: "#232326",
    QPalette.ColorRole.WindowText: "#DCDCDF",
    QPalette.ColorRole.Base: "#202023",
    QPalette.ColorRole.AlternateBase: "#26262A",
    QPalette.ColorRole.Text: "#DCDCDF",
    QPalette.ColorRole.Button: "#303034",
    QPalette.ColorRole.ButtonText: "#E2E2E4",
    QPalette.ColorRole.BrightText: "#FFFFFF",
    QPalette.ColorRole.Highlight: "#2F6FB8",
    QPalette.ColorRole.HighlightedText: "#FFFFFF",
    QPalette.ColorRole.ToolTipBase: "#3A3A3E",
    QPalette.ColorRole.ToolTipText: "#E6E6E6",
    QPalette.ColorRole.PlaceholderText: "#85858C",
    QPalette.ColorRole.Link: "#7DB8F5",
}


def apply_theme(qt: QApplication, style_sheet: str) -> None:
    """Set style, palette and style sheet."""
    qt.setStyle("Fusion")
    palette = QPalette()
    for role, color in _COLORS.items():
        palette.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor("#6E6E74"))
    qt.setPalette(palette)
    qt.setStyleSheet(style_sheet)
