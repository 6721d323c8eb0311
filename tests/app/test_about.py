"""What About says: versions, and the licences of what the program is made with."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app import about_text
from app.build_info import title
from app.controllers.telling_about import TellingAbout
from app.jobs import Jobs
from app.log import EventRecord
from app.render.graphics import graphics_name
from app.settings import RESOURCES
from app.system_facts import program_facts
from app.views.about_dialog import AboutDialog

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot


def test_every_dependency_has_a_version_and_a_licence() -> None:
    found = {one.name.lower().replace("_", "-"): one for one in about_text.components()}
    assert {"numpy", "vispy", "tifffile", "pyside6-essentials", "shiboken6"} <= set(found)
    assert "pytest" not in found  # of an extra: not inside
    assert [one.name for one in found.values() if not one.licence or not one.version] == []
    assert "BSD" in found["vispy"].licence
    assert "LGPL" in found["pyside6-essentials"].licence
    assert len(found["scipy"].licence) < 200  # its name and not its text


def test_a_build_lists_what_is_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "licenses").mkdir()
    (tmp_path / "licenses" / "Cytoscribe.txt").write_text("MIT, of this build", encoding="utf-8")
    entry = {"name": "Cytoscribe", "version": "", "licence": "MIT", "texts": ["Cytoscribe.txt"]}
    other = {"name": "numpy", "version": "9.9", "licence": "BSD-3-Clause", "texts": []}
    (tmp_path / "licenses" / "index.json").write_text(json.dumps([other, entry]), encoding="utf-8")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "cytoscribe"))
    assert [one.name for one in about_text.components()] == ["Cytoscribe", "numpy"]
    assert about_text.own_licence() == "MIT, of this build"
    assert "numpy 9.9\n    BSD-3-Clause" in about_text.rows(about_text.components())
    assert "numpy 9.9" in about_text.facts(about_text.components(), [("Graphics", "a card")]).splitlines()
    # No package metadata is in a build: the list beside it is what knows
    assert program_facts() == (("Program", title()), ("numpy", "9.9"))
    (tmp_path / "licenses" / "index.json").write_text("damaged", encoding="utf-8")
    assert "is not known" in dict(program_facts())["Program"]


def test_the_licence_of_the_checkout_is_the_file() -> None:
    assert about_text.own_licence() == (RESOURCES.parent / "LICENSE").read_text(encoding="utf-8")


def test_who_draws_is_named(qtbot: QtBot) -> None:
    name = graphics_name()
    assert "OpenGL" in name
    assert "None" not in name


def test_the_dialog_fills_and_its_versions_are_copied_by_key(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    telling = TellingAbout(Jobs(), parent, False, EventRecord())
    telling.open_dialog()
    dialog = parent.findChild(AboutDialog)
    assert dialog is not None
    qtbot.waitActive(dialog)
    versions = next(one for one in dialog.findChildren(QPlainTextEdit) if one.accessibleName() == "Versions")
    qtbot.waitUntil(lambda: "Graphics: " in versions.toPlainText(), timeout=20000)
    QTest.keyClick(dialog, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().startswith(title()))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
