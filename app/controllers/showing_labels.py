"""Drawing the overlays of the block on screen, and saying which object is under the mouse."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from app.render.label_look import LabelLook
from core.painting.label_colors import colors_of, palette

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.controllers.deferring import Deferring
    from app.models.overlay import Overlay, OverlayState
    from app.models.overlays import Overlays
    from app.render.canvas import Canvas
    from app.render.label_textures import LabelTextures
    from app.views.viewer_window import ViewerWindow
    from core.painting.boxes import Box


class ShowingLabels(QObject):
    """Owns the textures of the overlays."""

    def __init__(self, window: ViewerWindow, canvas: Canvas, overlays: Overlays, deferring: Deferring) -> None:
        super().__init__()
        self._window, self._canvas, self._overlays, self._deferring = window, canvas, overlays, deferring
        self._textures: dict[Overlay, LabelTextures] = {}
        self._slots: dict[Overlay, tuple[Any, ...]] = {}
        overlays.added.connect(self._on_added)
        overlays.removed.connect(self._on_removed)
        overlays.listed.connect(self._draw)

    def _on_added(self, overlay: Overlay) -> None:
        self._make(overlay)
        slots = (partial(self._on_changed, overlay), partial(self._on_replaced, overlay))
        self._slots[overlay] = slots
        overlay.changed.connect(slots[0])
        overlay.replaced.connect(slots[1])
        overlay.state_changed.connect(self._on_state_changed)

    def _on_removed(self, overlay: Overlay) -> None:
        changed, replaced = self._slots.pop(overlay)
        overlay.changed.disconnect(changed)
        overlay.replaced.disconnect(replaced)
        overlay.state_changed.disconnect(self._on_state_changed)
        textures = self._textures.pop(overlay)
        self._draw()
        textures.delete()

    def _make(self, overlay: Overlay) -> None:
        labels = overlay.labels
        textures = self._canvas.make_label_textures(labels.array)
        textures.set_bounds(labels.index.bounds() or (slice(0, 0), slice(0, 0), slice(0, 0)))
        self._textures[overlay] = textures

    def _on_changed(self, overlay: Overlay, box: Box) -> None:
        self._canvas.labels_changed(self._textures[overlay], box)

    def _on_replaced(self, overlay: Overlay) -> None:
        before = self._textures[overlay]
        self._make(overlay)
        self._draw()
        before.delete()

    def _on_state_changed(self, old: OverlayState, new: OverlayState) -> None:
        if look_of(old) != look_of(new):
            self._draw()

    def _draw(self) -> None:
        drawn = [
            (self._textures[overlay], look_of(overlay.state))
            for overlay in self._overlays.all
            if overlay in self._textures
        ]
        self._canvas.set_overlays(drawn)


def look_of(state: OverlayState) -> LabelLook:
    """Return how an overlay is drawn."""
    colors = {**state.column_colors, **state.colors}
    direct = tuple((number, _rgb(color)) for number, color in colors.items())
    return LabelLook(
        palette(state.seed),
        state.is_visible,
        state.opacity,
        state.contour,
        frozenset(state.selected),
        state.shows_only_selected,
        state.hidden,
        direct,
    )


def color_of(state: OverlayState, number: int) -> str:
    """Return the colour of an object as #RRGGBB: the same in tables and plots as on the canvas."""
    given = state.colors.get(number) or state.column_colors.get(number)
    if given:
        return given
    r, g, b = colors_of(np.array([number]), state.seed)[0].tolist()
    return QColor(r, g, b).name()


def colors_in(state: OverlayState, numbers: NDArray[Any]) -> list[str]:
    """Return the colours of objects (n,) as `color_of` does of one."""
    made = [f"#{r:02X}{g:02X}{b:02X}" for r, g, b in colors_of(numbers, state.seed).tolist()]
    given = {**state.column_colors, **state.colors}
    return [given.get(number, color) for number, color in zip(numbers.tolist(), made, strict=True)]


def _rgb(color: str) -> tuple[int, int, int]:
    found = QColor(color)
    return found.red(), found.green(), found.blue()
