"""The planes round the convex hulls of objects in 3D whose voxels are octahedra, exactly, each with its box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OCTAHEDRON = np.concatenate([np.eye(3), -np.eye(3)])
"""The corners of a voxel's octahedron in half voxels: the middles of the voxel's faces."""


class Planes(NamedTuple):
    """Planes that bound bodies: `normal` . (Z, Y, X) <= `limit` in each of k, exactly.

    `which` (k,) is the place of the body, `normal` is (3, k). A plane is a bound everywhere, but need be looked at only
    over its face: from `begin` to `end` (2, k), in Z and Y, both included, int64.
    """

    which: NDArray[np.int64]
    normal: NDArray[np.float64]
    limit: NDArray[np.float64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]


def hull_planes(which: NDArray[np.int64], points: NDArray[np.int64], starts: NDArray[np.int64]) -> list[Planes]:
    """Return the planes of convex hulls, without those along X, which bound no column, and those at single corners.

    `points` (p, 3) are voxels of bodies, by body, with all corners of their hulls; `which` (p,) is the place of the
    body, `starts` (n + 1,) where each body's points begin. Each voxel is the octahedron between the middles of its
    faces.
    """
    flat = _are_flat(which, points, starts)
    places = points.astype(np.float64)
    planes = []
    if not flat.all():
        corners, beyond = _triangles(places, starts, np.flatnonzero(~flat))
        across = places.T.copy()
        faces, is_sliver = _faces(which[corners[0]], across[:, corners], _middles(places, starts), 0.5)
        planes += [faces, _edges(which, across, *_sides(across, corners, beyond, is_sliver))]
    if flat.any():
        # A grown flat body is a body in space, and its faces need no growing
        chosen = flat[which]
        places = (places[chosen, None] + _OCTAHEDRON / 2).reshape(-1, 3)
        which = np.repeat(which[chosen], len(_OCTAHEDRON))
        starts = np.searchsorted(which, np.arange(len(starts)))
        corners, _ = _triangles(places, starts, np.flatnonzero(flat))
        planes.append(_faces(which[corners[0]], places.T[:, corners], _middles(places, starts), 0)[0])
    return planes


def _are_flat(which: NDArray[np.int64], points: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which bodies lie in a plane (n,)."""
    z, y, x = away = (points - points[starts[:-1]][which]).T
    along = away[:, _largest(z * z + y * y + x * x, which, starts)]
    z, y, x = across = _cross(away, along[:, which])
    normal = across[:, _largest(z * z + y * y + x * x, which, starts)]
    return np.asarray(np.maximum.reduceat(np.abs(_dot(away, normal[:, which])), starts[:-1]) == 0)


