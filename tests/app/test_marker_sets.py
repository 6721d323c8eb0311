"""Marker sets as a file: they come back, and a bad file is named with what is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from app.marker_sets import (
    FORMAT,
    ChannelLookSettings,
    MarkerSet,
    MarkerSetError,
    joined,
    read_marker_sets,
    write_marker_sets,
)

if TYPE_CHECKING:
    from pathlib import Path

LOOK = ChannelLookSettings("#00FF00", True, 0.5, 20.0, 0.8, 0.5, "Fire", 5.0)


def test_a_file_comes_back(tmp_path: Path) -> None:
    sets = [MarkerSet("T cells", {"CD3": LOOK, "Ä": ChannelLookSettings("#FF00FF")}), MarkerSet("none", {})]
    write_marker_sets(tmp_path / "sets.json", sets)
    assert read_marker_sets(tmp_path / "sets.json") == sets
    assert list(tmp_path.iterdir()) == [tmp_path / "sets.json"]


def one(**changes: Any) -> str:
    """Return a file of one set of one channel, with changes to that channel's look."""
    look = {"color": "#00FF00", "low": 1.0, "high": 2.0} | changes
    return json.dumps({"format": FORMAT, "sets": [{"name": "A", "channels": {"CD3": look}}]})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "not a file of marker sets"),
        ("[1, 2]", "not a file of marker sets"),
        ("\udcff{", "not a file of marker sets"),
        ('{"format": "something", "sets": []}', "its format is “something”"),
        (json.dumps({"format": FORMAT, "sets": [{"name": " ", "channels": {}}]}), "has no name"),
        (one(color="green"), "the colour of channel “CD3” of the marker set “A” is “green”"),
        (one(low=3.0), "the limits of channel “CD3” of the marker set “A” are 3.0 and 2.0"),
        (one(high=None), "the second must be greater"),
        (one(gamma=0), "the gamma of channel “CD3”"),
        (one(opacity=1.5), "the opacity of channel “CD3”"),
        (one(cofactor=-1), "the arcsinh cofactor of channel “CD3”"),
        (one(low="x"), "low"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(MarkerSetError) as caught:
        read_marker_sets(path)
    assert str(path) in str(caught.value)
    assert told in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_good_look_passes(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(one(of_tomorrow=3), encoding="utf-8")
    assert read_marker_sets(tmp_path / "good.json")[0].channels["CD3"].low == 1.0


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(MarkerSetError, match=r"none\.json cannot be read: No such file"):
        read_marker_sets(tmp_path / "none.json")
    with pytest.raises(MarkerSetError, match="cannot be written"):
        write_marker_sets(tmp_path / "no folder" / "sets.json", [])


def test_joining_replaces_none() -> None:
    a, b = MarkerSet("A", {"CD3": LOOK}), MarkerSet("B", {})
    other, more = MarkerSet("A", {}), MarkerSet("A", {"CD4": LOOK})
    assert joined([a, b], [a]) == [a, b]
    assert joined([a, b], [other, more]) == [a, b, MarkerSet("A (2)", {}), MarkerSet("A (3)", {"CD4": LOOK})]


def test_looks_edited_by_hand_are_drawn_all_the_same() -> None:
    assert ChannelLookSettings("red", True, 5.0, 1.0, 0.0, 7.0, "jet", -2.0).cleaned() == ChannelLookSettings(
        "", True, None, None, 0.1, 1.0, "jet", 0.0
    )
    assert LOOK.cleaned() == LOOK
