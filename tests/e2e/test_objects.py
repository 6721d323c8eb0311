"""Whole objects by mouse and keys in the real window: in slices, and in the volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import tifffile
from scipy import ndimage

from core.painting.brush import Brush
from core.painting.label_colors import colors_of
from tests.e2e.files import make_blocks, write_classes
from tests.e2e.hand import Hand, difference, saved_file
from tests.e2e.labels_model import LabelsModel

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.hand import Array
    from tests.e2e.program import Program

SHAPE = (12, 40, 60)  # z, y, x
SIZES = (1.0, 0.5, 0.5)
OPACITY, STRONGER = 0.6, 0.35
"""Of overlays, and what is added for selected objects."""


def make_labels(annotations: Path) -> Array:
    """Write labels of five objects for the only block, as another program would; return them."""
    made = np.zeros(SHAPE, np.uint16)
    made[4:8, 5:15, 5:15] = 1
    made[5:7, 9:11, 9:11] = 0  # a hole
    made[4:8, 5:15, 20:30] = 2
    made[2, 25:35, 5:15] = made[8, 25:35, 5:15] = 3  # nothing in between
    made[4:8, 25:35, 30:51] = 4
    made[5:7, 20:23, 52:56] = 5
    path = saved_file(annotations, "block_0000")
    path.parent.mkdir(parents=True)
    tifffile.imwrite(path, made, metadata={"axes": "ZYX"})
    return made


def make_dark_block(root: Path) -> Path:
    """Write one block that is black: what is seen are labels; return `root`."""
    (root / "block_0000").mkdir(parents=True)
    tifffile.imwrite(
        root / "block_0000" / "ch_1.tif",
        np.zeros(SHAPE, np.uint16),
        imagej=True,
        resolution=(1 / SIZES[2], 1 / SIZES[1]),
        metadata={"spacing": SIZES[0], "unit": "um", "axes": "ZYX"},
    )
    return root


def start_one(start: Start, tmp_path: Path, annotations: Path) -> tuple[Program, Hand]:
    data, classes = make_dark_block(tmp_path / "data"), write_classes(tmp_path, ["Cell"])
    settings = tmp_path / "home" / "config" / "cytoscribe" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"painting": {"amount": 1.0}}', encoding="utf-8")  # micrometres: two voxels of a slice
    program = start(data, "--annotations-root", annotations, "--user", "alice", "--classes", classes)
    hand = Hand(program, annotations, tmp_path / "home", SHAPE, SIZES, channels=1)
    hand.begin()
    return program, hand


def shown(number: int, is_selected: bool = False) -> Array:
    """Return the colour in which a number is seen over black."""
    found: Array = colors_of(np.array([number]))[0] * (OPACITY + STRONGER * is_selected)
    return found


def wait_shown(hand: Hand, point: tuple[float, float, float], number: int, is_selected: bool = False) -> None:
    wanted = shown(number, is_selected)
    hand.wait_pixel(hand.pixel(point), lambda color: bool(np.abs(color - wanted).max() <= 3))


def test_objects_in_slices(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    first = make_labels(annotations_root)
    program, hand = start_one(start, tmp_path, annotations_root)
    with hand:
        program.seen("labels_there", names=["labels"])
        model = LabelsModel(hand, first)
        wanted = model.array

        # The status line: also of the slice that comes to lie under a mouse that stays
        hand.go(hand.pixel((6, 12, 7)))
        program.wait("pointed_object", text="labels 1   392 voxels   98 µm³")
        program.keys("Home")
        program.wait("pointed_object", text="")
        program.keys(*["Right"] * 6)
        program.wait("pointed_object", text="labels 1   392 voxels   98 µm³")

        # What is seen: the colours of the numbers, stronger when selected
        wait_shown(hand, (6, 12, 7), 1)
        wait_shown(hand, (6, 12, 24), 2)
        wait_shown(hand, (6, 38, 24), 0)
        hand.keys("s")
        hand.click((6, 12, 7))
        wait_shown(hand, (6, 12, 7), 1, is_selected=True)
        hand.keys("y")
        wait_shown(hand, (6, 12, 24), 0)
        hand.keys("y")
        wait_shown(hand, (6, 12, 24), 2)
        hand.keys("h")
        wait_shown(hand, (6, 12, 7), 0)
        hand.keys("shift+h")
        wait_shown(hand, (6, 12, 7), 1)

        hand.click((6, 12, 7))
        hand.click((6, 12, 24), held="Shift_L")
        hand.keys("j")
        hand.did("Merge 2 objects")
        wanted[wanted == 2] = 1
        model.check("merge")

        hand.keys("shift+f")
        hand.did("Fill holes")
        wanted[5:7, 9:11, 9:11] = 1
        model.check("holes")

        hand.click((6, 30, 40))
        hand.keys("ctrl+Up")
        hand.did("Grow")
        before = wanted.copy()
        near = ndimage.distance_transform_edt(wanted[6] != 4, SIZES[1:]) <= 1.0  # micrometre
        wanted[4:8, near] = 4
        model.check("grow by a micrometre")
        hand.keys("ctrl+Down")
        hand.did("Shrink")
        wanted[:] = before
        model.check("shrink by a micrometre")

        hand.keys("k")
        hand.drag([(6, 22, 40), (6, 38, 40)])
        program.wait("label_edit", edit="Cut")
        parts = hand.painted()
        assert set(np.unique(parts[6, 25:35, 30:51]).tolist()) == {4, 6}
        assert {4, 6} == {int(parts[6, 30, 32]), int(parts[6, 30, 48])}
        assert not (parts[6, 25:35, 30:39] != parts[6, 30, 32]).any()
        assert not (parts[6, 25:35, 42:51] != parts[6, 30, 48]).any()
        parts[parts == 6] = 4
        assert not difference(parts, wanted)  # nothing else
        hand.keys("ctrl+z")
        hand.did("Cut", undo=True)
        model.check("cut undone", is_new=False)

        hand.keys("shift+k")
        hand.click((6, 30, 33))
        hand.click((6, 30, 47))
        hand.keys("Return")
        hand.did("Split")
        parts = hand.painted()
        assert {int(parts[6, 30, 31]), int(parts[6, 30, 49])} == {4, 6}
        assert not (parts[4:8, 25:35, 30:37] != parts[6, 30, 31]).any()
        assert not (parts[4:8, 25:35, 44:51] != parts[6, 30, 49]).any()
        parts[parts == 6] = 4
        assert not difference(parts, wanted)
        hand.keys("ctrl+z")
        hand.did("Split", undo=True)
        model.check("split undone", is_new=False)

        # From object to object, each in the middle of the view
        hand.keys("s")
        hand.click((6, 38, 24))  # nothing: no object is selected
        hand.keys("n")
        program.wait("object", number=1)
        hand.keys("n")
        program.wait("object", number=3)
        program.wait("frame", z=5)
        hand.keys("shift+i")
        hand.did("Interpolate")
        wanted[3:8, 25:35, 5:15] = 3
        model.check("interpolated")
        hand.keys("End", "Left", "Left", "Left")
        program.wait("frame", z=8)
        hand.keys("ctrl+d")
        hand.did("Copy to the next slice")
        program.wait("frame", z=9)
        wanted[9, 25:35, 5:15] = 3
        model.check("copied")
        hand.keys("shift+n")
        program.wait("object", number=1)
        hand.keys("r")
        hand.look()

        # Nothing is selected, and the object that was painted last is not meant instead
        program.keys("s")
        hand.click((6, 38, 24))
        program.keys("Delete")
        program.wait("message", text="No object is selected: S and a click select one, Shift adds more.")
        program.keys("n")
        program.wait("object", number=1)
        program.keys("r")
        hand.look()

        # Locked: neither brush nor Delete changes it
        hand.keys("shift+l", "p", "9")
        program.wait("tool", name="brush", number=9)
        really = hand.drag([(6, 10.4, 10.4), (6, 10.4, 40.4)])
        hand.did("Brush stroke")
        model.sweep(Brush(10), really, 9, allowed=wanted != 1)
        model.check("brush over a locked object")
        hand.keys("s")
        hand.click((6, 7, 7))
        hand.keys("Delete")
        program.wait("message", text="The object is locked: Shift+L unlocks it.")
        hand.keys("shift+l")
        program.wait("message", text="Unlocked: 1")

        # Only over selected objects
        hand.keys("shift+e", "p", "8")
        program.wait("tool", over="selected", number=8)
        really = hand.drag([(6, 7.4, 7.4), (6, 30.4, 40.4)])
        hand.did("Brush stroke")
        model.sweep(Brush(10), really, 8, allowed=wanted == 1)
        model.check("brush over a selected object")

        # Round all that is on the right; one more by Shift, one less
        hand.keys("shift+e", "s")
        hand.keys("ctrl+shift+a")
        ring = [hand.pixel((6, y, x)) for y, x in ((20, 25), (20, 58), (38, 58), (38, 25))]
        hand.drag_pixels([*ring, ring[0]])  # closed where it began: no click
        hand.click((6, 30, 10), held="Shift_L")
        hand.click((6, 21, 54), held="Shift_L")
        hand.keys("Delete")
        hand.did("Delete objects")
        wanted[(wanted == 4) | (wanted == 3)] = 0
        model.check("deleted")

        assert not difference(hand.saved(), wanted)
        model.undo_all()
        hand.keys("ctrl+a", "ctrl+shift+a")
    program.quit()


def test_objects_in_the_volume(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    first = make_labels(annotations_root)
    first[9:11, 3:18, 3:18] = 7  # behind object 1
    tifffile.imwrite(saved_file(annotations_root, "block_0000"), first, metadata={"axes": "ZYX"})
    program, hand = start_one(start, tmp_path, annotations_root)
    with hand:
        program.seen("labels_there", names=["labels"])
        hand.keys("v")
        hand.look("3d")

        # The status line
        hand.go(hand.volume_pixel(10, 10))
        program.wait("pointed_object", text="labels 1   392 voxels   98 µm³")
        hand.go(hand.volume_pixel(38, 24))
        program.wait("pointed_object", text="")

        hand.keys("l")
        for number, y, x in ((4, 30, 40), (7, 4, 4), (1, 10, 10)):
            hand.click_pixel(hand.volume_pixel(y, x))
            program.wait("tool", name="pick", number=number)

        # A drag beside objects turns the camera, and paints nothing
        hand.keys("p")
        program.wait("tool", name="brush")
        upright = program.pixels()
        hand.drag_pixels([hand.volume_pixel(38, 20), hand.volume_pixel(36, 30), hand.volume_pixel(34, 40)])
        assert (program.pixels() != upright).any(axis=2).sum() > 1000
        assert not program.named("label_edit")
        hand.keys("r")
        hand.look("3d")

        # On the surface as it was: to and fro over a place is no tower
        hand.keys("8", *["bracketleft"] * 5)
        program.wait("tool", number=8, diameter=5)
        places = [hand.volume_pixel(12, x) for x in (22, 26, 22, 26, 22)]
        hand.drag_pixels(places)
        hand.did("Brush stroke")
        painted = hand.painted()
        depth = np.nonzero(painted == 8)[0]
        assert depth.min() in (2, 3) and depth.max() in (5, 6)  # round the first slice of object 2, which is 4
        assert (painted[4, 12, 22:27] == 8).all()
        assert not difference(np.where(painted == 8, first, painted), first)

        # The eraser works on the object that it hit
        hand.keys("e")
        program.wait("tool", name="erase")
        hand.drag_pixels([hand.volume_pixel(7, x) for x in (24, 27, 24)])
        hand.did("Eraser stroke")
        erased = hand.painted()
        gone = erased != painted
        assert gone.any() and set(np.unique(painted[gone]).tolist()) == {2}

        # A fill, a merge and a deletion
        hand.keys("f", "9")
        hand.click_pixel(hand.volume_pixel(30, 40))
        hand.did("Fill")
        wanted = np.where(erased == 4, 9, erased)
        assert not difference(hand.painted(), wanted)
        hand.keys("s")
        hand.click_pixel(hand.volume_pixel(7, 7))
        hand.click_pixel(hand.volume_pixel(4, 4), held="Shift_L")
        hand.keys("j")
        hand.did("Merge 2 objects")
        wanted[wanted == 7] = 1
        assert not difference(hand.painted(), wanted)
        hand.click_pixel(hand.volume_pixel(30, 40))
        hand.keys("Delete")
        hand.did("Delete objects")
        wanted[wanted == 9] = 0
        assert not difference(hand.saved(), wanted)
        for edit in ("Delete objects", "Merge 2 objects", "Fill", "Eraser stroke", "Brush stroke"):
            hand.keys("ctrl+z")
            hand.did(edit, undo=True)
        assert not difference(hand.painted(), first)
    program.quit()


def test_what_is_told_of_the_object_under_a_mouse_that_rests(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    make_labels(annotations_root)
    make_blocks(tmp_path / "data", ["block_0001"], shape=SHAPE)
    program, hand = start_one(start, tmp_path, annotations_root)
    with hand:
        program.seen("labels_there", names=["labels"])
        program.keys("s")
        hand.click((6, 7, 25))
        assert program.wait("pointed_object")["text"].startswith("labels 2   400 voxels   100 µm³")
        program.keys("Delete")
        program.wait("pointed_object", text="")
        program.keys("ctrl+z")
        assert program.wait("pointed_object")["text"].startswith("labels 2   400 voxels")
        program.keys("shift+l")
        assert program.wait("pointed_object")["text"].endswith("locked")
        program.keys("Down")
        program.wait("pointed_object", text="")
    program.quit()


def test_a_file_beside_the_block_is_opened_by_its_name_and_painted_with_a_new_number(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    program, hand = start_one(start, tmp_path, annotations_root)
    with hand:
        made = np.zeros(SHAPE, np.float32)
        made[4:8, 5:15, 5:15] = 41
        tifffile.imwrite(tmp_path / "data" / "block_0000" / "cells.txt", made)  # no channel by its name
        program.keys("ctrl+l")
        program.wait("action", name="open_labels")
        program.focus("Open labels")
        program.type("cells.txt")
        program.keys("Return")
        program.focus()
        program.wait("tool", number=42)
        model = LabelsModel(hand, made)
        model.sweep(Brush(10), hand.drag([(6, 30, 30), (6, 30, 40)]), 42)
        hand.did("Brush stroke")
        assert not difference(hand.saved(name="cells"), model.array)
    program.quit()
