"""Painted labels are never lost: two sessions of one person, a share that goes away, a program that is killed."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from app.actions import ACTIONS
from tests.e2e.files import block_names, make_blocks, write_classes
from tests.e2e.xkeys import LEFT, XKeys

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.e2e.conftest import Start
    from tests.e2e.program import Event, Program

SIZE = 64
_PRIMARY = (47, 111, 184)
"""The colour of the button that is proposed."""


def begun(start: Start, tmp_path: Path, annotations: Path, **options: Any) -> tuple[Program, Event]:
    """Start the program on two blocks of 6 x 64 x 64, in the painting mode; return it and its last frame."""
    data = tmp_path / "data"
    if not data.exists():
        make_blocks(data, block_names(2), (6, SIZE, SIZE))
    classes = write_classes(tmp_path, ["Cell"])  # no message lies over the canvas
    program = start(data, "--annotations-root", annotations, "--user", "alice", "--classes", classes, **options)
    frame = program.wait("frame", block="block_0000", fine=True)
    program.seen("labels_there")
    program.keys("p")
    program.wait("mode", name="paint")
    return program, frame


def pixel(frame: Event, y: float, x: float) -> tuple[int, int]:
    """Return where a voxel of the slice is on the screen."""
    (left, top), (width, height) = frame["at"], frame["size"]
    scale = min(width, height) / SIZE
    return (
        round(left + width / 2 + (x + 0.5 - SIZE / 2) * scale),
        round(top + height / 2 + (y + 0.5 - SIZE / 2) * scale),
    )


def drag(program: Program, frame: Event, y: float, x: float, *, is_released: bool = True) -> None:
    """Draw with the tool in hand from a voxel ten voxels to the right."""
    with XKeys(program.display) as keys:
        keys.move(*pixel(frame, y, x))
        keys.button(LEFT, down=True)
        for step in range(1, 6):
            keys.move(*pixel(frame, y, x + 2 * step))
            time.sleep(0.02)  # as a hand would: vispy leaves out moves in too quick succession
        if is_released:
            keys.button(LEFT, down=False)


def stroke(program: Program, frame: Event, y: float, x: float) -> None:
    """Draw one stroke and wait until it is an edit."""
    drag(program, frame, y, x)
    program.wait("label_edit", undo=False)


def away_and_back(program: Program) -> Event:
    """Go to the next block and back to the first; return its frame with its labels."""
    program.keys("Down")
    program.wait("frame", block="block_0001")
    program.keys("Up")
    program.wait("labels_there", names=["labels"])
    return program.wait("frame", block="block_0000")


def choose(program: Program, frame: Event) -> None:
    """Click the proposed button of the question above the canvas."""
    left, right = frame["at"][0], frame["at"][0] + frame["size"][0]
    for _ in range(40):  # the bar may be a frame behind the log
        rows, columns = np.nonzero((program.pixels()[27:100, left:right] == _PRIMARY).all(axis=2))
        if len(rows):
            program.click(int(left + np.median(columns)), int(27 + np.median(rows)))
            return
    raise AssertionError(program.report("no question is on screen"))


def files(annotations: Path, block: str = "block_0000") -> dict[str, NDArray[Any]]:
    """Return all labels of a block by name."""
    folder = annotations / "labels" / "alice" / block
    return {path.stem: tifffile.imread(path) for path in sorted(folder.glob("*.tif"))}


def numbers(array: NDArray[Any]) -> list[int]:
    """Return which numbers there are."""
    return [int(number) for number in np.unique(array[array > 0])]


def test_two_sessions_paint_on_one_name_and_merge(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    first, frame = begun(start, tmp_path, annotations_root)
    second, other_frame = begun(start, tmp_path, annotations_root)
    stroke(first, frame, 12, 20)
    first.wait("labels_saved", name="labels")
    theirs = files(annotations_root)["labels"]
    assert numbers(theirs) == [1]

    second.keys("2")
    second.wait("tool", number=2)
    stroke(second, other_frame, 50, 30)
    second.wait("labels_conflict", name="labels")
    asked = second.wait("conflict_asked")
    assert "elsewhere, by alice at" in asked["text"]
    assert asked["wishes"][0] == "compare"
    second.wait("other_version_there", name="labels")
    found = files(annotations_root)
    (name,) = found.keys() - {"labels"}
    assert name.startswith("labels (other version ")
    assert np.array_equal(found["labels"], theirs)
    assert numbers(found[name]) == [2]
    assert not ((theirs > 0) & (found[name] > 0)).any()

    choose(second, other_frame)
    second.wait("comparing", mine=name, theirs="labels")
    second.wait("differences", count=2, left=2)
    second.keys("ctrl+period")  # the first is in theirs only
    second.wait("comparison", count=1, left=1)
    second.keys("ctrl+comma")  # the other in mine only
    second.wait("comparison", count=1, left=0)
    second.keys("ctrl+z")
    second.wait("label_edit", edit="Take theirs", undo=True)
    second.wait("differences", count=2, left=1)
    second.keys("ctrl+shift+z")
    second.wait("differences", count=1, left=0)
    second.keys("ctrl+Return")
    assert second.wait("conflict_asked")["wishes"][0] == "keep_merged"
    choose(second, other_frame)
    second.wait("labels_filed", name="labels")
    merged = np.maximum(theirs, found[name])
    now = files(annotations_root)
    assert set(now) == {"labels"}
    assert np.array_equal(now["labels"], merged)
    deleted = list((annotations_root / "labels" / "alice" / "block_0000" / ".deleted").iterdir())
    assert len(deleted) == 1
    assert np.array_equal(tifffile.imread(deleted[0]), theirs)

    # The merged version is saved under its name from now on; the other session knows nothing of it yet
    stroke(second, other_frame, 30, 10)
    second.wait("labels_saved", name="labels")
    merged = files(annotations_root)["labels"]
    stroke(first, frame, 40, 40)
    first.wait("labels_conflict", name="labels")
    now = files(annotations_root)
    assert np.array_equal(now["labels"], merged)
    (name,) = now.keys() - {"labels"}
    assert np.array_equal((now[name] > 0) & (theirs > 0), theirs > 0)
    assert (now[name] > 0).sum() > (theirs > 0).sum()
    first.quit()
    second.quit()
    assert set(files(annotations_root)) == {"labels", name}


def test_two_overlays_of_a_block_are_compared(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    mine, theirs = np.zeros((2, 6, SIZE, SIZE), np.uint16)
    mine[1:4, 10:20, 10:20] = 1
    theirs[1:4, 10:20, 10:25] = 1
    theirs[2:5, 40:50, 40:50] = 70  # only theirs
    mine[0:2, 30:35, 5:10], theirs[0:2, 30:35, 5:10] = 2, 3
    folder = annotations_root / "labels" / "alice" / "block_0000"
    folder.mkdir(parents=True)
    tifffile.imwrite(folder / "b.tif", mine)
    tifffile.imwrite(folder / "a.tif", theirs)
    program, frame = begun(start, tmp_path, annotations_root)
    program.keys("ctrl+m")
    program.wait("comparing", mine="b", theirs="a")  # the last one is painted on
    program.wait("differences", count=3, left=3)
    seen: set[tuple[int, ...]] = {(3, 32, 32)}  # where the block begins
    for _ in range(3):
        seen.add(next_place(program, seen))
        program.keys("period")
    assert len({(int(mine[at]), int(theirs[at])) for at in seen} & {(0, 1), (0, 70), (2, 3)}) == 3

    stroke(program, frame, 58, 30)  # painting goes on, and is a difference too
    program.wait("differences", count=4, left=4)
    program.keys("ctrl+z")
    program.wait("differences", count=3, left=3)
    click_all_theirs(program, frame)
    program.wait("label_edit", edit="Take all theirs")
    program.wait("differences", count=0)
    program.keys("ctrl+Return")
    program.wait("compared")
    program.quit()
    now = files(annotations_root)
    assert set(now) == {"a", "b"}  # what showed the differences is not kept
    assert np.array_equal(now["b"], theirs)
    assert np.array_equal(now["a"], theirs)


def next_place(program: Program, seen: set[tuple[int, ...]]) -> tuple[int, ...]:
    """Wait for a frame with another position, and return that."""
    while True:
        place = tuple(program.wait("frame", fine=True)["position"])
        if place not in seen:
            return place


def click_all_theirs(program: Program, frame: Event) -> None:
    """Click "Take all theirs": to the right of the proposed button and of the next one."""
    left, right = frame["at"][0], frame["at"][0] + frame["size"][0]
    rows, columns = np.nonzero((program.pixels()[27:100, left:right] == _PRIMARY).all(axis=2))
    program.click(int(left + columns.max() + 160), int(27 + np.median(rows)))


def taken_away(annotations: Path) -> Path:
    """Put a file in the place of the folder of alice's labels, as nobody stops root from writing; return its place."""
    folder = annotations / "labels"
    folder.mkdir(exist_ok=True)
    path = folder / "alice"
    if path.exists():
        path.rename(annotations / "away")
    path.write_text("not a folder", encoding="utf-8")
    return path