def _largest(values: NDArray[np.int64], which: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where the largest value of each body is."""
    at = np.flatnonzero(values == np.maximum.reduceat(values, starts[:-1])[which])
    places = np.empty(len(starts) - 1, np.int64)
    places[which[at]] = at
    return places


def _triangles(
    points: NDArray[np.float64], starts: NDArray[np.int64], chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the triangles of hulls: their points (3, t), and the triangles beyond the edges opposite to those."""
    from scipy.spatial import ConvexHull

    corners, beyond, count = [], [], 0
    for body in chosen.tolist():
        begin, end = starts[body], starts[body + 1]
        # Joggled, for voxels often lie in one plane: then Qhull has nothing to merge, and takes half the time. It is
        # far too little to be seen in whole numbers, and the planes are made anew from the points themselves
        hull = ConvexHull(points[begin:end], qhull_options="QJ")
        corners.append(hull.simplices + begin)
        beyond.append(hull.neighbors + count)
        count += len(hull.simplices)
    return np.concatenate(corners).T.astype(np.int64), np.concatenate(beyond).T.astype(np.int64)


def _middles(points: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a place inside of each body (3, n); 0 where a body has no points."""
    sums = np.concatenate([np.zeros((1, 3)), np.cumsum(points, 0)])
    return np.asarray((np.diff(sums[starts], axis=0) / np.maximum(np.diff(starts), 1)[:, None]).T)


def _faces(
    which: NDArray[np.int64], corners: NDArray[np.float64], middles: NDArray[np.float64], grow: float
) -> tuple[Planes, NDArray[np.bool_]]:
    """Return the planes of triangles (3, 3, t) of bodies, moved out by so much of an octahedron; which have no plane.

    `corners` are by axis, point, triangle. Points on one line have no plane.
    """
    a, b, c = corners.transpose(1, 0, 2)
    normal = _cross(b - a, c - a)
    normal *= np.sign(_dot(normal, a - middles[:, which]))
    sizes = np.abs(normal)
    limit = _dot(normal, a) + grow * sizes.max(0)
    begin = np.ceil(corners[:2].min(1)).astype(np.int64)
    end = np.floor(corners[:2].max(1)).astype(np.int64)
    bounds = normal[2] != 0
    planes = Planes(which[bounds], normal[:, bounds], limit[bounds], begin[:, bounds], end[:, bounds])
    return planes, sizes.max(0) == 0


def _sides(
    points: NDArray[np.float64],
    corners: NDArray[np.int64],
    beyond: NDArray[np.int64],
    is_sliver: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], ...]:
    """Return the edges of hulls: both ends, and the third points of the triangles on both sides.

    Triangles of points on one line are looked through, to the one behind: in by a short edge, out by the long one.
    """
    k, near = np.nonzero(~is_sliver & (is_sliver[beyond] | (beyond > np.arange(len(is_sliver)))))
    came, far = near.copy(), beyond[k, near]
    slivers = np.flatnonzero(is_sliver)
    z, y, x = points[:, corners[:, slivers]]
    middle = np.zeros(len(is_sliver), np.int64)
    lengths = [(v - np.roll(v, 1, 0)) ** 2 for v in (z, y, x)]
    # The difference at k is that between points k - 1 and k, opposite to k + 1
    middle[slivers] = (np.argmax(lengths[0] + lengths[1] + lengths[2], 0) + 1) % 3
    open_ = np.flatnonzero(is_sliver[far])
    while len(open_):
        here = far[open_]
        into = np.argmax(beyond[:, here] == came[open_], 0)
        out = np.where(into == middle[here], (into + 1) % 3, middle[here])
        came[open_], far[open_] = here, beyond[out, here]
        open_ = open_[is_sliver[far[open_]]]
    last = np.argmax(beyond[:, far] == came, 0)
    return corners[(k + 1) % 3, near], corners[(k + 2) % 3, near], corners[k, near], corners[last, far]


def _edges(
    which: NDArray[np.int64],
    points: NDArray[np.float64],
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
) -> Planes:
    """Return the planes through an edge (a, b) of a body and an edge of the octahedron at it.

    `left` and `right` are the third points of the triangles at the edge.
    """
    start, end = points[:, a], points[:, b]
    along = end - start
    one, two = points[:, left] - start, points[:, right] - start
    low, high = np.minimum(start, end)[:2].astype(np.int64), np.maximum(start, end)[:2].astype(np.int64)
    size = np.abs(along)
    found = []
    for i, j, k in (0, 1, 2), (0, 2, 1), (1, 2, 0):
        for sign in 1, -1:
            # With the octahedron's edge (e_i + sign e_j) the normal has |n_i| = |n_j| = size[k], and the octahedron
            # touches with that edge, not with a corner, if |n_k| is not larger
            at = np.flatnonzero((size[k] > 0) & (np.abs(along[j] - sign * along[i]) <= size[k]))
            step = np.zeros((3, 1))
            step[i], step[j] = 1, sign
            normal = _cross(along[:, at], step)
            side = _dot(normal, one[:, at])
            # Both triangles lie behind the plane. If one lies in it, it is that triangle's own plane
            outer = (side * _dot(normal, two[:, at]) > 0) & (normal[2] != 0)
            at = at[outer]
            normal = normal[:, outer] * -np.sign(side[outer])
            limit = _dot(normal, start[:, at]) + size[k, at] / 2
            found.append((which[a[at]], normal, limit, low[:, at], high[:, at]))
    return Planes(*(np.concatenate(parts, -1) for parts in zip(*found, strict=True)))


def _dot(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])


def _cross(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    return np.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])
