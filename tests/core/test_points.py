"""Each block gets the focus point it was cut for, or none: never that of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from core.images.blocks import Block, scan_blocks
from core.images.points import focus_points

if TYPE_CHECKING:
    from pathlib import Path


def blocks_of(folder: Path, *names: str) -> list[Block]:
    return [Block(f"{folder.name}/{name}", str(folder / name), True) for name in names]


def numbered(folder: Path, *numbers: int) -> list[Block]:
    return blocks_of(folder, *(f"block_{number:04d}" for number in numbers))


def save(folder: Path, count: int, dtype: Any = np.float64) -> None:
    """Row r is the point (r, 10 r, 100 r)."""
    rows = np.arange(count)[:, None]
    np.save(folder / "local_points.npy", (rows * [1, 10, 100]).astype(dtype))


def rows(folder: Path, blocks: list[Block]) -> dict[str, float]:
    """The row that each block got, by its name."""
    points, problem = focus_points(blocks, str(folder))
    assert problem is None
    for point in points.values():
        assert point == (point[0], 10 * point[0], 100 * point[0])
    return {block_id.split("/")[-1]: point[0] for block_id, point in points.items()}


def test_numbers_from_zero(tmp_path: Path) -> None:
    save(tmp_path, 3)
    assert rows(tmp_path, numbered(tmp_path, 0, 1, 2)) == {"block_0000": 0, "block_0001": 1, "block_0002": 2}


def test_missing_block_does_not_shift_the_others(tmp_path: Path) -> None:
    save(tmp_path, 5)
    assert rows(tmp_path, numbered(tmp_path, 0, 1, 3, 4))["block_0003"] == 3
    assert rows(tmp_path, numbered(tmp_path, 1, 2, 4, 5)) == {
        "block_0001": 0,
        "block_0002": 1,
        "block_0004": 3,
        "block_0005": 4,
    }


def test_block_beyond_the_table_has_no_point(tmp_path: Path) -> None:
    save(tmp_path, 2)
    assert rows(tmp_path, numbered(tmp_path, 0, 1, 7)) == {"block_0000": 0, "block_0001": 1}


def test_other_names_go_by_natural_order_if_all_are_there(tmp_path: Path) -> None:
    save(tmp_path, 3)
    assert rows(tmp_path, blocks_of(tmp_path, "cell10.tif", "cell9.tif", "cell1.tif")) == {
        "cell1.tif": 0,
        "cell9.tif": 1,
        "cell10.tif": 2,
    }
    assert rows(tmp_path, numbered(tmp_path, 17, 23, 40))["block_0040"] == 2


def test_ambiguous_table_gives_no_points_and_says_why(tmp_path: Path) -> None:
    save(tmp_path, 24)
    points, problem = focus_points(numbered(tmp_path, *range(1, 24)), str(tmp_path))
    assert points == {}
    assert problem is not None
    assert "24 points for 23 blocks" in problem


def test_only_blocks_of_the_folder_have_rows(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    save(one, 2)
    assert list(rows(one, [*numbered(two, 0, 1, 2), *numbered(one, 0, 1)])) == ["block_0000", "block_0001"]


def test_file_at_the_data_root_counts_for_blocks_below(tmp_path: Path) -> None:
    save(tmp_path, 3)
    assert rows(tmp_path, numbered(tmp_path / "tile", 0, 2)) == {"block_0000": 0, "block_0002": 2}


def test_file_at_the_root_never_gives_two_blocks_of_one_number_the_same_point(tmp_path: Path) -> None:
    save(tmp_path, 2)
    blocks = [*numbered(tmp_path / "one", 0, 1), *numbered(tmp_path / "two", 0, 1)]
    points, problem = focus_points(blocks, str(tmp_path))
    assert points == {}
    assert problem is not None


def test_point_that_is_not_finite_is_none(tmp_path: Path) -> None:
    np.save(tmp_path / "local_points.npy", np.array([[1, 2, np.nan], [4, 5, 6]]))
    assert focus_points(numbered(tmp_path, 0, 1), str(tmp_path)) == (
        {f"{tmp_path.name}/block_0001": (4.0, 5.0, 6.0)},
        None,
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float16, ">f4"])
def test_any_numeric_type(tmp_path: Path, dtype: Any) -> None:
    save(tmp_path, 2, dtype)
    assert rows(tmp_path, numbered(tmp_path, 0, 1))["block_0001"] == 1


def test_without_a_file_there_is_neither_point_nor_problem(tmp_path: Path) -> None:
    assert focus_points(numbered(tmp_path, 0), str(tmp_path)) == ({}, None)


@pytest.mark.parametrize(
    "table",
    [
        np.zeros((2, 2)),
        np.zeros(3),
        np.zeros((2, 3), complex),
        np.zeros((2, 3), bool),
        np.array([["a", "b", "c"]]),
        np.array([[{}, 1, 2]], dtype=object),
    ],
    ids=["shape", "flat", "complex", "bool", "text", "pickle"],
)
def test_other_tables_are_named(tmp_path: Path, table: Any) -> None:
    np.save(tmp_path / "local_points.npy", table)
    points, problem = focus_points(numbered(tmp_path, 0, 1), str(tmp_path))
    assert points == {}
    assert problem is not None
    assert "local_points.npy is not a table" in problem


def test_damaged_file_is_named(tmp_path: Path) -> None:
    save(tmp_path, 3)
    whole = (tmp_path / "local_points.npy").read_bytes()
    for content in (b"", b"text", whole[:20], whole[:-5]):
        (tmp_path / "local_points.npy").write_bytes(content)
        points, problem = focus_points(numbered(tmp_path, 0, 1, 2), str(tmp_path))
        assert points == {}
        assert problem is not None


def test_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "local_points.npy").mkdir()
    _, problem = focus_points(numbered(tmp_path, 0), str(tmp_path))
    assert problem is not None


def test_real_data(shared: Path) -> None:
    folder = shared / "data" / "blocks-lightsheet"
    blocks = [block for batch in scan_blocks(folder) for block in batch.blocks]
    points, problem = focus_points(blocks, str(folder))
    assert problem is None
    table = np.load(folder / "local_points.npy")
    assert [points[f"block_{number:04d}"] for number in range(1, 15)] == [tuple(row) for row in table.tolist()]
