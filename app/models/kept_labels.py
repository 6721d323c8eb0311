"""What is to be saved of one overlay: which part, on which version, and how that went."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from app.models.overlay import Overlay
    from core.images.voxels import VoxelSize
    from core.painting.boxes import Box


@dataclass(eq=False)
class KeptLabels:
    """`store`, `writer` and `log` are storage's; the writer belongs to the worker that saves, while it saves."""

    overlay: Overlay
    store: Any
    voxel_size: VoxelSize | None
    local: Path | None = None
    """The folder of this computer for logs; None if there is none."""
    host: str = ""
    writer: Any = None
    log: Any = None
    dirty: Box | None = None
    """What the writer does not know yet."""
    needs_saving: bool = False
    is_saving: bool = False
    edits: int = 0
    """The number of the last edit."""
    before_log: int = 0
    """The number of the last edit before the first in the log."""
    pending: list[tuple[int, Any]] = field(default_factory=list)
    """Edits that are not on the share yet, with their numbers, as the log has them."""
    tried: list[str] = field(default_factory=list)
    """Tokens of saves that failed as far as is known: one may have come through, only its answer was lost."""
    problem: str = ""
    """Why the last save failed."""
    is_logless: bool = False
    """The log could not be written: until it is saved, what was painted is only in memory."""

    @property
    def is_settled(self) -> bool:
        """Whether all of it is on the share."""
        return not self.needs_saving and not self.is_saving
