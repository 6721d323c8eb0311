"""Settings, keys and the palette, joined to the windows that they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.key_map import choose_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.controllers.changing_settings import ChangingSettings
    from app.controllers.finding_actions import FindingActions
    from app.controllers.reviewing import Reviewing
    from app.controllers.showing_quality import ShowingQuality
    from app.controllers.starting import Starting
    from app.log import EventRecord
    from app.settings import Settings
    from app.views.main_window import MainWindow
    from app.views.viewer_window import ViewerWindow


class Customizing(QObject):
    """`slots` answers actions of both windows. `setting_changed` brings a name as in `setting_info`, or "keys".

    Made before the windows are: their keys are those of the settings from the start.
    """

    settings_changed = Signal()
    """Something is to be kept."""
    setting_changed = Signal(str)

    def __init__(self, settings: Settings, problems: Sequence[str], record: EventRecord) -> None:
        """`problems` are sentences about the file of the settings."""
        super().__init__()
        self._settings, self._record = settings, record
        self._problems = [*problems, *_take_keys(settings)]
        self._finding: FindingActions | None = None
        self._changing: ChangingSettings | None = None
        self.slots: dict[str, Callable[[], None]] = {"settings": self._on_settings, "palette": self._on_palette}

    def set_parts(
        self,
        window: MainWindow,
        reviewing: Reviewing,
        starting: Starting,
        quality: ShowingQuality,
        take_painting: Callable[[], None],
    ) -> None:
        """Who takes what is changed; now it can be said what is wrong with the settings."""
        self._window, self._reviewing, self._starting = window, reviewing, starting
        self._quality, self._take_painting = quality, take_painting
        for problem in self._problems:
            window.area.messages.tell(problem, "warning")
            self._record.write("message", level="warning", text=problem)

    @property
    def window_in_front(self) -> ViewerWindow:
        """The review where it has the keyboard, else the main window."""
        review = self._reviewing.window
        return review if review is not None and review.isActiveWindow() else self._window

    def _on_palette(self) -> None:
        from app.controllers.finding_actions import FindingActions  # nobody needs it at the start

        if self._finding is None:
            self._finding = FindingActions(self._settings, self._record)
            self._finding.settings_changed.connect(self.settings_changed)
        self._finding.open_over(self.window_in_front)

    def _on_settings(self) -> None:
        from app.controllers.changing_settings import ChangingSettings  # nobody needs it at the start

        if self._changing is None:
            self._changing = ChangingSettings(self._settings, self._record)
            self._changing.setting_changed.connect(self._on_setting_changed)
            self._changing.keys_changed.connect(self._on_keys_changed)
        session = self._starting.session
        classes = session.classes.classes if session else ()
        self._changing.open_dialog(self.window_in_front, {c.key: c.name for c in classes})

    def _on_setting_changed(self, name: str) -> None:
        from app.setting_info import value_of

        review = self._reviewing.window
        value = value_of(self._settings, name)
        if name in ("auto_advance", "skip_annotated"):
            self._window.set_checked(name, value)
        elif name == "review_goes_on" and review is not None:
            review.set_checked(name, value)
        elif name == "shows_quality":
            self._quality.show_setting()
        elif name == "recent":
            self._window.set_recent(value)
        elif name.startswith("painting."):
            self._take_painting()
        self.setting_changed.emit(name)
        self.settings_changed.emit()

    def _on_keys_changed(self, retold: dict[str, str]) -> None:
        for window in (self._window, self._reviewing.window):
            if window is not None:
                window.show_keys(retold)


def _take_keys(settings: Settings) -> list[str]:
    """Use the keys that were kept, and return a sentence for each that cannot be; those are forgotten."""
    if not settings.keys:
        choose_keys({})
        return []
    from app.key_clash import usable

    kept, problems = usable(settings.keys)
    choose_keys(kept)
    settings.keys = {name: list(keys) for name, keys in kept.items()}
    return [f"A key of the settings is not used. {problem}" for problem in problems]
