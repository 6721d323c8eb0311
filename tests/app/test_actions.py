"""The table of actions: each key means one thing, and each row is answered."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from app.action_search import FoundAction, search
from app.actions import ACTIONS, CHANNEL_KEYS, CLASS_LETTERS, info, tooltip, with_keys
from app.controllers.theming import CHOICES
from app.key_map import choose_keys

ALL_KEYS = [*(key for row in ACTIONS for key in row.keys), *CHANNEL_KEYS, *CLASS_LETTERS, *"1234567890"]


@pytest.mark.parametrize(("window", "mode"), [("main", "judge"), ("main", "paint"), ("review", "judge")])
def test_no_key_means_two_things_in_a_window(window: str, mode: str) -> None:
    of_rows = [
        key for row in ACTIONS if row.window in (window, "any") and row.mode in (mode, "any") for key in row.keys
    ]
    of_classes = CLASS_LETTERS if mode == "judge" else ""
    keys = [*of_rows, *CHANNEL_KEYS, *of_classes, *"1234567890"]
    doubles = [key for key, count in Counter(QKeySequence(key).toString() for key in keys).items() if count > 1]
    assert doubles == []


@pytest.mark.parametrize("key", sorted(set(ALL_KEYS)))
def test_every_key_is_one_that_qt_knows(key: str) -> None:
    sequence = QKeySequence(key)
    assert sequence.count() == 1
    assert sequence.toString()


def test_no_name_stands_twice() -> None:
    assert len({row.name for row in ACTIONS}) == len(ACTIONS)


def test_only_looking_repeats_while_a_key_is_held() -> None:
    looking = {"slice_back", "slice_on", "time_back", "time_on", "faster", "slower"}
    assert {row.name for row in ACTIONS if row.repeats and row.mode != "paint"} == looking


def test_painting_leaves_no_key_that_judges_a_block() -> None:
    deciding = {"clear_annotation", "toggle_unsure", "toggle_flag", "undo", "redo", "comment"}
    assert {info(name).mode for name in deciding} == {"judge"}


def test_a_tooltip_ends_with_the_key() -> None:
    assert tooltip("undo").endswith("(Ctrl+Z)")
    assert tooltip("open_sample") == "Open the sample data"
    assert "…" not in tooltip("comment")
    with pytest.raises(KeyError):
        info("no such action")


def test_a_sentence_names_the_key_of_now_or_the_place_in_the_menus() -> None:
    try:
        choose_keys({"undo": ["Ctrl+U"], "redo": []})
        text = with_keys("{undo} takes it back, {redo} repeats it, {toggle_3d} is 3D")
    finally:
        choose_keys({})
    assert text == "Ctrl+U takes it back, “Annotate > Redo” repeats it, V is 3D"
    assert with_keys("{undo}") == "Ctrl+Z"


def test_each_theme_is_found_by_that_word() -> None:
    rows = [FoundAction(row.name, row.text, row.menu, row.tip) for row in ACTIONS]
    assert {row.name for row in search("theme", rows)[:4]} == {f"theme_{name}" for name in CHOICES}
