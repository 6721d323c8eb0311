"""Takes a picture of every window and dialog in every theme: `python3 packaging/dev.py screenshots --all DIR`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import tifffile

from tests.e2e.program import Program, ProgramError
from tests.e2e.screenshots import PAINTED, make_team, segmented, write_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCREEN = (1366, 768)
_SETTLED_SECONDS = 0.7


class Look(NamedTuple):
    """How the program looks in a row of pictures."""

    theme: str
    percent: int = 100
    scale: float = 1.0

    @property
    def name(self) -> str:
        """Of the folder of its pictures."""
        return f"{self.theme}-{self.percent}-{self.scale:g}"


class Step(NamedTuple):
    """Keys that open something, the title of its window if it has one of its own, and keys that close it."""

    name: str
    keys: Sequence[str]
    title: str = ""
    close: Sequence[str] = ()
    seconds: float = _SETTLED_SECONDS


LOOKS = (
    Look("dark"),
    Look("light"),
    Look("contrast"),
    Look("light", 150),
    Look("dark", 100, 1.5),
    Look("contrast", 125, 2.0),
)
_JUDGING = (
    Step("main", ()),
    Step("comment", ("c",), close=("Escape",)),
    Step("message", ("ctrl+shift+c",)),
    Step("quality-panel", ("ctrl+i",), close=("ctrl+i",)),
    Step("key-sheet", ("question",), "Keys", ("Right",)),
    Step("key-sheet-painting", (), "Keys", ("Escape",)),
    Step("reading", ("ctrl+r",), "How this data set is read", ("Escape",)),
    Step("picture", ("ctrl+shift+s",), "Save a picture", ("Escape",)),
    Step("quality", ("ctrl+shift+i",), "Quality of all blocks", ("Escape",), 3),
    Step("orthogonal", ("o",), close=("o",), seconds=2),
    Step("channels", ("shift+c",), close=("shift+c",)),
)
_PAINTING = (
    Step("painting", ("p",), seconds=2),
    Step("painting-threshold", ("t",), close=("p",)),
    Step("object-table", ("ctrl+t",), "Objects", ("Escape",), 2),
    Step("object-name", ("n", "F4"), "Object", ("Escape",)),
    Step("object-go", ("ctrl+j",), "Go to", ("Escape",)),
    Step("labels-new", ("ctrl+n",), "New labels", ("Escape",)),
    Step("labels-rename", ("F2",), "Rename", ("Escape",)),
    Step("comparing", ("ctrl+m",), close=("ctrl+Return", "Escape"), seconds=3),
)
_REVIEW = (
    Step("review", (), "Review", seconds=2),
    Step("review-reason", ("c",), "Review", ("Escape",)),
    Step("review-accept", ("ctrl+shift+a",), "Accept", ("Escape",)),
    Step("review-export", ("ctrl+e",), "Export", ("Escape",)),
    Step("review-sort", ("F7",), "", ("Escape",)),
    Step("review-columns", ("F8",), "", ("Escape",)),
    Step("review-agreement", ("ctrl+g",), "Agreement of", ("Escape",), 4),
    Step("review-assign", ("ctrl+shift+n",), "Assign blocks", ("Escape",), 2),
)


def main(arguments: Sequence[str]) -> int:
    """Write the pictures of all looks, or of those that are named, below a folder; return the exit code."""
    folder, wanted = Path(arguments[0]).resolve(), set(arguments[1:])
    failed = []
    with tempfile.TemporaryDirectory() as made:
        home = Path(made)
        _prepare(home)
        for look in LOOKS:
            if not wanted or look.name in wanted:
                failed += _take(home, folder / look.name, look)
                _tile(folder / look.name)
    for line in failed:
        sys.stderr.write(f"{line}\n")
    return int(bool(failed))


def _prepare(home: Path) -> None:
    """Make the sample data, what a team said of them, two versions of labels, and a block that cannot be read."""
    with Program("--user", "alice", folder=home) as program:
        program.wait("frame", timeout=120)
    annotations = make_team(home)
    nuclei = segmented(tifffile.imread(home / "cache" / "cytoscribe" / "sample-data" / PAINTED / "ch_405_nuclei.tif"))
    for name, labels in (("nuclei", nuclei), ("earlier nuclei", nuclei * (nuclei > 2))):
        write_labels(annotations, name, labels, "carol")
    block = home / "broken" / "block_0001"
    block.mkdir(parents=True)
    (block / "ch_488.tif").write_bytes(b"II*\0")
    (home / "empty").mkdir()
    (home / "nothing" / "journal").mkdir(parents=True)


def _take(home: Path, folder: Path, look: Look) -> list[str]:
    """Return a sentence for each picture that could not be taken."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = home / "config" / "cytoscribe" / "settings.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"theme": look.theme, "font_percent": look.percent}), encoding="utf-8")
    size = (round(_SCREEN[0] * look.scale), round(_SCREEN[1] * look.scale))
    failed = []

    def start(*arguments: str | Path) -> Program:
        return Program(*arguments, folder=home, size=size, scale=look.scale)

    nothing = ("--annotations-root", home / "nothing", "--user", "alice")
    for name, arguments in (
        ("login", ()),
        ("empty", (home / "empty", *nothing)),
        ("error", (home / "broken", *nothing)),
    ):
        with start(*arguments) as program:
            program.wait("window_shown")
            program.focus()
            time.sleep(3)
            program.screenshot(folder / f"{name}.png")
    data = home / "cache" / "cytoscribe" / "sample-data"
    with start(data, "--annotations-root", home / "team", "--user", "carol") as program:
        program.wait("frame")
        program.wait("ahead_ready")
        for step in (*_JUDGING, *_PAINTING):
            failed += _shoot(program, folder, step, "Cytoscribe")
        program.keys("F6")
        program.wait("review_filled")
        for step in _REVIEW:
            failed += _shoot(program, folder, step, "Review")
    return [f"{look.name}: {line}" for line in failed]


def _shoot(program: Program, folder: Path, step: Step, window: str) -> list[str]:
    try:
        if step.keys:
            program.keys(*step.keys)
        if step.title:
            program.focus(step.title)
        time.sleep(step.seconds)
        program.screenshot(folder / f"{step.name}.png")
        if step.close:
            program.keys(*step.close)
        if step.title != window and "Right" not in step.close:
            time.sleep(0.3)
            program.focus(window)
    except (ProgramError, RuntimeError) as error:
        program.focus(window)
        return [f"{step.name}: {str(error).splitlines()[0]}"]
    return []


def _tile(folder: Path) -> None:
    """All pictures of a folder on one sheet, to look through them."""
    pictures = sorted(str(path) for path in folder.glob("*.png"))
    subprocess.run(
        ["montage", *pictures, "-tile", "4x", "-geometry", "900x506+6+6", str(folder.parent / f"{folder.name}.png")],
        check=True,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
