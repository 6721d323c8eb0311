"""Takes the pictures of the README and of the manual from the real program: `python3 packaging/dev.py screenshots`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import tifffile
from PIL import Image
from scipy import ndimage

from storage.folders import init_store
from storage.label_facts import LabelFacts
from storage.label_store import LabelStore
from storage.label_writer import LabelWriter
from storage.store import open_store
from tests.e2e.files import write_classes
from tests.e2e.hand import Hand
from tests.e2e.program import ROOT, Program
from tests.e2e.xkeys import LEFT, XKeys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tests.e2e.program import Event

_PICTURES = ROOT / "resources" / "screenshots"
PAINTED = "block_0000"
_SCREEN = (1366, 768)
_VOXEL = (0.25, 0.2, 0.2)
"""Of the sample data: z, y, x in micrometres."""
_BRUSH = 10
_COLORS = 255
"""Enough for a picture, in a third of the bytes."""


def main() -> int:
    """Write all pictures; return the exit code."""
    _PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _tour(home)
        _annotate(home)
        _paint(home)
        _review(home)
        _show_real(home)
        _log_in(home)
        _fail(home)
    return 0


def _take(program: Program, name: str, *boxes: tuple[int, int, int, int]) -> None:
    """Write what the screen shows, or parts of it (left, top, right, bottom) side by side, with few colours."""
    path = _PICTURES / f"{name}.png"
    program.screenshot(path)
    with Image.open(path) as taken:
        parts = [taken.convert("RGB").crop(box) for box in boxes or [(0, 0, *taken.size)]]
    picture = Image.new("RGB", (sum(part.width for part in parts), max(part.height for part in parts)))
    left = 0
    for part in parts:
        picture.paste(part, (left, 0))
        left += part.width
    picture.quantize(_COLORS, method=Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE).save(
        path, optimize=True
    )


def _take_window(program: Program, title: str, name: str) -> None:
    """Write what a window of its own shows, which has the keyboard then."""
    program.focus(title)
    time.sleep(0.5)
    asked = ["xdotool", "search", "--onlyvisible", "--name", title, "getwindowgeometry", "--shell"]
    environment = os.environ | {"DISPLAY": program.display}
    lines = subprocess.run(asked, env=environment, check=True, capture_output=True, text=True).stdout.splitlines()
    at = {key: int(value) for key, value in (line.split("=") for line in lines)}
    left, top = max(0, at["X"]), max(0, at["Y"])
    _take(program, name, (left, top, min(_SCREEN[0], left + at["WIDTH"]), min(_SCREEN[1], top + at["HEIGHT"])))


def _tour(home: Path) -> None:
    """Show the third card to somebody who is new."""
    with Program("--user", "alice", folder=home, first_time=True) as program:
        program.wait("tour", step=1, timeout=120)
        program.keys("Return", "Return")
        program.wait("tour", step=3)
        time.sleep(0.5)
        _take(program, "tour")
        program.keys("Escape")
        program.wait("tour", ended="skipped")


def _annotate(home: Path) -> None:
    """Judge some blocks of the sample data as their truth says, and show the next one in 2D and 3D."""
    with Program("--user", "alice", folder=home) as program:
        program.wait("frame", timeout=120)
        program.wait("ahead_ready")
        for key in _truth(home, 9):
            program.pass_over()
            program.keys(key)
            program.wait("ahead_ready")
        program.keys("f")
        program.wait_until_saved()
        for _ in range(2):
            program.pass_over()
            program.keys("Down")
            program.wait("ahead_ready")
        _take(program, "annotating-2d")
        _take(program, "strip", (0, 738, 350, 768), (876, 738, 1366, 768))
        program.keys("o")
        program.wait("frame", mode="ortho", fine=True)
        time.sleep(0.5)
        _take(program, "orthogonal")
        program.keys("v")
        _turn(program, program.wait("frame", mode="3d", fine=True))
        program.wait("frame", fine=True)
        _take(program, "annotating-3d")
        program.keys("shift+c")
        program.wait("frame", mode="channels")
        program.keys("ctrl+i")
        program.wait("quality_shown")
        time.sleep(0.5)
        _take(program, "channels-quality")
        program.keys("ctrl+shift+i")
        program.wait("quality_checked", timeout=60)
        _take_window(program, "Quality of all blocks", "quality-table")


def _paint(home: Path) -> None:
    """Add a cell to a segmentation of the sample data, look at it in 3D, and compare it with an earlier version."""
    data, annotations = home / "cache" / "cytoscribe" / "sample-data", home / "labels"
    (annotations / "journal").mkdir(parents=True)
    own = home / "painter"
    own.mkdir()
    nuclei = segmented(tifffile.imread(data / PAINTED / "ch_405_nuclei.tif"))
    at = nuclei.shape[0] // 2
    numbers, counts = np.unique(nuclei[at][nuclei[at] > 0], return_counts=True)
    first, second, missing = (int(number) for number in numbers[np.argsort(counts)[-3:]])
    before = np.where(nuclei == missing, 0, nuclei)
    before[(before == second) & ~ndimage.binary_erosion(before == second, iterations=4)] = 0
    before[:, :, 100:][before[:, :, 100:] == first] = 0
    mine = np.where((nuclei == missing) & (np.arange(nuclei.shape[0]) >= at - 4)[:, None, None], 0, nuclei)
    write_labels(annotations, "nuclei", mine)
    write_labels(annotations, "earlier nuclei", before)
    arguments = (data, "--annotations-root", annotations, "--user", "alice")
    with (
        Program(*arguments, folder=own) as program,
        Hand(program, annotations, own, nuclei.shape, _VOXEL, channels=3) as hand,
    ):
        hand.begin(PAINTED)
        program.keys("Prior", "shift+space", "Next", *str(missing))  # only the newer labels are seen
        hand.look()
        at = hand.position[0]
        hand.drag(_way(ndimage.binary_erosion(nuclei[at] == missing, iterations=_BRUSH // 2), at))
        hand.did("Brush stroke")
        time.sleep(5)  # it is saved, and the sentence about painting goes away
        _take(program, "painting-2d")
        program.keys("o")
        program.wait("frame", mode="ortho", fine=True)
        program.keys("z")
        hand.look("ortho")
        left, top, width, height = hand.rect("3d")
        x, y = round(left + width / 2), round(top + height / 2)
        hand.drag_pixels([(x, y), (x + 30, y + 12), (x + 60, y + 24)])
        program.keys("p")
        time.sleep(4)  # the name of the mode goes away
        _take(program, "painting-3d")
        program.keys("o", "ctrl+m")
        program.wait("differences")
        program.keys("period")
        time.sleep(1)
        _take(program, "comparing")


def segmented(image: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Return the nuclei of the sample data by a threshold, numbered from 1: (Z, Y, X)."""
    from skimage.filters import threshold_otsu

    smooth = ndimage.gaussian_filter(image.astype(np.float32), (2.0, 2.5, 2.5))
    found, _ = ndimage.label(ndimage.binary_opening(smooth > threshold_otsu(smooth), iterations=2))
    return np.asarray(found, np.uint8)


