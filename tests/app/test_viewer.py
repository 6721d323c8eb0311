"""The viewer in the real window, with real files: what is remembered, told and forgotten as blocks come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile
from vispy.util.keys import Key

from app.main import Program
from app.models.screen import Stage
from app.options import Options
from tests.e2e.files import block_names, make_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[Path], Program]]:
    """Return what opens a program on a data folder and waits for the first block; again: it is closed."""
    (tmp_path / "annotations" / "journal").mkdir(parents=True)
    annotator = f"viewer{abs(hash(tmp_path)) % 10**8}"
    programs: list[Program] = []

    def close() -> None:
        for program in programs:
            program.ending.end_unasked()
            qtbot.waitUntil(program.window.isHidden)
            program.viewer.canvas.close()
            program.window.deleteLater()
        programs.clear()

    def start(data: Path) -> Program:
        close()
        program = Program(Options(data, tmp_path / "annotations", annotator=annotator))
        programs.append(program)
        with qtbot.waitActive(program.window):
            program.begin()
            program.window.activateWindow()
        qtbot.waitUntil(lambda: program.viewer.screen.now.stage in (Stage.SHOWN, Stage.FAILED), timeout=20_000)
        return program

    yield start
    close()


def drag(program: Program, start: tuple[int, int], by: tuple[int, int], keys: tuple[str, ...]) -> None:
    """Drag with the left button over the canvas, as vispy hears of it: QTest moves without keys."""
    native, held = program.viewer.canvas.native, tuple(Key(name) for name in keys)
    end = (start[0] + by[0], start[1] + by[1])
    press = native._vispy_mouse_press(pos=start, button=1, modifiers=held)
    native._vispy_mouse_move(pos=end, modifiers=held, press_event=press)
    native._vispy_mouse_release(pos=end, button=1, modifiers=held)


def point(program: Program, across: float, down: float) -> None:
    """Bring the mouse to a part of the canvas's width and height, as vispy hears of it."""
    native = program.viewer.canvas.native
    native._vispy_mouse_move(pos=(across * native.width(), down * native.height()), modifiers=())


def test_a_cut_that_is_dragged_and_tilted_is_remembered(
    opened: Callable[[Path], Program], qtbot: QtBot, tmp_path: Path
) -> None:
    data = make_blocks(tmp_path / "data", block_names(1))
    program = opened(data)
    viewer = program.viewer
    program.act("toggle_3d")
    viewer.arranging._on_cut_side_requested("x")
    qtbot.waitUntil(lambda: viewer.canvas.rendering.plane is not None and viewer.canvas.is_drawn)
    middle = viewer.canvas.native.width() // 2, viewer.canvas.native.height() // 2
    drag(program, middle, (60, 0), ("Control",))
    assert viewer.view.state.volume.cut_offset != 0
    drag(program, middle, (40, 30), ("Control", "Shift"))
    volume = viewer.view.state.volume
    assert volume.cut_normal != (0.0, 0.0, 1.0)
    assert {type(number) for number in (*volume.cut_normal, volume.cut_offset)} == {float}
    again = opened(data).viewer.view.state.volume
    assert (again.cut_normal, again.cut_offset) == (volume.cut_normal, volume.cut_offset)
    assert again.has_cut


@pytest.mark.parametrize("layout", ["toggle_3d", "ortho"])
def test_how_the_volume_is_turned_is_remembered(
    opened: Callable[[Path], Program], qtbot: QtBot, tmp_path: Path, layout: str
) -> None:
    data = make_blocks(tmp_path / "data", block_names(1))
    make_blocks(data, block_names(1, first=1), shape=(5, 20, 30))
    program = opened(data)
    program.act(layout)
    program.viewer.canvas.set_turn((30.0, 40.0, 0.0))
    again = opened(data)
    qtbot.wait(900)  # longer than the volume must stand still to be remembered
    assert again.viewer.canvas.turn() == (30.0, 40.0, 0.0)
    again.act("next_block")  # of another size
    qtbot.waitUntil(lambda: again.viewer.screen.now.block_id == "block_0001")
    qtbot.waitUntil(lambda: again.viewer.screen.now.stage is Stage.SHOWN)
    assert again.viewer.canvas.turn() == (30.0, 40.0, 0.0)
    again.act("reset_view")
    assert again.viewer.canvas.turn() == (90.0, 0.0, 0.0)


def test_a_time_point_that_is_left_before_it_came(
    opened: Callable[[Path], Program], qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    film = np.random.default_rng(5).integers(0, 4000, (6, 3, 12, 14)).astype(np.uint16)
    tifffile.imwrite(tmp_path / "data" / "film.tif", film, metadata={"axes": "TZYX"}, photometric="minisblack")
    window = opened(tmp_path / "data").window
    qtbot.waitUntil(lambda: window.time_bar._position.text() == "1/6")
    window.time_bar.time_requested.emit(4)
    window.time_bar.time_requested.emit(0)
    qtbot.wait(300)
    assert window.time_bar._position.text() == "1/6"


def test_what_is_read_off_follows_slice_time_channels_and_block(
    opened: Callable[[Path], Program], qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    films = np.random.default_rng(5).integers(1000, 4000, (2, 3, 4, 2, 12, 14)).astype(np.uint16)
    for name, film in zip("ab", films, strict=True):
        tifffile.imwrite(tmp_path / "data" / f"{name}.tif", film, metadata={"axes": "TZCYX"}, photometric="minisblack")
    program = opened(tmp_path / "data")
    readout = program.window.area._readout
    qtbot.waitUntil(lambda: program.window.time_bar._position.text() == "1/3")
    point(program, 0.5, 0.5)
    voxel = program.viewer.canvas.voxel_at([side / 2 for side in program.viewer.canvas.size])
    assert voxel is not None
    z, y, x = voxel
    z += 1

    def says(block: int, time: int) -> bool:
        values = [str(value) for value in films[block, time, z, :, y, x]]
        found = [word for word in readout.text().split() if word in values]
        return f"slice {z + 1}" in readout.text() and found == values

    program.act("slice_on")
    qtbot.waitUntil(lambda: says(0, 0))
    program.act("time_on")
    qtbot.waitUntil(lambda: says(0, 1))
    program.viewer.coloring.show_only(1)
    qtbot.waitUntil(lambda: not says(0, 1))
    assert str(films[0, 1, z, 1, y, x]) in readout.text()
    program.viewer.coloring.show_all()
    program.window.side.start_requested.emit("stay")
    program.act("next_block")
    qtbot.waitUntil(lambda: says(1, 0))


@pytest.mark.expects_warnings
def test_nothing_of_the_block_before_is_left_on_an_error_page(
    opened: Callable[[Path], Program], qtbot: QtBot, tmp_path: Path
) -> None:
    data = make_blocks(tmp_path / "data", block_names(1))
    (data / "block_0001").mkdir()
    (data / "block_0001" / "ch_488.tif").write_bytes(b"no image")
    program = opened(data)
    program.viewer.presetting.save("without limits")
    program.act("save_picture")
    dialog = program.viewer.picturing._dialog
    assert dialog is not None
    dialog.close()
    block = program.viewer.limiting._loaded
    assert block is not None
    program.act("next_block")
    qtbot.waitUntil(lambda: program.viewer.screen.now.stage is Stage.FAILED)
    program.act("next_set")
    program.act("save_picture")
    assert not dialog.isVisible()
    assert program.viewer.limiting._loaded is None
