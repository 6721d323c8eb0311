"""A field for a limit of contrast: small numbers are written as 1.5e-10, and may be typed so."""

from __future__ import annotations

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox

_SMALL = 1e-4
_DIGITS = 4


class LimitBox(QDoubleSpinBox):
    """As its base; with plain digits a number like 1.5e-10 would not fit into the panel."""

    def textFromValue(self, value: float) -> str:
        """As few zeros as can be."""
        if abs(value) >= _SMALL or (value == 0 and self.decimals() <= _DIGITS):
            return super().textFromValue(value)
        return self.locale().toString(value, "g", _DIGITS)

    def valueFromText(self, text: str) -> float:
        """The number that was typed, in either way."""
        return self.locale().toDouble(text)[0]

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Whatever may become a number may be typed."""
        is_number = self.locale().toDouble(text)[1]
        could_be = all(letter.isdigit() or letter in "+-.,eE" for letter in text)
        state = QValidator.State
        return state.Acceptable if is_number else state.Intermediate if could_be else state.Invalid, text, place
