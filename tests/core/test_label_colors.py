"""Colours of objects by their number."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.painting.label_colors import COLORS, colors_of, palette

SEEDS = range(7)


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_near_each_other_differ_clearly(seed: int) -> None:
    colors = colors_of(np.arange(1, 3 * COLORS), seed).astype(int)
    for apart in (1, 2):
        assert np.abs(colors[apart:] - colors[:-apart]).max(axis=1).min() > 60


@pytest.mark.parametrize("seed", SEEDS)
def test_no_colour_is_dark_or_gray(seed: int) -> None:
    for color in colors_of(np.arange(1, COLORS + 1), seed) / 255.0:
        assert color @ [0.2126, 0.7152, 0.0722] > 0.3
        assert colorsys.rgb_to_hsv(*color)[1] > 0.35


@given(number=st.integers(1, 2**31 - 1), seed=st.integers(0, 1000))
def test_a_number_has_one_colour_which_comes_round(number: int, seed: int) -> None:
    color = colors_of(np.array([number]), seed)[0]
    table = np.frombuffer(palette(seed), np.uint8).reshape(-1, 3)
    assert np.array_equal(color, table[number % len(table)])
    assert np.array_equal(color, colors_of(np.array([5, number, 0], np.int64), seed)[1])


def test_the_background_is_black_and_another_seed_is_another_colour() -> None:
    assert not colors_of(np.array([0, 0], np.uint8)).any()
    numbers = np.arange(1, 200, dtype=np.uint16)
    for seed in SEEDS[1:]:
        differences = np.abs(colors_of(numbers).astype(int) - colors_of(numbers, seed)).max(axis=1)
        assert np.mean(differences > 30) > 0.7
