"""Which keys an action can have, and what keys that were kept in a file become."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.actions import ACTIONS, CLASS_LETTERS, class_letters, info, key_before, tooltip
from app.key_clash import clash, usable
from app.key_map import choose_keys, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _keys_of_the_table() -> Iterator[None]:
    choose_keys({})
    yield
    choose_keys({})


def test_every_key_of_the_table_is_free_for_its_action() -> None:
    letters = dict.fromkeys(CLASS_LETTERS, "a class")
    assert [clash(row.name, key, letters) for row in ACTIONS for key in row.keys if clash(row.name, key, letters)] == []


@pytest.mark.parametrize(
    ("name", "key", "named"),
    [
        ("toggle_unsure", "F", "“Flag” (Annotate)"),
        ("toggle_unsure", "ctrl+z", "“Undo the last decision”"),
        ("tool_brush", "E", "“Eraser” (Tools)"),
        ("slice_on", "M", "“New number”"),  # of any mode: painting too
        ("sort_rows", "F10", "“Settings” (File)"),  # another window, but that action is in both
        ("next_block", "Alt+3", "a channel"),
        ("next_block", "Alt+Shift+3", "a channel"),
        ("toggle_flag", "4", "a class"),
        ("toggle_flag", "Num+4", "a class"),
        ("tool_erase", "4", "that number"),
        ("toggle_flag", "Tab", "next"),
        ("toggle_flag", "Escape", "closes"),
        ("faster", "Space", "presses"),
        ("toggle_flag", "B", "“Metaphase”"),
        ("toggle_flag", "Ctrl+X, Ctrl+S", "no key"),
        ("toggle_flag", "nonsense", "no key"),
    ],
)
def test_a_key_that_means_something_else_is_refused_in_words(name: str, key: str, named: str) -> None:
    assert named in clash(name, key, {"B": "Metaphase"})


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("toggle_unsure", "Ctrl+U"),
        ("toggle_unsure", "S"),  # of the painting mode only
        ("tool_brush", "U"),  # of judging only
        ("tool_erase", "C"),
        ("sort_rows", "F5"),  # of the main window only
        ("reason", "F"),
    ],
)
def test_a_key_of_another_window_or_mode_is_free(name: str, key: str) -> None:
    assert clash(name, key, {"1": "Interphase"}) == ""


def test_a_key_that_was_given_up_is_free_and_the_new_one_is_not() -> None:
    choose_keys({"toggle_flag": ["Ctrl+K"]})
    assert clash("toggle_unsure", "F") == ""
    assert "“Flag”" in clash("toggle_unsure", "Ctrl+K")


def test_texts_follow_the_keys() -> None:
    choose_keys({"undo": ["Ctrl+K", "F9"], "toggle_unsure": []})
    assert keys_of(info("undo")) == ("Ctrl+K", "F9")
    assert tooltip("undo") == "Back to its block (Ctrl+K)"
    assert tooltip("toggle_unsure") == "You are not sure of this block"
    assert (key_before("undo", "undo"), key_before("toggle_unsure", "unsure")) == ("Ctrl+K undo", "unsure")


def test_classes_get_letters_that_no_action_has() -> None:
    assert class_letters() == CLASS_LETTERS
    choose_keys({"toggle_flag": ["B"]})
    letters = class_letters()
    assert letters == CLASS_LETTERS.replace("B", "") + "F"
    choose_keys({"tool_brush": ["B"]})  # a key for painting takes none away
    assert class_letters() == CLASS_LETTERS


def test_kept_keys_may_be_exchanged() -> None:
    kept, problems = usable({"toggle_flag": ["U"], "toggle_unsure": ["f"]})
    assert (kept, problems) == ({"toggle_flag": ("U",), "toggle_unsure": ("F",)}, [])


def test_kept_keys_that_clash_are_named_and_the_others_stay() -> None:
    chosen = {"toggle_flag": ["Ctrl+Z", "Ctrl+K"], "no_such": ["F9"], "comment": ["Ctrl+K"], "rescan": ["so"]}
    kept, problems = usable(chosen)
    assert kept == {"toggle_flag": ("Ctrl+K",), "comment": (), "rescan": ()}
    assert [("no_such" in one, "Flag" in one, "Comment" in one, "Scan" in one) for one in problems] == [
        (True, False, False, False),
        (False, False, False, True),
        (False, True, False, False),
        (False, True, True, False),
    ]
