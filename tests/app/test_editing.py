"""Edits as whoever keeps them is told of them: few boxes, and patches that stand for themselves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from app.controllers.editing import Editing
from app.jobs import Jobs
from app.models.overlay import Overlay, OverlayState
from app.models.overlays import Overlays
from core.painting.boxes import box_of
from core.painting.label_edit import MASKLESS, Change
from core.painting.label_fill import all_of_number
from core.painting.labels import Labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.shut_down()


def editing_of(jobs: Jobs, array: NDArray[Any]) -> tuple[Editing, Overlay]:
    overlays = Overlays()
    overlay = Overlay(Labels(array), OverlayState("labels"), None, is_own=True)
    overlays.add(overlay)
    return Editing(jobs, overlays), overlay


def replayed(array: NDArray[Any], patches: Any) -> NDArray[Any]:
    """Return an array after what the patches say, which is all that a log has."""
    made = array.copy()
    for patch in patches:
        made[patch.box][patch.voxels()] = patch.numbers(patch.new)
    return made


def test_what_is_told_of_a_scattered_fill_needs_no_array_to_be_made_again(qtbot: QtBot, jobs: Jobs) -> None:
    before = (np.random.default_rng(1).random((5, 1024, 1024)) < 0.1).astype(np.uint8)
    assert before.size > MASKLESS
    editing, overlay = editing_of(jobs, before.copy())
    seed = tuple(int(places[0]) for places in before.nonzero())
    told: list[Any] = []
    editing.edited.connect(lambda *fields: told.append((*fields, overlay.labels.array.copy())))
    with qtbot.waitSignal(editing.edited, timeout=20_000):
        editing.run(overlay, "Fill", lambda labels, cancelled: all_of_number(labels, seed, 7))
    with qtbot.waitSignal(editing.edited, timeout=20_000):
        editing.undo()
    with qtbot.waitSignal(editing.edited, timeout=20_000):
        editing.redo()
    now = before
    for (_, edit, is_undo, patches, after), wanted in zip(told, (7, 1, 7), strict=True):
        assert edit.nbytes < 1000  # the history needs no mask
        assert is_undo == (wanted == 1)
        now = replayed(now, patches)
        assert np.array_equal(now, after)
        assert np.array_equal(now, np.where(before, wanted, 0))


@pytest.mark.parametrize("steps", [1, 30, 1000])
def test_taking_a_long_stroke_back_tells_of_few_boxes_that_hold_all_of_it(qtbot: QtBot, jobs: Jobs, steps: int) -> None:
    editing, overlay = editing_of(jobs, np.zeros((1, 1100, 1100), np.uint16))
    assert editing.begin(overlay, "Brush stroke")
    for step in range(steps):
        editing.paint(Change(box_of((0, step, step), (1, step + 9, step + 9)), np.ones((1, 9, 9), np.bool_), 5))
    editing.end()
    painted = overlay.labels.array != 0
    boxes: list[Any] = []
    overlay.changed.connect(boxes.append)
    editing.undo()
    qtbot.waitUntil(lambda: bool(boxes) and not editing.is_busy, timeout=20_000)
    assert not overlay.labels.array.any()
    assert 1 <= len(boxes) <= 32
    told = np.zeros_like(painted)
    for box in boxes:
        told[box] = True
    assert told[painted].all()


def test_what_is_wished_while_a_worker_is_busy_follows_in_order(qtbot: QtBot, jobs: Jobs) -> None:
    editing, overlay = editing_of(jobs, np.zeros((1, 8, 8), np.uint8))
    box, mask = box_of((0, 0, 0), (1, 8, 8)), np.ones((1, 8, 8), np.bool_)
    names: list[str] = []
    editing.edited.connect(lambda overlay, edit, is_undo, patches: names.append(f"{'undo ' * is_undo}{edit.name}"))
    for number in (1, 2, 3):
        editing.run(overlay, f"to {number}", partial(all_to, box, mask, number))
    editing.undo()
    qtbot.waitUntil(lambda: len(names) == 4)
    assert names == ["to 1", "to 2", "to 3", "undo to 3"]
    assert (overlay.labels.array == 2).all()


def all_to(box: Any, mask: NDArray[Any], number: int, labels: Labels, cancelled: object) -> list[Change]:
    return [Change(box, mask, number)]


def rows(first: int, last: int, number: int) -> Change:
    return Change(box_of((0, first, 0), (1, last, 4)), np.ones((1, last - first, 4), np.bool_), number)


def stroke(editing: Editing, overlay: Overlay, change: Change) -> None:
    assert editing.begin(overlay, "Brush stroke")
    editing.paint(change)
    editing.end()


def is_indexed(overlay: Overlay) -> bool:
    """Tell whether the index says what the array holds."""
    labels = overlay.labels
    numbers, counts = np.unique(labels.array[labels.array != 0], return_counts=True)
    return {n: labels.index.count(n) for n in labels.index.numbers()} == dict(
        zip(numbers.tolist(), counts.tolist(), strict=True)
    )


def test_undo_in_the_middle_of_a_stroke_takes_the_stroke_back(qtbot: QtBot, jobs: Jobs) -> None:
    editing, overlay = editing_of(jobs, np.zeros((1, 10, 4), np.uint8))
    stroke(editing, overlay, rows(0, 4, 1))
    assert editing.begin(overlay, "Brush stroke")
    editing.paint(rows(2, 8, 2))
    editing.undo()
    assert overlay.labels.array[0, :, 0].tolist() == [1] * 4 + [0] * 6
    assert is_indexed(overlay)
    editing.redo()
    assert overlay.labels.array[0, :, 0].tolist() == [1] * 2 + [2] * 6 + [0] * 2
    editing.undo()
    editing.undo()
    assert not overlay.labels.array.any() and is_indexed(overlay)


def test_redo_in_the_middle_of_a_stroke_keeps_the_stroke(qtbot: QtBot, jobs: Jobs) -> None:
    editing, overlay = editing_of(jobs, np.zeros((1, 10, 4), np.uint8))
    stroke(editing, overlay, rows(0, 4, 1))
    editing.undo()
    assert editing.begin(overlay, "Brush stroke")
    editing.paint(rows(2, 8, 2))
    editing.redo()
    assert overlay.labels.array[0, :, 0].tolist() == [0] * 2 + [2] * 6 + [0] * 2
    editing.undo()
    assert not overlay.labels.array.any()


def wait_until_free(qtbot: QtBot, editing: Editing) -> None:
    qtbot.waitUntil(lambda: not editing.is_busy, timeout=20_000)


@pytest.mark.parametrize("is_in_worker", [False, True])
def test_what_does_not_fit_after_converting_is_not_brought_back_and_said(
    qtbot: QtBot, jobs: Jobs, is_in_worker: bool
) -> None:
    side = 2100 if is_in_worker else 4
    editing, overlay = editing_of(jobs, np.zeros((1, side, side), np.int32))
    everything = np.ones((1, side, side), np.bool_)
    for number in (70_000, 0):
        stroke(editing, overlay, Change(box_of((0, 0, 0), (1, side, side)), everything, number))
    editing.convert(overlay, "uint16")
    wait_until_free(qtbot, editing)
    said: list[str] = []
    editing.said.connect(lambda text, level: said.append(text))
    editing.undo()
    wait_until_free(qtbot, editing)
    assert said == ["Number 70000 does not fit into labels of 16 bits: convert them to more."]
    assert not overlay.labels.array.any()
    editing.convert(overlay, "int32")
    wait_until_free(qtbot, editing)
    editing.undo()
    wait_until_free(qtbot, editing)
    assert (overlay.labels.array == 70_000).all() and is_indexed(overlay)


def test_an_undo_that_ends_after_the_block_was_left_and_come_back_to_is_told(qtbot: QtBot, jobs: Jobs) -> None:
    overlays = Overlays()
    overlay = Overlay(Labels(np.zeros((1, 2100, 2100), np.uint8)), OverlayState("labels"), None, is_own=True)
    overlays.add(overlay)
    editing = Editing(jobs, overlays)
    stroke(editing, overlay, Change(box_of((0, 0, 0), (1, 2100, 2100)), np.ones((1, 2100, 2100), np.bool_), 3))
    told: list[Any] = []
    editing.edited.connect(lambda *fields: told.append(fields))
    editing.undo()
    assert editing.is_busy
    overlays.remove(overlay)
    overlays.add(overlay)  # what is not saved yet is held, and shown again
    with qtbot.waitSignal(overlay.changed, timeout=20_000):
        wait_until_free(qtbot, editing)
    assert [(one, is_undo) for one, _, is_undo, _ in told] == [(overlay, True)]
    assert not overlay.labels.array.any()


def test_nothing_is_painted_while_labels_are_duplicated(qtbot: QtBot, jobs: Jobs) -> None:
    """A stroke between the copy of the array and that of its index would be in one of them only."""
    editing, overlay = editing_of(jobs, np.zeros((1, 2100, 2100), np.uint8))
    stroke(editing, overlay, rows(0, 4, 1))
    copies: list[Labels] = []
    editing.duplicate(overlay, copies.append)
    assert not editing.begin(overlay, "Brush stroke")
    wait_until_free(qtbot, editing)
    stroke(editing, overlay, rows(0, 4, 2))
    (copy,) = copies
    assert copy.index.numbers() == [1] and copy.index.count(1) == np.count_nonzero(copy.array == 1) == 16


def test_what_an_operation_took_back_is_told_for_who_saw_it(qtbot: QtBot, jobs: Jobs) -> None:
    """A save that read the array in between has what is not there any more."""
    editing, overlay = editing_of(jobs, np.zeros((1, 10, 4), np.uint8))
    boxes: list[Any] = []
    overlay.changed.connect(boxes.append)
    # The second does not fit into 8 bits
    with qtbot.waitSignal(editing.said, timeout=20_000):
        editing.run(overlay, "Split into pieces", lambda labels, cancelled: [rows(2, 5, 255), rows(6, 7, 256)])
    assert not overlay.labels.array.any()
    assert any(box[1].start <= 2 and box[1].stop >= 5 for box in boxes)
