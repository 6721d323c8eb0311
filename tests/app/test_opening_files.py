"""Ways into the program that no key takes: a drop on the window, and files that the system wants opened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest

from app.main import Program
from app.options import Options
from app.views.login_page import LoginPage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def program(qtbot: QtBot) -> Iterator[Program]:
    """Make a program that has not begun."""
    made = Program(Options())
    yield made
    made.window.may_close = True
    made.window.close()
    made.viewer.canvas.close()
    made.window.deleteLater()


def drop(program: Program, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    button, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, button, key)
    QCoreApplication.sendEvent(program.window, entering)
    assert entering.isAccepted()
    QCoreApplication.sendEvent(program.window, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, button, key))


def test_a_study_file_is_dropped(program: Program, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "Größe.cytoscribe"
    path.write_text('{"version": 1, "data_root": "data", "annotations_root": "share"}', encoding="utf-8")
    drop(program, path)
    qtbot.waitUntil(lambda: program.starting.data_root == tmp_path / "data")
    assert program.starting.annotations_root == tmp_path / "share"
    assert program.starting.choice.opened_path == str(path)


def test_what_is_dropped_last_wins(program: Program, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.cytoscribe"
    path.write_text('{"version": 1, "data_root": "data"}', encoding="utf-8")
    drop(program, path)
    drop(program, tmp_path / "other")  # while the file is still being read
    drop(program, tmp_path / "third" / "x.tif")
    qtbot.wait(100)
    assert program.starting.data_root == tmp_path / "third"
    assert program.starting.choice.study is None


def test_a_file_that_the_system_wants_opened_is_told() -> None:
    code = (
        "import sys\n"
        "from PySide6.QtCore import QCoreApplication\n"
        "from PySide6.QtGui import QFileOpenEvent\n"
        "from app.views.application import Application\n"
        "qt = Application(sys.argv[:1])\n"
        "qt.file_opened.connect(print)\n"
        "QCoreApplication.sendEvent(qt, QFileOpenEvent('/study/a b.cytoscribe'))\n"
    )
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "/study/a b.cytoscribe\n"


def type_into(page: LoginPage, text: str) -> None:
    QTest.keyClicks(page._edit, text)


def test_typing_replaces_the_proposed_name_when_others_have_arrived(qtbot: QtBot) -> None:
    page = LoginPage()
    qtbot.addWidget(page)
    page.set_names([], "root")
    page.set_names(["bob", "zoe"], "root")
    type_into(page, "alice")
    with qtbot.waitSignal(page.login_requested) as asked:
        QTest.keyClick(page._edit, Qt.Key.Key_Return)
    assert asked.args == ["alice"]


def test_what_was_typed_stays_when_others_arrive(qtbot: QtBot) -> None:
    page = LoginPage()
    qtbot.addWidget(page)
    page.set_names([], "root")
    type_into(page, "al")
    page.set_names(["bob"], "root")
    type_into(page, "ice")
    assert page._edit.text() == "alice"
