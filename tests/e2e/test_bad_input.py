"""Files and folders that are not as they should be: each is named, and no more stops than must."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.e2e.files import block_names, decided, labels, make_blocks, snapshot, write_channel

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Program

_PRIMARY = (47, 111, 184)
"""Red, green, blue of the button that is proposed; see resources/style.qss."""


def click_proposed(program: Program, beside: int = 0) -> None:
    """Click the proposed button of the page on screen, or what is `beside` pixels to the right of its edge."""
    rows, columns = _found(program)
    x = columns.max() + beside if beside else (columns.min() + columns.max()) // 2
    program.click(int(x), int((rows.min() + rows.max()) // 2))


def _found(program: Program) -> tuple[np.ndarray, np.ndarray]:
    for _ in range(20):  # the page may be a frame behind the log
        rows, columns = np.nonzero((program.pixels() == _PRIMARY).all(axis=2))
        if len(rows):
            return rows, columns
    raise AssertionError("no page with a proposed button is on screen")


def test_blocks_that_cannot_be_read(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(7))
    cut = data / "block_0000" / "ch_488.tif"
    whole = cut.read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    (data / "block_0001" / "ch_561.tif").write_bytes(b"")
    (data / "block_0002" / "ch_488.tif").write_text("not an image", encoding="utf-8")
    write_channel(data / "block_0003" / "ch_561.tif", np.zeros((6, 16, 20), np.uint16))
    for path in (data / "block_0004").iterdir():
        path.rename(path.with_suffix(".dat"))
    (data / "block_0005" / "ch_488.tif").unlink()
    (data / "block_0005" / "ch_488.tif").symlink_to(data / "nowhere.tif")
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")

    reasons = {}
    for name in block_names(6):
        program.wait("page", name="error", block=name)
        reasons[name] = program.wait("block_failed", block=name)["text"]
        if name == "block_0000":
            program.keys("1", "u", "f", "c", "BackSpace", "v")
            for _ in range(5):
                program.wait("key_refused", block=name, stage="error")
            click_proposed(program, beside=40)  # Skip
        else:
            program.keys("Down")
    for name, part in [
        ("block_0000", f"{cut} is cut short"),
        ("block_0001", "ch_561.tif is empty"),
        ("block_0002", "ch_488.tif is not a TIFF file"),
        ("block_0003", "ch_488.tif is 6 × 16 × 16, ch_561.tif is 6 × 16 × 20"),
        ("block_0004", "block_0004 holds no TIFF file"),
        ("block_0005", "ch_488.tif does not exist"),
    ]:
        assert part in reasons[name]
    program.wait("frame", block="block_0006")
    program.keys("2")
    program.wait("decision", block="block_0006", value=2)

    program.keys("ctrl+f")
    program.type("0000")
    program.keys("Return")  # goes to the first block of the filtered list
    program.wait("page", name="error", block="block_0000")
    cut.write_bytes(whole)
    click_proposed(program)  # Retry
    program.wait("frame", block="block_0000")
    program.keys("3")
    program.wait("decision", block="block_0000", value=3)
    program.quit()
    assert labels(annotations_root) == {"block_0000": 3, "block_0006": 2}


def test_no_data_folder_and_no_annotations_folder(start: Start, tmp_path: Path) -> None:
    data, annotations_root = tmp_path / "share" / "data", tmp_path / "share" / "annotations"
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    # Both are missing; which is told first depends on which is looked for first
    text = program.wait("page", name="error")["text"]
    assert any(f"{path} does not exist" in text for path in (data, annotations_root))
    program.keys("1", "Down")
    click_proposed(program)
    program.wait("page", name="empty")
    program.wait("page", name="error")
    assert not (tmp_path / "share").exists()

    make_blocks(data, block_names(2))
    click_proposed(program)
    program.wait("page", name="empty")
    assert f"{annotations_root} does not exist" in program.wait("page", name="error")["text"]
    assert not annotations_root.exists()
    annotations_root.mkdir()
    click_proposed(program)
    asked = program.wait("page", name="error")["text"]
    assert f"{annotations_root} holds no annotations yet" in asked
    assert list(annotations_root.iterdir()) == []  # it may be where a share is not mounted
    click_proposed(program)
    program.wait("frame", block="block_0000")
    program.keys("2")
    program.wait("decision", block="block_0000")
    program.quit()
    assert labels(annotations_root) == {"block_0000": 2}


@pytest.mark.parametrize("content", [b"null", b'{"annotations": {"block_0000": {"label": 1', b"", b"[]"])
def test_a_snapshot_that_cannot_be_read_is_kept(
    start: Start, tmp_path: Path, annotations_root: Path, content: bytes
) -> None:
    data = make_blocks(tmp_path / "data", block_names(2))
    (annotations_root / "users").mkdir()
    (annotations_root / "users" / "alice.json").write_bytes(content)
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="block_0000")
    assert str(annotations_root / "users" / "alice.json") in program.seen("message", level="warning")["text"]
    program.keys("2")
    program.wait("decision", block="block_0000")
    program.quit()
    kept = [path for path in (annotations_root / "users").iterdir() if path.read_bytes() == content]
    assert len(kept) == 1
    assert decided(annotations_root) == [("annotate", "block_0000", 2)]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('{"classes": [\n  {"name": "A"},\n  {"name": }\n]}', "line 3"),
        ('{"classes": [{"name": "A"}, {"name": "A"}]}', "class 2"),
    ],
)
def test_classes_that_cannot_be_read(
    start: Start, tmp_path: Path, annotations_root: Path, content: str, place: str
) -> None:
    data = make_blocks(tmp_path / "data", block_names(2))
    classes = annotations_root / "classes.json"
    classes.write_text(content, encoding="utf-8")
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    page = program.wait("page", name="error")["text"]
    assert str(classes) in page
    assert place in page
    program.keys("1")
    classes.write_text('{"classes": ["A", "B"]}', encoding="utf-8")
    click_proposed(program)
    program.wait("frame", block="block_0000")
    program.keys("2")
    program.wait("decision", block="block_0000", value=2)
    program.quit()
    assert decided(annotations_root) == [("annotate", "block_0000", 2)]


def test_odd_names_and_links_in_a_circle(start: Start, tmp_path: Path) -> None:
    data, annotations_root = tmp_path / "Größe 😀 data", tmp_path / "my annötations"
    (annotations_root / "journal").mkdir(parents=True)
    names = ["Präparat 1/block_0001", "Tile 😀 <b>2</b>/block_0001"]
    make_blocks(data, names)
    (data / "Präparat 1" / "again").symlink_to(data, target_is_directory=True)
    (data / "itself").symlink_to(data / "itself")
    program = start(data, "--annotations-root", annotations_root, "--user", "Zoë")
    program.wait("frame", block=names[0])
    assert program.seen("blocks_listed", final=True)["count"] == 2
    program.keys("1")
    program.wait("decision", block=names[0])
    program.wait("frame", block=names[1])
    program.keys("2", "c")
    program.type("nuclei, blass")
    program.keys("Return")
    program.wait("decision", kind="comment")
    program.quit()
    assert snapshot(annotations_root, "zoë")["username"] == "zoë"
    assert labels(annotations_root, "zoë") == {names[0]: 1, names[1]: 2}


def test_an_annotations_folder_that_cannot_be_written(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    """A file stands where the journals' folder should be: that stops a root user too."""
    data = make_blocks(tmp_path / "data", block_names(2))
    (annotations_root / "journal").rmdir()
    (annotations_root / "journal").write_text("in the way", encoding="utf-8")
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    page = program.wait("page", name="error")["text"]
    assert str(annotations_root / "journal") in page
    program.keys("1")
    (annotations_root / "journal").unlink()
    click_proposed(program)
    program.wait("frame", block="block_0000")
    program.keys("2")
    program.wait("decision", block="block_0000")
    program.quit()
    assert labels(annotations_root) == {"block_0000": 2}


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_annotations_folder(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(2))
    annotations_root.chmod(0o555)
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    page = program.wait("page", name="error")["text"]
    assert f"{annotations_root}" in page
    assert "permission denied" in page
    annotations_root.chmod(0o755)
    program.quit()


def test_a_settings_file_that_cannot_be_read(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(2))
    settings = tmp_path / "home" / "config" / "cytoscribe" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"recent": 3', encoding="utf-8")
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="block_0000")
    program.quit()
    assert json.loads(settings.read_text(encoding="utf-8"))["annotators"] == ["alice"]
