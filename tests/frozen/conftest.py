"""Which frozen program is tested; without one the tests of this folder are left out."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import annotations_root, pytest_runtest_makereport, start

__all__ = ["annotations_root", "pytest_runtest_makereport", "start"]

HERE = Path(__file__).resolve().parent
PROGRAM = os.environ.get("CYTOSCRIBE_FROZEN", "")
ARCHIVE = os.environ.get("CYTOSCRIBE_ARCHIVE", "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say once how these tests are run, where they cannot be."""
    here = [item for item in items if item.path.is_relative_to(HERE)]
    if not here or PROGRAM:
        return
    here[0].add_marker(pytest.mark.skip(reason="the frozen program: python3 packaging/dev.py build --test"))
    left_out = set(here[1:])
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=here[1:])


def call(program: Path, *arguments: object, environment: dict[str, str], code: int = 0) -> tuple[str, str]:
    """Run a program to its end with nothing but this environment; return what it wrote to stdout and to stderr."""
    done = subprocess.run(
        [str(program), *map(str, arguments)],
        cwd="/",
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout, done.stderr


def bare(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of an account that has nothing: no Python, no display."""
    home.mkdir(exist_ok=True)
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **more}
