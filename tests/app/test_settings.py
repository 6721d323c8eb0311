"""What is remembered on this computer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.marker_sets import ChannelLookSettings, MarkerSet
from app.models.current_view import ChannelView
from app.settings import (
    DataSetSettings,
    Places,
    Settings,
    default_annotations,
    load_data_set,
    load_settings,
    write_data_set,
    write_settings,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Folders that do not exist yet."""
    return Places(*(tmp_path / name for name in ("config", "state", "data", "cache")))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may become another account")
def test_an_account_without_a_home_gets_no_folder_where_it_was_started() -> None:
    code = (
        "import os, pwd; from app.settings import user_places\n"
        "os.setuid(54321); print(*map(str, (p := user_places(), p.config, p.state, p.data, p.cache)[1:]))"
    )
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (done.stderr, done.stdout.split()) == ("", 4 * ["/nonexistent/cytoscribe"])


def test_settings_come_back(places: Places) -> None:
    assert load_settings(places).settings == Settings()
    settings = Settings(auto_advance=False, annotation_roots={"/data/ä": "/share/ö"}, splitter="00ff")
    settings.opened("/data/one")
    settings.opened("/data/two")
    settings.opened("/data/one")
    settings.logged_in("alice")
    write_settings(places, settings)
    assert load_settings(places).settings == settings
    assert load_settings(places).settings.recent == ["/data/one", "/data/two"]


def test_recent_folders_do_not_grow_for_ever() -> None:
    settings = Settings()
    for number in range(30):
        settings.opened(f"/data/{number}")
        settings.logged_in(f"user{number}")
    assert settings.recent == [f"/data/{number}" for number in range(29, 19, -1)]
    assert len(settings.annotators) == 10


