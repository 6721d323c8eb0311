"""Sizes and shapes of objects, one number, one pixel after another: slow and plain, to hold the fast ones against."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[int, ...]


def reference_rows(labels: Any, sizes: tuple[float, ...]) -> dict[int, dict[str, float]]:
    """Return for each positive number the columns that can be had without a surface."""
    rows = {}
    for number in sorted({int(value) for value in labels.flat if value > 0}):
        points = [tuple(map(int, point)) for point in np.argwhere(labels == number)]
        rows[number] = _row(points, labels.shape, sizes)
    return rows


def _row(points: list[Point], shape: tuple[int, ...], sizes: tuple[float, ...]) -> dict[str, float]:
    ndim = len(sizes)
    axes = "zyx"[-ndim:]
    size = len(points) * math.prod(sizes)
    places = np.array(points) * sizes
    variances = np.sort(np.linalg.eigvalsh(np.cov(places.T, bias=True)) if len(points) > 1 else np.zeros(ndim))[::-1]
    variances = np.clip(variances, 0, None)
    factor = 16 if ndim == 2 else 20
    row = {
        "area" if ndim == 2 else "volume": size,
        "axis_major_length": math.sqrt(factor * variances[0]),
        "axis_minor_length": math.sqrt(factor * variances[-1]),
        "equivalent_diameter": (2 * ndim * size / math.pi) ** (1 / ndim),
        "touches_border": any(p in (0, n - 1) for point in points for p, n in zip(point, shape, strict=True)),
        "n_pieces": _pieces(set(points)),
        "feret_max": _feret(points, sizes),
    }
    for axis, name in enumerate(axes):
        row[f"centroid_{name}"] = float(places[:, axis].mean())
        row[f"bbox_min_{name}"] = min(point[axis] for point in points)
        row[f"bbox_max_{name}"] = max(point[axis] for point in points) + 1
    if ndim == 2:
        steps = [entries(points, step) for step in ((0, 1), (1, 0), (1, 1), (1, -1))]
        perimeter = math.pi / 4 * (steps[0] + steps[1] + (steps[2] + steps[3]) / math.sqrt(2))
        row["perimeter"] = perimeter * math.sqrt(math.prod(sizes))
        row["sphericity"] = 4 * math.pi * size / row["perimeter"] ** 2
        row["solidity"] = len(points) / hull_pixels(points)
    return row


def entries(points: list[Point], step: Point) -> int:
    """Return from how many points a step back leads out of the object."""
    inside = set(points)
    return sum((y - step[0], x - step[1]) not in inside for y, x in points)


def hull_pixels(points: list[Point]) -> int:
    """Return how many pixels have their centre in the hull of all points half a pixel from a centre, in half pixels."""
    dots = sorted({(2 * y + a, 2 * x + b) for y, x in points for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1))})
    ring = _half(dots)[:-1] + _half(dots[::-1])[:-1]
    edges = list(zip(ring, ring[1:] + ring[:1], strict=True))
    low = [min(point[axis] for point in points) for axis in (0, 1)]
    high = [max(point[axis] for point in points) for axis in (0, 1)]
    return sum(
        all(_turn(one, other, (2 * y, 2 * x)) >= 0 for one, other in edges)
        for y, x in product(range(low[0], high[0] + 1), range(low[1], high[1] + 1))
    )


def _half(dots: Sequence[Point]) -> list[Point]:
    chain: list[Point] = []
    for dot in dots:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], dot) <= 0:
            chain.pop()
        chain.append(dot)
    return chain


def _turn(one: Point, other: Point, dot: Point) -> int:
    return (other[0] - one[0]) * (dot[1] - one[1]) - (other[1] - one[1]) * (dot[0] - one[0])


def _pieces(left: set[Point]) -> int:
    found = 0
    while left:
        found += 1
        todo = [left.pop()]
        while todo:
            point = todo.pop()
            for axis, way in product(range(len(point)), (-1, 1)):
                beside = (*point[:axis], point[axis] + way, *point[axis + 1 :])
                if beside in left:
                    left.remove(beside)
                    todo.append(beside)
    return found


def _feret(points: list[Point], sizes: tuple[float, ...]) -> float:
    faces = {
        tuple(2 * p + (way if i == axis else 0) for i, p in enumerate(point))
        for point in points
        for axis, way in product(range(len(sizes)), (-1, 1))
    }
    places = np.array(sorted(faces)) / 2 * sizes
    return max(float(np.sqrt(((places - place) ** 2).sum(axis=1)).max()) for place in places)
