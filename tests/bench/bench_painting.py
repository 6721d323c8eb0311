"""Figures of drawing labels, on a canvas of 900 x 800: from a mouse event to the frame that shows what was painted."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from tests.bench.figures import Figure, Figures
from tests.e2e.display import Display

_ROOT = Path(__file__).resolve().parents[2]


def figures() -> Figures:
    """Return the figures of this file by name."""
    return {
        "brush2d_ms": brush2d,
        "brush3d_ms": brush3d,
        "sphere50_p95_ms": sphere50,
        "labels3d_switch_ms": labels3d_switch,
    }


def brush2d() -> Figure:
    """Measure a step of a brush 20 wide on 2048 x 2048, the median of all steps of a stroke."""
    return Figure(statistics.median(_times("brush2d")), "ms")


def brush3d() -> Figure:
    """Measure a step of a brush 20 wide in a slice of 64 x 1024 x 1024, the median."""
    return Figure(statistics.median(_times("brush3d")), "ms")


def sphere50() -> Figure:
    """Measure a step of a ball 50 wide in 64 x 1024 x 1024: 95 of 100 steps take no longer."""
    return Figure(statistics.quantiles(_times("sphere50"), n=20)[-1], "ms")


def labels3d_switch() -> Figure:
    """Measure the switch of a labelled 128 x 1024 x 1024 from 2D to 3D: to the first frame, coarse."""
    return Figure(statistics.median(_times("switch")), "ms")


def _times(scene: str) -> list[float]:
    """Return what each step took, in milliseconds; in a process and on a display of its own."""
    with Display(1366, 900) as display:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.painting_frames", scene],
            cwd=_ROOT,
            env=display.environment(dict(os.environ)),
            capture_output=True,
            text=True,
            check=True,
        )
    times: list[float] = json.loads(done.stdout.splitlines()[-1])
    return times
