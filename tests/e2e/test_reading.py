"""Reading through the real window: films, corrected axes and voxel sizes, large images, files of other kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tifffile

from tests.e2e.files import decided

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Event, Program

TIMES = 6


def write_film(path: Path, side: int = 64) -> None:
    """A film of volumes: at time t, all of slice z is 1000 t + 10 z but for two pixels that fix the contrast."""
    film = np.empty((TIMES, 5, side, side), np.uint16)
    for time in range(TIMES):
        for z in range(5):
            film[time, z] = 1000 * time + 10 * z
    film[:, :, 0, : side // 2] = 0
    film[:, :, 0, side // 2 :] = 6000
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, film, metadata={"axes": "TZYX"}, photometric="minisblack", compression="zlib")


def brightness(program: Program, frame: Event) -> int:
    """The grey value in the middle of the canvas."""
    x, y = frame["at"][0] + frame["size"][0] // 2, frame["at"][1] + frame["size"][1] // 2
    return int(program.pixels()[y, x, 1])


def test_a_film_keeps_slice_contrast_and_block_through_time(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    for name in ("a.tif", "b.tif"):
        write_film(tmp_path / "data" / name)
    program = start(tmp_path / "data", "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="a.tif", time=0, z=2)
    program.keys("Right")
    program.wait("frame", z=3)
    seen = []
    for time in range(1, TIMES):
        program.keys("ctrl+Right")
        seen.append(brightness(program, program.wait("frame", block="a.tif", time=time, z=3)))
    # limits 0..6000 all along: another time point, another grey
    assert seen == sorted(seen)
    for time, grey in enumerate(seen, 1):
        assert abs(grey - 255 * (1000 * time + 30) / 6000) < 12
    program.keys("ctrl+Right")
    program.wait("action", name="time_on")  # there is none after the last
    program.keys("ctrl+Left", "ctrl+Left")
    program.wait("frame", block="a.tif", time=TIMES - 3, z=3)
    assert not program.named("page", name="loading", block="a.tif")[1:]  # it never left the screen

    program.keys("ctrl+Left", "2", interval=0)  # whatever time point is on screen, it is this block
    program.wait("decision", block="a.tif", value=2)
    program.wait("frame", block="b.tif", time=0)
    program.quit()
    assert decided(annotations_root) == [("annotate", "a.tif", 2)]


def test_a_time_point_that_cannot_be_read_leaves_the_old_one(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    path = tmp_path / "data" / "a.tif"
    write_film(path)
    with tifffile.TiffFile(path) as tif:
        place = tif.pages[2 * 5 + 1].dataoffsets[0]
    content = bytearray(path.read_bytes())
    content[place : place + 20] = bytes(20)
    path.write_bytes(content)
    program = start(tmp_path / "data", "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="a.tif", time=0)
    program.keys("ctrl+Right")
    program.wait("frame", time=1)
    program.keys("ctrl+Right")
    program.wait("message", level="error")
    program.keys("1")
    program.wait("decision", block="a.tif", value=1)
    program.quit()
    assert {frame["time"] for frame in program.named("frame")} == {0, 1}


def correct(program: Program) -> None:
    """Open the dialog and give it the keyboard."""
    program.keys("ctrl+r")
    program.wait("action", name="correct_reading")
    program.focus("How this data set is read")


def test_axes_are_corrected_for_the_data_set_and_remembered(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for name in ("a.tif", "b.tif"):
        stack = np.random.default_rng(1).integers(0, 999, (12, 32, 32)).astype(np.uint16)
        tifffile.imwrite(data / name, stack, metadata=None, photometric="minisblack")
    arguments: list[Any] = [data, "--annotations-root", annotations_root, "--user", "alice"]
    program = start(*arguments)
    program.wait("frame", block="a.tif", z=6)  # a guess: 12 slices
    correct(program)
    program.keys("Down", "Tab")  # time
    for number in ("2", "0.5", "0.5"):
        program.type(number)
        program.keys("Tab")
    program.keys("Return")
    program.wait("frame", block="a.tif", z=0, time=0)
    program.keys("Escape")
    program.focus()
    program.keys("ctrl+Right")
    program.wait("frame", block="a.tif", time=1)
    program.keys("Down")
    program.wait("frame", block="b.tif", z=0, time=0)
    program.quit()

    program = start(*arguments)
    program.wait("frame", z=0)
    program.keys("ctrl+Right")
    program.wait("frame", time=1, z=0)
    program.quit()


def test_axes_that_cannot_be_guessed_are_asked_for(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    tifffile.imwrite(data / "a.tif", np.zeros((2, 3, 4, 32, 32), np.uint16), photometric="minisblack")
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("block_failed", block="a.tif")
    correct(program)
    program.keys("Down", "Return")
    program.wait("frame", block="a.tif", time=0)
    program.keys("Escape")
    program.focus()
    program.quit()


def test_an_image_larger_than_the_graphics_can_draw(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    """Its left half is dark and its right half bright, also when it is reduced."""
    data = tmp_path / "data"
    data.mkdir()
    image = np.zeros((300, 20_000), np.uint16)
    image[:, 10_000:] = 1000
    tifffile.imwrite(data / "a.tif", image)
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    frame = program.wait("frame", block="a.tif")
    row = program.pixels()[frame["at"][1] + frame["size"][1] // 2, :, 1]
    left, right = frame["at"][0], frame["at"][0] + frame["size"][0]
    middle = (left + right) // 2
    assert row[left + 20 : middle - 5].max() < 10
    assert row[middle + 5 : right - 20].min() > 245
    program.keys("1")
    program.wait("decision", block="a.tif", value=1)
    program.quit()


def test_a_file_that_is_opened_comes_first_and_other_kinds_get_a_sentence(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for name in ("a.tif", "b.tif"):
        tifffile.imwrite(data / name, np.zeros((32, 32), np.uint8))
    (data / "c.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    program = start(data / "b.tif", "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="b.tif")
    program.quit()
    program = start(data / "c.h5", "--annotations-root", annotations_root, "--user", "alice")
    page = program.wait("page", name="error")
    assert "c.h5 is neither a folder nor a TIFF" in page["text"]
    program.quit()
