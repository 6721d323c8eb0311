"""Any axes become channel, z, y, x: as stated where they are stated, as noted where they are guessed."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.axes import AxesError, to_czyx

LENGTHS = {"C": 3, "Z": 4, "Y": 5, "X": 6}


def counting(*shape: int) -> Any:
    return np.arange(np.prod(shape)).reshape(shape)


@given(
    st.sampled_from([p for n in range(3) for rest in permutations("CZ", n) for p in permutations((*rest, "Y", "X"))])
)
def test_stated_axes_in_any_order(axes: tuple[str, ...]) -> None:
    original = counting(*(LENGTHS[a] if a in axes else 1 for a in "CZYX"))
    data = original.transpose([*("CZYX".index(a) for a in axes), *("CZYX".index(a) for a in "CZ" if a not in axes)])
    data = data.reshape(data.shape[: len(axes)])
    found, notes = to_czyx(data, "".join(axes), is_one_channel=False)
    np.testing.assert_array_equal(found, original)
    assert notes == ()


@pytest.mark.parametrize(
    ("axes", "shape", "is_one_channel", "expected", "noted"),
    [
        ("YX", (5, 6), False, (1, 1, 5, 6), False),
        ("QYX", (8, 5, 6), False, (8, 1, 5, 6), True),
        ("QYX", (9, 5, 6), False, (1, 9, 5, 6), True),
        ("QYX", (8, 5, 6), True, (1, 8, 5, 6), True),
        ("IYX", (1, 5, 6), False, (1, 1, 5, 6), False),
        ("QQYX", (3, 20, 5, 6), False, (3, 20, 5, 6), True),
        ("QQYX", (20, 3, 5, 6), False, (3, 20, 5, 6), True),
        ("QQYX", (4, 4, 5, 6), False, (4, 4, 5, 6), True),
        ("ICYX", (7, 2, 5, 6), False, (2, 7, 5, 6), True),
        ("IZYX", (2, 7, 5, 6), False, (2, 7, 5, 6), True),
        ("IYXS", (2, 5, 6, 3), False, (3, 2, 5, 6), True),
        ("YXS", (5, 6, 3), False, (3, 1, 5, 6), False),
        ("CYXS", (2, 5, 6, 3), False, (6, 1, 5, 6), False),
        ("EYX", (4, 5, 6), False, (4, 1, 5, 6), False),
        ("TYX", (7, 5, 6), False, (1, 7, 5, 6), True),
        ("TCYX", (7, 2, 5, 6), False, (2, 7, 5, 6), True),
        ("TZYX", (7, 4, 5, 6), False, (1, 4, 5, 6), True),
        ("TZCYXS", (1, 4, 2, 5, 6, 1), False, (2, 4, 5, 6), False),
        ("AZYX", (2, 4, 5, 6), False, (1, 4, 5, 6), True),
        ("YX", (1, 1), False, (1, 1, 1, 1), False),
    ],
)
def test_shapes(
    axes: str, shape: tuple[int, ...], is_one_channel: bool, expected: tuple[int, ...], noted: bool
) -> None:
    found, notes = to_czyx(counting(*shape), axes, is_one_channel)
    assert found.shape == expected
    assert bool(notes) is noted


def test_the_first_time_point_of_a_film_of_volumes() -> None:
    data = counting(7, 4, 5, 6)
    found, (note,) = to_czyx(data, "TZYX", is_one_channel=False)
    np.testing.assert_array_equal(found[0], data[0])
    assert note == "It holds 7 volumes (time): the first is shown."


def test_smaller_unnamed_axis_is_the_channel_wherever_it_stands() -> None:
    data = counting(20, 3, 5, 6)
    found, (note,) = to_czyx(data, "QQYX", is_one_channel=False)
    np.testing.assert_array_equal(found[2, 11], data[11, 2])
    assert "the 20 are taken as slices and 3 are taken as channels" in note


@pytest.mark.parametrize(
    ("axes", "shape"),
    [
        ("QQQYX", (2, 3, 4, 5, 6)),
        ("QCZYX", (2, 3, 4, 5, 6)),
        ("IZYX", (20, 4, 5, 6)),
        ("X", (6,)),
        ("QX", (4, 6)),
        ("YX", (0, 6)),
        ("YX", (4, 5, 6)),
        ("CCYX", (2, 3, 5, 6)),
    ],
)
def test_what_cannot_be_told_apart_is_refused(axes: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(AxesError, match=r"which|twice"):
        to_czyx(np.zeros(shape), axes, is_one_channel=False)