def write_labels(annotations: Path, name: str, labels: NDArray[np.uint8], annotator: str = "alice") -> None:
    """Keep labels of the painted block in a store."""
    planes, rows, columns = labels.shape
    facts = LabelFacts((planes, rows, columns), "uint8", _VOXEL, saved_by=annotator)
    writer = LabelWriter(facts.shape, facts.dtype)
    writer.update(labels)
    LabelStore(annotations, annotator, PAINTED).save(name, writer, facts, None)


def _way(inside: NDArray[np.bool_], z: int) -> list[tuple[float, float, float]]:
    """Return the points of a stroke that goes to and fro over the upper part of a cell."""
    rows = np.flatnonzero(inside.any(axis=1))
    points = []
    for line, y in enumerate(rows[: max(1, int(0.7 * len(rows))) : _BRUSH // 2]):
        columns = np.flatnonzero(inside[y])
        ends = (columns[0], columns[-1]) if line % 2 == 0 else (columns[-1], columns[0])
        points += [(float(z), float(y), float(x)) for x in ends]
    return points


def make_team(home: Path) -> Path:
    """Let three annotators judge the sample data, not always as its truth says; carol is admin. Returns the store."""
    data, annotations = home / "cache" / "cytoscribe" / "sample-data", home / "team"
    annotations.mkdir()
    init_store(annotations, None, ["carol"], "desk")
    random = Random(4)
    truth = {block: one["class"] for block, one in json.loads((data / "truth.json").read_text("utf-8")).items()}
    for name in ("alice", "bob", "dora"):
        store = open_store(annotations, None, name, data, "desk")
        for block in sorted(truth):
            if random.random() < 0.9:
                label = truth[block] if random.random() < 0.8 else random.choice([1, 2, 3])
                store.decide("annotate", block, label, ms=random.randint(900, 7000))
        store.decide("comment", sorted(truth)[7], "between two stages?")
        store.push()
        store.close()
    return annotations


def _review(home: Path) -> None:
    """Let an admin look at what three annotators said."""
    annotations = make_team(home)
    data = home / "cache" / "cytoscribe" / "sample-data"
    arguments = (data, "--annotations-root", annotations, "--user", "carol")
    with Program(*arguments, folder=home) as program:
        program.wait("frame")
        program.keys("F6")
        program.wait("review_filled")
        program.focus("Review")
        program.wait("timeline", window="review")
        for key in ("2", "1", "Down"):
            time.sleep(1.5)  # a key counts only for a block that is seen
            program.keys(key)
            program.wait("timeline", window="review")
        time.sleep(0.5)
        _take(program, "review")
        program.keys("ctrl+g")
        program.wait("agreement_shown")
        _take_window(program, "Agreement of", "agreement")
        program.keys("Escape")
        program.focus("Review")
        program.keys("ctrl+shift+n")
        program.wait("assign_looked")
        program.focus("Assign blocks")
        program.keys("alt+t", "space", "Down", "space", "Down", "space")
        program.wait("assign_previewed")
        _take_window(program, "Assign blocks", "assign")


def _turn(program: Program, frame: Event) -> None:
    with XKeys(program.display) as keys:
        x, y = (frame["at"][i] + frame["size"][i] // 2 for i in (0, 1))
        keys.move(x, y)
        keys.button(LEFT, down=True)
        for step in range(8):
            program.pass_over()
            keys.move(x + 12 * step, y + 6 * step)
            if step > 1:
                program.wait("frame", mode="3d")
        keys.button(LEFT, down=False)


def _show_real(home: Path) -> None:
    """Show light-sheet and instance data of others, where they are at hand."""
    data = ROOT.parent / "shared" / "data"
    if not data.is_dir():
        return
    classes = write_classes(home, ["Cell", "Artefact", "Unknown"])
    for name in ("light", "cells"):
        (home / name / "annotations" / "journal").mkdir(parents=True)
    arguments = ("--user", "alice", "--classes", classes, "--annotations-root")
    light, cells = home / "light", home / "cells"
    with Program(data / "blocks-lightsheet", *arguments, light / "annotations", folder=light) as program:
        program.wait("frame")
        program.wait("ahead_ready")
        program.keys("1", "o")
        program.wait("frame", mode="ortho", fine=True)
        time.sleep(0.5)
        _take(program, "light-sheet")
    with Program(data / "instance-3d", *arguments, cells / "annotations", folder=cells) as program:
        program.wait("frame")
        program.keys("v", "shift+v", "shift+v", "shift+v")
        _turn(program, program.wait("frame", mode="3d", volume="iso", fine=True))
        program.wait("frame", fine=True)
        time.sleep(3.5)  # the name of the mode goes away
        _take(program, "surface")


def _truth(home: Path, count: int) -> Iterator[str]:
    truth = json.loads((home / "cache" / "cytoscribe" / "sample-data" / "truth.json").read_text(encoding="utf-8"))
    for block_id in sorted(truth)[:count]:
        yield str(truth[block_id]["class"])


def _log_in(home: Path) -> None:
    with Program(folder=home) as program:
        program.wait("window_shown")
        program.focus()
        _take(program, "login", (333, 160, 1033, 540))


def _fail(home: Path) -> None:
    """Show what a block that cannot be read looks like."""
    block = home / "broken" / "block_0001"
    block.mkdir(parents=True)
    (block / "ch_488.tif").write_bytes(b"II*\0")
    annotations = home / "annotations"
    (annotations / "journal").mkdir(parents=True)
    classes = write_classes(home, ["Cell", "Artefact", "Unknown"])
    arguments = ("--annotations-root", annotations, "--classes", classes, "--user", "alice")
    with Program(block.parent, *arguments, folder=home) as program:
        program.wait("page", name="error")
        program.focus()
        time.sleep(0.5)  # no frame tells that a page was painted
        _take(program, "error", (230, 180, 1066, 480))


if __name__ == "__main__":
    sys.exit(main())
