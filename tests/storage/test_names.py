"""Which names annotators may have, and which are known in a folder."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import StorageError
from storage.names import check_annotator, known_annotators

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("alice", "alice"),
        ("  Alice_2 ", "alice_2"),
        ("É", "é"),
        (unicodedata.normalize("NFD", "Émile"), "émile"),
        ("display", "display"),
        ("conrad", "conrad"),
        ("x" * 64, "x" * 64),
    ],
)
def test_name_is_stored_in_one_form(text: str, name: str) -> None:
    assert check_annotator(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "a b",
        "a-b",
        "a.b",
        "../x",
        "a/b",
        "a\\b",
        "a\nb",
        "bob_display",
        "Bob_Display",
        "NUL",
        "com1",
        "LPT9",
        "com¹",
        "İstanbul",
        "x" * 65,
        "𐐨" * 60,
        ".alice",
        "\ud800",
    ],
)
def test_name_is_refused(text: str) -> None:
    with pytest.raises(StorageError) as error:
        check_annotator(text)
    assert str(error.value).endswith(".")
    str(error.value).encode()


@given(st.text(max_size=80))
def test_what_is_accepted_is_stable_and_one_part_of_a_path(text: str) -> None:
    try:
        name = check_annotator(text)
    except StorageError:
        return
    assert check_annotator(name) == name
    assert unicodedata.is_normalized("NFC", name)
    assert not set(name) & set("/\\.: ")
    assert len(f".{name}.json-{'h' * 32}-{'9' * 10}-{'f' * 8}.tmp".encode()) <= 255


def test_known_are_those_with_a_journal_or_a_snapshot(tmp_path: Path) -> None:
    users, journals = tmp_path / "users", tmp_path / "journal"
    for name in ("bob", ".hidden", "not a name"):
        (journals / name).mkdir(parents=True)
    (journals / "a_file").touch()
    users.mkdir()
    for name, text in {
        "alice.json": '{"annotations": {}}',
        "alice_display.json": '{"channel_prefs": {}}',
        "carol.json": "[]",
        "dave.json": "{",
        "eve.json": '{"annotations": {"/data": {}}}',
        ".nfs0001.json": '{"annotations": {}}',
        "bob.json": '{"annotations": {}}',
        "frank": '{"annotations": {}}',
    }.items():
        (users / name).write_text(text)
    assert known_annotators(tmp_path) == ["alice", "bob", "eve"]


def test_nobody_is_known_where_nothing_can_be_read(tmp_path: Path) -> None:
    assert known_annotators(tmp_path / "missing") == []
    (tmp_path / "users").touch()
    assert known_annotators(tmp_path) == []
