"""Study files: what they say, relative to where they lie, and what is said of broken ones."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from app.marker_sets import ChannelLookSettings, MarkerSet
from app.settings import DataSetSettings
from app.study_file import Study, StudyError, is_study_name, read_study, write_study

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, **fields: object) -> Path:
    path.write_text(json.dumps(fields), encoding="utf-8")
    return path


def test_a_study_comes_back(tmp_path: Path) -> None:
    look = ChannelLookSettings("#FF0000", low=3.0, high=90.0)
    settings = DataSetSettings(channels={"488": look}, marker_sets=[MarkerSet("mine", {"488": look})], axes="ZYX")
    folder = tmp_path / "Größe 1"
    study = Study(folder / "data", tmp_path / "share", folder / "roles.json", None, settings=settings)
    folder.mkdir()
    write_study(folder / "a.cytoscribe", study)
    assert read_study(folder / "a.cytoscribe") == study
    assert [path.name for path in folder.iterdir()] == ["a.cytoscribe"]


def test_a_study_folder_can_be_moved(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    write_study(
        here / "a.cytoscribe", Study(here / "data", here / "a" / "annotations", classes_file=tmp_path / "c.json")
    )
    there = tmp_path / "elsewhere" / "there"
    shutil.move(here, there)
    study = read_study(there / "a.cytoscribe")
    assert study.data_root == there / "data"
    assert study.annotations_root == there / "a" / "annotations"
    assert study.classes_file == tmp_path / "c.json"  # it did not lie in the folder


def test_paths_above_the_file_are_understood(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    path = write(tmp_path / "files" / "a.cytoscribe", version=1, data_root="../data", annotations_root="/share/x")
    study = read_study(path)
    assert (str(study.data_root), str(study.annotations_root)) == (str(tmp_path / "data"), "/share/x")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "is not a valid study file"),
        (b"[]", "is not a valid study file"),
        (b'{"version": 1', "is not a valid study file"),
        (b'{"data_root": "data"}', "`version`"),
        (b'{"version": 1}', "`data_root`"),
        (b'{"version": 1, "data_root": ""}', "“data_root” is empty"),
        (b'{"version": 1, "data_root": 3}', "“data_root” is wrong (expected text, got a number)"),
        (b'{"version": 1, "data_root": "d", "roles_file": ["a"]}', "“roles_file”"),
        (b'{"version": 1, "data_root": "d", "annotator": {}}', "“annotator”"),
        (b'{"version": 1, "data_root": "d\\u0000"}', "“data_root” is not a path"),
        (b'{"version": 1, "data_root": "\xff"}', "is not a valid study file"),
        (b'{"version": "new", "data_root": "d"}', "“version”"),
        (b'{"version": 2, "other": "d"}', "newer Cytoscribe"),
        (b"[" * 100_000, "is not a valid study file"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong_and_kept(tmp_path: Path, content: bytes, named: str) -> None:
    path = tmp_path / "a.cytoscribe"
    path.write_bytes(content)
    with pytest.raises(StudyError) as raised:
        read_study(path)
    assert str(path) in str(raised.value)
    assert named in str(raised.value)
    assert path.read_bytes() == content


def test_bad_settings_cost_only_the_settings(tmp_path: Path) -> None:
    path = write(tmp_path / "a.cytoscribe", version=1, data_root="data", settings={"interval_ms": "fast"})
    study = read_study(path)
    assert study.data_root == tmp_path / "data"
    assert study.settings is None
    assert "“interval_ms”" in study.problem
    assert str(path) in study.problem


def test_what_is_missing_or_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="does not exist"):
        read_study(tmp_path / "a.cytoscribe")
    (tmp_path / "a.cytoscribe").mkdir()
    with pytest.raises(StudyError, match="cannot be read"):
        read_study(tmp_path / "a.cytoscribe")
    with pytest.raises(StudyError, match="could not be written"):
        write_study(tmp_path / "a.cytoscribe", Study(tmp_path))
    with pytest.raises(StudyError, match="could not be written"):
        write_study(tmp_path / "none" / "b.cytoscribe", Study(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["a.cytoscribe"]


def test_study_files_are_known_by_their_ending() -> None:
    assert is_study_name("/data/Mouse.CytoScribe")
    assert not is_study_name("/data/mouse.cytoscribe.json")
