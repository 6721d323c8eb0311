"""What holds for every test: a private display, no one's own settings, no warnings, nothing left behind."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QThreadPool
from PySide6.QtWidgets import QApplication

from tests.e2e.display import Display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget

_GRACE_SECONDS = 2
SHARED = Path(__file__).resolve().parents[2] / "shared"

# On two busy cores a slow example says nothing; in CI the same examples run each time.
hypothesis.settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("project")


# -------------------------------------------------------------------------- the session


def pytest_configure(config: pytest.Config) -> None:
    """Before any test is imported: put the folders of the user and the display out of reach."""
    config.addinivalue_line("markers", "expects_warnings: the program or Qt may log warnings in this test")
    home = Path(tempfile.mkdtemp(prefix="cytoscribe-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    for name in [name for name in os.environ if name.startswith("ANNOTATOR_")]:
        del os.environ[name]
    os.environ |= _user_folders(home)
    runs_tests = hasattr(config, "workerinput") or not config.getoption("numprocesses", None)
    if sys.platform.startswith("linux") and runs_tests:
        display = Display()
        try:
            display.start()
        except FileNotFoundError:
            raise pytest.UsageError("Xvfb is missing; `python3 packaging/dev.py test` installs it") from None
        config.add_cleanup(display.stop)
        environment = display.environment(dict(os.environ))
        os.environ.clear()
        os.environ |= environment


def _user_folders(home: Path) -> dict[str, str]:
    """Return the variables by which the folders of the user lie below `home`, on each system; makes them."""
    names = {
        "HOME": "",
        "XDG_CONFIG_HOME": "config",
        "XDG_CACHE_HOME": "cache",
        "XDG_STATE_HOME": "state",
        "XDG_DATA_HOME": "data",
        "XDG_RUNTIME_DIR": "runtime",
        "WIN_PD_OVERRIDE_APPDATA": "roaming",
        "WIN_PD_OVERRIDE_LOCAL_APPDATA": "local",
    }
    for folder in names.values():
        (home / folder).mkdir(mode=0o700, exist_ok=True)
    return {name: str(home / folder) for name, folder in names.items()}


@pytest.fixture(autouse=True)
def _collected_in_this_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect a closed program here: Python would do it in any thread, where Qt's objects must not be destroyed."""
    if "qtbot" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data beside the repository; skip the test where there is none."""
    if not SHARED.is_dir():
        pytest.skip("the folder of real data is not here")
    return SHARED


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """Share OpenGL between all windows, as the program does: a canvas that changes windows stays alive."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    return ["cytoscribe"]


# ---------------------------------------------------------------------- after each test


class _Collector(logging.Handler):
    """Keeps what is logged at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_warnings_logged(request: pytest.FixtureRequest, qtlog: Any) -> Iterator[None]:
    """Fail a test in which the program or Qt logged a warning, unless it is marked `expects_warnings`."""
    collector = _Collector()
    logger = logging.getLogger("cytoscribe")
    logger.addHandler(collector)
    yield
    logger.removeHandler(collector)
    of_qt = [one for one in qtlog.records if one.matches_level("WARNING") and not one.ignored]
    lines = collector.lines + [f"{one.log_type_name} Qt: {one.message}" for one in of_qt]
    if lines and not request.node.get_closest_marker("expects_warnings"):
        pytest.fail("logged during the test:\n" + "\n".join(lines), pytrace=False)


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Fail a test after which windows or threads are there that were not there before."""
    windows, threads = _windows(), set(threading.enumerate())
    yield
    left = [f"window {window}" for window in _windows() if window not in windows]
    if QApplication.instance() is not None:
        left += [f"thread {thread.name}" for thread in threading.enumerate() if not _ends(thread, threads)]
        if not QThreadPool.globalInstance().waitForDone(_GRACE_SECONDS * 1000):
            left.append("work in Qt's thread pool")
    if left:
        pytest.fail("left behind by the test: " + ", ".join(left), pytrace=False)


def _windows() -> list[QWidget]:
    """Return the top-level widgets that are there once everything deleted by `deleteLater` is gone."""
    if QApplication.instance() is None:
        return []
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return QApplication.topLevelWidgets()


def _ends(thread: threading.Thread, known: set[threading.Thread]) -> bool:
    """Tell whether a thread was there before, or ends in time."""
    # A thread of Qt that ran Python is listed as Dummy for ever; Qt's pool is asked instead.
    if thread in known or thread.name.startswith("Dummy-"):
        return True
    thread.join(_GRACE_SECONDS)
    return not thread.is_alive()
