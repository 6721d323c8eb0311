"""What measuring intensities, and cells with nuclei, gives: one object after the other, over the whole image."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PERCENTS = (10, 25, 75, 90)


def statistics(values: NDArray[Any]) -> dict[str, float]:
    """Return the statistics of the values of one object."""
    if not values.size:
        return dict.fromkeys(("mean", "median", "max", "min", "std", *(f"percentile_{p}" for p in PERCENTS)), np.nan)
    values = values.astype(np.float64)
    with np.errstate(all="ignore"):
        return {
            "mean": float(np.mean(values)),
            "median": np.nan if np.isnan(values).any() else float(np.median(values)),
            "max": float(values.max()),
            "min": float(values.min()),
            "std": float(np.std(values)),
            **{f"percentile_{percent}": float(np.percentile(values, percent)) for percent in PERCENTS},
        }


def intensities(labels: NDArray[Any], image: NDArray[Any]) -> dict[str, list[float]]:
    """Return the columns of measure_intensities for an image without channels."""
    table: dict[str, list[float]] = {"index": []}
    for number in np.unique(labels[labels > 0]).tolist():
        table["index"].append(number)
        for name, value in statistics(image[labels == number]).items():
            table.setdefault(name if name.startswith("percentile") else f"{name}_intensity", []).append(value)
    return table


def counting(cells: NDArray[Any], nuclei: NDArray[Any], least: float, majority: bool) -> dict[Any, set[Any]]:
    """Return the nuclei that count in each cell, voxel by voxel."""
    shared = Counter(zip(cells.ravel().tolist(), nuclei.ravel().tolist(), strict=True))
    whole = Counter(nuclei.ravel().tolist())
    held: dict[Any, set[Any]] = {cell: set() for cell in set(cells.ravel().tolist()) - {0}}
    for nucleus in set(whole) - {0}:
        parts = {cell: shared[cell, nucleus] for cell in held if shared[cell, nucleus]}
        if majority and parts:
            best = min(cell for cell in parts if parts[cell] == max(parts.values()))
            parts = {best: parts[best]}
        for cell, part in parts.items():
            if part / whole[nucleus] >= least:
                held[cell].add(nucleus)
    return held


def cell_nucleus(
    cells: NDArray[Any], nuclei: NDArray[Any], voxel: float, image: NDArray[Any], least: float, majority: bool
) -> list[dict[str, float]]:
    """Return the rows of measure_cell_nucleus."""
    size = "area" if cells.ndim == 2 else "volume"
    names = ("mean", "median", "max", "min", *(f"percentile_{percent}" for percent in PERCENTS))
    rows = []
    for cell, held in sorted(counting(cells, nuclei, least, majority).items()):
        is_cell = cells == cell
        is_nucleus = is_cell & np.isin(nuclei, sorted(held))
        whole, part = float(is_cell.sum()) * voxel, float(is_nucleus.sum()) * voxel
        row: dict[str, float] = {"index": int(cell), "n_nuclei": len(held), f"cell_{size}": whole}
        row |= {f"nucleus_{size}": part, f"{size}_ratio": whole / part if part else np.nan}
        outside, within = statistics(image[is_cell & ~is_nucleus]), statistics(image[is_nucleus])
        row |= {f"cell_{name}_intensity": outside[name] for name in names}
        row |= {f"nucleus_{name}_intensity": within[name] for name in names}
        for name in names:
            with np.errstate(all="ignore"):
                ratio = np.float64(outside[name]) / within[name] if within[name] else np.nan
            row[f"{name}_intensity_ratio"] = float(ratio)
        rows.append(row)
    return rows
