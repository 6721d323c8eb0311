"""Help in the real window: the tour by keys while blocks are judged, the manual, news after an upgrade, About."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import tifffile

from app.build_info import version
from tests.e2e.files import block_names

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Program


def settings(tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "home" / "config" / "cytoscribe" / "settings.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make two small blocks of one file each."""
    import numpy as np

    root = tmp_path / "data"
    root.mkdir()
    image = np.random.default_rng(3).integers(0, 4000, (8, 32, 32), dtype=np.uint16)
    for name in block_names(2):
        tifffile.imwrite(root / f"{name}.tif", image, metadata={"axes": "ZYX"})
    return root


def on_sample(start: Start) -> Program:
    program = start("--user", "alice", first_time=True)
    program.wait("tour", step=1, timeout=120)
    program.seen("frame", timeout=60)
    return program


def test_the_tour_goes_by_keys_and_leaves_all_others_alone(start: Start, tmp_path: Path) -> None:
    program = on_sample(start)
    program.keys("Return")
    program.wait("tour", step=2)
    program.keys("2")  # a class key is one decision, of the block on screen
    decision = program.wait("decision")
    assert decision["value"] == 2
    program.keys("Return")
    program.wait("tour", step=3)
    program.keys("shift+Return")
    program.wait("tour", step=2)
    program.keys("shift+Return", "shift+Return", "Return", "Return", "KP_Enter")
    program.wait("tour", step=1)
    program.wait("tour", step=4)
    program.keys("ctrl+z", "Right")
    program.wait("action", name="undo")
    program.keys("Return", "Return")
    program.wait("tour", ended="seen")
    program.keys("Return", "Escape")  # keys of the program again
    program.wait("action", name="end_ruler")
    assert len(program.named("decision")) == 2  # the class, and its undo
    program.quit()
    assert settings(tmp_path)["seen_tour"] is True
    again = start("--user", "alice", first_time=True)
    again.wait("ahead_ready")
    again.quit()
    assert again.named("tour") == []


def test_a_skipped_tour_comes_back_only_when_it_is_asked_for(start: Start, tmp_path: Path) -> None:
    program = on_sample(start)
    program.keys("ctrl+f")
    program.type("block")
    program.keys("Return")  # of the filter, not of the tour; it gives the keyboard back to the blocks
    program.keys("ctrl+f", "Escape")  # so does this one
    program.pass_over()
    program.keys("Escape")
    program.wait("tour", ended="skipped")
    assert [event.get("step") for event in program.named("tour")] == [1, None]
    program.quit()
    assert settings(tmp_path)["seen_tour"] is True


def test_the_manual_opens_at_the_page_that_fits(start: Start, data: Path, annotations_root: Path) -> None:
    program = start(data, "--annotations-root", annotations_root, "--user", "alice", first_time=True)
    program.wait("frame")
    program.keys("ctrl+F1")
    assert program.wait("manual")["page"] == "annotator"
    program.focus("Cytoscribe manual")
    program.keys("ctrl+f")
    program.type("share away")
    program.wait("manual_search", words="share away")
    program.keys("Return")
    program.wait("manual", page="annotator", section="When the share is away")
    program.keys("Escape", "Escape")
    program.focus("Cytoscribe -")
    program.keys("p", "ctrl+F1")
    program.wait("manual", page="painter")
    program.focus("Cytoscribe manual")
    program.keys("Escape")
    program.focus("Cytoscribe -")
    program.keys("Escape", "1")
    assert program.wait("decision")["value"] == 1
    assert program.named("tour") == []  # these are not the sample data


def test_an_upgrade_is_told_once(start: Start, data: Path, annotations_root: Path, tmp_path: Path) -> None:
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice")
    file = tmp_path / "home" / "config" / "cytoscribe" / "settings.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"last_version": "0.0.9"}', encoding="utf-8")
    installed = tmp_path / "installed" / "cytoscribe-9.9.9.dist-info"  # in case that this checkout is not
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: cytoscribe\nVersion: 9.9.9\n", encoding="utf-8")
    environment = {"PYTHONPATH": str(installed.parent)}
    program = start(*arguments, environment=environment)
    told = program.wait("upgraded")
    assert told["before"] == "0.0.9"
    assert told["now"] in ("9.9.9", version())
    program.wait("frame")
    program.quit()
    assert settings(tmp_path)["last_version"] == told["now"]
    again = start(*arguments, environment=environment)
    again.wait("ahead_ready")
    again.quit()
    assert again.named("upgraded") == []
