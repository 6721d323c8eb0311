"""Numbers as the GPU has them, their table of colours, and what of an overlay is still to be uploaded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from app.render.label_look import HIDDEN, PLAIN, STRONG, LabelLook, color_table
from app.render.label_slots import MOST, LabelSlots
from app.render.label_textures import LabelTextures
from core.painting.label_colors import palette

numbers_of_objects = st.integers(0, 2**31 - 1) | st.integers(0, 4)
some = st.frozensets(st.integers(0, 6), max_size=4)


@given(parts=st.lists(arrays(np.int32, array_shapes(min_dims=3, max_dims=3, max_side=4), elements=numbers_of_objects)))
def test_every_number_of_32_bits_has_a_slot_of_its_own(parts: list[Any]) -> None:
    slots = LabelSlots(np.dtype(np.int32))
    for part in parts:
        found = slots.of(part)
        assert found.dtype == np.uint16 and np.array_equal(slots.numbers[found], part)
    for part in parts:  # and keeps it
        assert np.array_equal(slots.numbers[slots.of(part)], part)


def test_numbers_share_slots_when_there_are_too_many() -> None:
    slots = LabelSlots(np.dtype(np.int32))
    many = np.arange(1, MOST + 5000, dtype=np.int32)
    found = slots.of(many)
    assert np.array_equal(found[:MOST], np.arange(1, MOST + 1))
    assert found[MOST:].min() > 0
    assert len(slots.numbers) == MOST + 1


@given(selected=some, hidden=some, highlighted=some, alone=st.booleans(), seed=st.integers(0, 5), data=st.data())
def test_the_table_of_colours(selected: Any, hidden: Any, highlighted: Any, alone: bool, seed: int, data: Any) -> None:
    numbers = np.array(data.draw(st.permutations(range(5))), np.int64)
    own = ((2, (9, 8, 7)),)
    look = LabelLook(palette(seed), 0.5, 0, 0, selected, alone, hidden, own, highlighted)  # type: ignore[arg-type]
    table = color_table(look, numbers)
    for number, row in zip(numbers.tolist(), table.tolist(), strict=True):
        color = [9, 8, 7] if number == 2 else list(palette(seed)[3 * number : 3 * number + 3])
        if number in highlighted:
            color = [(part + 255) // 2 for part in color]
        strength = STRONG if number in selected or number in highlighted else HIDDEN if alone else PLAIN
        strength = HIDDEN if number in hidden else strength
        assert row == ([*color, strength] if number else [0, 0, 0, 0])


@given(steps=st.lists(st.tuples(st.booleans(), st.integers(-1, 9), st.integers(0, 12), st.integers(0, 9)), max_size=12))
def test_all_that_was_told_is_uploaded_in_the_end(steps: list[Any]) -> None:
    """A copy is kept as the GPU keeps it, from what is given to the texture."""
    array = np.zeros((10, 3, 4), np.uint8)
    textures = LabelTextures(array)
    gpu = np.full(array.shape, 99, np.uint8)
    sent = textures.texture.set_data

    def receive(data: Any, offset: tuple[int, int, int]) -> None:
        sent(data, offset=offset)
        z, y, x = offset
        depth, height, width = data.shape
        gpu[z : z + depth, y : y + height, x : x + width] = data

    textures.texture.set_data = receive
    for number, (is_frame, first, last, z) in enumerate(steps, 1):
        if is_frame:
            textures.queue_piece(z)
            low, high = textures.known(z)
            assert low <= z < high and np.array_equal(gpu[z], array[z])
        else:
            array[max(0, first) : max(0, last), 1:, :2] = number
            textures.dirty((slice(first, last), slice(1, 3), slice(0, 2)))
    textures.queue_all()
    assert not textures.is_stale and np.array_equal(gpu, array)
    assert not textures.queue_piece()


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.bool_])
def test_other_types_are_refused(dtype: Any) -> None:
    with pytest.raises(ValueError, match=np.dtype(dtype).name):
        LabelTextures(np.zeros((1, 1, 1), dtype))
