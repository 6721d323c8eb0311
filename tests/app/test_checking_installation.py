"""Help > Test this installation: real checks in a real process, shown by the real window."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QTableWidget

from app.self_test import checks
from app.views.installation_window import InstallationWindow
from tests.app.test_program import program

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.main import Program

__all__ = ["program"]

LONGEST_MS = 60_000


@pytest.fixture
def window(program: Program, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> InstallationWindow:
    """The window, just opened, with three checks to do: one of them hangs, as a broken library might."""
    few = [check for check in checks.CHECKS if check.name in ("votes", "tables in files", "free disk")]
    monkeypatch.setattr(checks, "CHECKS", tuple(few))
    (tmp_path / "openpyxl.py").write_text("import threading\nthreading.Event().wait()\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", ""))))
    program.act("test_installation")
    found = program.window.findChild(InstallationWindow)
    assert found is not None
    assert [check.name for check in few] == ["free disk", "votes", "tables in files"]
    return found


def pressed(window: InstallationWindow, text: str) -> None:
    [found] = [one for one in window.findChildren(QPushButton) if one.text() == text]
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def rows(window: InstallationWindow) -> list[list[str]]:
    table = window.findChild(QTableWidget)
    assert isinstance(table, QTableWidget)
    model = table.model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def said(window: InstallationWindow) -> str:
    label = window.findChild(QLabel)
    assert isinstance(label, QLabel)
    return label.text()


def processes() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):  # it has ended meanwhile
            if "--part" in " ".join(child.cmdline()):
                found.append(child)
    return found


def test_results_come_one_by_one_and_the_test_can_be_stopped(window: InstallationWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(rows(window)) == 2, timeout=LONGEST_MS)
    assert [row[:2] for row in rows(window)] == [["✓ ok", "free disk"], ["✓ ok", "votes"]]
    assert said(window).startswith("Testing")
    assert len(processes()) == 1
    pressed(window, "Stop")
    assert said(window).startswith("Stopped. 2 of 2 checks are ok")
    qtbot.waitUntil(lambda: not processes(), timeout=LONGEST_MS)
    pressed(window, "Copy")
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0].split("\t") == ["Result", "What was tested", "Seconds", "What was found"]
    assert [line.split("\t")[1] for line in copied[1:3]] == ["free disk", "votes"]
    assert copied[3].startswith("Stopped.")


def test_closing_the_window_ends_the_process_and_opening_it_tests_anew(
    window: InstallationWindow, program: Program, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: len(rows(window)) == 2, timeout=LONGEST_MS)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.isVisible() and not processes(), timeout=LONGEST_MS)
    monkeypatch.delenv("PYTHONPATH")
    program.act("test_installation")
    qtbot.waitUntil(lambda: "checks are ok" in said(window), timeout=LONGEST_MS)
    assert [row[1] for row in rows(window)] == ["free disk", "votes", "tables in files"]
    assert said(window).startswith("3 of 3 checks are ok, 0 failed, 0 skipped")
