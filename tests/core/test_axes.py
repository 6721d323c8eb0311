"""Each dimension becomes time, channel, z, y or x: as stated, as noted where it is guessed, or as the user chose."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.images.axes import CHOSEN, GUESSED, STATED, AxesError, interpretations, name_axes

LENGTHS = {"T": 2, "C": 3, "Z": 4, "Y": 5, "X": 6}


@given(
    st.sampled_from([p for n in range(4) for rest in permutations("TCZ", n) for p in permutations((*rest, "Y", "X"))])
)
def test_stated_axes_in_any_order(axes: tuple[str, ...]) -> None:
    named = name_axes("".join(axes), tuple(LENGTHS[a] for a in axes), is_one_channel=False)
    assert (named.letters, named.source, named.notes) == ("".join(axes), STATED, ())


@pytest.mark.parametrize(
    ("axes", "shape", "is_one_channel", "expected", "noted"),
    [
        ("YX", (5, 6), False, "YX", False),
        ("QYX", (8, 5, 6), False, "CYX", True),
        ("QYX", (9, 5, 6), False, "ZYX", True),
        ("QYX", (8, 5, 6), True, "ZYX", True),
        ("IYX", (1, 5, 6), False, "_YX", False),
        ("QQYX", (3, 20, 5, 6), False, "CZYX", True),
        ("QQYX", (20, 3, 5, 6), False, "ZCYX", True),
        ("QQYX", (4, 4, 5, 6), False, "CZYX", True),
        ("ICYX", (7, 2, 5, 6), False, "ZCYX", True),
        ("IZYX", (2, 7, 5, 6), False, "CZYX", True),
        ("IYXS", (2, 5, 6, 3), False, "ZYXS", True),
        ("YXS", (5, 6, 3), False, "YXS", False),
        ("CYXS", (2, 5, 6, 3), False, "CYXS", False),
        ("EYX", (4, 5, 6), False, "CYX", False),
        ("TYX", (7, 5, 6), False, "TYX", False),
        ("TZYX", (7, 4, 5, 6), False, "TZYX", False),
        ("TZCYXS", (1, 4, 2, 5, 6, 1), False, "_ZCYX_", False),
        ("AZYX", (2, 4, 5, 6), False, "AZYX", True),
        ("YX", (1, 1), False, "YX", False),
    ],
)
def test_letters(axes: str, shape: tuple[int, ...], is_one_channel: bool, expected: str, noted: bool) -> None:
    named = name_axes(axes, shape, is_one_channel)
    assert named.letters == expected
    assert bool(named.notes) is noted
    assert named.source == (GUESSED if noted and "A" not in axes else STATED)


def test_the_guess_is_stated() -> None:
    (note,) = name_axes("QQYX", (20, 3, 5, 6), is_one_channel=False).notes
    assert "the 20 are taken as slices and 3 are taken as channels" in note


@pytest.mark.parametrize(
    ("axes", "shape", "chosen", "expected", "source"),
    [
        ("QYX", (5, 5, 6), "ZYX", "ZYX", CHOSEN),
        ("ZYX", (5, 5, 6), "TYX", "TYX", CHOSEN),
        ("ZYX", (5, 5, 6), "ZYX", "ZYX", STATED),
        ("TZCYXS", (1, 4, 1, 5, 6, 1), "TYX", "_T_YX_", CHOSEN),
        ("QYX", (9, 5, 3), "YXC", "YXC", CHOSEN),
        ("QQQYX", (2, 3, 4, 5, 6), "TZCYX", "TZCYX", CHOSEN),
        ("QQYX", (3, 9, 5, 6), "TYX", "CZYX", GUESSED),
    ],
)
def test_what_the_user_chose_goes_first_for_as_many_dimensions(
    axes: str, shape: tuple[int, ...], chosen: str, expected: str, source: str
) -> None:
    named = name_axes(axes, shape, False, chosen)
    assert (named.letters, named.source) == (expected, source)
    assert not named.notes or source == GUESSED


@pytest.mark.parametrize("count", range(1, 8))
def test_each_interpretation_can_be_chosen(count: int) -> None:
    offered = interpretations(count)
    assert len(set(offered)) == len(offered)
    assert bool(offered) is (2 <= count <= 5)
    for letters in offered:
        shape = tuple(range(2, 2 + count))
        assert name_axes("Q" * (count - 2) + "YX", shape, False, letters).letters == letters


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
        name_axes(axes, shape, is_one_channel=False)
