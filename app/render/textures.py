"""The 3D textures of one block on the GPU, filled in pieces so that no frame waits for an upload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from vispy.gloo import Texture3D

if TYPE_CHECKING:
    from app.render.packing import Packed

_PIECE_BYTES = 4 << 20
"""Uploaded in one go: about 2 ms without a GPU."""


class BlockTextures:
    """Owns the textures of one block; shared by every visual that draws it.

    The packed arrays are held only until they are uploaded.
    """

    def __init__(self, packed: Packed) -> None:
        self.shape = packed.shape
        self.channels = packed.channels
        self.offset = packed.offset
        self.scale = packed.scale
        self.nbytes = packed.nbytes
        self.waiting_bytes = packed.nbytes
        """Not on the GPU yet."""
        self._waiting: list[tuple[Any, Any, int]] = []
        self.textures = [self._make(group) for group in packed.groups]

    def _make(self, group: Any) -> Any:
        bits = 8 * group.dtype.itemsize
        width = group.shape[3]
        texture = Texture3D(
            group.shape,
            format="red" if width == 1 else "rgba",
            internalformat=f"r{bits}" if width == 1 else f"rgba{bits}",
            interpolation="nearest",
            wrapping="clamp_to_edge",
        )
        slices = max(1, _PIECE_BYTES // max(1, group[0].nbytes))
        self._waiting += [(texture, group[z : z + slices], z) for z in range(0, group.shape[0], slices)]
        return texture

    def queue_piece(self) -> bool:
        """Queue the next piece for upload; False when nothing is left."""
        if not self._waiting:
            return False
        texture, piece, z = self._waiting.pop(0)
        self.waiting_bytes -= piece.nbytes
        texture.set_data(np.ascontiguousarray(piece), offset=(z, 0, 0))
        return True

    def queue_all(self) -> None:
        """Queue whatever is still missing, for a block that must be on screen in this frame."""
        while self.queue_piece():
            pass

    def set_interpolation(self, kind: str) -> None:
        """`nearest` or `linear`, for the next draw."""
        for texture in self.textures:
            if texture.interpolation != kind:
                texture.interpolation = kind

    def delete(self) -> None:
        """Free the GPU memory."""
        self._waiting.clear()
        for texture in self.textures:
            texture.delete()
