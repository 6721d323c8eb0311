"""Texels of the packed textures stand for the values of the channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from app.render.packing import GROUP, Packed, pack

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHAPES = hnp.array_shapes(min_dims=3, max_dims=3, max_side=4)
FINITE = st.floats(-(2.0**100), 2.0**100, width=32)


def values(packed: Packed, channel: int) -> NDArray[np.float64]:
    """Return what the texels of a channel say, as the shader reads them."""
    group = packed.groups[channel // GROUP]
    texels = group[..., channel % GROUP].astype(np.float64) / np.iinfo(group.dtype).max
    return packed.offset[channel] + texels * packed.scale[channel]


@st.composite
def blocks(draw: st.DrawFn) -> list[NDArray[Any]]:
    shape = draw(SHAPES)
    kinds = draw(st.lists(st.sampled_from([np.uint8, np.uint16, np.int16]), min_size=1, max_size=9))
    return [draw(hnp.arrays(kind, shape)) for kind in kinds]


@given(blocks())
def test_integers_come_back_without_loss(channels: list[NDArray[Any]]) -> None:
    packed = pack(channels)
    assert packed.shape == channels[0].shape
    assert packed.nbytes == sum(group.nbytes for group in packed.groups)
    assert len(packed.groups) == -(-len(channels) // GROUP)
    for number, data in enumerate(channels):
        assert np.array_equal(np.rint(values(packed, number)), data)


@given(hnp.arrays(np.float32, SHAPES, elements=FINITE))
def test_decimals_come_back_within_a_step_of_their_range(data: NDArray[np.float32]) -> None:
    packed = pack([data])
    span = float(data.max()) - float(data.min())
    assert values(packed, 0) == pytest.approx(data.astype(np.float64), abs=max(1.0, span) / 65535, rel=1e-6)


def test_what_is_no_number_is_drawn_as_an_end_of_the_range() -> None:
    data = np.array([[[np.nan, np.inf, -np.inf, 2.0, 4.0]]], np.float32)
    assert values(pack([data]), 0)[0, 0].tolist() == pytest.approx([2.0, 4.0, 2.0, 2.0, 4.0])
    nothing = np.full((1, 2, 2), np.nan, np.float32)
    assert np.all(values(pack([nothing]), 0) == 0.0)


def test_eight_bits_stay_eight_bits_and_one_channel_stays_alone() -> None:
    one = np.zeros((2, 3, 4), np.uint8)
    assert [(g.dtype.name, g.shape) for g in pack([one]).groups] == [("uint8", (2, 3, 4, 1))]
    five = pack([one] * 5)
    assert [g.shape for g in five.groups] == [(2, 3, 4, 4), (2, 3, 4, 1)]
    assert pack([one, one.astype(np.uint16)]).groups[0].dtype == np.uint16
