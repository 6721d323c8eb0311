"""Correcting how the files of a data set are read: axes and voxel size, for all its blocks and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.settings import DataSetSettings
from app.views.reading_dialog import AS_STATED, ReadingDialog
from core.errors import ImageError
from core.images.axes import axes_text, interpretations, size_text
from core.images.reading import FileAxes

if TYPE_CHECKING:
    from app.controllers.opening import Opening
    from app.models.block_cache import LoadedBlock
    from app.views.viewer_window import ViewerWindow
    from core.images.voxels import VoxelSize


class Correcting(QObject):
    """Owns the dialog, which stays open beside the picture."""

    settings_changed = Signal()

    def __init__(self, window: ViewerWindow, opening: Opening) -> None:
        super().__init__()
        self._window, self._opening = window, opening
        self._settings = DataSetSettings()
        self._axes = FileAxes()
        self._voxel_size: VoxelSize | None = None
        self._dialog: ReadingDialog | None = None
        opening.placed.connect(self._on_placed)
        opening.failed.connect(self._on_failed)
        opening.correct_requested.connect(self.correct)

    def set_data_set(self, settings: DataSetSettings) -> None:
        """What this annotator corrected here before."""
        self._settings = settings
        self._axes, self._voxel_size = FileAxes(), None
        if self._dialog is not None:
            self._dialog.close()
        self._opening.set_choice(settings.axes, settings.voxel_size)

    def correct(self) -> None:
        """Show the dialog."""
        if self._dialog is None:
            self._dialog = ReadingDialog(self._window)
            self._dialog.choice_requested.connect(self._on_choice_requested)
        self._tell()
        self._dialog.show_beside()

    def _on_placed(self, loaded: LoadedBlock) -> None:
        self._take(loaded.image.axes, loaded.image.file_voxel_size)

    def _on_failed(self, error: Exception) -> None:
        self._take(FileAxes(error.shape if isinstance(error, ImageError) else ()), None)

    def _take(self, axes: FileAxes, voxel_size: VoxelSize | None) -> None:
        self._axes, self._voxel_size = axes, voxel_size
        if self._dialog is not None and self._dialog.isVisible():
            self._tell()

    def _on_choice_requested(self, axes: str, voxel_size: VoxelSize | None) -> None:
        if (axes, voxel_size) == (self._settings.axes, self._settings.voxel_size):
            return
        self._settings.axes, self._settings.voxel_size = axes, voxel_size
        self.settings_changed.emit()
        self._opening.set_choice(axes, voxel_size)

    def _tell(self) -> None:
        assert self._dialog is not None
        chosen, shape = self._settings.axes, self._axes.shape
        offered = [(AS_STATED, "As the files say, or as is guessed")]
        offered += [(letters, axes_text(letters, shape)) for letters in interpretations(len(shape))]
        if chosen and chosen not in [letters for letters, _ in offered]:
            offered.append((chosen, f"{chosen}, for files with {len(chosen)} dimensions"))
        stated = ""
        if self._axes.letters:
            stated = f"This block: {axes_text(self._axes.letters, shape)} ({self._axes.source})"
        elif shape:
            stated = f"This block: {size_text(shape)}, and it does not say which is which"
        self._dialog.set_axes(offered, chosen, stated)
        stated = "The files of this block do not state it."
        if self._voxel_size is not None:
            sizes = zip("zyx", self._voxel_size, strict=True)
            stated = f"The file: {', '.join(f'{axis} {size:.6g}' for axis, size in sizes)} µm"
        self._dialog.set_voxel_size(self._settings.voxel_size, self._voxel_size, stated)
