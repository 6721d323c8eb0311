"""The file of gold blocks: what is read, and that a mistake is named with its line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.classes import ClassDef
from storage.errors import StorageError
from storage.gold import gold_file, read_gold
from storage.roles import Roles

if TYPE_CHECKING:
    from pathlib import Path

CLASSES = (ClassDef(1, "Inhibitory", "#22AA44", "1"), ClassDef(2, "Excitatory", "#2266FF", "2"))


def gold(tmp_path: Path, text: str | bytes, **options: object) -> dict[str, int]:
    path = gold_file(tmp_path)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_gold(path, CLASSES, **({"roles": Roles()} | options))  # type: ignore[arg-type]


def test_number_or_name_in_any_order_of_columns(tmp_path: Path) -> None:
    text = '\ufeffNote,Class,Block\r\n"two\r\nlines",2,"tile 1, left/b1"\r\n\r\n,Inhibitory,b2\r\n'
    assert gold(tmp_path, text) == {"tile 1, left/b1": 2, "b2": 1}
    assert gold(tmp_path, "block,class\n") == {}


def test_no_file_is_no_gold(tmp_path: Path) -> None:
    assert read_gold(gold_file(tmp_path), CLASSES, Roles()) == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "line 1: the file is empty"),
        ("block;class\nb1;2\n", "line 1: it has the column “block” not at all"),
        ("block,class,class\n", "line 1: it has the column “class” twice"),
        ("block,class\nb1,2\nb2,3\n", "line 3: “3” is no class: use a number from 1 to 2 or the name of a class"),
        ("block,class\nb1,inhibitory\n", "line 2: “inhibitory” is no class"),
        ("block,class\nb1,\n", "line 2: “” is no class"),
        ("block,class\n,1\n", "line 2: it names no block"),
        ("block,class\nb1,1\n\nb1,1\n", "line 4: the block “b1” is in line 2 already"),
        ("block,class\nb1\n", "line 2: it has 1 values, and the first line names 2 columns"),
        ('block,class,note\nb1,1,"a\nb"\nb2,1,x,y\n', "line 4: it has 4 values"),
        ('block,class\nb1,"1\n', "line 2: it is not valid CSV"),
        (b"block,class\nb\xe4r,1\n", "line 2: it is not UTF-8"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, text: str | bytes, sentence: str) -> None:
    with pytest.raises(StorageError) as caught:
        gold(tmp_path, text)
    assert f"gold.csv, {sentence}" in str(caught.value)
    assert str(caught.value).endswith("gold blocks are not used; everything else goes on.")


def test_a_block_that_is_not_there_is_a_mistake_where_the_blocks_are_known(tmp_path: Path) -> None:
    assert gold(tmp_path, "block,class\nb1,1\n", blocks={"b1"}) == {"b1": 1}
    with pytest.raises(StorageError, match="line 2: the data folder has no block “b1”"):
        gold(tmp_path, "block,class\nb1,1\n", blocks={"b2"})


def test_a_class_named_like_another_ones_number_is_refused(tmp_path: Path) -> None:
    path = gold_file(tmp_path)
    gold(tmp_path, "block,class\nb1,1\n")
    classes = (ClassDef(1, "2", "#22AA44", "1"), ClassDef(2, "1x", "#2266FF", "2"))
    with pytest.raises(StorageError, match="the name of class 1 is “2”"):
        read_gold(path, classes, Roles())


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
def test_only_an_admins_file_counts_where_accounts_are_named(tmp_path: Path) -> None:
    text = "block,class\nb1,1\n"
    mine = Roles(frozenset({"carol"}), {"carol": frozenset({str(os.geteuid())})})
    other = Roles(frozenset({"carol"}), {"carol": frozenset({"nobody-here"})})
    assert gold(tmp_path, text, roles=mine) == {"b1": 1}
    with pytest.raises(StorageError, match="which is no account of an admin"):
        gold(tmp_path, text, roles=other)


def test_a_folder_of_that_name_is_said(tmp_path: Path) -> None:
    gold_file(tmp_path).mkdir(parents=True)
    with pytest.raises(StorageError, match=r"gold\.csv .*directory"):
        read_gold(gold_file(tmp_path), CLASSES, Roles())


@given(st.binary(max_size=60))
def test_whatever_stands_there_gives_classes_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes
) -> None:
    try:
        found = gold(tmp_path_factory.mktemp("x"), b"block,class\n" + noise)
    except StorageError as error:
        assert "gold.csv, line " in str(error)
    else:
        assert set(found.values()) <= {1, 2}
