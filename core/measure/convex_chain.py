"""The corners of one side of many convex hulls in the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def upper_chain(group: NDArray[np.int64], along: NDArray[np.int64], height: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which points are corners of the upper convex hull of their group, in the plane (along, height), ascending.

    Groups ascend, and within a group `along`, without repeats. All are (points,).

    Every point that is not beyond the line between its neighbours goes, all of them at once, until there is none. It is
    right to let neighbours go together: a point on or within a line of two others is no corner, whatever becomes of
    those. Groups from which none went are done and looked at no more.
    """
    stays = np.ones(len(group), np.bool_)
    left = np.arange(len(group))
    while len(left) > 2:
        here, x, y = group[left], along[left], height[left]
        step, rise = np.diff(x), np.diff(y)
        goes = (rise[:-1] * step[1:] <= rise[1:] * step[:-1]) & (here[:-2] == here[2:])
        gone = np.flatnonzero(goes) + 1
        stays[left[gone]] = False
        is_open = np.zeros(int(here[-1] - here[0]) + 1, np.bool_)
        is_open[here[gone] - here[0]] = True
        still = is_open[here - here[0]]
        still[gone] = False
        left = left[still]
    return np.flatnonzero(stays)
