"""The parts of a report, and the file that they are saved in."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import numpy
import pytest

from app.report import Report, parts, settings_text, with_doing, write_report
from app.settings import Settings
from app.system_facts import program_facts

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

REPORT = Report(
    "it failed on b_1", "Traceback of b_1", "line of anna\n", (("Qt", "6"),), (("Running for", "3 s"),), "{}"
)


def test_each_part_is_without_the_names() -> None:
    texts = parts(REPORT, ["b_1", "anna"])
    assert list(texts) == ["report.txt", "log.txt", "settings.json"]
    assert "b_1" not in texts["report.txt"]
    assert texts["log.txt"] == "line of <name>\n"
    assert "What is not inside" in texts["report.txt"]
    assert "Qt: 6\n" in texts["report.txt"]


def test_what_the_user_typed_stays_as_it_is() -> None:
    texts = parts(REPORT, ["b_1"])
    assert with_doing(texts, " \n") == texts
    assert with_doing(texts, "I chose b_1\n")["report.txt"].endswith("# What the user was doing\nI chose b_1\n")


def test_settings_hold_numbers_but_no_texts() -> None:
    settings = Settings(recent=["/data/anna"], annotators=["anna"], annotation_roots={"/data/anna": "/a"})
    settings.painting.diameter = 17
    settings.picture_folder = "/home/anna"
    text = settings_text(settings)
    assert "anna" not in text
    found = json.loads(text)
    assert found["painting"]["diameter"] == 17
    assert found["recent"] == "(1)"
    assert found["review_rule"] == "compatible"


def test_a_report_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "r.zip"
    write_report(path, {"a.txt": "ä"})
    with zipfile.ZipFile(path) as file:
        assert file.read("a.txt").decode() == "ä"
    with pytest.raises(OSError, match="No such file"):
        write_report(tmp_path / "none" / "r.zip", {})
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_report(tmp_path / "folder", {})
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder", "r.zip"]


def test_the_program_says_its_version_as_everywhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qtbot: QtBot
) -> None:
    built = tmp_path / "build.json"
    built.write_text('{"version": "4.5.6", "commit": "abc1234"}', encoding="utf-8")
    monkeypatch.setattr("app.build_info._FILE", built)
    facts = dict(program_facts())
    assert facts["Program"] == "Cytoscribe 4.5.6 (abc1234)"
    assert facts["numpy"] == numpy.__version__
