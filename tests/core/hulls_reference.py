"""Slow and obvious: labels in 3D to measure, each object alone, and its hull by the definition, voxel by voxel."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TYPES = [np.dtype(kind) for kind in ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8")]


@st.composite
def labels_3d(draw: st.DrawFn, side: int = 9) -> NDArray[Any]:
    """Return labels of any integer type, with gaps between numbers, in pieces: dust, planks, blobs, lattices."""
    shape = draw(st.tuples(*[st.integers(1, side)] * 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    z, y, x = np.indices(shape)
    kind = draw(st.sampled_from(["dust", "thick dust", "blobs", "lattice", "boxes", "rays", "nothing"]))
    labels = np.zeros(shape, np.int64)
    if "dust" in kind:
        labels = rng.integers(0, 6, shape) * (rng.random(shape) < (0.8 if "thick" in kind else 0.08))
    elif kind == "lattice":
        a, b, c, d = rng.integers(-3, 4, 4)
        labels = ((a * z + b * y + c * x) % 4 == 0) * (1 + (z + d * y) % 3)
    elif kind == "rays":
        # Few corners far apart, with others on straight edges between them
        for number in rng.integers(1, 3, 8):
            start, step = rng.integers(0, shape), rng.integers(-2, 3, 3)
            places = np.array([start + k * step for k in range(rng.integers(1, side))])
            inside = ((places >= 0) & (places < shape)).all(1)
            labels[tuple(places[inside].T)] = number
    elif kind != "nothing":
        for number in range(1, 6):
            middle, radius = rng.integers(0, shape), rng.uniform(0.5, side / 2, 3)
            away = [np.abs(p - m) / r for p, m, r in zip((z, y, x), middle, radius, strict=True)]
            labels[np.max(away, 0) <= 1 if kind == "boxes" else np.sum(np.square(away), 0) <= 1] = number
    dtype = draw(st.sampled_from(_TYPES))
    # Their order is not that of the places
    numbers = 1 + rng.choice(min(np.iinfo(dtype).max, 2**62), 6, replace=False)
    return np.append(0, numbers).astype(dtype)[labels]


def alone(labels: NDArray[Any], number: Any) -> NDArray[np.bool_]:
    """Return an object in a box of its own."""
    places = np.nonzero(labels == number)
    return np.asarray((labels == number)[tuple(slice(p.min(), p.max() + 1) for p in places)])


def is_flat(image: NDArray[np.bool_]) -> bool:
    places = np.argwhere(image)
    return bool(np.linalg.matrix_rank(places - places[0]) < 3)


def hull_of_faces(image: NDArray[np.bool_]) -> int:
    """Count the voxels of the hull of the middles of all faces, as `convex_hull_image` has it, for flat objects too."""
    from scipy.spatial import ConvexHull

    faces = np.array([face for face in product((-0.5, 0, 0.5), repeat=3) if np.abs(face).sum() == 0.5])
    hull = ConvexHull((np.argwhere(image)[:, None] + faces).reshape(-1, 3))
    voxels = np.indices(image.shape).reshape(3, -1)
    return int((hull.equations[:, :3] @ voxels + hull.equations[:, 3:] < 1e-9).all(0).sum())
