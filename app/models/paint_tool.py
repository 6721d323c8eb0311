"""What the hand holds: tool, brush, and what it may paint over. A frozen state; changes are told as (old, new)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

TOOLS = (
    "pan", "brush", "erase", "fill", "pick", "polygon", "lasso", "line", "box", "threshold", "grow", "select", "cut",
    "seeds",
)  # fmt: skip
OVERS = ("everything", "background", "selected")
MAX_DIAMETER = 2000


@dataclass(frozen=True)
class ToolState:
    """`is_on` while keys and mouse are for painting."""

    is_on: bool = False
    tool: str = "brush"
    diameter: int = 10
    """Of the brush, in voxels."""
    is_square: bool = False
    dims: int = 2
    """2 edits in the slice, 3 through the volume."""
    over: str = "everything"
    is_panning: bool = False
    """Space is held."""
    low: float | None = None
    """Range of the threshold brush, in the values of the selected channel; None until it is known."""
    high: float | None = None
    amount: float = 1.0
    """Length for growing, shrinking and smoothing, in micrometres (voxels where the size is not known)."""

    axis: int = 0
    """Across the plane that the mouse was in last: 0 z, 1 y, 2 x."""

    @property
    def pans(self) -> bool:
        """Whether the mouse moves the view."""
        return not self.is_on or self.is_panning or self.tool == "pan"


class PaintTool(QObject):
    """Holds the state; every change goes through `change`."""

    changed = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.state = ToolState()

    def change(self, **fields: Any) -> None:
        """Replace fields of the state."""
        old, self.state = self.state, replace(self.state, **fields)
        if self.state != old:
            self.changed.emit(old, self.state)
