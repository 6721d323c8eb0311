"""Study files in the real program: double click (an argument), drop by its recent entry, saving one, broken ones."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np

from tests.e2e.files import block_names, labels, make_blocks, write_channel, write_classes
from tests.e2e.test_bad_input import click_proposed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Program


def make_study(folder: Path, **more: object) -> Path:
    """Make a study folder: data, annotations with two classes, and the file."""
    make_blocks(folder / "data", block_names(3))
    (folder / "annotations" / "journal").mkdir(parents=True)
    write_classes(folder / "annotations", ["A", "B"])
    path = folder / "mouse.cytoscribe"
    path.write_text(
        json.dumps({"version": 1, "data_root": "data", "annotations_root": "annotations", **more}), encoding="utf-8"
    )
    return path


def save_study(program: Program, path: Path) -> None:
    """File > Save study file…"""
    program.click(25, 11)
    program.keys("Down", "Down", "Down", "Down", "Down", "Down", "Return", interval=0.1)
    program.focus("Save study file")
    program.keys("ctrl+a")
    program.type(str(path))
    program.keys("Return")


def test_a_study_file_opens_its_data_also_after_it_was_moved(start: Start, tmp_path: Path) -> None:
    path = make_study(tmp_path / "Größe 1", annotator="zoe")
    program = start(path)
    program.wait("frame", block="block_0000")
    program.keys("2")
    program.wait("decision", block="block_0000", value=2)
    program.quit()
    moved = tmp_path / "moved"
    shutil.move(path.parent, moved)
    assert labels(moved / "annotations", "zoe") == {"block_0000": 2}

    again = start(moved / "mouse.cytoscribe", "--user", "alice")
    again.wait("frame", block="block_0000")
    again.keys("1")
    again.wait("decision", block="block_0000", value=1)
    again.quit()
    assert labels(moved / "annotations", "alice") == {"block_0000": 1}


def test_a_study_that_was_saved_opens_the_same(start: Start, tmp_path: Path) -> None:
    folder = make_study(tmp_path / "study").parent
    program = start(folder / "data", "--annotations-root", folder / "annotations", "--user", "alice")
    program.wait("frame", block="block_0000")
    program.keys("alt+1")  # the first channel is hidden
    save_study(program, folder / "new")
    assert program.wait("study_saved")["path"] == str(folder / "new.cytoscribe")
    program.focus()
    program.quit()
    written = json.loads((folder / "new.cytoscribe").read_text(encoding="utf-8"))
    assert (written["version"], written["data_root"], written["annotations_root"]) == (1, "data", "annotations")
    assert "annotator" not in written
    assert [look["visible"] for look in written["settings"]["channels"].values()] == [False, True]
    assert "last_block" not in written["settings"] or not written["settings"]["last_block"]

    other = start(folder / "new.cytoscribe", "--user", "bob")
    other.wait("frame", block="block_0000")
    other.keys("1")
    other.wait("decision", block="block_0000", value=1)
    other.quit()
    assert labels(folder / "annotations", "bob") == {"block_0000": 1}
    settings = json.loads((tmp_path / "home" / "config" / "cytoscribe" / "settings.json").read_text(encoding="utf-8"))
    assert settings["recent"][0] == str(folder / "new.cytoscribe")


def test_the_study_says_how_data_are_read_until_the_annotator_chooses(start: Start, tmp_path: Path) -> None:
    path = make_study(tmp_path / "study", settings={"voxel_size": [2.0, 0.5, 0.5]}, annotator="alice")
    program = start(path)
    program.wait("frame", block="block_0000")
    program.quit()
    kept = list((tmp_path / "home" / "config" / "cytoscribe" / "data-sets" / "alice").glob("*.json"))
    assert [json.loads(one.read_text(encoding="utf-8"))["voxel_size"] for one in kept] == [[2.0, 0.5, 0.5]]


def test_a_broken_study_file_is_a_page_and_can_be_tried_again(start: Start, tmp_path: Path) -> None:
    path = make_study(tmp_path / "study", annotator="alice")
    good = path.read_bytes()
    path.write_text('{"version": 1, "data_root": 3}', encoding="utf-8")
    program = start(path)
    text = program.wait("page", name="error")["text"]
    assert str(path) in text
    assert "data_root" in text
    assert path.read_text(encoding="utf-8") == '{"version": 1, "data_root": 3}'
    path.write_bytes(good)
    click_proposed(program)
    program.wait("frame", block="block_0000")
    program.quit()


def test_a_study_whose_data_are_away_says_so_and_makes_nothing(start: Start, tmp_path: Path) -> None:
    path = make_study(tmp_path / "study", annotator="alice")
    shutil.rmtree(tmp_path / "study" / "data")
    shutil.rmtree(tmp_path / "study" / "annotations")
    program = start(path)
    assert str(tmp_path / "study") in program.wait("page", name="error")["text"]
    program.quit()
    assert [one.name for one in path.parent.iterdir()] == ["mouse.cytoscribe"]


def test_bad_settings_of_a_study_are_named_and_the_data_open(start: Start, tmp_path: Path) -> None:
    path = make_study(tmp_path / "study", settings={"channels": 3}, annotator="alice")
    program = start(path)
    assert "channels" in program.seen("message", level="warning")["text"]
    program.wait("frame", block="block_0000")
    program.quit()


def test_a_tiff_opens_its_folder_at_this_file(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    volume = np.zeros((4, 16, 16), np.uint16)
    for name in ("a", "b", "c"):
        write_channel(tmp_path / "data" / f"{name}.tif", volume)
    program = start(tmp_path / "data" / "b.tif", "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="b.tif")
    program.quit()


def test_one_block_folder(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(3))
    program = start(data / "block_0001", "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="block_0001")
    assert program.seen("blocks_listed", final=True)["count"] == 1
    program.quit()
