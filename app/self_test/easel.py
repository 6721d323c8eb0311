"""A canvas that nobody sees, and what it draws as an array."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.render.graphics import why_no_opengl
from app.render.packing import pack
from app.render.rendering import Rendering
from app.render.shading import ChannelLook
from app.self_test.result import Failure, Skip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.render.canvas import Canvas
    from app.render.plain_canvas import PlainCanvas

    AnyCanvas = Canvas | PlainCanvas

COUNT, FILL = 10, 3
SIDE = COUNT * FILL
"""Voxels a side: each of COUNT values along an axis fills FILL of them, so that interpolation changes no middle one."""
PIXELS = 10
"""Of one voxel, where one slice fills the canvas."""
STEP = 1 / 255
_LONGEST_S = 20.0

LOOKS = (
    ChannelLook(True, (1.0, 0.5, 0.0), 100, 60_000),
    ChannelLook(True, (0.0, 0.25, 1.0), 5_000, 30_000, gamma=1.7, opacity=0.8),
    ChannelLook(False, (1.0, 1.0, 1.0), 0, 65_535),
)


@cache
def application() -> QApplication:
    """The application, made as the program makes it."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    return QApplication(["cytoscribe"])


@cache
def volumes() -> tuple[NDArray[np.uint16], ...]:
    """Three channels of random gray values."""
    random = np.random.default_rng(5)
    made = []
    for _ in LOOKS:
        values = random.integers(0, 65_535, (COUNT,) * 3, dtype=np.uint16, endpoint=True)
        # some are dark, so that rays come far
        made.append((values // (1 + 3 * (values % 2))).repeat(FILL, 0).repeat(FILL, 1).repeat(FILL, 2))
    return tuple(made)


class Easel:
    """Holds one canvas; `show` begins anew, `picture` is what the canvas shows."""

    def __init__(self, canvas: AnyCanvas) -> None:
        self.canvas: Any = canvas
        self._error = ""
        canvas.events.draw_failed.connect(self._on_draw_failed)
        canvas.native.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        canvas.native.resize(SIDE * PIXELS, SIDE * PIXELS)
        canvas.native.show()

    def show(
        self, channels: Sequence[NDArray[Any]], looks: Sequence[ChannelLook], layout: str, side: int = SIDE * PIXELS
    ) -> None:
        """Show these channels, without anything over them."""
        canvas = self.canvas
        self._error = ""
        canvas.native.resize(side, side)
        canvas.set_overlays([])
        canvas.set_brush(None)
        canvas.set_draft([])
        canvas.set_slab(1, "max", False)
        canvas.show_block(canvas.make_textures(pack(channels)), (1.0, 1.0, 1.0))
        canvas.set_looks(looks)
        canvas.set_layout(layout)
        canvas.set_position((0, 0, 0))
        canvas.set_rendering(Rendering(is_smooth=False), has_box=False, has_cross=False)
        canvas.reset_view()

    def picture(self) -> NDArray[np.float64]:
        """What is drawn with every voxel: (height, width, 3) in 0..1, one for each logical pixel."""
        end = time.monotonic() + _LONGEST_S
        while True:
            found = self._grabbed()
            if self._error:
                raise Failure(f"Drawing failed: {self._error}")
            if self.canvas.is_drawn and self.canvas.is_fine:
                return self._grabbed()
            if time.monotonic() > end:
                raise Failure(f"No whole picture was there after {_LONGEST_S:.0f} seconds, only {found.shape}.")
            application().processEvents()

    def _grabbed(self) -> NDArray[np.float64]:
        widget = self.canvas.native
        has_framebuffer = hasattr(widget, "grabFramebuffer")
        image = widget.grabFramebuffer() if has_framebuffer else widget.grab().toImage()
        return pixels_of_image(image, widget.width(), widget.height())

    def _on_draw_failed(self, event: Any) -> None:
        self._error = f"{type(event.error).__name__}: {event.error}"


def pixels_of_image(image: QImage, width: int, height: int) -> NDArray[np.float64]:
    """The pixels in the middle of width x height equal parts of an image, (height, width, 3) in 0..1."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    if image.isNull():
        raise Failure("Nothing was drawn.")
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    whole = lines[:, : image.width() * 3].reshape(image.height(), image.width(), 3)
    rows, columns = (
        ((np.arange(wanted) + 0.5) * there / wanted).astype(int)
        for wanted, there in ((height, image.height()), (width, image.width()))
    )
    return np.asarray(whole[rows[:, None], columns] / 255.0)


@cache
def opengl_easel() -> Easel:
    """The canvas of the program. Raises Skip where there is no OpenGL."""
    application()
    if why_no_opengl():
        raise Skip("There is no usable OpenGL: see its line.")
    from app.render.canvas import Canvas

    return Easel(Canvas())


@cache
def plain_easel() -> Easel:
    """The canvas for computers without OpenGL."""
    application()
    from app.render.plain_canvas import PlainCanvas
    from app.views.plain_surface import PlainSurface

    return Easel(PlainCanvas(PlainSurface()))
