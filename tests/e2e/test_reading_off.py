"""Reading off: the ruler with the mouse in all planes, copies, and pictures of what is on the screen."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from PySide6.QtGui import QImage

from app.render.layout import arrange
from app.render.planes import PLANES
from tests.e2e.files import block_names, decided, make_blocks, write_classes
from tests.e2e.test_viewing import centre, picture
from tests.e2e.xkeys import LEFT, XKeys

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Event, Program

SHAPE = (12, 40, 60)
SIZES = (2.0, 0.5, 0.25)
"""z, y, x in micrometres."""
MIDDLE = tuple(n // 2 for n in SHAPE)
Voxel = tuple[int, int, int]


def make_stack(folder: Path) -> Path:
    """Write one OME-TIFF of anisotropic voxels; return its folder."""
    folder.mkdir(parents=True)
    data = np.random.default_rng(3).integers(0, 4000, SHAPE, dtype=np.uint16)
    metadata: dict[str, Any] = {"axes": "ZYX"}
    for name, size in zip("ZYX", SIZES, strict=True):
        metadata |= {f"PhysicalSize{name}": size, f"PhysicalSize{name}Unit": "µm"}
    tifffile.imwrite(folder / "cells.ome.tif", data, photometric="minisblack", metadata=metadata, ome=True)
    return folder


def place(frame: Event, pane: str, voxel: Voxel, scale: float) -> tuple[int, int]:
    """Return where the centre of a voxel is on the screen, in pixels, in orthogonal views that fit the block."""
    rects = arrange("ortho", (frame["size"][0], frame["size"][1]), ())
    sides = [n * size for n, size in zip(SHAPE, SIZES, strict=True)]
    units = max(
        max(sides[plane.right] / rects[name].width, sides[plane.down] / rects[name].height)
        for name, plane in PLANES.items()
    )
    rect, plane = rects[pane], PLANES[pane]
    x, y = (
        edge + length / 2 + (voxel[axis] - (SHAPE[axis] - 1) / 2) * SIZES[axis] / units
        for edge, length, axis in ((rect.x, rect.width, plane.right), (rect.y, rect.height, plane.down))
    )
    return round((frame["at"][0] + x) * scale), round((frame["at"][1] + y) * scale)


def distance(start: Voxel, end: Voxel) -> str:
    """Return the text for a distance, calculated from the sizes above."""
    dz, dy, dx = (abs(a - b) * size for a, b, size in zip(start, end, SIZES, strict=True))
    parts = ", ".join(f"{name} {d:.2f}" if d else f"{name} 0" for name, d in (("dx", dx), ("dy", dy), ("dz", dz)))
    return f"{math.sqrt(dx * dx + dy * dy + dz * dz):.2f} µm ({parts})"


def drag(program: Program, start: tuple[int, int], end: tuple[int, int]) -> None:
    with XKeys(program.display) as keys:
        keys.move(*start)
        keys.button(LEFT, down=True)
        for share in (0.3, 0.6, 0.9, 1.0):
            time.sleep(0.05)  # as a hand would: vispy leaves out moves in too quick succession
            keys.move(*(round(a + (b - a) * share) for a, b in zip(start, end, strict=True)))
        time.sleep(0.05)
        keys.button(LEFT, down=False)


@pytest.mark.parametrize("scale", [1, 2])
def test_the_ruler_measures_in_all_planes(start: Start, tmp_path: Path, annotations_root: Path, scale: int) -> None:
    data = make_stack(tmp_path / "data")
    size = 1366 * scale, 768 * scale
    program = start(data, "--annotations-root", annotations_root, "--user", "alice", scale=scale, size=size)
    program.wait("frame", mode="2d")
    program.keys("o")
    frame = program.wait("frame", mode="ortho")
    program.keys("shift+x")  # without the crosshair, which could be taken hold of
    program.keys("shift+r")
    program.wait("action", name="toggle_ruler")

    z, y, x = MIDDLE
    first, second = (z, 5, 8), (z, 30, 50)
    drag(program, place(frame, "xy", first, scale), place(frame, "xy", second, scale))
    assert program.wait("ruler", text=distance(first, second))
    third = (10, y, 20)  # in xz, which shows the row of the crosshair
    drag(program, place(frame, "xz", second, scale), place(frame, "xz", third, scale))
    assert program.wait("ruler", text=distance(first, third))
    fourth = (1, 35, x)  # in yz
    drag(program, place(frame, "yz", first, scale), place(frame, "yz", fourth, scale))
    wanted = distance(fourth, third)
    assert program.wait("ruler", text=wanted)

    program.keys("ctrl+c")
    assert program.wait("distance_copied")["text"] == wanted
    program.keys("c")
    program.wait("action", name="comment")
    program.keys("ctrl+v", "Return")
    program.wait("decision", kind="comment")
    program.keys("Escape")
    program.wait("ruler", text="")
    program.quit()
    assert ("comment", "cells.ome.tif", wanted) in decided(annotations_root)


def test_two_clicks_measure_and_the_next_block_takes_the_ruler_away(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    data = make_blocks(tmp_path / "data", block_names(2), shape=(6, 20, 20))
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    frame = program.wait("frame", block="block_0000")
    side = min(frame["size"])
    x, y = centre(frame)
    left, top = x - side // 2, y - side // 2

    def at(row: int, column: int) -> tuple[int, int]:
        return round(left + (column + 0.5) * side / 20), round(top + (row + 0.5) * side / 20)

    program.keys("Home", "shift+r")
    program.wait("action", name="toggle_ruler")
    program.click(*at(4, 4))
    program.keys("End")
    program.wait("frame", z=5)
    program.click(*at(16, 13))
    text = f"{math.sqrt(81 + 144 + 25):.2f} voxels (dx 9, dy 12, dz 5)"
    program.wait("ruler", text=text)
    program.keys("1")
    program.wait("ruler", text="")
    program.wait("frame", block="block_0001")
    program.keys("ctrl+c")
    assert program.wait("distance_copied")["text"] == ""
    program.quit()


def test_a_picture_is_what_is_on_the_screen(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_stack(tmp_path / "data")
    pictures = tmp_path / "pictures"
    settings = tmp_path / "home" / "config"
    settings.mkdir(parents=True)
    (settings / "user-dirs.dirs").write_text(f'XDG_PICTURES_DIR="{pictures}"\n', encoding="utf-8")
    classes = write_classes(tmp_path, ["Cell"])  # no message lies over the canvas
    program = start(data, "--annotations-root", annotations_root, "--user", "alice", "--classes", classes)
    frame = program.wait("frame", mode="2d")
    with XKeys(program.display) as keys:
        keys.move(5, 760)  # away from the canvas: no read-out
    screen = picture(program, frame)
    program.keys("ctrl+shift+c")
    program.wait("picture_copied", size=frame["size"])
    program.keys("ctrl+shift+s")
    program.wait("action", name="save_picture")
    program.focus("Save a picture")
    program.keys("Return")
    saved = program.wait("picture_saved")["path"]
    assert saved == str(pictures / "cells.ome.tif_z007.png")
    image = QImage(saved).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
    assert pixels.shape == screen.shape
    differs = np.abs(pixels.astype(int) - screen).max(axis=2) > 1  # letters are rounded otherwise
    differs[:70, :250] = False  # the class of the block is not in the picture
    assert not differs[:, 1:-1].any()  # what is beside the canvas reaches over its edge, so that it can be dragged
    # The OME-TIFF's voxels are twice as high as wide; the canvas is as large as makes all of them fit
    micrometres = max(60 * 0.25 / frame["size"][0], 40 * 0.5 / frame["size"][1])
    assert 1e6 / image.dotsPerMeterX() == pytest.approx(micrometres, rel=1e-3)
    program.keys("Return")  # once more: nothing is overwritten
    assert program.wait("picture_saved")["path"] == str(pictures / "cells.ome.tif_z007-2.png")
    program.focus()
    program.quit()