@pytest.mark.parametrize("content", ["", "null", "{", '{"recent": 3}', '{"recent": [1]}', "[]", "\udcff"])
def test_a_broken_file_gives_defaults(places: Places, content: str) -> None:
    places.config.mkdir()
    (places.config / "settings.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    assert load_settings(places).settings == Settings()


def test_one_bad_value_costs_only_itself(places: Places) -> None:
    places.config.mkdir()
    path = places.config / "settings.json"
    text = """{"theme": "purple", "font_percent": 1000, "auto_advance": false, "recent": ["/data/one", 7],
        "annotation_roots": {"/a": "/b", "/c": []}, "keys": {"undo": ["F9"], "redo": 3},
        "painting": {"diameter": "big", "opacity": 0.25, "is_square": true}}"""
    path.write_text(text, encoding="utf-8")
    settings, problems = load_settings(places)
    wanted = Settings(auto_advance=False, recent=["/data/one"], annotation_roots={"/a": "/b"}, keys={"undo": ["F9"]})
    wanted.painting.opacity, wanted.painting.is_square = 0.25, True
    assert settings == wanted
    (said,) = problems
    assert str(path) in said
    assert "“recent.2” is 7, which it cannot be; it is left out." in said
    assert "“annotation_roots./c” is []" in said
    assert '“painting.diameter” is "big", which it cannot be; 10 is used instead.' in said
    assert "3 more" in said
    write_settings(places, settings)
    assert (places.config / "settings.json.bad-values").read_text(encoding="utf-8") == text
    assert load_settings(places) == (wanted, [])
    assert sorted(one.name for one in places.config.iterdir()) == ["settings.json", "settings.json.bad-values"]


def test_a_file_that_is_no_settings_at_all_is_kept_and_named(places: Places) -> None:
    places.config.mkdir()
    path = places.config / "settings.json"
    path.write_text('{"theme": "dark', encoding="utf-8")
    settings, (said,) = load_settings(places)
    assert settings == Settings()
    assert str(path) in said
    assert "settings.json.unreadable" in said
    assert (places.config / "settings.json.unreadable").read_text(encoding="utf-8") == '{"theme": "dark'
    assert load_settings(places) == (Settings(), [])


def test_a_folder_in_place_of_the_file_is_named(places: Places) -> None:
    (places.config / "settings.json").mkdir(parents=True)
    settings, (said,) = load_settings(places)
    assert settings == Settings()
    assert "cannot be read" in said
    write_settings(places, Settings(theme="dark"))
    assert load_settings(places).settings.theme == "dark"


def test_a_bad_look_of_a_channel_costs_only_that(places: Places) -> None:
    write_data_set(places, "alice", "/data/one", DataSetSettings())
    path = next((places.config / "data-sets" / "alice").iterdir())
    path.write_text(
        '{"mode": "3d", "channels": {"a": {"color": "#FF0000", "gamma": "x"}, "b": {"visible": true}, '
        '"c": {"color": "#00FF00"}}, "voxel_size": [1, 2]}',
        encoding="utf-8",
    )
    known, (said,) = load_data_set(places, "alice", "/data/one")
    assert known is not None
    assert (known.mode, known.voxel_size) == ("3d", None)
    assert known.channels == {"a": ChannelLookSettings("#FF0000"), "c": ChannelLookSettings("#00FF00")}
    assert '“channels.a.gamma” is "x"' in said
    assert "“channels.b.color” is missing" in said


def test_a_newer_file_is_read_too(places: Places) -> None:
    places.config.mkdir()
    (places.config / "settings.json").write_text('{"auto_advance": false, "of_tomorrow": [1, 2]}', encoding="utf-8")
    assert load_settings(places).settings.auto_advance is False


def test_choices_belong_to_an_annotator_and_a_data_set(places: Places) -> None:
    settings = DataSetSettings(mode="3d", last_block="block_0007")
    settings.take_channels((ChannelView("488", "#FF0000", False, 3.0, 9.5),))
    settings.take_channels((ChannelView("561", "#00FF00"),))
    write_data_set(places, "alice", "/data/one", settings)
    assert load_data_set(places, "alice", "/data/one")[0] == settings
    assert set(settings.channels) == {"488", "561"}
    assert load_data_set(places, "bob", "/data/one")[0] is None
    assert load_data_set(places, "alice", "/data/two")[0] is None


def test_own_annotation_folders_of_two_data_sets_differ(places: Places) -> None:
    one, two = default_annotations(places, "/a/blocks"), default_annotations(places, "/b/blocks")
    assert one != two
    assert one.parent == two.parent
    assert one.name.startswith("blocks-")


def test_settings_that_cannot_be_written_stop_nothing(places: Places) -> None:
    places.config.write_text("a file where the folder should be", encoding="utf-8")
    write_settings(places, Settings())
    assert load_settings(places).settings == Settings()


def test_a_write_that_fails_leaves_nothing_behind(places: Places) -> None:
    (places.config / "settings.json" / "inside").mkdir(parents=True)  # a folder with something in it stays
    write_settings(places, Settings())
    assert [one.name for one in places.config.iterdir()] == ["settings.json"]


def test_a_file_of_before_marker_sets_is_read(places: Places) -> None:
    write_data_set(places, "alice", "/data/one", DataSetSettings())
    path = next((places.config / "data-sets" / "alice").iterdir())
    path.write_text(
        '{"auto_contrast": false, "channels": {"488": {"color": "#FF0000", "visible": false, '
        '"low": 3.0, "high": 9.5}}}',
        encoding="utf-8",
    )
    known = load_data_set(places, "alice", "/data/one")[0]
    assert known is not None
    assert known.channels == {"488": ChannelLookSettings("#FF0000", False, 3.0, 9.5, 1.0, 1.0, "", 0.0)}
    assert (known.channel_order, known.marker_sets) == ([], [])


def test_all_of_a_look_comes_back(places: Places) -> None:
    settings = DataSetSettings(
        channel_order=["b", "a"], marker_sets=[MarkerSet("T", {"a": ChannelLookSettings("#FF0000")})]
    )
    settings.take_channels((ChannelView("a", "#FF0000", True, 1.0, 2.0, 0.5, 0.25, "Fire", 5.0),))
    write_data_set(places, "alice", "/data/one", settings)
    assert load_data_set(places, "alice", "/data/one")[0] == settings
    assert settings.channels["a"] == ChannelLookSettings("#FF0000", True, 1.0, 2.0, 0.5, 0.25, "Fire", 5.0)
