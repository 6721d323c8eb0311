"""Which blocks pass the filter of the list."""

from __future__ import annotations

import pytest

from app.models.block_filter import ALL, ANNOTATED, COMMENTED, FLAGGED, UNANNOTATED, UNSURE, BlockFilter
from app.models.block_list import Mark
from core.images.blocks import Block

BLOCKS = [Block(f"Tile_1/block_{number:04d}", f"/data/Tile_1/block_{number:04d}", True) for number in range(5)]
MARKS = [Mark(), Mark(label=1), Mark(label=2, unsure=True), Mark(flagged=True), Mark(label=2, comment="Straße, dim")]


@pytest.mark.parametrize(
    ("state", "text", "places"),
    [
        (ALL, "", [0, 1, 2, 3, 4]),
        (UNANNOTATED, "", [0, 3]),
        (ANNOTATED, "", [1, 2, 4]),
        (UNSURE, "", [2]),
        (FLAGGED, "", [3]),
        (COMMENTED, "", [4]),
        (2, "", [2, 4]),
        (3, "", []),
        (ALL, "BLOCK_0003", [3]),
        (ALL, "tile_1", [0, 1, 2, 3, 4]),
        (ALL, "STRASSE", [4]),
        (2, "dim", [4]),
        (1, "dim", []),
    ],
)
def test_places(state: str | int, text: str, places: list[int]) -> None:
    assert BlockFilter(state, text).places(BLOCKS, MARKS) == places


def test_places_count_from_the_first() -> None:
    assert BlockFilter(FLAGGED).places(BLOCKS, MARKS, first=10) == [13]
    assert BlockFilter().places(BLOCKS, MARKS, first=10) == [10, 11, 12, 13, 14]
