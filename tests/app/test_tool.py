"""What the mouse does with a tool in hand, on both canvases, by real mouse events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.render.canvas import Canvas
from app.render.packing import pack
from app.render.plain_canvas import PlainCanvas
from app.render.rendering import CutPlane, Rendering
from app.render.shading import ChannelLook
from app.render.tool_marks import BrushMark
from app.views.plain_surface import PlainSurface
from tests.app.test_canvas import canvas as gl_canvas
from tests.app.test_canvas import drawn
from tests.app.test_plain_canvas import drawn as drawn_plainly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    AnyCanvas = Canvas | PlainCanvas

__all__ = ["gl_canvas"]

# vispy asks events for what newer versions of Qt call otherwise
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*QMouseEvent:DeprecationWarning", "ignore:.*QEnterEvent:DeprecationWarning"
)

SHAPE = (8, 6, 10)  # z, y, x
PIXELS = 40  # of one voxel
LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
NAMES = ("tool_pressed", "tool_moved", "tool_released", "tool_double_clicked", "tool_hovered")


def plain_canvas(qtbot: QtBot) -> PlainCanvas:
    surface = PlainSurface()
    qtbot.addWidget(surface)
    made = PlainCanvas(surface)
    surface.resize(SHAPE[2] * PIXELS, SHAPE[1] * PIXELS)
    with qtbot.waitExposed(surface):
        surface.show()
    return made


@pytest.fixture(params=["opengl", "plain"])
def canvas(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[AnyCanvas]:
    """Return either canvas, with a block whose voxels cover 40 x 40 pixels each."""
    made: AnyCanvas = request.getfixturevalue("gl_canvas") if request.param == "opengl" else plain_canvas(qtbot)
    made.show_block(made.make_textures(pack([np.zeros(SHAPE, np.uint8)])), (1.0, 1.0, 1.0))  # type: ignore[arg-type]
    made.set_looks([ChannelLook(True, (1.0, 1.0, 1.0), 0, 255)])
    yield made


class Told:
    """What a canvas told of the tool and of its cameras."""

    def __init__(self, canvas: AnyCanvas) -> None:
        self.names: list[str] = []
        self.events: list[Any] = []
        self.moves = 0
        self.takes = False
        for name in NAMES:
            getattr(canvas.events, name).connect(self._on_told)
        canvas.events.view_moved.connect(self._on_moved)

    def _on_told(self, event: Any) -> None:
        self.names.append(event.type)
        self.events.append(event)
        if self.takes:
            event.taken = True

    def _on_moved(self, event: Any) -> None:
        self.moves += 1


def at(z: int, y: float, x: float) -> tuple[QPoint, tuple[float, float, float]]:
    """Return a place on the canvas, and its point: voxel centres are at integers."""
    place = QPoint(round((x + 0.5) * PIXELS), round((y + 0.5) * PIXELS))
    return place, (z, place.y() / PIXELS - 0.5, place.x() / PIXELS - 0.5)


def drag(canvas: AnyCanvas, *places: QPoint, button: Any = LEFT, keys: Any = NONE) -> None:
    QTest.mousePress(canvas.native, button, keys, places[0])
    for place in places[1:-1]:
        QTest.qWait(15)  # vispy drops what follows within 10 ms
        QTest.mouseMove(canvas.native, place)
    QTest.mouseRelease(canvas.native, button, keys, places[-1])


def close(found: Any, wanted: Any) -> bool:
    return bool(np.abs(np.array(found) - np.array(wanted)).max() < 0.03)


def test_a_drag_is_the_tools_and_ends_where_the_button_was_let_go(canvas: AnyCanvas) -> None:
    told = Told(canvas)
    canvas.set_position((3, 0, 0))
    canvas.set_tool(is_on=True)
    ways = [at(3, 1, 1), at(3, 2.25, 4.5), at(3, 5, 9)]
    drag(canvas, *(place for place, _ in ways), keys=SHIFT)
    names = [name for name in told.names if name != "tool_hovered"]
    assert names[0] == "tool_pressed" and names[-1] == "tool_released"
    first, last = told.events[told.names.index("tool_pressed")], told.events[told.names.index("tool_released")]
    assert close(first.point, ways[0][1]) and close(last.point, ways[-1][1])
    assert first.axis == 0 and first.button == 1 and first.ray is None and "Shift" in first.modifiers
    assert told.moves == 0


def test_moves_with_the_button_down_are_told(canvas: AnyCanvas, qtbot: QtBot) -> None:
    told = Told(canvas)
    canvas.set_tool(is_on=True)
    drag(canvas, *(at(0, 1, x)[0] for x in (1, 3, 5, 5)))
    moves = [event.point for event, name in zip(told.events, told.names, strict=True) if name == "tool_moved"]
    assert any(close(point, at(0, 1, 3)[1]) for point in moves) and any(close(p, at(0, 1, 5)[1]) for p in moves)


def test_no_move_of_a_quick_stroke_is_lost(canvas: AnyCanvas) -> None:
    told = Told(canvas)
    canvas.set_tool(is_on=True)
    ways = [at(0, 1 + 3 * (step % 2), 1 + step / 4) for step in range(24)]
    QTest.mousePress(canvas.native, LEFT, NONE, ways[0][0])
    for place, _ in ways[1:]:  # all within a moment
        there = QPointF(place)
        event = QMouseEvent(QEvent.Type.MouseMove, there, canvas.native.mapToGlobal(there), LEFT, LEFT, NONE)
        QApplication.sendEvent(canvas.native, event)
    moves = [event.point for event, name in zip(told.events, told.names, strict=True) if name == "tool_moved"]
    assert len(moves) == 23
    assert all(close(found, wanted) for found, (_, wanted) in zip(moves, ways[1:], strict=True))
    QTest.mouseRelease(canvas.native, LEFT, NONE, ways[-1][0])


def test_without_a_tool_or_with_space_held_the_mouse_moves_the_view(canvas: AnyCanvas) -> None:
    told = Told(canvas)
    for is_on, pans in ((False, False), (True, True)):
        told.moves = 0
        canvas.set_tool(is_on, pans)
        drag(canvas, at(0, 1, 1)[0], at(0, 2, 3)[0], at(0, 3, 5)[0], at(0, 3, 5)[0])
        assert told.moves > 0
    assert set(told.names) <= {"tool_hovered"}


def test_the_middle_button_pans_with_a_tool_in_hand(canvas: AnyCanvas) -> None:
    told = Told(canvas)
    canvas.set_tool(is_on=True)
    drag(canvas, at(0, 1, 1)[0], at(0, 2, 3)[0], at(0, 3, 5)[0], at(0, 3, 5)[0], button=MIDDLE)
    assert told.moves > 0 and "tool_pressed" not in told.names


def test_the_right_button_clicks_or_zooms(canvas: AnyCanvas) -> None:
    told = Told(canvas)
    canvas.set_tool(is_on=True)
    place, point = at(0, 2, 2)
    drag(canvas, place, place, button=RIGHT)
    pressed = [name for name in told.names if name != "tool_hovered"]
    assert pressed == ["tool_pressed", "tool_released"] and told.events[-1].button == 2
    assert close(told.events[-1].point, point)
    drag(canvas, place, at(0, 4, 2)[0], at(0, 5, 2)[0], button=RIGHT)
    assert told.names.count("tool_pressed") == 1 and told.moves > 0


def test_two_quick_presses_are_two_presses_unless_a_double_click_is_taken(canvas: AnyCanvas) -> None:
    told = Told(canvas)
    canvas.set_tool(is_on=True)
    place = at(0, 2, 2)[0]
    for takes, presses in ((False, 2), (True, 1)):
        told.names.clear()
        told.takes = takes
        QTest.mouseClick(canvas.native, LEFT, NONE, place)
        QTest.mouseDClick(canvas.native, LEFT, NONE, place)
        count = told.names.count("tool_pressed") - (1 if takes or "tool_double_clicked" in told.names else 0)
        assert "tool_double_clicked" in told.names
        assert count >= presses - 1


def test_hovering_is_told_with_the_voxel(canvas: AnyCanvas) -> None:
    told = Told(canvas)
    canvas.set_tool(is_on=True)
    place, point = at(0, 3, 4)
    QApplication.sendEvent(
        canvas.native,
        QMouseEvent(
            QEvent.Type.MouseMove, QPointF(place), canvas.native.mapToGlobal(QPointF(place)), Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton, NONE,
        ),
    )  # fmt: skip
    assert told.names == ["tool_hovered"] and close(told.events[-1].point, point)
    assert told.events[-1].button == 0


def test_the_volume_gives_rays_and_turns_unless_the_press_is_taken(gl_canvas: Canvas) -> None:
    canvas = gl_canvas
    canvas.show_block(canvas.make_textures(pack([np.zeros(SHAPE, np.uint8)])), (1.0, 1.0, 1.0))
    canvas.set_looks([ChannelLook(True, (1.0, 1.0, 1.0), 0, 255)])
    canvas.set_layout("3d")
    told = Told(canvas)
    canvas.set_tool(is_on=True)
    middle = QPoint(SHAPE[2] * PIXELS // 2, SHAPE[1] * PIXELS // 2)
    drag(canvas, middle, middle + QPoint(30, 10), middle + QPoint(60, 20))
    assert told.moves > 0 and told.names[0] == "tool_pressed" and "tool_released" not in told.names
    canvas.align("z")
    told.moves, told.takes = 0, True
    drag(canvas, middle, middle + QPoint(30, 10), middle + QPoint(60, 20))
    assert told.moves == 0 and "tool_released" in told.names
    pressed = [event for event in told.events if event.type == "tool_pressed"][-1]
    assert pressed.point is None and pressed.axis is None
    near, far = pressed.ray
    assert close(near, (-0.5, 2.5, 4.5)) and close(far, (7.5, 2.5, 4.5))
    canvas.set_rendering(
        Rendering(box=((0.0, 1.0), (0.0, 1.0), (0.0, 1.0)), plane=CutPlane((1.0, 0.0, 0.0), 0.0)), False, False
    )
    QTest.mousePress(canvas.native, LEFT, NONE, middle)
    near, far = told.events[-1].ray
    assert close(near, (3.5, 2.5, 4.5)) and close(far, (7.5, 2.5, 4.5))
    QTest.mouseRelease(canvas.native, LEFT, NONE, middle)
    QTest.mousePress(canvas.native, LEFT, NONE, QPoint(3, 3))
    assert told.events[-1].ray is None
    QTest.mouseRelease(canvas.native, LEFT, NONE, QPoint(3, 3))


def seen(canvas: AnyCanvas) -> NDArray[np.float64]:
    return drawn(canvas) if isinstance(canvas, Canvas) else drawn_plainly(canvas)


def bounds(picture: NDArray[np.float64]) -> tuple[int, int, int, int]:
    """Return top, bottom, left and right of what is bright."""
    rows, columns = np.nonzero(picture.min(axis=2) > 0.6)
    return int(rows.min()), int(rows.max()), int(columns.min()), int(columns.max())


@pytest.mark.parametrize("is_round", [True, False])
def test_the_outline_of_a_brush(canvas: AnyCanvas, is_round: bool) -> None:
    canvas.set_position((4, 0, 0))
    canvas.set_brush(BrushMark((4.0, 2.5, 4.5), (2.0, 2.0, 3.0), is_round, "xy"))
    found = bounds(seen(canvas))
    wanted = (1 * PIXELS, 5 * PIXELS, 2 * PIXELS, 8 * PIXELS)
    assert np.abs(np.array(found) - wanted).max() <= 1
    corner = seen(canvas)[wanted[0] - 2 : wanted[0] + 3, wanted[2] - 2 : wanted[2] + 3]
    assert (corner.max() > 0.6) != is_round
    canvas.set_brush(BrushMark((4.0, 2.5, 4.5), (2.0, 2.0, 3.0), is_round, "xz"))
    assert not seen(canvas).any()
    canvas.set_brush(None)
    assert not seen(canvas).any()


def test_a_ball_is_seen_as_the_circle_in_which_the_slice_cuts_it(canvas: AnyCanvas) -> None:
    for z, radius in ((4, 2.5), (2, 1.5), (7, None)):
        canvas.set_position((z, 0, 0))
        canvas.set_brush(BrushMark((4.0, 2.5, 4.5), (2.5, 2.5, 2.5)))
        picture = seen(canvas)
        if radius is None:
            assert not picture.any()
        else:
            wanted = [3 * PIXELS + side * radius * PIXELS for side in (-1, 1)]
            wanted += [5 * PIXELS + side * radius * PIXELS for side in (-1, 1)]
            assert np.abs(np.array(bounds(picture)) - wanted).max() <= 1


def test_a_ball_is_seen_in_the_volume_at_its_size(gl_canvas: Canvas) -> None:
    canvas = gl_canvas
    canvas.show_block(canvas.make_textures(pack([np.zeros(SHAPE, np.uint8)])), (2.0, 1.0, 1.0))
    canvas.set_looks([ChannelLook(True, (1.0, 1.0, 1.0), 0, 255)])
    canvas.set_layout("3d")
    canvas.set_rendering(canvas.rendering, has_box=False, has_cross=False)
    canvas.set_brush(BrushMark((4.0, 2.5, 4.5), (1.0, 2.0, 2.0)))
    for axis in "zyx":
        canvas.align(axis)
        top, bottom, left, right = bounds(drawn(canvas))
        pixels = 240 / (canvas.panes.volume.camera.scale_factor)
        assert abs(bottom - top - 4 * pixels) <= 2 and abs(right - left - 4 * pixels) <= 2


def test_a_draft_is_drawn_over_its_plane(canvas: AnyCanvas) -> None:
    points = np.array([[0, 1, 1], [0, 1, 7], [0, 4, 7]], float)
    canvas.set_draft(points, is_closed=False, plane="xy")
    picture = seen(canvas)
    wanted = (round(1.5 * PIXELS), round(4.5 * PIXELS), round(1.5 * PIXELS), round(7.5 * PIXELS))
    assert np.abs(np.array(bounds(picture)) - wanted).max() <= 1
    middle = 3 * PIXELS, round(4.5 * PIXELS)
    assert not picture[middle[0] - 3 : middle[0] + 4, middle[1] - 3 : middle[1] + 4].any()
    canvas.set_draft(points, is_closed=True, plane="xy")
    assert seen(canvas)[middle[0] - 3 : middle[0] + 4, middle[1] - 3 : middle[1] + 4].max() > 0.6
    canvas.set_draft(points, is_closed=True, plane="yz")
    assert not seen(canvas).any()
    canvas.set_draft([], is_closed=True)
    assert not seen(canvas).any()
