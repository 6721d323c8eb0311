"""What is to be saved of one overlay: which part, on which version, and how that went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.models.overlay import Overlay
    from core.boxes import Box
    from core.voxels import VoxelSize


@dataclass(eq=False)
class KeptLabels:
    """`store`, `writer` and `log` are storage's; the writer belongs to the worker that saves, while it saves."""

    overlay: Overlay
    store: Any
    voxel_size: VoxelSize | None
    writer: Any = None
    log: Any = None
    dirty: Box | None = None
    """What the writer does not know yet."""
    needs_saving: bool = False
    is_saving: bool = False
    edits: int = 0
    """The number of the last edit in the log."""
    problem: str = ""
    """Why the last save failed."""
    wish: Callable[[], None] | None = None
    """What is to be done when all is saved: another name, or none."""
    is_log_old: bool = False
    """The log was begun for the file under its name of before."""
    is_logless: bool = False
    """The log could not be written: until it is saved, what was painted is only in memory."""

    @property
    def is_settled(self) -> bool:
        """Whether all of it is on the share."""
        return not self.needs_saving and not self.is_saving and self.wish is None
