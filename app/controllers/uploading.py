"""Blocks on the GPU: which are kept there, and uploading them piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.render.packing import MAX_CHANNELS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from app.models.block_cache import LoadedBlock
    from app.render.canvas import Canvas
    from app.render.packing import Packed
    from app.render.textures import BlockTextures

GPU_BYTES = 512 << 20
"""For blocks uploaded ahead, beside the one on screen."""

Key = tuple[int, int]
"""A block by its place in the list, and its time point."""


class Uploading:
    """Owns the textures. Those that the canvas draws are deleted only when it draws others."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._textures: dict[Key, BlockTextures] = {}
        self.shown: frozenset[int] = frozenset()
        """Channels that are seen: of a block with many, only they are on the GPU."""

    def get(self, key: Key) -> BlockTextures | None:
        """The textures of a block, uploaded or not."""
        return self._textures.get(key)

    def has_all(self, key: Key, loaded: LoadedBlock) -> bool:
        """Whether all that is to be seen of a block is there."""
        textures = self._textures.get(key)
        if textures is None:
            return False
        shown = self.shown & frozenset(range(len(loaded.image.channels)))
        return shown <= frozenset(textures.channels) or len(shown) > MAX_CHANNELS

    def put(self, key: Key, packed: Packed, needed: Collection[Key], ahead: Iterable[Key]) -> None:
        """Make textures; keep those that are needed and, of those `ahead`, the first that fit; free the others."""
        self._drop(key)
        self._textures[key] = self._canvas.make_textures(packed)
        room = GPU_BYTES
        keep = set(needed)
        for other in ahead:
            textures = self._textures.get(other)
            if textures is not None and textures.nbytes <= room:
                room -= textures.nbytes
                keep.add(other)
        for other in [one for one in self._textures if one not in keep]:
            if self._textures[other] is not self._canvas.textures:
                self._drop(other)

    def show(self, key: Key, loaded: LoadedBlock) -> None:
        """Let the canvas draw a block whose textures are there."""
        before = self._canvas.textures
        self._canvas.show_block(self._textures[key], loaded.image.voxel_size or loaded.image.reduction)
        if before is not None and all(kept is not before for kept in self._textures.values()):
            before.delete()

    def upload_piece(self, keys: Iterable[Key]) -> bool:
        """Upload one more piece of the first of these blocks that is not all there; False when all are."""
        found = (self._textures[key] for key in keys if key in self._textures)
        return any(self._canvas.upload_piece(textures) for textures in found)

    def clear(self) -> None:
        """Free everything."""
        for textures in self._textures.values():
            textures.delete()
        self._textures.clear()

    def _drop(self, key: Key) -> None:
        textures = self._textures.pop(key, None)
        if textures is not None and textures is not self._canvas.textures:
            textures.delete()
