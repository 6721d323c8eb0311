"""Finding blocks: what counts as one, their order, and folders that make trouble."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ImageError
from core.images.blocks import Block, scan_blocks
from core.images.natural_order import natural_sorted

if TYPE_CHECKING:
    from pathlib import Path

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="names, links or rights as on POSIX")


def make(root: Path, *paths: str) -> Path:
    """Make files, and folders where the path ends with a slash."""
    for path in paths:
        target = root / path
        if path.endswith("/"):
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(b"")
    return root


def ids(root: Path, *skip: Path) -> list[str]:
    batches = list(scan_blocks(root, skip))
    assert [problem for batch in batches for problem in batch.problems] == []
    return [block.id for batch in batches for block in batch.blocks]


def problems(root: Path) -> list[str]:
    return [problem for batch in scan_blocks(root) for problem in batch.problems]


def test_blocks_at_any_depth_in_natural_order(tmp_path: Path) -> None:
    make(tmp_path, "Tile_10/block_0001/", "Tile_2/ch/block_10000/", "Tile_2/ch/block_9/", "block_0003/")
    assert ids(tmp_path) == ["block_0003", "Tile_2/ch/block_9", "Tile_2/ch/block_10000", "Tile_10/block_0001"]


def test_block_folder_in_any_case_is_not_looked_into(tmp_path: Path) -> None:
    make(tmp_path, "Block_7/block_0001/", "BLOCK_8/a.tif", "block_x/", "block_/", "block_1x/", "ablock_1/")
    assert ids(tmp_path) == ["Block_7", "BLOCK_8"]


def test_digits_of_other_scripts_are_no_block_number(tmp_path: Path) -> None:
    make(tmp_path, "block_١٢/a.tif")
    assert ids(tmp_path) == ["block_١٢/a.tif"]


def test_folder_of_tiffs_is_a_list_of_blocks(tmp_path: Path) -> None:
    make(tmp_path, "a10.tif", "a2.TIFF", "a1.Tif", "b.png", ".hidden.tif", "._a1.tif", "dir.tif/x.tif")
    assert ids(tmp_path) == ["a1.Tif", "a2.TIFF", "a10.tif", "dir.tif/x.tif"]


def test_tiffs_beside_block_folders_are_not_blocks(tmp_path: Path) -> None:
    make(tmp_path, "block_0001/", "overview.tif", "more/single.tif")
    assert ids(tmp_path) == ["block_0001", "more/single.tif"]


def test_root_that_is_a_block_folder_is_the_only_block(tmp_path: Path) -> None:
    root = make(tmp_path, "block_0042/ch_1.tif", "block_0042/block_0001/") / "block_0042"
    (batch,) = scan_blocks(root)
    assert batch.blocks == (Block("block_0042", str(root), True),)


def test_block_says_what_it_is(tmp_path: Path) -> None:
    make(tmp_path, "one/block_00012/", "two/block_3.tif", "two/cell_7.tif")
    folder, numbered, named = (block for batch in scan_blocks(tmp_path) for block in batch.blocks)
    assert (folder.number, folder.is_folder, folder.folder) == (12, True, str(tmp_path / "one"))
    assert (numbered.number, numbered.is_folder, numbered.folder) == (3, False, str(tmp_path / "two"))
    assert (named.number, named.path) == (None, str(tmp_path / "two" / "cell_7.tif"))


def test_hidden_and_skipped_folders_are_left_out(tmp_path: Path) -> None:
    make(tmp_path, ".cache/block_0001/", "annotations/labels/x.tif", "data/block_0001/")
    assert ids(tmp_path, tmp_path / "annotations", tmp_path / "not there") == ["data/block_0001"]
    assert ids(tmp_path, tmp_path) == ["annotations/labels/x.tif", "data/block_0001"]


def test_names_with_blanks_umlauts_and_emoji(tmp_path: Path) -> None:
    make(tmp_path, "Gewebe größer/block_0001/", "🧠 cells/block_0002/", " leading/ä.tif")
    assert sorted(ids(tmp_path)) == sorted(["Gewebe größer/block_0001", "🧠 cells/block_0002", " leading/ä.tif"])


@needs_posix
def test_name_that_is_not_text_is_reported_and_left_out(tmp_path: Path) -> None:
    make(tmp_path, "block_0001/")
    try:
        (tmp_path / os.fsdecode(b"bad\xff")).mkdir()
    except OSError:
        pytest.skip("this file system keeps names as text")
    (batch,) = scan_blocks(tmp_path)
    assert [block.id for block in batch.blocks] == ["block_0001"]
    (problem,) = batch.problems
    assert "bad\\udcff" in problem
    problem.encode("utf-8")


@needs_posix
def test_links_are_followed_but_not_round_in_circles(tmp_path: Path) -> None:
    outside = make(tmp_path / "outside", "block_0005/")
    root = make(tmp_path / "root", "block_0001/", "inner/block_0002/")
    (root / "link").symlink_to(outside)
    (root / "block_0003").symlink_to(root / "block_0001")
    (root / "inner" / "up").symlink_to(root)
    (root / "self").symlink_to(root / "self")
    (root / "gone").symlink_to(root / "nowhere")
    batches = list(scan_blocks(root))
    found = [block.id for batch in batches for block in batch.blocks]
    assert found == ["block_0001", "block_0003", "inner/block_0002", "link/block_0005"]
    told = " ".join(problem for batch in batches for problem in batch.problems)
    assert str(root / "inner" / "up") in told
    assert str(root / "self") in told


@needs_posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_unreadable_folder_is_a_problem_not_an_end(tmp_path: Path) -> None:
    make(tmp_path, "a/block_0001/", "b/block_0002/")
    (tmp_path / "a").chmod(0)
    try:
        (batch,) = scan_blocks(tmp_path)
    finally:
        (tmp_path / "a").chmod(0o700)
    assert [block.id for block in batch.blocks] == ["b/block_0002"]
    assert "permission denied" in batch.problems[0]


def test_missing_root_is_an_error_for_the_user(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="does not exist") as caught:
        list(scan_blocks(tmp_path / "gone"))
    assert caught.value.path == str(tmp_path / "gone")
    assert str(caught.value).startswith(str(tmp_path))
    assert "Check that the drive or share is connected" in str(caught.value)


def test_root_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="is not a folder"):
        list(scan_blocks(make(tmp_path, "a.tif") / "a.tif"))


def test_file_of_another_kind_is_told_from_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"neither a folder nor a TIFF. Cytoscribe opens TIFF and OME-TIFF files"):
        list(scan_blocks(make(tmp_path, "a.h5") / "a.h5"))


def test_empty_folder_has_no_blocks(tmp_path: Path) -> None:
    assert list(scan_blocks(tmp_path)) == []


def test_ten_thousand_blocks_come_in_order_the_first_ones_soon(tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / f"block_{number}").mkdir()
    sizes, numbers = [], []
    for batch in scan_blocks(tmp_path):
        sizes.append(len(batch.blocks))
        numbers += [block.number for block in batch.blocks]
    assert numbers == list(range(10_000))
    assert sizes[0] <= 100
    assert len(sizes) < 30


def test_scan_stops_when_cancelled(tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / f"block_{number}").mkdir()
    seen: list[int] = []
    for batch in scan_blocks(tmp_path, cancelled=lambda: bool(seen)):
        seen.append(len(batch.blocks))
    assert len(seen) == 1
    assert list(scan_blocks(tmp_path, cancelled=lambda: True)) == []


@given(st.lists(st.integers(0, 10**12), unique=True))
def test_natural_order_is_that_of_the_numbers(numbers: list[int]) -> None:
    names = [f"Tile {number} x" for number in numbers]
    assert natural_sorted(names) == [f"Tile {number} x" for number in sorted(numbers)]


@given(st.lists(st.text(), unique=True))
def test_natural_order_of_any_names_does_not_depend_on_how_they_came(names: list[str]) -> None:
    assert natural_sorted(names) == natural_sorted(reversed(names))
    assert sorted(names) == sorted(natural_sorted(names))


def test_images_of_other_formats_are_named(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("a.tif", "x2.h5", "x10.CZI", "notes.txt", "b/c.lif", "b/d.tif"):
        (tmp_path / name).write_bytes(b"")
    batch = next(scan_blocks(tmp_path))
    assert [block.id for block in batch.blocks] == ["a.tif", "b/d.tif"]
    several, one = batch.problems
    assert several.startswith(f"{tmp_path / 'x2.h5'} and 1 more files are not listed")
    assert one.startswith(f"{tmp_path / 'b' / 'c.lif'} is not listed")
