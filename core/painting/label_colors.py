"""Colours of objects by their number: the same in every view, table and plot."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

COLORS = 1024
"""Numbers that differ by this have the same colour."""
_STEPS = (0.6180339887, 0.7548776662, 0.4142135624)
"""From number to number on the circle of hues: 1/x of x**2 = x + 1, 1/x of x**3 = x + 1, x of (x + 1)**2 = 2."""
_TONES = ((0.95, 1.0), (0.55, 1.0), (0.85, 0.82))
"""Saturation and value, in turn."""
_LEAST_LIGHT = 0.32


def colors_of(numbers: NDArray[Any], seed: int = 0) -> NDArray[np.uint8]:
    """Return the colours (n, 3) of the numbers of objects (n,); 0, the background, is black.

    Another `seed` gives every number another colour. Numbers that follow on each other always differ clearly.
    """
    numbers = np.asarray(numbers, np.int64).ravel()
    table = np.frombuffer(palette(seed), np.uint8).reshape(COLORS, 3)
    found = table[numbers % COLORS]
    found[numbers == 0] = 0
    return found


@lru_cache(maxsize=16)
def palette(seed: int = 0) -> bytes:
    """Return COLORS colours, each as three bytes: number n has the colour n % COLORS.

    Hues go round by an irrational step, so that numbers near each other are never alike (the golden ratio does it
    best; other irrational steps are for other seeds); three saturations and values take
    turns; what would be too dark on a dark picture (luminance of ITU-R BT.709) is mixed with white.
    """
    numbers = np.arange(COLORS)
    hues = (numbers * _STEPS[seed % len(_STEPS)] + 0.27 * seed) % 1.0
    tones = np.array(_TONES)[(numbers + seed) % len(_TONES)]
    parts = np.clip(np.abs((hues[:, None] * 6.0 + [0.0, 4.0, 2.0]) % 6.0 - 3.0) - 1.0, 0.0, 1.0)
    colors = tones[:, 1:] * (1.0 - tones[:, :1] * (1.0 - parts))
    light = colors @ [0.2126, 0.7152, 0.0722]
    white = np.clip((_LEAST_LIGHT - light) / (1.0 - light), 0.0, 1.0)[:, None]
    return np.rint((colors + (1.0 - colors) * white) * 255.0).astype(np.uint8).tobytes()
