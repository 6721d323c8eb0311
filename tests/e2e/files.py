"""Small data sets on disk for the tests, and what the program left in the annotations folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import tifffile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

Volume = np.ndarray[Any, np.dtype[Any]]
CHANNELS = ("488", "561")


def write_channel(path: Path, volume: NDArray[Any]) -> None:
    """Write one channel (Z, Y, X) as a TIFF; makes the folder of its block."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, volume, photometric="minisblack", metadata={"axes": "ZYX"})


def make_blocks(root: Path, names: Sequence[str], shape: tuple[int, int, int] = (6, 16, 16)) -> Path:
    """Make blocks of two channels below `root`, each filled with noise of its own; return `root`."""
    random = np.random.default_rng(1)
    for name in names:
        for channel in CHANNELS:
            write_channel(root / name / f"ch_{channel}.tif", random.integers(0, 4000, shape, dtype=np.uint16))
    return root


def block_names(count: int, first: int = 0) -> list[str]:
    """Return `block_0000` and so on."""
    return [f"block_{number:04d}" for number in range(first, first + count)]


def write_classes(folder: Path, names: Sequence[str]) -> Path:
    """Write a classes.json with these names into `folder`; return its path."""
    path = folder / "classes.json"
    path.write_text(json.dumps({"classes": [{"name": name} for name in names]}), encoding="utf-8")
    return path


def snapshot(annotations: Path, annotator: str = "alice") -> dict[str, Any]:
    """Return the content of users/{annotator}.json."""
    content: dict[str, Any] = json.loads((annotations / "users" / f"{annotator}.json").read_text(encoding="utf-8"))
    return content


def labels(annotations: Path, annotator: str = "alice") -> dict[str, int]:
    """Return the class of each block, as users/{annotator}.json has it."""
    return {block: entry["label"] for block, entry in snapshot(annotations, annotator)["annotations"].items()}


def journal(annotations: Path, annotator: str = "alice") -> list[dict[str, Any]]:
    """Return the decisions of all journals on the share, in the order of their times; torn lines are left out."""
    lines = [
        json.loads(line)
        for path in (annotations / "journal" / annotator).glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]
    ]
    return sorted((line for line in lines if line["kind"] != "open"), key=lambda line: str(line["t"]))


def decided(annotations: Path, annotator: str = "alice") -> list[tuple[str, str, object]]:
    """Return (kind, block, value) of all decisions on the share, in their order."""
    return [(line["kind"], line["block"], line.get("value")) for line in journal(annotations, annotator)]
