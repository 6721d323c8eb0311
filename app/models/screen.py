"""What stands on the screen now: the one thing that a key may annotate."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal


class Stage(Enum):
    """How far a block has come."""

    NOTHING = "empty"
    LOADING = "loading"
    PLACED = "placed"
    """given to the canvas, not drawn yet"""
    SHOWN = "canvas"
    FAILED = "error"


@dataclass(frozen=True)
class OnScreen:
    """The wanted block and its stage; `since` is when the first frame with it was on the screen."""

    stage: Stage = Stage.NOTHING
    place: int = -1
    block_id: str = ""
    since: float = 0.0


class Screen(QObject):
    """Walks through the stages. Nothing but `shown` blocks may be annotated."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.now = OnScreen()

    def set(self, stage: Stage, place: int = -1, block_id: str = "") -> None:
        """A block was asked for, failed, was placed, or nothing is shown."""
        self._change(OnScreen(stage, place, block_id))

    def frame_swapped(self) -> None:
        """A frame is on the screen: if a block was placed, it is seen from now on."""
        if self.now.stage is Stage.PLACED:
            self._change(OnScreen(Stage.SHOWN, self.now.place, self.now.block_id, time.monotonic()))

    def judged_block(self, pressed_at: float) -> str | None:
        """The block that a key pressed at that monotonic time means; None if no block was to be seen then."""
        if self.now.stage is Stage.SHOWN and pressed_at >= self.now.since:
            return self.now.block_id
        return None

    def _change(self, now: OnScreen) -> None:
        if now != self.now:
            self.now = now
            self.changed.emit(now)
