"""Choosing how the program looks: the theme, and the size of its text. At once, in all windows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import QObject, Signal

from app.settings import ThemeName

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.settings import Settings
    from app.views.theme import Theme
    from app.views.viewer_window import ViewerWindow

CHOICES: tuple[ThemeName, ...] = get_args(ThemeName)
SIZES = (75, 90, 100, 110, 125, 150, 175, 200)
"""Percent of the desktop's text."""


class Theming(QObject):
    """Keeps the choice in the settings; `slots` are its actions."""

    settings_changed = Signal()

    def __init__(self, theme: Theme | None, settings: Settings) -> None:
        """Without a theme, whoever made the application has dressed it, and nothing is changed."""
        super().__init__()
        self._theme = theme
        self._settings = settings
        self._windows: list[ViewerWindow] = []
        self.slots: dict[str, Callable[[], None]] = {
            "larger_text": self._on_larger,
            "smaller_text": self._on_smaller,
            "normal_text": self._on_normal,
        }
        self.slots.update({f"theme_{name}": partial(self.choose, name) for name in CHOICES})
        self.show()

    def add_window(self, window: ViewerWindow) -> None:
        """A window whose menu tells which theme is chosen."""
        self._windows.append(window)
        self._tick()

    def choose(self, name: ThemeName) -> None:
        """One of `CHOICES`."""
        self._settings.theme = name
        self._changed()

    def set_percent(self, percent: int) -> None:
        """The size of text, in percent of the desktop's."""
        self._settings.font_percent = percent
        self._changed()

    def on_setting_changed(self, name: str) -> None:
        """A setting was changed elsewhere."""
        if name in ("theme", "font_percent"):
            self.show()

    def show(self) -> None:
        """Dress the windows as the settings say."""
        if self._theme is not None:
            self._theme.show(self._settings.theme, self._settings.font_percent)
        self._tick()

    def _changed(self) -> None:
        self.show()
        self.settings_changed.emit()

    def _tick(self) -> None:
        for window in self._windows:
            for name in CHOICES:
                window.set_checked(f"theme_{name}", self._settings.theme == name)

    def _on_larger(self) -> None:
        self.set_percent(min((size for size in SIZES if size > self._settings.font_percent), default=SIZES[-1]))

    def _on_smaller(self) -> None:
        self.set_percent(max((size for size in SIZES if size < self._settings.font_percent), default=SIZES[0]))

    def _on_normal(self) -> None:
        self.set_percent(100)
