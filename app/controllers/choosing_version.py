"""With which labels those that are painted on are compared: the other ones, or one of several that are offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.controllers.comparing import Comparing
    from app.models.overlays import Overlays
    from app.views.choice_bar import ChoiceBar

_ASKER = "comparing"
_WITH = "compare with "
_MOST_OFFERED = 5


class ChoosingVersion(QObject):
    """Asks in the bar of questions."""

    said = Signal(str, str)

    def __init__(self, bar: ChoiceBar, overlays: Overlays, comparing: Comparing) -> None:
        super().__init__()
        self._bar, self._overlays, self._comparing = bar, overlays, comparing
        bar.chosen.connect(self._on_chosen)
        overlays.listed.connect(self._on_listed)
        self.slots: dict[str, Callable[[], None]] = {"compare_labels": self.choose}

    def choose(self) -> None:
        """Compare the active overlay with the other one, or ask with which."""
        self._comparing.end()
        mine = self._overlays.active
        others = [one for one in self._overlays.all if one is not mine]
        if mine is None or not others:
            self.said.emit("There is only one version here. Open the other one first: Labels, Open labels…", "info")
        elif len(others) == 1:
            self._comparing.begin(mine, others[0])
        else:
            offers = [(f"{_WITH}{one.state.name}", f"“{one.state.name}”") for one in others[:_MOST_OFFERED]]
            text = f"With which labels are “{mine.state.name}” to be compared?"
            self._bar.ask(text, [*offers, (_WITH, "None")], _ASKER)

    def _on_listed(self) -> None:
        self._bar.end(_ASKER)  # there are others now, or another one is painted on

    def _on_chosen(self, wish: str) -> None:
        if not wish.startswith(_WITH):
            return
        self._bar.end(_ASKER)
        mine, name = self._overlays.active, wish.removeprefix(_WITH)
        others = [one for one in self._overlays.all if one.state.name == name and one is not mine]
        if mine is not None and others:
            self._comparing.begin(mine, others[0])
