"""Taking pictures of the canvas or the whole window, for a file or the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtGui import QGuiApplication, QImage

from app.models.screen import Stage
from app.picture_file import picture_name, write_picture
from app.render.picture import LARGEST_SCALE
from app.views.picture_dialog import PictureChoice, PictureDialog
from core.display.picture_format import ENDINGS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.block_cache import LoadedBlock
    from app.models.current_view import CurrentView, ViewState
    from app.models.screen import OnScreen, Screen
    from app.render.canvas import Canvas
    from app.settings import Settings
    from app.views.viewer_window import ViewerWindow

_CLIPBOARD = Path()
"""In the place of a file."""


class Picturing(QObject):
    """One picture at a time is drawn; files are written in the background."""

    settings_changed = Signal()
    """Pictures go into another folder now."""

    def __init__(
        self,
        jobs: Jobs,
        window: ViewerWindow,
        canvas: Canvas,
        view: CurrentView,
        screen: Screen,
        settings: Settings,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._jobs, self._window, self._canvas, self._view = jobs, window, canvas, view
        self._settings, self._record = settings, record
        self._dialog: PictureDialog | None = None
        self._loaded: LoadedBlock | None = None
        self._wish: tuple[PictureChoice, Path, bool] | None = None
        """What is being drawn, for which file, and whether that may be replaced."""
        view.changed.connect(self._on_view_changed)
        screen.changed.connect(self._on_screen_changed)
        canvas.events.picture_drawn.connect(self._on_canvas_picture_drawn)
        canvas.events.picture_failed.connect(self._on_canvas_picture_failed)
        window.area.resized.connect(self._tell_dialog)

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block, or another time point of it."""
        self._loaded = loaded
        self._tell_dialog()

    # Wishes that are actions

    def open(self) -> None:
        """The dialog."""
        if self._loaded is None:
            return
        if self._dialog is None:
            self._dialog = PictureDialog(self._window)
            self._dialog.save_requested.connect(self._on_save_requested)
            self._dialog.copy_requested.connect(self._on_copy_requested)
            self._dialog.choice_changed.connect(self._tell_dialog)
        self._tell_dialog()
        self._dialog.begin()

    def copy(self) -> None:
        """Put the canvas on the clipboard as it is seen."""
        self._take(PictureChoice(), _CLIPBOARD, False)

    # The dialog

    def _on_save_requested(self, path: str, may_replace: bool) -> None:
        file = Path(path).expanduser()
        if file.suffix.lower() not in ENDINGS:
            self._window.area.messages.tell("The name of a picture must end in .png or .tif.", "warning")
            return
        if not file.is_absolute():
            file = self._folder() / file
        if self._settings.picture_folder != str(file.parent):
            self._settings.picture_folder = str(file.parent)
            self.settings_changed.emit()
        assert self._dialog is not None
        self._take(self._dialog.choice(), file, may_replace)

    def _on_copy_requested(self) -> None:
        assert self._dialog is not None
        self._take(self._dialog.choice(), _CLIPBOARD, False)

    def _folder(self) -> Path:
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        return Path(self._settings.picture_folder or pictures or str(Path.home()))

    def _on_screen_changed(self, now: OnScreen) -> None:
        if now.stage in (Stage.FAILED, Stage.NOTHING):  # a picture would be named after the block before
            self._loaded = None

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if (old.z, old.mode) != (new.z, new.mode):
            self._tell_dialog()

    def _tell_dialog(self) -> None:
        if self._dialog is None or self._loaded is None:
            return
        image, state = self._loaded.image, self._view.state
        z = image.full_position((state.z, 0, 0))[0]
        name = picture_name(image.block_id, state.mode, z, image.time if image.times > 1 else None)
        self._dialog.set_proposal(str(self._folder()), name)
        largest, longest = self._canvas.picture.largest_scale(), self._canvas.picture.longest_side()
        limit = ""
        if largest < LARGEST_SCALE:
            limit = f"At most {largest} ×: the graphics of this computer draw at most {longest} pixels a side."
        width, height = (round(n) for n in self._canvas.physical_size)
        self._dialog.set_sizes((width, height), largest, limit)

    # The picture

    def _take(self, choice: PictureChoice, file: Path, may_replace: bool) -> None:
        if self._loaded is None:
            return
        self._wish = choice, file, may_replace
        if choice.is_window:
            self._finish(self._window.grab().toImage(), None)
        else:
            if choice.scale > 1:
                self._window.area.messages.tell("Drawing the picture…")
            self._canvas.picture.begin(choice.scale, choice.has_cross and self._view.state.slab.shows_cross)

    def _on_canvas_picture_failed(self, event: Any) -> None:
        self._wish = None
        self._window.area.messages.tell(event.reason, "warning")

    def _on_canvas_picture_drawn(self, event: Any) -> None:
        if self._wish is None:
            return
        choice = self._wish[0]
        height, width = event.pixels.shape[:2]
        picture = QImage(event.pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        self._window.area.paint_over(picture, choice.has_scale_bar, choice.has_captions)
        units = self._canvas.panes.units_per_pixel()
        is_known = self._loaded is not None and self._loaded.image.voxel_size is not None
        self._finish(picture, units * self._canvas.size[0] / width if units is not None and is_known else None)

    def _finish(self, picture: QImage, pixel_size: float | None) -> None:
        assert self._wish is not None
        (_, file, may_replace), self._wish = self._wish, None
        if file == _CLIPBOARD:
            QGuiApplication.clipboard().setImage(picture)
            self._window.area.messages.tell(f"Copied: {picture.width()} × {picture.height()} pixels.")
            self._record.write("picture_copied", size=[picture.width(), picture.height()])
            return
        pixels = array_of(picture)

        def write(job: Job) -> Path:
            return write_picture(file, pixels, pixel_size, may_replace)

        self._jobs.start("pictures", write, self._on_written, self._on_write_failed)

    def _on_written(self, file: Path) -> None:
        self._window.area.messages.tell(f"Saved as {file}")
        self._record.write("picture_saved", path=str(file))

    def _on_write_failed(self, error: Exception) -> None:
        place, reason = "", str(error)
        if isinstance(error, OSError) and error.filename:
            place, reason = f" in {Path(error.filename).parent}", error.strerror or reason
        self._window.area.messages.tell(f"The picture could not be saved{place}: {reason}.", "error")
        self._record.write("picture_failed", reason=str(error))


def array_of(picture: QImage) -> NDArray[np.uint8]:
    """Return a copy of the pixels, (height, width, 3) as red, green and blue."""
    picture = picture.convertToFormat(QImage.Format.Format_RGB888)
    height, width = picture.height(), picture.width()
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(height, picture.bytesPerLine())
    return rows[:, : 3 * width].reshape(height, width, 3).copy()
