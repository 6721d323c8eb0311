"""Calls of the commands on files as their users make them: processes, and small files for them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tifffile

from tests.e2e.program import COMMAND

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"


def cytoscribe(*arguments: object, code: int = 0, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, which must be with this exit code and without a traceback."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done


def cells() -> NDArray[np.int32]:
    """Return labels (40, 50) of three objects: 1 is 10 x 12 with a hole of 2, 7 is 6 x 6, 300 is one voxel."""
    made = np.zeros((40, 50), np.int32)
    made[4:14, 5:17] = 1
    made[8, 9:11] = 0
    made[20:26, 30:36] = 7
    made[30, 3] = 300
    return made


def write_labels(path: Path, labels: NDArray[Any], **options: Any) -> Path:
    """Write labels as a plain TIFF, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, labels, **options)
    return path


def write_image(path: Path, shape: tuple[int, ...] = (40, 50), seed: int = 0) -> Path:
    """Write an image of uint16 noise without metadata."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(
        path, np.random.default_rng(seed).integers(0, 4000, shape, np.uint16), metadata=None, photometric="minisblack"
    )
    return path
