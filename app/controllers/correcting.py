"""Correcting how the files of a data set are read: axes and voxel size, for all its blocks and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.settings import DataSetSettings
from app.views.reading_dialog import AS_STATED, ReadingDialog
from core.axes import axes_text, interpretations

if TYPE_CHECKING:
    from app.controllers.opening import Opening
    from app.models.block_cache import LoadedBlock
    from app.views.main_window import MainWindow
    from core.voxels import VoxelSize


class Correcting(QObject):
    """Owns the dialog, which stays open beside the picture."""

    settings_changed = Signal()

    def __init__(self, window: MainWindow, opening: Opening) -> None:
        super().__init__()
        self._window, self._opening = window, opening
        self._settings = DataSetSettings()
        self._loaded: LoadedBlock | None = None
        self._dialog: ReadingDialog | None = None
        opening.placed.connect(self._on_placed)

    def set_data_set(self, settings: DataSetSettings) -> None:
        """What this annotator corrected here before."""
        self._settings = settings
        self._loaded = None
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
        self._loaded = loaded
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
        chosen = self._settings.axes
        offered = [(AS_STATED, "As the files say, or as is guessed")]
        stated_axes, stated_size = "", "The files of this block do not state it."
        letters = list(interpretations(len(chosen)))
        if self._loaded is not None:
            image = self._loaded.image
            letters = list(interpretations(len(image.axes.shape)))
            stated_axes = f"This block: {axes_text(image.axes.letters, image.axes.shape)} ({image.axes.source})"
            if image.file_voxel_size is not None:
                sizes = zip("zyx", image.file_voxel_size, strict=True)
                stated_size = f"The file: {', '.join(f'{axis} {size:.6g}' for axis, size in sizes)} µm"
            shape = image.axes.shape
            offered += [(one, axes_text(one, shape)) for one in letters]
        if chosen and chosen not in [one for one, _ in offered]:
            offered.append((chosen, f"{chosen}, for files with {len(chosen)} dimensions"))
        self._dialog.set_axes(offered, chosen, stated_axes)
        self._dialog.set_voxel_size(self._settings.voxel_size, stated_size)
