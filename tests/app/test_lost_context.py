"""The canvas in another window, on a screen of another scale, and with a GL context that was taken away."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from app.controllers.opening import Opening
from app.jobs import Jobs
from app.log import EventRecord
from app.models.block_list import BlockList
from app.models.screen import Screen, Stage
from app.render.canvas import Canvas
from app.render.shading import ChannelLook
from app.views.canvas_area import CanvasArea
from core.images.blocks import Block
from tests.e2e.files import block_names, make_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from app.models.block_cache import LoadedBlock

LOOKS = (ChannelLook(True, (1.0, 0.5, 0.0), 0, 4000), ChannelLook(True, (0.0, 0.5, 1.0), 0, 4000))


class Desk:
    """A canvas area with what brings blocks to it, in a window; the area can be moved to others."""

    def __init__(self, qtbot: QtBot, data: Path, blocks: Sequence[Block] = ()) -> None:
        self._qtbot = qtbot
        self.canvas, self.screen, self.blocks, self.jobs = Canvas(), Screen(), BlockList(), Jobs()
        self.area = CanvasArea(self.canvas.native)
        self.data = data
        self.blocks.add(blocks or [Block(name, str(data / name), is_folder=True) for name in block_names(2)])
        self.opening = Opening(
            self.jobs, self.blocks, self.screen, self.canvas, self.area, self._neighbours, EventRecord(None)
        )
        self.placed: list[LoadedBlock] = []
        self.lost: list[Any] = []
        self.opening.placed.connect(self.placed.append)
        self.canvas.events.context_lost.connect(self.lost.append)
        self.windows: list[QMainWindow] = []
        self.canvas.set_looks(LOOKS)
        self.move_to_another_window()

    def _neighbours(self) -> list[int]:
        return [1 - self.screen.now.place] if self.screen.now.place >= 0 else []

    def move_to_another_window(self) -> None:
        """As floating does it."""
        window = QMainWindow()
        window.resize(400 + 10 * len(self.windows), 300)
        window.setCentralWidget(self.area)
        with self._qtbot.waitExposed(window):
            window.show()
        for other in self.windows:
            other.hide()
        self.windows.append(window)

    def wait_shown(self, place: int) -> None:
        self._qtbot.waitUntil(lambda: self.screen.now.stage is Stage.SHOWN and self.screen.now.place == place)

    def picture(self) -> NDArray[np.uint8]:
        """What is on the screen of the area: not what the canvas would draw anew."""
        assert self.canvas.is_drawn
        native = self.canvas.native
        image = native.screen().grabWindow(0).toImage().copy(QRect(native.mapToGlobal(QPoint(0, 0)), native.size()))
        image = image.convertToFormat(QImage.Format.Format_RGB888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()

    def close(self) -> None:
        self.opening.reset()  # else it goes on uploading, for a canvas that is gone
        self.jobs.shut_down()
        self.canvas.close()
        for window in self.windows:
            window.close()
            window.deleteLater()


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, make_blocks(tmp_path, block_names(2)))
    made.opening.open(0)
    made.wait_shown(0)
    yield made
    made.close()


@pytest.fixture
def no_sharing(desk: Desk) -> Iterator[None]:
    """Let Qt destroy the GL context of a canvas that changes windows: what was uploaded is gone."""
    share = Qt.ApplicationAttribute.AA_ShareOpenGLContexts
    QCoreApplication.setAttribute(share, False)
    yield
    QCoreApplication.setAttribute(share, True)


@pytest.mark.expects_warnings
@pytest.mark.usefixtures("no_sharing")
@pytest.mark.parametrize("layout", ["2d", "3d", "ortho", "channels"])
def test_a_lost_context_is_rebuilt_and_everything_else_stays(qtbot: QtBot, desk: Desk, layout: str) -> None:
    canvas = desk.canvas
    canvas.set_layout(layout)
    canvas.set_position((4, 3, 5))
    canvas.set_focus((4.0, 3.0, 5.0))
    qtbot.waitUntil(lambda: canvas.is_fine)
    qtbot.wait(50)
    scale, turn, before = canvas.panes.units_per_pixel(), canvas.turn(), desk.picture()
    assert before.max() > 100
    for round_ in range(1, 3):
        desk.move_to_another_window()
        desk.windows[-1].resize(400, 300)
        qtbot.waitUntil(lambda count=round_: len(desk.lost) >= count)  # type: ignore[misc]
        desk.wait_shown(0)
        qtbot.waitUntil(lambda: canvas.is_drawn and canvas.is_fine)
        qtbot.wait(50)
        assert (canvas.panes.units_per_pixel(), canvas.turn(), canvas.position) == (scale, turn, (4, 3, 5))
        after = desk.picture()
        assert after.shape == before.shape
        assert np.abs(after.astype(int) - before).max() <= 1
    assert len(desk.placed) == 1  # nobody began with the block anew

    canvas.set_position((1, 1, 1))  # a picture that was not composed before the loss
    qtbot.wait(50)
    if layout != "3d":
        assert not np.array_equal(desk.picture(), before)
    desk.opening.open(1)
    desk.wait_shown(1)
    assert len(desk.placed) == 2


@pytest.mark.expects_warnings
@pytest.mark.usefixtures("no_sharing")
def test_a_key_counts_for_nothing_while_the_block_is_uploaded_again(qtbot: QtBot, desk: Desk) -> None:
    stages: list[Stage] = []
    desk.screen.changed.connect(lambda now: stages.append(now.stage))
    desk.move_to_another_window()
    desk.wait_shown(0)
    qtbot.waitUntil(lambda: bool(desk.lost))
    desk.wait_shown(0)
    assert stages[0] is Stage.LOADING
    assert stages[-2:] == [Stage.PLACED, Stage.SHOWN]


@pytest.mark.expects_warnings
@pytest.mark.usefixtures("no_sharing")
def test_a_context_lost_while_another_block_is_read(qtbot: QtBot, desk: Desk) -> None:
    desk.opening.open(1)
    desk.move_to_another_window()
    qtbot.waitUntil(lambda: bool(desk.lost))
    desk.wait_shown(1)
    assert [one.image.block_id for one in desk.placed] == ["block_0000", "block_0001"]
    assert desk.picture().max() > 100


@pytest.mark.expects_warnings
@pytest.mark.usefixtures("no_sharing")
def test_channels_are_chosen_while_a_lost_block_is_read_again(qtbot: QtBot, desk: Desk) -> None:
    desk.opening.set_shown(frozenset({0}))
    desk.canvas.events.context_lost.connect(lambda _: desk.opening.set_shown(frozenset({1})), position="last")
    desk.move_to_another_window()
    qtbot.waitUntil(lambda: bool(desk.lost))
    desk.wait_shown(0)
    assert desk.picture().max() > 100


@pytest.mark.expects_warnings
@pytest.mark.usefixtures("no_sharing")
def test_a_lost_block_that_cannot_be_read_again_has_an_error_page(qtbot: QtBot, desk: Desk) -> None:
    told: list[Any] = []
    desk.opening.time_failed.connect(lambda *_: told.append(1))
    desk.opening._cache.clear()
    shutil.rmtree(desk.data / "block_0000")
    desk.move_to_another_window()
    qtbot.waitUntil(lambda: desk.screen.now.stage is Stage.FAILED)
    assert not told
    assert desk.area.page.isVisible()
    desk.opening.open(1)
    desk.wait_shown(1)


def test_moving_to_another_window_keeps_drawing_and_loses_nothing(qtbot: QtBot, desk: Desk) -> None:
    """Qt would go on showing the last picture of the window before, and say that each new frame is on the screen."""
    for _ in range(2):
        desk.move_to_another_window()
        assert_goes_on(qtbot, desk)
    desk.windows[-1].hide()
    desk.windows[-1].show()
    qtbot.waitExposed(desk.windows[-1])
    assert_goes_on(qtbot, desk)
    assert desk.lost == []
    assert desk.screen.now.stage is Stage.SHOWN


def test_floating_keeps_drawing(qtbot: QtBot, desk: Desk) -> None:
    home = QMainWindow()
    desk.windows.append(home)
    home.resize(400, 300)
    home.setCentralWidget(QWidget())
    dock = QDockWidget()
    dock.setWidget(desk.area)
    home.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    desk.windows[0].hide()
    home.show()
    assert_goes_on(qtbot, desk)
    dock.setFloating(True)
    assert_goes_on(qtbot, desk)
    assert desk.lost == []


def assert_goes_on(qtbot: QtBot, desk: Desk) -> None:
    """Each slice that is asked for is on the screen a moment later."""
    seen = []
    for z in (1, 2, 3):
        qtbot.wait(100)
        desk.canvas.set_position((z, 0, 0))
        qtbot.wait(100)
        seen.append(desk.picture())
    assert seen[0].max() > 100
    assert not np.array_equal(seen[0], seen[1])
    assert not np.array_equal(seen[1], seen[2])
