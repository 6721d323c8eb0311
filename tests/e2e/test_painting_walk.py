"""A hand that does anything: at the end the screen shows what is on the disk, and undo brings the beginning back."""

from __future__ import annotations

import time
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from core.painting.label_colors import colors_of
from tests.e2e.files import write_channel, write_classes
from tests.e2e.hand import Hand, difference

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.hand import Array

SHAPE = (12, 40, 60)  # z, y, x
ACTIONS = 200
OPACITY = 0.6
NOTHING = "There is nothing to undo."

TOOLS = (
    "p", "e", "f", "l", "g", "shift+g", "i", "shift+b", "t", "w", "s", "k", "shift+k", "z",
)  # fmt: skip
NUMBERS = tuple("123456")
WISHES = (
    "j", "shift+f", "shift+s", "ctrl+Up", "ctrl+Down", "shift+i", "ctrl+d", "h", "shift+h", "y", "n", "shift+n",
    "ctrl+a", "ctrl+shift+a", "m", "x", "minus", "equal", "bracketleft", "bracketright", "b", "q", "d", "Return",
    "Delete",
)  # fmt: skip
HISTORY = ("ctrl+z", "ctrl+z", "ctrl+shift+z")
LAYOUTS = ("o", "o", "Right", "Left", "shift+c", "r", "r", "r")
HELD = ("", "", "", "", "Shift_L", "Control_L", "Alt_L", "space")
LAYOUT_KEYS = {"3d": "v", "ortho": "o", "channels": "shift+c"}
"""What leads back to one slice."""


def walk(hand: Hand, random: Random) -> None:
    """Do anything with mouse and keys."""
    kinds = (TOOLS, NUMBERS, WISHES, HISTORY, LAYOUTS, ())
    for _ in range(ACTIONS):
        (kind,) = random.choices(kinds, (22, 6, 13, 5, 8, 46))
        if kind:
            hand.keys(random.choice(kind))
            continue
        left, top, right, bottom = hand.canvas()
        x, y = random.randint(left, right), random.randint(top, bottom)
        places = [(x, y)]
        for _ in range(random.randint(0, 4)):
            x = min(right, max(left, x + random.randint(-150, 150)))
            y = min(bottom, max(top, y + random.randint(-150, 150)))
            places.append((x, y))
        button, held = random.choice((1, 1, 1, 1, 1, 2, 3)), random.choice(HELD)
        hand.fling(places, button, held, gives_up=random.random() < 0.05)
    hand.keys("Escape")


def slice_colors(array: Array) -> Array:
    """Return the colours (rows, columns, 3) in which a slice of labels is seen over black."""
    rows, columns = array.shape
    return (colors_of(array).reshape(rows, columns, 3) * OPACITY).astype(int)


def test_anything_can_be_undone(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = tmp_path / "data"
    write_channel(data / "block_0000" / "ch_1.tif", np.zeros(SHAPE, np.uint16))
    classes = write_classes(tmp_path, ["Cell"])
    program = start(data, "--annotations-root", annotations_root, "--user", "alice", "--classes", classes)
    with Hand(program, annotations_root, tmp_path / "home", SHAPE, channels=1) as hand:
        hand.begin()
        walk(hand, Random(19))
        assert not [message for message in program.named("message") if message["level"] == "error"]
        assert not program.named("page", name="error")

        # What is seen is what is on the disk
        hand.keys("p", "z", "shift+h", "ctrl+shift+a")
        layout = hand.settle()["mode"]
        if layout in LAYOUT_KEYS:
            hand.keys(LAYOUT_KEYS[layout])
        hand.keys("r")
        hand.look()
        painted = hand.painted()
        assert painted.any() and len(program.named("label_edit")) > 5
        z = hand.position[0]
        wanted, (_, top, _, bottom) = slice_colors(painted[z]), hand.canvas()
        pixels = program.pixels().astype(int)
        for row, column in np.ndindex(*SHAPE[1:]):
            x, y = hand.pixel((z, row, column))
            if top + 100 < y < bottom - 80:  # badge, scale bar and read-out lie over the rest
                assert np.abs(pixels[y, x] - wanted[row, column]).max() <= 3, (z, row, column)

        edits = program.named("label_edit")
        left_over = sum(-1 if edit["undo"] else 1 for edit in edits)
        end = time.monotonic() + 30
        said = len(program.named("message", text=NOTHING))
        while len(program.named("message", text=NOTHING)) == said:
            assert time.monotonic() < end
            hand.keys("ctrl+z")
        assert left_over >= 0
        assert not hand.painted().any()
        assert not difference(hand.saved(), np.zeros(SHAPE, int))
    program.quit()
