"""What the start puts off still comes: the version when it is asked for, and how much memory is free."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.controllers.loading import free_memory
from app.jobs import Job

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_told_without_a_screen() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "--version"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith("Cytoscribe ")
    assert done.stderr == ""


def test_free_memory_is_that_of_psutil() -> None:
    expected = psutil.virtual_memory().available
    assert free_memory(Job(lambda job: None)) == pytest.approx(expected, rel=0.2)
