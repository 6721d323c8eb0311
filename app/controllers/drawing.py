"""Choosing how blocks are drawn: with OpenGL, or where there is none, in the plain view of slices."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from app.render.graphics import why_no_opengl

if TYPE_CHECKING:
    from app.render.canvas import Canvas


_SAFE = (
    "Safe mode: your settings are neither read nor kept, the annotations folder chosen for these data included, and "
    "slices are drawn without OpenGL. Start without --safe-mode to have them back."
)


def make_canvas(is_plain: bool, is_safe: bool = False) -> tuple[Canvas, str]:
    """Return the canvas, and what people must be told of it; empty for nothing. `is_plain`: do not try OpenGL."""
    reason = "the option --no-opengl was given" if is_plain else why_no_opengl()
    if not reason:
        from app.render.canvas import Canvas

        return Canvas(), ""
    from app.render.plain_canvas import PlainCanvas
    from app.views.plain_surface import PlainSurface

    found = "OpenGL is not used" if is_plain else "No usable OpenGL was found"
    # It has what the controllers use of Canvas; tests/app/test_plain_canvas.py sees to that
    canvas = cast("Canvas", PlainCanvas(PlainSurface()))
    if is_safe:
        return canvas, _SAFE
    return canvas, f"{found} ({reason}): slices are drawn without it. 3D is not available."
