"""Painting with real mouse and keys: what each tool leaves on the disk, voxel for voxel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

from app.render.planes import PLANES
from core.painting.brush import Brush
from tests.e2e.files import make_blocks, write_channel, write_classes
from tests.e2e.hand import Hand, difference
from tests.e2e.labels_model import LabelsModel
from tests.e2e.xkeys import RIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.hand import Array, Point

SHAPE = (12, 40, 60)  # z, y, x
SIZES = (2.0, 0.5, 1.0)
"""z, y, x in micrometres."""
EVEN = (1.0, 1.0, 1.0)


def make_sized_block(root: Path, name: str, sizes: Sequence[float]) -> Path:
    """Write a block of one channel with voxels of that size (z, y, x in micrometres); return `root`."""
    (root / name).mkdir(parents=True)
    tifffile.imwrite(
        root / name / "ch_1.tif",
        np.random.default_rng(3).integers(0, 4000, SHAPE, dtype=np.uint16),
        imagej=True,
        resolution=(1 / sizes[2], 1 / sizes[1]),
        metadata={"spacing": sizes[0], "unit": "um", "axes": "ZYX"},
    )
    return root


@pytest.mark.parametrize(("scale", "sizes"), [(1.0, EVEN), (2.0, SIZES)])
def test_a_stroke_is_the_swept_brush_in_every_plane(
    start: Start, tmp_path: Path, annotations_root: Path, scale: float, sizes: tuple[float, float, float]
) -> None:
    data = make_sized_block(tmp_path / "data", "block_0000", sizes)
    classes = write_classes(tmp_path, ["Cell"])  # no message lies over the canvas
    program = start(
        data, "--annotations-root", annotations_root, "--user", "alice", "--classes", classes,
        scale=scale if scale != 1 else None, size=(round(1366 * scale), round(768 * scale)),
    )  # fmt: skip
    with Hand(program, annotations_root, tmp_path / "home", SHAPE, sizes, scale) as hand:
        hand.begin()
        model, number = LabelsModel(hand), 0

        def stroke(brush: Brush, pane: str, points: Sequence[Point]) -> None:
            nonlocal number
            number += 1
            hand.keys(str(number) if number <= 9 else "equal")
            program.wait("tool", number=number, diameter=brush.diameter, dims=3 if brush.is_3d else 2)
            really = hand.drag(points, pane)
            hand.did("Brush stroke")
            model.sweep(brush, really, number)
            model.check(f"{brush} in {pane}")

        is_short = scale != 1  # a frame takes long where there are four times as many pixels
        for diameter, fewer in ((10, 0), (3, 7), (2, 1), (1, 1)):
            if is_short and number:
                hand.keys(*["bracketleft"] * fewer)
                continue
            if fewer:
                hand.keys(*["bracketleft"] * fewer)
            stroke(Brush(diameter), "xy", [(6, 5.4, 8.4), (6, 12.4, 30.4), (6, 33.4, 40.4 - diameter)])
        hand.keys("o", *["bracketright"] * 3)
        hand.look("ortho")
        for is_3d, is_square in ((False, False), (True, False), (True, True))[: 2 if is_short else 3]:
            if is_3d and not is_square:
                hand.keys("d")
            if is_square:
                hand.keys("q")
            for pane, plane in PLANES.items():
                way = [(3.3, 9.3, 12.3), (8.3, 28.3, 30.3), (4.3, 30.3, 50.3 - 7 * is_3d)]
                stroke(Brush(4, plane.depth, is_3d, is_square), pane, way)
        assert not difference(hand.saved(), model.array)
        if not is_short:
            model.undo_all()
    program.quit()


def make_bright_block(root: Path, name: str) -> tuple[Path, Array]:
    """Write a block of one channel: dark, with a bright box and one beside it that is less bright."""
    image = np.full(SHAPE, 100, np.uint16)
    image[3:9, 10:20, 30:40] = 3000
    image[3:9, 10:20, 40:46] = 2500
    write_channel(root / name / "ch_1.tif", image)
    return root, image


def test_every_tool_of_the_slice(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data, image = make_bright_block(tmp_path / "data", "block_0000")
    classes = write_classes(tmp_path, ["Cell"])
    program = start(data, "--annotations-root", annotations_root, "--user", "alice", "--classes", classes)
    with Hand(program, annotations_root, tmp_path / "home", SHAPE, channels=1) as hand:
        hand.begin()
        model = LabelsModel(hand)
        wanted = model.array

        hand.keys("shift+b", "1")
        hand.drag([(6, 5, 5), (6, 20, 2), (6, 10, 12)])  # only the last corner counts
        hand.did("Box")
        wanted[6, 5:11, 5:13] = 1
        model.check("box")
        hand.drag([(6, 5, 5), (6, 7, 8)], held="Control_L")
        hand.did("Box")
        wanted[6, 5:8, 5:9] = 0
        model.check("box that erases")

        hand.keys("i", "2", *["bracketleft"] * 7)
        really = hand.drag([(6, 20, 5), (6, 5, 30), (6, 30, 25)])
        hand.did("Line")
        model.sweep(Brush(3), [really[0], really[-1]], 2)
        model.check("line")

        hand.keys("g", "3")
        for corner in ((6, 24.5, 4.5), (6, 24.5, 19.5), (6, 38, 50)):
            hand.click(corner)
        hand.click((6, 20, 20), button=RIGHT)
        for corner in ((6, 34.5, 19.5), (6, 34.5, 4.5)):
            hand.click(corner)
        hand.keys("Right", "Return")
        message = "The polygon is in another slice, z 6: go back to it, or Escape gives it up."
        program.wait("message", text=message)
        hand.keys("Left", "Return")
        hand.did("Polygon")
        wanted[6, 25:35, 5:20] = 3
        model.check("polygon")

        for corner in ((6, 27.5, 7.5), (6, 27.5, 12.5), (6, 31.5, 12.5)):
            hand.click(corner, held="Control_L")
        hand.double_click((6, 31.5, 7.5), held="Control_L")
        hand.did("Polygon, erased")
        wanted[6, 28:32, 8:13] = 0
        model.check("polygon that erases")

        hand.keys("shift+g", "4")
        # A line that comes back to where it began is no click
        hand.drag([(6, 24.5, 44.5), (6, 24.5, 54.5), (6, 34.5, 54.5), (6, 34.5, 44.5), (6, 24.5, 44.5)])
        hand.did("Lasso")
        wanted[6, 25:35, 45:55] = 4
        model.check("lasso")

        hand.keys("f", "5")
        hand.click((6, 29, 50))
        hand.did("Fill")
        wanted[6][wanted[6] == 4] = 5
        model.check("fill")

        hand.keys("Right", "shift+b", "5")
        program.wait("frame", z=7)
        hand.drag([(7, 2, 50), (7, 5, 55)])
        hand.did("Box")
        wanted[7, 2:6, 50:56] = 5
        model.check("box in the next slice")
        hand.drag([(7, 25, 45), (7, 28, 48)])
        hand.did("Box")
        wanted[7, 25:29, 45:49] = 5
        model.check("box over the one in the slice before")
        hand.keys("f", "6")
        hand.click((7, 27, 47), held="Shift_L")
        hand.did("Fill")
        wanted[7][wanted[7] == 5] = 6
        model.check("fill of all of a number in the slice")
        hand.keys("d", "7")
        hand.click((7, 27, 47))
        hand.did("Fill")
        wanted[7, 25:29, 45:49] = 7
        model.check("fill in 3D: the other box does not hang together with it")
        hand.keys("8")
        hand.click((7, 3, 52), held="Shift_L")
        hand.did("Fill")
        wanted[wanted == 6] = 8
        model.check("fill of all of a number in 3D")

        hand.keys("l")
        hand.click((7, 27, 47))
        program.wait("tool", name="pick", number=7)
        hand.keys("d", "e")
        really = hand.drag([(7, 27, 40), (7, 27, 47), (7, 3, 52)])
        hand.did("Eraser stroke")
        model.sweep(Brush(3), really, 0)
        model.check("eraser")
        hand.keys("b")
        really = hand.drag([(7, 25, 40), (7, 25, 50), (7, 4, 54)])
        hand.did("Eraser stroke")
        model.sweep(Brush(3), really, 0, allowed=wanted == 7)
        model.check("eraser that preserves other numbers")
        hand.keys("p", "9")
        really = hand.drag([(7, 28, 46), (7, 4, 54)])
        hand.did("Brush stroke")
        model.sweep(Brush(3), really, 9, allowed=wanted == 0)
        model.check("brush over background only")

        hand.keys("b", "t", "3", *["bracketright"] * 9)
        # What it would paint is shown once the threshold is known
        hand.wait_pixel(hand.pixel((7, 12, 32)), lambda color: color.max() > color.min())
        really = hand.drag([(7, 15.4, 25.4), (7, 15.4, 50.4)])
        hand.did("Threshold stroke")
        model.sweep(Brush(12), really, 3, allowed=image > 1000)
        model.check("threshold brush")

        hand.keys("w", "4")
        left, top = hand.pixel((7, 15, 35))
        before = program.pixels()[top - 20, left]
        hand.go((left, top))
        hand.press()
        hand.go((left + 20, top))
        hand.wait_pixel((left, top - 20), lambda color: bool(np.abs(color - before.astype(int)).max() > 30))
        hand.release()
        hand.did("Region growing")
        told = f"Region of {np.count_nonzero(image[7] == 3000):,} voxels   brightness ± "
        assert any(one["text"].startswith(told) for one in program.named("pointed_object"))
        wanted[7][image[7] == 3000] = 4
        model.check("region growing")
        hand.keys("d")
        hand.drag_pixels([(left, top), (left + 70, top), (left + 60, top)])
        hand.did("Region growing")
        wanted[image > 2000] = 4
        model.check("region growing in 3D")

        assert not difference(hand.saved(), wanted)
        model.undo_all()
    program.quit()


def test_keys_of_painting_and_what_gives_up(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data, _ = make_bright_block(tmp_path / "data", "block_0000")
    make_blocks(data, ["block_0001", "block_0002"], shape=(5, 70, 30))
    (data / "block_0003").mkdir()
    (data / "block_0003" / "ch_1.tif").write_bytes(b"II*\0no image")
    classes = write_classes(tmp_path, ["Cell", "Pair"])
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice", "--classes", classes)
    program = start(*arguments)
    with Hand(program, annotations_root, tmp_path / "home", SHAPE, channels=1) as hand:
        hand.begin()
        model = LabelsModel(hand)

        # Keys of judging are not keys of painting
        hand.keys("1", "BackSpace", "u", "2")
        program.wait("tool", number=2)
        assert not program.named("decision")
        hand.keys("m")
        program.wait("tool", number=1)
        hand.keys("equal", "equal", "minus", "x")
        program.wait("tool", number=0)
        hand.keys("x")
        program.wait("tool", number=2)
        hand.keys("bracketright", "bracketright", "bracketleft", "q", "q")
        program.wait("tool", diameter=11)

        # Alt and a drag set the size: one voxel for each voxel that the mouse moves
        pixels = [hand.pixel((6, 30, at)) for at in (10, 12, 18)]
        hand.drag_pixels(pixels, held="Alt_L")
        program.wait("tool", diameter=19)
        hand.drag_pixels(pixels[::-1], held="Alt_L")
        program.wait("tool", diameter=11)

        # A stroke that Escape took back, and what is drawn after it
        hand.go(hand.pixel((6, 10, 10)))
        hand.press()
        hand.go(hand.pixel((6, 20, 20)))
        hand.wait_pixel(hand.pixel((6, 19, 20)), lambda color: color.max() > color.min())
        hand.keys("Escape")
        hand.wait_pixel(hand.pixel((6, 19, 20)), lambda color: color.max() == color.min())
        hand.go(hand.pixel((6, 30, 30)))
        hand.release()
        really = hand.drag([(6, 10, 40), (6, 20, 50)])
        hand.did("Brush stroke")
        assert len(program.named("label_edit")) == 1
        model.sweep(Brush(11), really, 2)
        model.check("stroke after one that was given up")

        # Polygon: Escape gives up the corners, and only the next one the mode
        hand.keys("g")
        for corner in ((6, 5, 5), (6, 5, 20), (6, 20, 20)):
            hand.click(corner)
        hand.keys("Escape", "Return")
        program.wait("action", name="finish_draft")
        assert len(program.named("label_edit")) == 1

        # Space held moves the view and does not paint; also with the button down when it is let go
        hand.keys("p")
        hand.hold("space", down=True)
        hand.drag([(6, 30, 10), (6, 30, 12), (6, 30, 15), (6, 30, 15.5)])  # the last one may be left out by vispy
        hand.hold("space", down=False)
        hand.wait_pixel(hand.pixel((6, 15, 40)), lambda color: color.max() == color.min())
        hand.keys("r")
        hand.wait_pixel(hand.pixel((6, 12, 42)), lambda color: color.max() > color.min())
        really = hand.drag([(6, 30, 10), (6, 30, 15)])
        hand.did("Brush stroke")
        model.sweep(Brush(11), really, 2)
        model.check("stroke after Space")

        # The block is left in the middle of a stroke
        hand.go(hand.pixel((6, 5, 5)))
        hand.press()
        end = hand.pixel((6, 5, 25))
        really = [hand.point(hand.pixel((6, 5, 5))), hand.point(end)]
        hand.go(end)
        hand.keys("Down")
        program.wait("frame", block="block_0001")
        hand.go(hand.pixel((6, 30, 25)))
        hand.release()
        model.sweep(Brush(11), really, 2)
        program.seen("labels_there", names=[])
        assert not difference(hand.saved(), model.array)

        # A block of another shape
        other = Hand(program, annotations_root, tmp_path / "home", (5, 70, 30))
        other.look()
        second = LabelsModel(other)
        really = other.drag([(2, 10, 10), (2, 60, 20)])
        other.did("Brush stroke")
        second.sweep(Brush(11), really, 1)
        assert not difference(other.painted("block_0001"), second.array)
        other.close()

        # Back to judging: the first Escape leaves; P has the brush in hand, whatever was before
        hand.keys("e")
        program.wait("tool", name="erase")
        hand.keys("Escape")
        program.wait("mode", name="judge")
        hand.keys("p")
        program.wait("tool", name="brush")
        hand.keys("Escape")
        program.wait("mode", name="judge")
        hand.keys("1")
        program.wait("decision", block="block_0001", value=1)
        program.wait("frame", block="block_0002")

        # Where there is no block a wish is answered with a sentence
        hand.keys("Down")
        program.wait("page", name="error", block="block_0003")
        hand.keys("p", "j")
        program.wait("message", text="No block is on screen that could be painted on.")
        hand.keys("Escape", "Up", "Up", "Up")
        program.wait("labels_there", names=["labels"])
        assert not difference(hand.painted(), model.array)
    program.quit()
