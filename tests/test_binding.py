"""PySide6 6.12.0 aborts on Python 3.11; the installed pair must not, and pyproject.toml must not allow it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]

# Each void call took one reference from None, each emit one from True, until the process died.
MANY_CALLS = """
from PySide6.QtCore import QObject, Signal

class Sender(QObject):
    changed = Signal(int)

sender = Sender()
for _ in range(200_000):
    sender.setObjectName("a")
for number in range(2_000):
    sender.changed.emit(number)
print("alive")
"""


def test_many_calls_and_signals_do_not_abort_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", MANY_CALLS], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "alive", "")


def test_the_aborting_pair_of_versions_cannot_be_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [Requirement(text) for text in project["dependencies"]]
    for python, allowed in (("3.11", False), ("3.12", True), ("3.13", True)):
        applying = [
            one
            for one in requirements
            if one.name.startswith("PySide6") and (not one.marker or one.marker.evaluate({"python_version": python}))
        ]
        assert applying, f"PySide6 is not required on Python {python}"
        assert all("6.12.0" in one.specifier for one in applying) is allowed
        assert all("6.11.3" in one.specifier for one in applying)
