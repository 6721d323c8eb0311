"""Overlays in the view without OpenGL: the same pixels as those of the OpenGL canvas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from app.render.label_look import LabelLook
from app.render.packing import pack
from app.render.shading import ChannelLook
from core.painting.label_colors import palette
from tests.app.test_canvas import canvas as gl_canvas
from tests.app.test_canvas import drawn
from tests.app.test_plain_canvas import canvas as plain_canvas
from tests.app.test_plain_canvas import drawn as drawn_plainly

if TYPE_CHECKING:
    from app.render.canvas import Canvas
    from app.render.plain_canvas import PlainCanvas

__all__ = ["gl_canvas", "plain_canvas"]

SHAPE = (8, 6, 10)  # z, y, x
LOOK = LabelLook(palette(), opacity=0.6)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32])
@pytest.mark.parametrize(
    "look",
    [
        LOOK,
        replace(LOOK, contour=1),
        replace(LOOK, hidden=frozenset({2})),
        replace(LOOK, selected=frozenset({1}), shows_only_selected=True),
        replace(LOOK, colors=((3, (10, 20, 250)),), highlighted=frozenset({1})),
    ],
    ids=["filled", "outlines", "hidden", "selected", "colours"],
)
def test_both_canvases_draw_the_same(gl_canvas: Canvas, plain_canvas: PlainCanvas, dtype: Any, look: LabelLook) -> None:
    random = np.random.default_rng(3)
    array = random.choice(np.array([0, 0, 0, 1, 2, 3, np.iinfo(dtype).max], dtype), SHAPE)
    top = random.choice(np.array([0, 0, 0, 5], np.uint8), SHAPE)
    mask = np.ones((2, 2, 3), bool)
    pictures = []
    for canvas in (gl_canvas, plain_canvas):
        made: Any = canvas
        made.native.resize(800, 600)
        made.show_block(made.make_textures(pack([np.full(SHAPE, 90, np.uint8)])), (1.0, 1.0, 1.0))
        made.set_looks([ChannelLook(True, (1.0, 1.0, 1.0), 0, 255)])
        textures = made.make_label_textures(array)
        made.set_overlays([(textures, look), (made.make_label_textures(top), replace(LOOK, opacity=0.3))])
        made.set_layout("ortho")
        made.set_rendering(made.rendering, has_box=False, has_cross=False)
        made.set_position((5, 2, 7))
        made.set_preview(mask, (slice(4, 6), slice(2, 4), slice(0, 3)))
        picture = drawn(made) if canvas is gl_canvas else drawn_plainly(made)
        array[5, 0:2, 0:4] = 1
        made.labels_changed(textures, (slice(5, 6), slice(0, 2), slice(0, 4)))
        painted = drawn(made) if canvas is gl_canvas else drawn_plainly(made)
        pictures.append((picture, painted))
        array[5, 0:2, 0:4] = 2
    for after, (one, other) in enumerate(zip(*pictures, strict=True)):
        difference = np.abs(one - other)
        difference[301:, 401:] = 0  # the volume, which only one of them has
        # A pixel on the border of two voxels may belong to either
        if after:
            assert np.mean(difference.max(axis=2) > 2.5 / 255) < 0.01
    assert np.abs(pictures[1][0] - pictures[1][1]).max() > 0.1  # the change is seen
