"""Colormaps of 256 colours, and sets of channel colours that colour-blind people can tell apart."""

from __future__ import annotations

import colorsys
from functools import cache

import numpy as np

Table = tuple[tuple[float, float, float], ...]
"""256 colours from the lower to the upper limit, each as r, g, b in 0..1."""

_STOPS: dict[str, tuple[str, ...]] = {
    "Gray": ("#000000", "#FFFFFF"),
    "Gray, inverted": ("#FFFFFF", "#000000"),
    "Fire": ("#000000", "#3B0A6B", "#A3195B", "#E8542A", "#FBB32B", "#FFFFD9"),
    "Ice": ("#000000", "#12306B", "#1C74A8", "#3DB8C4", "#A9E6D8", "#FFFFFF"),
}
"""Few colours of our own, evenly spaced; in between, linear in sRGB. Those with hues grow steadily in lightness."""

NAMES = (*_STOPS, "Cubehelix", "Hue")
"""What `table` makes. Others come from the drawing library, see the controller."""

BY_NUMBER = "Colour-blind safe, by their number"
"""White for one channel, green and magenta for two, cyan, magenta, yellow and orange for four, Okabe-Ito for more."""

COLOR_SETS: dict[str, tuple[str, ...]] = {
    BY_NUMBER: (),
    # The colours of Okabe and Ito, "Color Universal Design" (2008), the bright ones first: on black, the blue and the
    # reddish purple carry the least
    "Okabe-Ito, colour-blind safe": (
        "#56B4E9",
        "#E69F00",
        "#009E73",
        "#F0E442",
        "#D55E00",
        "#CC79A7",
        "#0072B2",
    ),
    "Green, magenta": ("#00FF00", "#FF00FF"),
    "Cyan, magenta, yellow, orange": ("#00FFFF", "#FF00FF", "#FFFF00", "#FF6000"),
    "Blue, green, red": ("#4D7CFF", "#2ED573", "#FF5A4D"),
    "All white": ("#FFFFFF",),
}
"""By name: colours in the order in which they are given to channels."""


@cache
def table(name: str) -> Table:
    """Return the colormap of that name, one of NAMES. KeyError for another."""
    if name == "Hue":  # for values without an order of brightness: an angle, a phase
        return tuple(colorsys.hsv_to_rgb(i / 256, 1.0, 1.0) for i in range(256))
    if name == "Cubehelix":
        return _cubehelix()
    stops = np.array([[int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)] for color in _STOPS[name]])
    at = np.linspace(0, len(stops) - 1, 256)
    columns = [np.interp(at, np.arange(len(stops)), stops[:, i]) for i in range(3)]
    return tuple((float(r), float(g), float(b)) for r, g, b in zip(*columns, strict=True))


def spread(color_set: str, count: int) -> tuple[str, ...]:
    """Return colours of a set for so many channels; from the beginning again where the set has fewer.

    KeyError for an unknown set.
    """
    colors = COLOR_SETS[color_set]
    if color_set == BY_NUMBER:
        if count == 1:
            return ("#FFFFFF",)
        names = ("Green, magenta", "Cyan, magenta, yellow, orange", "Okabe-Ito, colour-blind safe")
        colors = COLOR_SETS[names[0 if count == 2 else 1 if count <= 4 else 2]]
    return tuple(colors[i % len(colors)] for i in range(count))


def _cubehelix() -> Table:
    """Return D. A. Green's scheme "for the display of astronomical intensity images", Bull. Astr. Soc. India 39 (2011).

    With the paper's defaults: start 0.5, -1.5 rotations, hue 1, gamma 1. Its lightness grows evenly.
    """
    level = np.linspace(0, 1, 256)
    angle = 2 * np.pi * (0.5 / 3 + 1 - 1.5 * level)
    amplitude = level * (1 - level) / 2
    turns = np.array([[-0.14861, 1.78277], [-0.29227, -0.90649], [1.97294, 0.0]])
    colors = level[:, None] + amplitude[:, None] * (np.stack([np.cos(angle), np.sin(angle)], 1) @ turns.T)
    return tuple((float(r), float(g), float(b)) for r, g, b in np.clip(colors, 0, 1))
