"""Draws one frame of everything that the canvas can show, and compares its pixels with numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.render.label_look import LabelLook
from app.render.planes import PLANES
from app.render.rendering import Rendering
from app.render.shading import ChannelLook
from app.render.tool_marks import BrushMark
from app.self_test.easel import (
    COUNT,
    FILL,
    LOOKS,
    PIXELS,
    SIDE,
    STEP,
    Easel,
    application,
    opengl_easel,
    plain_easel,
    volumes,
)
from app.self_test.expected import cast, colored, toned
from app.self_test.result import Failure, demand
from core.painting.label_colors import colors_of, palette

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.self_test.room import Room

CLOSE = 3.5 * STEP
_GRAY = (ChannelLook(True, (1.0, 1.0, 1.0), 0, 255),)
_SHOWN = 10
"""The slice that is shown."""
_DRIVER = "The graphics driver may be at fault: update it, or start with --no-opengl."
_GL_VENDOR, _GL_RENDERER, _GL_VERSION = 0x1F00, 0x1F01, 0x1F02
_SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "swrast", "gdi generic", "basic render", "apple software")


def check_opengl(room: Room) -> str:
    """Make a context as the program does, and say what draws."""
    from PySide6.QtGui import QGuiApplication

    from app.render.graphics import why_no_opengl

    application()
    reason = why_no_opengl()
    platform = QGuiApplication.platformName()
    demand(not reason, f"No usable OpenGL was found ({reason}): slices are drawn without it, 3D is not available.")
    from vispy import gloo

    canvas = opengl_easel().canvas
    canvas.set_current()
    vendor, renderer, version = (str(gloo.gl.glGetParameter(name)) for name in (_GL_VENDOR, _GL_RENDERER, _GL_VERSION))
    slow = any(word in renderer.lower() for word in _SOFTWARE)
    return (
        f"{renderer} ({vendor}), OpenGL {version}, {canvas.max_size()} voxels a side at most, Qt platform {platform}."
        f"{' No graphics card is used: the processor draws.' if slow else ''}"
    )


def check_slice(room: Room, kind: str) -> str:
    """A slice, alone and as the maximum of three."""
    easel = _easel(kind)
    easel.show(volumes(), LOOKS, "2d")
    easel.canvas.set_position((_SHOWN, 0, 0))
    _compare(_centres(easel), _mixed([data[_SHOWN] for data in volumes()]), "slice", kind)
    easel.canvas.set_slab(5, "max", False)
    slab = slice(_SHOWN - 2, _SHOWN + 3)
    _compare(_centres(easel), _mixed([data[slab].max(axis=0) for data in volumes()]), "slab of 5 slices", kind)
    return f"{SIDE} x {SIDE} voxels of 3 channels have the colours of numpy."


def check_orthogonal(room: Room) -> str:
    """The three slices through one voxel."""
    easel, position = opengl_easel(), (4, 13, 22)
    easel.show(volumes(), LOOKS, "ortho", 620)
    easel.canvas.set_position(position)
    picture = easel.picture()
    for name, plane in PLANES.items():
        pane = easel.canvas.panes.by_name[name]
        wanted = _mixed([np.take(data, position[plane.depth], plane.depth) for data in volumes()])
        if plane.depth == 2:  # z runs to the right
            wanted = wanted.swapaxes(0, 1)
        down, right = (range(1, SIDE, FILL),) * 2
        places = [(pane.pixel_of(x, y), wanted[y, x]) for y in down for x in right]
        found = np.array([picture[round(y + pane.rect.y), round(x + pane.rect.x)] for (x, y), _ in places])
        _compare(found, np.array([color for _, color in places]), f"plane {name}")
    return "The slices along x, y and z have the colours of numpy."


def check_side_by_side(room: Room) -> str:
    """One slice for each channel that is shown."""
    easel = opengl_easel()
    easel.show(volumes(), LOOKS, "channels", 640)
    easel.canvas.set_position((_SHOWN, 0, 0))
    picture = easel.picture()
    for number in (0, 1):
        pane = easel.canvas.panes.by_name[f"channel {number}"]
        wanted = colored(toned(volumes()[number][_SHOWN], LOOKS[number]), LOOKS[number])
        places = [(pane.pixel_of(x, y), wanted[y, x]) for y in range(1, SIDE, FILL) for x in range(1, SIDE, FILL)]
        found = np.array([picture[round(y + pane.rect.y), round(x + pane.rect.x)] for (x, y), _ in places])
        _compare(found, np.array([color for _, color in places]), f"channel {number}")
    return "Each channel has the colours of numpy."


def check_volume(room: Room, mode: str) -> str:
    """Rays along z, from the first slice on."""
    easel = opengl_easel()
    easel.show(volumes(), LOOKS, "3d")
    rendering = Rendering(mode, attenuation=0.2, density=0.07, threshold=0.45, is_smooth=False)
    easel.canvas.set_rendering(rendering, has_box=False, has_cross=False)
    found = _rays(easel)
    if mode == "iso":
        _compare_surface(found)
    else:
        _compare(found, cast(rendering, volumes(), LOOKS, 1.0)[1::FILL, 1::FILL], "volume")
    return f"{COUNT * COUNT} rays have the colours of numpy."


def check_labels_in_slices(room: Room, kind: str) -> str:
    """Labels of each type, filled, and one of them hidden."""
    easel = _easel(kind)
    for dtype in (np.uint8, np.uint16, np.int32):
        array = _labels(dtype)
        easel.show([np.zeros(array.shape, np.uint8)], _GRAY, "2d")
        textures = easel.canvas.make_label_textures(array)
        easel.canvas.set_position((_SHOWN, 0, 0))
        look = LabelLook(palette(), opacity=1.0)
        easel.canvas.set_overlays([(textures, look)])
        _compare(_centres(easel), _label_colors(array[_SHOWN]), f"labels of {array.dtype}", kind)
        easel.canvas.set_overlays([(textures, LabelLook(palette(), opacity=1.0, hidden=frozenset({2})))])
        seen = np.where(array[_SHOWN] == 2, 0, array[_SHOWN])
        _compare(_centres(easel), _label_colors(seen), f"hidden labels of {array.dtype}", kind)
    return "Labels of 8, 16 and 32 bits have their colours."


def check_labels_in_volume(room: Room) -> str:
    """The first object on each ray along z; those that the side of the block lays open are not shaded."""
    easel, array = opengl_easel(), _labels(np.uint16)
    easel.show([np.zeros(array.shape, np.uint8)], _GRAY, "3d")
    textures = easel.canvas.make_label_textures(array)
    easel.canvas.set_overlays([(textures, LabelLook(palette(), opacity=1.0))])
    found, columns = _rays(easel), array[:, 1::FILL, 1::FILL]
    first = (columns > 0).argmax(axis=0)
    numbers = np.take_along_axis(columns, first[None], 0)[0]
    wanted = _label_colors(numbers)
    is_flat = first == 0
    _compare(found[is_flat], wanted[is_flat], "objects at the side of the block")
    light = found.max(axis=-1) / np.maximum(wanted.max(axis=-1), 1e-9)
    _compare(found, wanted * light[..., None], "colours of objects inside")
    lit = light[numbers > 0]
    demand(lit.min() > 0.25 and lit.max() < 1.02, f"Objects have {lit.min():.2f} to {lit.max():.2f} of their light.")
    return f"{int((numbers > 0).sum())} rays meet the object that numpy says."


def check_tool_marks(room: Room, kind: str) -> str:
    """The outline of a brush, and a line that is being drawn."""
    easel = _easel(kind)
    easel.show([np.zeros((SIDE,) * 3, np.uint8)], _GRAY, "2d")
    easel.canvas.set_position((_SHOWN, 0, 0))
    easel.canvas.set_brush(BrushMark((_SHOWN, 14.5, 14.5), (5.0, 5.0, 8.0), True, "xy"))
    _demand_bounds(easel, (10, 20, 7, 23), "brush")
    easel.canvas.set_brush(None)
    demand(not easel.picture().any(), "The outline of the brush stays.")
    easel.canvas.set_draft([[_SHOWN, 4, 4], [_SHOWN, 4, 24], [_SHOWN, 19, 24]], False, "xy")
    _demand_bounds(easel, (4.5, 19.5, 4.5, 24.5), "line")
    return "Brush and line are where they belong."


def check_picture(room: Room) -> str:
    """A picture to be saved, at twice the resolution of the screen."""
    easel = opengl_easel()
    easel.show(volumes(), LOOKS, "2d")
    easel.canvas.set_position((_SHOWN, 0, 0))
    easel.picture()
    told: list[Any] = []
    events = easel.canvas.events
    events.picture_drawn.connect(told.append)
    events.picture_failed.connect(told.append)
    try:
        easel.canvas.picture.begin(2, False)
        while not told:
            application().processEvents()
    finally:
        events.picture_drawn.disconnect(told.append)
        events.picture_failed.disconnect(told.append)
    if told[0].type == "picture_failed":
        raise Failure(str(told[0].reason))
    pixels = np.asarray(told[0].pixels) / 255.0
    each = pixels.shape[0] // SIDE
    demand(each >= 2 * PIXELS, f"The picture has {pixels.shape[0]} rows only.")
    _compare(pixels[each // 2 :: each, each // 2 :: each], _mixed([data[_SHOWN] for data in volumes()]), "picture")
    return f"{pixels.shape[1]} x {pixels.shape[0]} pixels have the colours of numpy."


# What is drawn, and what should be


def _easel(kind: str) -> Easel:
    return opengl_easel() if kind == "opengl" else plain_easel()


def _centres(easel: Easel) -> NDArray[np.float64]:
    return easel.picture()[PIXELS // 2 :: PIXELS, PIXELS // 2 :: PIXELS]


def _rays(easel: Easel) -> NDArray[np.float64]:
    """The pixels on which the middle of each value of the first slice is drawn, (COUNT, COUNT, 3)."""
    picture, pane = easel.picture(), easel.canvas.panes.by_name["3d"]
    y, x = np.meshgrid(*(np.arange(1.0, SIDE, FILL),) * 2, indexing="ij")
    points = np.stack([x, y, np.zeros_like(x), np.ones_like(x)], -1)
    clip = points @ pane.volume_matrix(easel.canvas.panes.voxel_size)
    clip = clip[..., :2] / clip[..., 3:]
    places = np.floor((clip * [1, -1] + 1) / 2 * [pane.rect.width, pane.rect.height]).astype(int)
    return np.asarray(picture[places[..., 1] + pane.rect.y, places[..., 0] + pane.rect.x])


def _mixed(values: list[NDArray[Any]]) -> NDArray[np.float64]:
    parts = [colored(toned(data, look), look) for data, look in zip(values, LOOKS, strict=True)]
    return np.asarray(np.clip(np.sum(parts, axis=0), 0, 1))


def _labels(dtype: Any) -> NDArray[Any]:
    most = np.iinfo(dtype).max
    few = np.random.default_rng(8).choice(np.array([0] * 9 + [1, 2, 3, most], dtype), (COUNT,) * 3)
    return np.ascontiguousarray(few.repeat(FILL, 0).repeat(FILL, 1).repeat(FILL, 2))


def _label_colors(array: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(colors_of(array.ravel()).reshape(*array.shape, 3) / 255.0)


def _compare(found: NDArray[np.float64], wanted: NDArray[np.float64], what: str, kind: str = "opengl") -> None:
    demand(found.shape == wanted.shape, f"{what}: {found.shape} pixels were drawn, not {wanted.shape}.")
    off = np.abs(found - wanted).max(axis=-1)
    wrong = int((off > CLOSE).sum())
    told = f"{what}: {wrong} of {off.size} pixels are wrong, by up to {off.max() * 255:.0f} of 255."
    demand(not wrong, f"{told} {_DRIVER}" if kind == "opengl" else told)


def _compare_surface(found: NDArray[np.float64]) -> None:
    """Its light depends on the slope: where it is, and which colours it has, is compared."""
    levels = [toned(data[:, 1::FILL, 1::FILL], look, False) for data, look in zip(volumes(), LOOKS, strict=True)][:2]
    hits = np.stack([level >= 0.45 for level in levels])
    first = hits.any(axis=0).argmax(axis=0)
    at_first = np.take_along_axis(hits, first[None, None], 1)[:, 0]
    colors = [np.array(look.color) * look.opacity for look in LOOKS[:2]]
    wanted = np.sum([hit[..., None] * color for hit, color in zip(at_first, colors, strict=True)], axis=0)
    dark, bright = found[wanted == 0].max(initial=0.0), (found[wanted > 0] / wanted[wanted > 0]).min()
    demand(dark < CLOSE and bright > 0.15, f"The surface is not where it belongs. {_DRIVER}")


def _demand_bounds(easel: Easel, voxels: tuple[float, ...], what: str) -> None:
    rows, columns = np.nonzero(easel.picture().min(axis=2) > 0.6)
    demand(rows.size, f"The {what} is not drawn.")
    found = np.array([rows.min(), rows.max(), columns.min(), columns.max()])
    off = np.abs(found - np.array(voxels) * PIXELS).max()
    demand(off <= 1.5, f"The {what} is {off:.0f} pixels from where it belongs.")
