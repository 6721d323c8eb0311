"""What becomes of labels that a worker still changes, whose log cannot be written, or whose save was not answered."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from app.main import Program
from app.models.screen import Stage
from app.options import Options
from core.painting.boxes import box_of
from core.painting.label_edit import Change
from storage.label_log import log_folder
from storage.label_store import LabelStore
from storage.label_writer import LabelWriter
from tests.e2e.files import block_names, make_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.models.overlay import Overlay
    from core.painting.labels import Labels

SHAPE = (6, 16, 16)


@pytest.fixture
def program(qtbot: QtBot, tmp_path: Path) -> Iterator[Program]:
    """Return a program with the labels of the first of two blocks there."""
    (tmp_path / "annotations" / "journal").mkdir(parents=True)
    data = make_blocks(tmp_path / "data", block_names(2), SHAPE)
    made = Program(Options(data, tmp_path / "annotations", annotator=f"keeper{abs(hash(tmp_path)) % 10**8}"))
    with qtbot.waitActive(made.window):
        made.begin()
        made.window.activateWindow()
    qtbot.waitUntil(lambda: made.viewer.screen.now.stage is Stage.SHOWN, timeout=20_000)
    qtbot.waitUntil(lambda: made.painter.overlaying.is_there, timeout=10_000)
    yield made
    made.ending.end_unasked()
    qtbot.waitUntil(made.window.isHidden, timeout=10_000)
    made.viewer.canvas.close()
    made.window.deleteLater()


def change(row: int, number: int = 1) -> Change:
    """Return the wish to paint a row of the first slice."""
    return Change(box_of((0, row, 0), (1, row + 1, 16)), np.ones((1, 1, 16), np.bool_), number)


def paint(program: Program, overlay: Overlay, row: int) -> None:
    """Make one stroke."""
    editing = program.painter.editing
    assert editing.begin(overlay, "Brush stroke")
    editing.paint(change(row))
    editing.end()


def painted(program: Program) -> Overlay:
    """Return labels with a stroke in row 1."""
    overlay = program.painter.overlaying.editable()
    assert overlay is not None
    paint(program, overlay, 1)
    return overlay


def save(program: Program, qtbot: QtBot) -> None:
    """Save all and wait for it."""
    program.painter.keeping.save_all()
    qtbot.waitUntil(lambda: program.painter.keeping.is_settled, timeout=10_000)


def is_unsafe(program: Program) -> bool:
    """Tell whether something is nowhere but in memory."""
    return program.painter.keeping.is_unsafe


def rows(program: Program, name: str = "labels", block: str = "block_0000") -> list[int]:
    """Return which rows of the first slice are painted in the file."""
    session = program.painter.overlaying.session
    assert session is not None
    store = LabelStore(session.store.root, session.annotator, block)
    return [int(row) for row in np.flatnonzero(tifffile.imread(store.path(name))[0].any(axis=1))]


def test_what_a_worker_changes_while_the_block_is_left_is_saved_there(program: Program, qtbot: QtBot) -> None:
    overlay = painted(program)
    save(program, qtbot)
    begun, goes_on = threading.Event(), threading.Event()

    def work(labels: Labels, cancelled: Callable[[], bool]) -> list[Change]:
        begun.set()
        goes_on.wait(10)
        return [change(5)]  # it was too late to give it up

    assert program.painter.editing.run(overlay, "Grow", work)
    assert begun.wait(10)
    program.act("next_block")
    qtbot.waitUntil(lambda: program.viewer.screen.now.block_id == "block_0001", timeout=10_000)
    assert not program.painter.keeping.is_settled  # the program does not end before it is done
    goes_on.set()
    qtbot.waitUntil(lambda: program.painter.keeping.is_settled, timeout=10_000)
    assert rows(program) == [1, 5]


def test_a_save_whose_answer_was_lost_is_no_other_version(program: Program, qtbot: QtBot) -> None:
    overlay, keeping = painted(program), program.painter.keeping
    save(program, qtbot)
    conflicts: list[Any] = []
    keeping.conflicted.connect(lambda *facts: conflicts.append(facts))
    kept = keeping._kept[overlay]
    token = "0123456789abcdef"
    writer = LabelWriter(overlay.labels.shape, overlay.labels.array.dtype.name)
    writer.update(overlay.labels.array)
    facts = kept.store.current("labels")
    kept.store.save("labels", writer, replace(facts, revision=token), overlay.revision)
    kept.tried.append(token)  # as after a save that came through, but failed as far as could be told
    paint(program, overlay, 9)
    save(program, qtbot)
    assert not conflicts
    assert overlay.state.name == "labels"
    assert rows(program) == [1, 9]


def test_a_log_that_cannot_be_written_is_said_and_made_up_for(program: Program, qtbot: QtBot, tmp_path: Path) -> None:
    session = program.painter.overlaying.session
    assert session is not None
    assert session.store.local_folder is not None
    folder = log_folder(session.store.local_folder, session.annotator)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("not a folder", encoding="utf-8")
    said: list[str] = []
    program.painter.keeping.said.connect(lambda text, level: said.append(text))
    overlay = painted(program)
    assert len(said) == 1
    assert is_unsafe(program)
    folder.unlink()
    paint(program, overlay, 3)  # both are logged now
    assert not is_unsafe(program)
    (log,) = folder.iterdir()
    length = log.stat().st_size
    paint(program, overlay, 4)
    assert length < log.stat().st_size
    save(program, qtbot)
    assert log.stat().st_size < length
    assert rows(program) == [1, 3, 4]
    assert len(said) == 1


def test_read_only_labels_that_are_converted_wait_for_no_save(program: Program, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "other.tif"
    tifffile.imwrite(path, np.full(SHAPE, 3, np.uint16))
    program.painter.filing.open_file(path, "other")
    qtbot.waitUntil(lambda: program.painter.overlays.names() == ["other"], timeout=10_000)
    (overlay,) = program.painter.overlays.all
    overlay.set_labels(overlay.labels.converted("int32"))
    assert program.painter.keeping.is_settled


def test_labels_that_were_removed_elsewhere_go_on_under_another_name(program: Program, qtbot: QtBot) -> None:
    overlay = painted(program)
    save(program, qtbot)
    assert overlay.path is not None
    overlay.path.unlink()
    paint(program, overlay, 2)
    save(program, qtbot)
    assert overlay.state.name.startswith("labels (other version ")
    assert rows(program, overlay.state.name) == [1, 2]
    program.painter.moving.rename(overlay, "labels")
    qtbot.waitUntil(lambda: overlay.state.name == "labels", timeout=10_000)
    paint(program, overlay, 3)
    save(program, qtbot)
    assert rows(program) == [1, 2, 3]


def test_nothing_is_put_in_the_place_of_a_version_that_nobody_has_seen(program: Program, qtbot: QtBot) -> None:
    overlay, painter = painted(program), program.painter
    save(program, qtbot)
    assert overlay.path is not None
    theirs = tifffile.imread(overlay.path)
    theirs[0, 8] = 4
    tifffile.imwrite(overlay.path, theirs)
    paint(program, overlay, 2)
    save(program, qtbot)
    qtbot.waitUntil(lambda: "labels" in painter.overlays.names(), timeout=10_000)
    other = next(one for one in painter.overlays.all if one is not overlay)
    assert not other.state.is_visible
    assert painter.overlays.active is overlay
    theirs[0, 12] = 4
    tifffile.imwrite(other.path, theirs)  # once more
    said: list[str] = []
    painter.moving.said.connect(lambda text, level: said.append(text))
    painter.moving.rename(overlay, "labels", other)
    qtbot.waitUntil(lambda: bool(said), timeout=10_000)
    assert "changed elsewhere again" in said[0]
    assert rows(program) == [1, 8, 12]
    assert rows(program, overlay.state.name) == [1, 2]


def test_labels_of_others_get_another_name_here_alone(program: Program, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "other.tif"
    tifffile.imwrite(path, np.full(SHAPE, 3, np.uint16))
    program.painter.filing.open_file(path, "other")
    qtbot.waitUntil(lambda: program.painter.overlays.names() == ["other"], timeout=10_000)
    (overlay,) = program.painter.overlays.all
    program.painter.moving.rename(overlay, "bob's")
    assert program.painter.overlays.names() == ["bob's"]
    assert overlay.path == path
    assert path.exists()


def test_names_go_with_objects_that_get_other_numbers_and_back(program: Program, qtbot: QtBot) -> None:
    overlay, painter = painted(program), program.painter
    for number, row in ((4, 2), (7, 3)):
        assert painter.editing.begin(overlay, "Brush stroke")
        painter.editing.paint(change(row, number))
        painter.editing.end()
    overlay.change(names={1: "one", 4: "four", 7: "seven"}, colors={7: "#112233"})

    def done() -> None:
        qtbot.waitUntil(lambda: not painter.editing.is_busy, timeout=10_000)

    painter.shaping.renumber()
    done()
    save(program, qtbot)
    facts = painter.overlaying.store.current("labels") if painter.overlaying.store is not None else None
    assert facts is not None
    assert (dict(facts.names), dict(facts.colours)) == ({1: "one", 2: "four", 3: "seven"}, {3: "#112233"})
    assert painter.shaping.change_number(3, 2) != ""  # taken
    assert painter.shaping.change_number(3, 9) == ""
    done()
    assert overlay.state.names == {1: "one", 2: "four", 9: "seven"}
    painter.editing.undo()
    painter.editing.undo()
    done()
    assert overlay.state.names == {1: "one", 4: "four", 7: "seven"}
    assert overlay.state.colors == {7: "#112233"}
    painter.editing.redo()
    assert overlay.state.names == {1: "one", 2: "four", 3: "seven"}


def test_names_and_locks_come_back_with_the_block_but_not_those_of_deleted_objects(
    program: Program, qtbot: QtBot
) -> None:
    overlay, painter = painted(program), program.painter
    assert painter.editing.begin(overlay, "Brush stroke")
    painter.editing.paint(change(2, 4))
    painter.editing.end()
    overlay.change(names={1: "one", 4: "four"}, locked=frozenset({4}))
    overlay.change(selected=(1,))
    painter.shaping.slots["delete_objects"]()
    qtbot.waitUntil(lambda: not painter.editing.is_busy, timeout=10_000)
    save(program, qtbot)
    program.act("next_block")
    qtbot.waitUntil(lambda: program.viewer.screen.now.block_id == "block_0001", timeout=10_000)
    program.act("previous_block")
    qtbot.waitUntil(lambda: painter.overlays.names() == ["labels"], timeout=10_000)
    state = painter.overlays.all[0].state
    assert (dict(state.names), state.locked) == ({4: "four"}, frozenset({4}))
