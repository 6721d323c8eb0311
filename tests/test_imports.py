"""The rules of the house hold in every module, and the checker that says so notices when they do not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from tests.import_rules import LONGEST_FILE, violations

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(
    PurePosixPath(path.relative_to(ROOT).as_posix())
    for folder in ("app", "core", "storage", "resources")
    for path in (ROOT / folder).rglob("*.py")
)


def test_modules_are_found() -> None:
    assert PurePosixPath("app/models/__init__.py") in MODULES


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_module_keeps_the_rules(path: PurePosixPath) -> None:
    assert violations(path, (ROOT / path).read_text(encoding="utf-8")) == []


def test_packaging_is_not_a_package() -> None:
    """It would hide PyPI's `packaging` from everything that runs in the repository's root."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_command_line_loads_no_qt() -> None:
    code = "import sys, app.cli; print([name for name in sys.modules if name.startswith(('PySide6', 'vispy'))])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("core/images/reading.py", "import storage"),
        ("core/images/reading.py", "from storage.store import Store"),
        ("core/images/reading.py", "def read():\n    import app.jobs"),
        ("core/images/reading.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import storage.store"),
        ("core/images/reading.py", "from PySide6 import QtCore"),
        ("core/images/reading.py", "import importlib\nimportlib.import_module('storage.store')"),
        ("core/images/reading.py", "import vispy"),
        ("storage/store.py", "from core import blocks"),
        ("storage/store.py", "class Store:\n    def save(self):\n        from app.log import topic"),
        ("storage/store.py", "from PySide6.QtCore import QObject"),
        ("resources/sample.py", "import app.jobs"),
        ("app/models/session.py", "from PySide6 import QtWidgets"),
        ("app/models/session.py", "from PySide6.QtGui import QColor"),
        ("app/models/session.py", "import PySide6"),
        ("app/models/session.py", "from app.views.strip import Strip"),
        ("app/models/session.py", "from app import render"),
        ("app/models/session.py", "import app.controllers.annotating"),
        ("app/models/session.py", "import app"),
        ("app/models/session.py", "import superqt"),
        ("app/views/strip.py", "from app.models.session import Session"),
        ("app/views/strip.py", "from core.images.blocks import Block"),
        ("app/views/strip.py", "import storage"),
        ("app/views/strip.py", "import app.render.slice"),
        ("app/views/strip.py", "from app.controllers import opening"),
        ("app/render/slice.py", "from PySide6.QtWidgets import QWidget"),
        ("app/render/slice.py", "from PySide6 import QtWidgets"),
        ("app/render/slice.py", "from app.models import session"),
        ("app/render/slice.py", "from app.views import strip"),
        ("app/render/slice.py", "import core.images.blocks"),
        ("app/render/slice.py", "import storage.store"),
        ("app/controllers/opening.py", "from app.main import build"),
        ("app/crash.py", "import app.models.session\nimport app.views.strip"),
        ("app/cli.py", "from PySide6.QtCore import QObject"),
        ("app/cli.py", "def main():\n    from PySide6.QtWidgets import QApplication"),
        ("app/cli.py", "import app.main"),
        ("app/cli.py", "from app import main"),
        ("app/cli.py", "def main():\n    from app.views import strip"),
        ("app/log.py", "import threading"),
        ("app/log.py", "from threading import Lock"),
        ("app/log.py", "from concurrent.futures import ThreadPoolExecutor"),
        ("app/log.py", "import multiprocessing.pool"),
        ("app/log.py", "from PySide6.QtCore import QThreadPool"),
        ("app/log.py", "from PySide6 import QtCore\nQtCore.QThread()"),
        ("app/log.py", "from . import jobs"),
        ("app/log.py", "from .jobs import Jobs"),
        ("app/log.py", "import time\ntime.sleep(1)"),
        ("app/log.py", "import time as clock\nclock.sleep(1)"),
        ("app/log.py", "from time import sleep"),
        (
            "app/views/strip.py",
            "class A:\n    def f(self):\n        self.b.clicked.connect(lambda: self.g())",
        ),
        (
            "app/views/strip.py",
            "class A:\n    def f(self):\n        self.b.clicked.connect(lambda s=self: s.g())",
        ),
        ("core/images/reading.py", "x = 1\n" * (LONGEST_FILE + 1)),
        ("core/formats/tiff/reading.py", ""),
        ("core/utils.py", ""),
        ("app/views/base/strip.py", ""),
    ],
)
def test_the_checker_notices(path: str, source: str) -> None:
    assert violations(PurePosixPath(path), source) != []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("core/images/reading.py", "import numpy\nfrom core import blocks\nimport coreutils\nimport application"),
        ("storage/store.py", "from storage.journal import Journal\nimport msgspec"),
        (
            "app/models/session.py",
            "from PySide6.QtCore import QObject, Signal\nimport core.blocks\nimport storage",
        ),
        ("app/models/session.py", "from PySide6 import QtCore\nfrom app.models.blocks import Blocks"),
        (
            "app/views/strip.py",
            "from PySide6 import QtWidgets\nfrom app.views.list import List\nimport superqt",
        ),
        ("app/render/slice.py", "from PySide6.QtCore import QTimer\nfrom vispy import scene\nimport numpy"),
        ("app/controllers/opening.py", "import app.models.session\nimport app.views.strip\nimport storage"),
        ("app/main.py", "import app.models.session\nimport app.views.strip\nimport app.controllers.opening"),
        ("app/crash.py", "import app.models.session"),
        ("app/cli.py", "def main():\n    from app.main import run\nimport storage"),
        ("app/jobs.py", "import threading\nfrom PySide6.QtCore import QThreadPool"),
        ("app/views/strip.py", "class A:\n    def f(self):\n        self.b.clicked.connect(self.g)"),
        ("app/views/strip.py", "button.clicked.connect(lambda: other.g())"),
        (
            "app/views/strip.py",
            "class A:\n    def f(self):\n        return sorted(x, key=lambda a: self.rank(a))",
        ),
        ("core/images/reading.py", "x = 1\n" * LONGEST_FILE),
    ],
)
def test_the_checker_lets_pass(path: str, source: str) -> None:
    assert violations(PurePosixPath(path), source) == []
