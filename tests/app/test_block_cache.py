"""Blocks in memory: bounded in bytes, the least recently used goes first."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.models.block_cache import BlockCache, LoadedBlock
from core.images.reading import BlockImage, Channel


def loaded(nbytes: int) -> LoadedBlock:
    image = BlockImage("block", (Channel("a", np.zeros((1, 1, nbytes), np.uint8), "a.tif"),), None, ())
    return LoadedBlock(image, ((0, 1),), {0: (0, 1)})


def test_the_least_recently_used_goes() -> None:
    cache = BlockCache(30)
    for place in range(3):
        cache.put(place, loaded(10))
    assert cache.get(0) is not None
    cache.put(3, loaded(10))
    assert [place for place in range(4) if cache.get(place)] == [0, 2, 3]


def test_a_block_larger_than_all_is_kept_alone() -> None:
    cache = BlockCache(30)
    cache.put(0, loaded(10))
    cache.put(1, loaded(100))
    assert cache.get(1) is not None
    assert cache.get(0) is None
    cache.put(2, loaded(10))
    assert (cache.get(1) is None, cache.get(2) is None, cache.nbytes) == (True, False, 10)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 60), st.booleans()), max_size=60))
def test_the_bound_holds_whatever_is_put(steps: list[tuple[int, int, bool]]) -> None:
    cache = BlockCache(100)
    sizes: dict[int, int] = {}
    for place, size, is_dropped in steps:
        if is_dropped:
            cache.drop(place)
        else:
            cache.put(place, loaded(size))
            sizes[place] = size
            assert cache.get(place) is not None
        assert cache.nbytes == sum(sizes[p] for p in range(9) if cache.get(p)) <= 100
    cache.clear()
    assert cache.nbytes == 0
