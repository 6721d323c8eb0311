"""A widget whose parts are made when it is first needed: the start of the program does not wait for them."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget


class LateWidget(QWidget):
    """What is set before the parts are there is kept, and shown once they are."""

    def __init__(self) -> None:
        super().__init__()
        self._is_built = False
        self._waiting: dict[str, tuple[Any, ...]] = {}
        """The last values of each method that shows something."""

    def _build(self) -> None:
        """Make the parts. Subclasses say how."""
        raise NotImplementedError

    def _need(self) -> None:
        """Make the parts now, unless they are there."""
        if not self._is_built:
            self._build()
            self._is_built = True
            for name, values in self._waiting.items():
                getattr(self, name)(*values)
            self._waiting.clear()

    def _late(self, name: str, *values: Any) -> None:
        """Call the method of that name: now, or once the parts are there."""
        if self._is_built:
            getattr(self, name)(*values)
        else:
            self._waiting[name] = values
