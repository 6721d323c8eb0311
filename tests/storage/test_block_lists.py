"""Lists that an admin wrote: what is read, and that a mistake is named with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.block_lists import read_block_list, read_queues
from storage.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

BLOCKS = frozenset({"tile 1/b1", "tile 1/b2", "left, right/b3"})


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "list.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_ids_one_a_line_in_their_order(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeffleft, right/b3\r\n\r\n tile 1/b1 \ntile 1/b1\n")
    assert read_block_list(path, BLOCKS) == ["left, right/b3", "tile 1/b1"]


def test_columns_in_any_order_and_names_as_they_are_stored(tmp_path: Path) -> None:
    path = written(
        tmp_path, '\ufeffBlock,note,Annotator\r\n"left, right/b3",x,Alice\ntile 1/b1,,bob\ntile 1/b1,,ALICE\n'
    )
    assert read_queues(path, BLOCKS) == {"alice": ["left, right/b3", "tile 1/b1"], "bob": ["tile 1/b1"]}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tile 1/b1\ntile 1/b9\n", "line 2: the data folder has no block “tile 1/b9”"),
        (b"tile 1/b1\n\xff\n", "line 2: it is not UTF-8"),
        ("\n \n", "names no block"),
    ],
)
def test_a_mistake_in_a_list_of_ids_is_named(tmp_path: Path, text: str | bytes, sentence: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(StorageError, match=sentence) as error:
        read_block_list(path, BLOCKS)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "line 1: the file gives nobody a block"),
        ("annotator,block\n", "line 1: the file gives nobody a block"),
        ("annotator;block\nalice;tile 1/b1\n", "line 1: it has the column “annotator” not at all"),
        ("block,annotator,block\n", "line 1: it has the column “block” twice"),
        ("annotator,block\nalice,tile 1/b9\n", "line 2: the data folder has no block “tile 1/b9”"),
        ("annotator,block\nalice,\n", "line 2: it names no block"),
        ("annotator,block\nalice,left, right/b3\n", "line 2: it has 3 values"),
        ("annotator,block\nal ice,tile 1/b1\n", "line 2: “al ice” cannot be used as a name"),
        (
            "annotator,block\n\nbob,tile 1/b1\nBob,tile 1/b1\n",
            "line 4: bob has the block “tile 1/b1” in line 3",
        ),
        ('annotator,block\nbob,"tile 1/b1\n', "it is not valid CSV"),
    ],
)
def test_a_mistake_in_a_file_of_queues_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(StorageError, match=sentence):
        read_queues(written(tmp_path, text), BLOCKS)


def test_a_file_that_is_not_there_or_no_file(tmp_path: Path) -> None:
    for read in (read_block_list, read_queues):
        with pytest.raises(StorageError, match="does not exist"):
            read(tmp_path / "none.csv", BLOCKS)
        with pytest.raises(StorageError, match="cannot be used"):
            read(tmp_path, BLOCKS)


@given(data=st.binary(max_size=80) | st.text(max_size=80).map(lambda text: ("annotator,block\n" + text).encode()))
def test_any_bytes_give_lists_of_blocks_that_exist_or_a_sentence(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(tmp_path_factory.getbasetemp(), data)
    for read in (read_block_list, read_queues):
        try:
            found = read(path, BLOCKS)
        except StorageError as error:
            assert str(path) in str(error)
        else:
            lists = found.values() if isinstance(found, dict) else [found]
            assert all(queue and set(queue) <= BLOCKS and len(set(queue)) == len(queue) for queue in lists)