def given_back(annotations: Path) -> None:
    (annotations / "labels" / "alice").unlink()
    if (annotations / "away").exists():
        (annotations / "away").rename(annotations / "labels" / "alice")


def test_a_folder_that_cannot_be_written_and_comes_back(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    program, frame = begun(start, tmp_path, annotations_root)
    stroke(program, frame, 12, 20)
    program.wait("labels_saved", name="labels")
    taken_away(annotations_root)
    stroke(program, frame, 30, 20)
    program.wait("labels_failed", name="labels")
    frame = away_and_back(program)  # the block is left while it waits
    stroke(program, frame, 50, 20)
    given_back(annotations_root)
    program.wait("labels_saved", name="labels", timeout=20)
    program.quit()
    (painted,) = files(annotations_root).values()
    assert all(painted[3, y, 25] == 1 for y in (12, 30, 50))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    program, frame = begun(start, tmp_path, annotations_root)
    stroke(program, frame, 12, 20)
    program.wait("labels_saved", name="labels")
    folder = annotations_root / "labels" / "alice" / "block_0000"
    folder.chmod(0o500)
    try:
        stroke(program, frame, 30, 20)
        program.wait("labels_failed", name="labels")
    finally:
        folder.chmod(0o700)
    program.wait("labels_saved", name="labels")
    program.quit()
    assert files(annotations_root)["labels"][3, 30, 25] == 1


def test_a_program_that_is_killed_in_a_drag_loses_that_drag_alone(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    program, frame = begun(start, tmp_path, annotations_root)
    stroke(program, frame, 12, 20)
    program.wait("labels_saved", name="labels")
    taken_away(annotations_root)  # so that nothing more is saved, however long this takes
    stroke(program, frame, 30, 20)
    stroke(program, frame, 40, 20)
    drag(program, frame, 50, 20, is_released=False)
    program.kill()
    given_back(annotations_root)
    before = files(annotations_root)["labels"]
    assert [int(before[3, y, 25]) for y in (12, 30, 40, 50)] == [1, 0, 0, 0]

    again, frame = begun(start, tmp_path, annotations_root)
    assert again.seen("recovery_offered")["labels"] == ["labels"]
    choose(again, frame)
    assert "2 edits" in again.wait("recovered")["texts"][0]
    again.wait("labels_there")
    after = files(annotations_root)["labels"]
    assert [int(after[3, y, 25]) for y in (12, 30, 40, 50)] == [1, 1, 1, 0]
    assert np.array_equal(after[:, :20], before[:, :20])
    again.quit()
    last, _ = begun(start, tmp_path, annotations_root)
    last.quit()
    assert not last.named("recovery_offered")


def test_quitting_right_after_a_stroke_saves_it(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    program, frame = begun(start, tmp_path, annotations_root)
    stroke(program, frame, 12, 20)
    program.quit()
    assert files(annotations_root)["labels"][3, 12, 25] == 1
    again, frame = begun(start, tmp_path, annotations_root)
    stroke(again, frame, 40, 20)
    again.terminate()  # as the system does when it shuts down
    painted = files(annotations_root)["labels"]
    assert painted[3, 12, 25] == painted[3, 40, 25] == 1


def test_leaving_the_block_right_after_a_stroke_saves_it_there(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    program, frame = begun(start, tmp_path, annotations_root)
    for y in (12, 40):
        stroke(program, frame, y, 20)
        frame = away_and_back(program)  # what was painted is back at once, whether it was saved by then or not
    drag(program, frame, 55, 20, is_released=False)
    program.keys("Down")  # in the middle of a drag
    program.wait("frame", block="block_0001")
    program.quit()
    assert not program.named("labels_conflict")
    painted = files(annotations_root)["labels"]
    assert [int(painted[3, y, 25]) for y in (12, 40, 55)] == [1, 1, 1]
    assert files(annotations_root, "block_0001") == {}


def test_a_copy_that_was_never_saved_is_restored_with_what_it_was_copied_from(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    cells = np.zeros((6, SIZE, SIZE), np.uint16)
    cells[1:5, 40:50, 10:20] = 7
    path = annotations_root / "labels" / "bob" / "block_0000" / "cells.tif"
    path.parent.mkdir(parents=True)
    tifffile.imwrite(path, cells)
    before = path.read_bytes()
    taken_away(annotations_root)
    program, frame = begun(start, tmp_path, annotations_root)
    program.click(252, 11)  # the menu
    entries = [row.name for row in ACTIONS if row.menu == "Labels" and row.mode != "judge"]
    program.keys(*["Down"] * (entries.index("open_others") + 1), "Return")
    program.wait("action", name="open_others")
    program.focus("Open labels of others")
    program.keys("Return")
    program.focus()
    program.wait("tool", number=8)  # that nothing has: 7 is an object of bob's
    stroke(program, frame, 12, 20)
    program.wait("labels_failed", name="cells")
    program.kill()
    given_back(annotations_root)

    again, frame = begun(start, tmp_path, annotations_root)
    assert again.seen("recovery_offered")["labels"] == ["cells"]
    choose(again, frame)
    again.wait("labels_there", names=["cells"])
    again.quit()
    restored = files(annotations_root)["cells"]
    assert np.array_equal(restored[:, 30:], cells[:, 30:])
    assert restored[3, 12, 25] == 8
    assert path.read_bytes() == before


def test_labels_that_get_another_name_keep_what_is_painted_meanwhile(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    program, frame = begun(start, tmp_path, annotations_root)
    stroke(program, frame, 12, 20)  # not saved yet
    program.keys("F2")
    program.focus("Rename labels")
    program.keys("ctrl+a")
    program.type("cells")
    program.keys("Return")
    program.focus()
    stroke(program, frame, 30, 20)  # while that goes on, or just after
    program.seen("labels_filed", name="cells")
    stroke(program, frame, 40, 20)
    program.wait("labels_saved", name="cells")
    assert list(files(annotations_root)) == ["cells"]
    taken_away(annotations_root)
    stroke(program, frame, 50, 20)
    program.wait("labels_failed", name="cells")
    program.kill()
    given_back(annotations_root)

    again, frame = begun(start, tmp_path, annotations_root)
    assert again.seen("recovery_offered")["labels"] == ["cells"]
    choose(again, frame)
    assert "1 edit" in again.wait("recovered")["texts"][0]
    again.wait("labels_there", names=["cells"])
    again.quit()
    painted = files(annotations_root)
    assert list(painted) == ["cells"]
    assert [int(painted["cells"][3, y, 25]) for y in (12, 30, 40, 50)] == [1, 1, 1, 1]
