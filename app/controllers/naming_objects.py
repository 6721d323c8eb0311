"""What is typed about objects: a number to go to, another number, a name, a colour."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.views.label_dialogs import FormField

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.controllers.asking import Asking
    from app.controllers.overlaying import Overlaying
    from app.controllers.selecting import Selecting
    from app.controllers.shaping import Shaping
    from app.models.overlay import Overlay
    from app.models.overlays import Overlays
    from app.views.main_window import MainWindow


class NamingObjects(QObject):
    """Asks about the object that was selected last, or the one that is painted."""

    said = Signal(str, str)

    def __init__(
        self,
        window: MainWindow,
        overlays: Overlays,
        overlaying: Overlaying,
        selecting: Selecting,
        shaping: Shaping,
        asking: Asking,
    ) -> None:
        super().__init__()
        self._window, self._overlays, self._overlaying = window, overlays, overlaying
        self._selecting, self._shaping = selecting, shaping
        self._asking = asking
        self.slots: dict[str, Callable[[], object]] = {
            "go_to_object": self.ask_where,
            "change_number": self.ask_number,
            "name_object": self.ask_name,
        }

    def ask_where(self) -> None:
        """Ask for a number, and go to its object."""
        overlay = self._overlay()
        if overlay is not None:
            self._asking.ask("Go to object", self._go, FormField("number", "Number", "number", overlay.state.number),
                       keep="Go")  # fmt: skip

    def _go(self, values: dict[str, Any]) -> str:
        number = int(values["number"])
        return "" if self._selecting.go_to(number) else f"There is no object {number}."

    def ask_number(self) -> None:
        """Ask which number an object is to have."""
        overlay, number = self._object()
        if overlay is not None:
            new = overlay.labels.index.new_number()
            self._asking.ask(f"Number of object {number}", partial(self._renumber, number),
                       FormField("number", "New number", "number", new), keep="Change")  # fmt: skip

    def _renumber(self, number: int, values: dict[str, Any]) -> str:
        return self._shaping.change_number(number, int(values["number"]))

    def ask_name(self) -> None:
        """Ask for the name and the colour of an object."""
        overlay, number = self._object()
        if overlay is not None:
            state = overlay.state
            self._asking.ask(f"Object {number}", partial(self._name, overlay, number),
                       FormField("name", "Name", "text", state.names.get(number, "")),
                       FormField("color", "Colour", "color", state.colors.get(number, "")), keep="Keep")  # fmt: skip

    def _name(self, overlay: Overlay, number: int, values: dict[str, Any]) -> str:
        if overlay is not self._overlaying.editable():
            return "These labels cannot be edited now."
        state = overlay.state
        names, colors = dict(state.names), dict(state.colors)
        for kept, value in ((names, str(values["name"]).strip()), (colors, str(values["color"]))):
            if value:
                kept[number] = value
            else:
                kept.pop(number, None)
        overlay.change(names=names, colors=colors)
        return ""

    def _overlay(self) -> Overlay | None:
        active = self._overlays.active
        if active is None or not len(active.labels.index):
            self.said.emit("There are no objects yet.", "info")
            return None
        return active

    def _object(self) -> tuple[Overlay | None, int]:
        """The object that is meant, and its overlay; a sentence for none."""
        overlay = self._overlay()
        if overlay is None:
            return None, 0
        state, index = overlay.state, overlay.labels.index
        number = next((n for n in reversed(state.selected) if n in index), state.number)
        if number not in index:
            self.said.emit("No object is selected: S and a click select one.", "info")
            return None, 0
        return overlay, number
