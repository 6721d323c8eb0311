"""Which data, annotations folder and files of the team are wanted: options, study files and folders in turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.data_choice import DataChoice
from app.options import Options
from app.settings import Places, Settings
from app.study_file import Study

SAMPLE = Path("/cache/sample")
STUDY = Study(Path("/s/data"), Path("/s/annotations"), Path("/s/roles.json"), Path("/s/classes.json"), "alice")
PATH = Path("/s/mouse.cytoscribe")


@pytest.fixture
def settings() -> Settings:
    return Settings()


def choice(options: Options, settings: Settings) -> DataChoice:
    return DataChoice(options, settings, Places(*(Path(f"/user/{name}") for name in "abcd")), SAMPLE)


def test_nothing_given_is_the_sample(settings: Settings) -> None:
    one = choice(Options(), settings)
    assert (one.data_root, one.is_sample, one.is_own_root, one.name) == (SAMPLE, True, True, "sample data")


def test_a_study_brings_its_folders_and_is_left_with_them(settings: Settings) -> None:
    one = choice(Options(annotator="bob"), settings)
    one.take_study(PATH, STUDY)
    assert (one.data_root, one.annotations_root) == (STUDY.data_root, STUDY.annotations_root)
    assert (one.options.roles_file, one.options.classes_file) == (STUDY.roles_file, STUDY.classes_file)
    assert one.options.annotator == "bob"  # the command line wins
    assert (one.name, one.opened_path) == ("mouse", str(PATH))
    one.take_path(Path("/other"))
    assert one.options == Options(annotator="bob")
    assert one.is_own_root
    assert one.opened_path == "/other"


def test_the_command_line_wins_over_the_study_that_it_names(settings: Settings) -> None:
    one = choice(Options(annotations_root=Path("/mine"), roles_file=Path("/r.json"), study_file=PATH), settings)
    assert one.is_own_root  # what was said of the study is not of the sample
    one.take_study(PATH, STUDY)
    assert (one.annotations_root, one.options.roles_file) == (Path("/mine"), Path("/r.json"))
    assert one.options.classes_file == STUDY.classes_file
    other = Study(Path("/t/data"))
    one.take_study(Path("/t/t.cytoscribe"), other)
    assert (one.is_own_root, one.options.roles_file) == (True, None)


def test_options_of_one_folder_are_not_those_of_a_study(settings: Settings) -> None:
    given = Options(data_root=Path("/data"), annotations_root=Path("/share"), roles_file=Path("/r.json"))
    one = choice(given, settings)
    one.take_study(PATH, Study(Path("/s/data")))
    assert (one.is_own_root, one.options.roles_file) == (True, None)
    one.take_path(Path("/data"))
    assert one.annotations_root == Path("/share")


def test_a_tiff_is_a_block_of_its_folder(settings: Settings) -> None:
    one = choice(Options(data_root=Path("/data/a.tif"), annotations_root=Path("/share")), settings)
    assert (one.data_root, one.first_block, one.annotations_root) == (Path("/data"), "a.tif", Path("/share"))
    one.take_study(PATH, Study(Path("/s/b.ome.tiff"), Path("/s/annotations")))
    assert (one.data_root, one.first_block) == (Path("/s"), "b.ome.tiff")
    assert one.annotations_root == Path("/s/annotations")


def test_a_chosen_annotations_folder_wins_over_the_configured_one(settings: Settings) -> None:
    one = choice(Options(data_root=Path("/data"), annotations_root=Path("/share")), settings)
    one.choose_annotations("/chosen")
    one.take_path(Path("/other"))
    assert one.is_own_root
    one.take_path(Path("/data"))
    assert one.annotations_root == Path("/chosen")
    one.take_study(PATH, STUDY)
    one.choose_annotations("/chosen for the study")
    assert one.annotations_root == Path("/chosen for the study")
    one.take_study(PATH, STUDY)
    assert one.annotations_root == STUDY.annotations_root  # the file says so: it is opened anew
