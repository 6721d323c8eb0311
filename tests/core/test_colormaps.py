"""Colormaps and colour sets: what people with other cones see of them is computed, not believed."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from core.display.colormaps import BY_NUMBER, COLOR_SETS, NAMES, spread, table

# Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009),
# severity 1, on linear RGB
_MACHADO = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(color: str, deficiency: str) -> np.ndarray:
    """Return CIE L*a*b* (D65) of a colour as such a person sees it."""
    srgb = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(_MACHADO[deficiency]) @ linear, 0, 1)
    xyz = _XYZ @ seen / (0.9505, 1.0, 1.089)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("deficiency", _MACHADO)
@pytest.mark.parametrize(("count", "apart"), [(2, 100), (3, 40), (4, 30), (7, 15)])
def test_channels_stay_apart_for_colour_blind_people(deficiency: str, count: int, apart: float) -> None:
    """A difference of 10 is seen at once; the first colours, which most blocks need, are much further apart."""
    colors = spread(BY_NUMBER, count)
    assert len(set(colors)) == count
    for one, other in combinations(colors, 2):
        assert np.linalg.norm(lab(one, deficiency) - lab(other, deficiency)) >= apart, (one, other)


def test_a_set_begins_anew_where_it_ends() -> None:
    assert spread("Green, magenta", 5) == ("#00FF00", "#FF00FF", "#00FF00", "#FF00FF", "#00FF00")
    assert spread(BY_NUMBER, 1) == ("#FFFFFF",)
    for name in COLOR_SETS:
        assert spread(name, 0) == ()
        assert len(spread(name, 40)) == 40


@pytest.mark.parametrize("name", NAMES)
def test_a_colormap_has_256_colours(name: str) -> None:
    colors = np.array(table(name))
    assert colors.shape == (256, 3)
    assert colors.min() >= 0
    assert colors.max() <= 1


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("Hue", "Gray, inverted")])
def test_what_is_more_looks_brighter(name: str) -> None:
    """The luminance grows with each step, so that the picture is read right in grey, too."""
    srgb = np.array(table(name))
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ _XYZ[1]
    assert (np.diff(luminance) > 0).all()
    assert luminance[0] == pytest.approx(0, abs=1e-9)
    assert luminance[-1] > 0.95


def test_ends_by_hand() -> None:
    assert table("Gray")[51] == pytest.approx((0.2, 0.2, 0.2))
    assert table("Gray, inverted")[0] == (1.0, 1.0, 1.0)
    assert table("Hue")[0] == (1.0, 0.0, 0.0)
    with pytest.raises(KeyError):
        table("jet")
