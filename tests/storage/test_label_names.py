"""Names of overlays and where they lie: every accepted name is a file name, and nothing leaves its folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import StorageError
from storage.label_name import (
    LONGEST_NAME,
    check_label_name,
    free_name,
    is_taken,
    labels_folder,
    lengthened,
    others_labels,
    own_labels,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cells", "cells"),
        ("  nuclei (2)  ", "nuclei (2)"),
        ("Zellkerne ü-1.0", "Zellkerne ü-1.0"),
        ("u\u0308", "ü"),
        ("a \t b", "a b"),
        ("細胞", "細胞"),
        ("console", "console"),
    ],
)
def test_names_that_can_be_used(text: str, name: str) -> None:
    assert check_label_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", ".", "..", ".hidden", "ends.", "a/b", "a\\b", "a:b", "a*b", 'a"b', "a\0b", "a\x7fb"),
        *("CON", "con.x", "nul", "COM1", "lpt¹", "aux .txt", "a" * (LONGEST_NAME + 1), "細" * (LONGEST_NAME - 1)),
    ],
)
def test_names_that_cannot_be_used(text: str) -> None:
    with pytest.raises(StorageError) as caught:
        check_label_name(text)
    assert str(caught.value).endswith(".")


@given(st.text(max_size=80))
def test_checked_name_is_a_plain_file_name(text: str) -> None:
    try:
        name = check_label_name(text)
    except StorageError as error:
        str(error).encode()
        return
    assert check_label_name(name) == name
    assert os.path.basename(name) == name  # noqa: PTH119
    assert len((name + ".tif").encode()) < 200


@given(st.lists(st.sampled_from(["cells", "Cells", "cells 2", "CELLS 3", "straße", "STRASSE"])), st.just("cells"))
def test_free_name_is_not_taken(names: list[str], name: str) -> None:
    free = free_name(name, names)
    assert not is_taken(free, names)
    assert check_label_name(free) == free


def test_upper_and_lower_case_are_the_same_name() -> None:
    assert is_taken("Straße", ["STRASSE"])
    assert free_name("Cells", ["cells"]) == "Cells 2"


def test_lengthened_name_stays_a_name() -> None:
    ending = " (other version 2026-11-21 14.05)"
    for name in ("a" * LONGEST_NAME, "細" * 50, "short"):
        long = lengthened(name, ending)
        assert check_label_name(long) == long
        assert long.endswith(ending)


@pytest.mark.parametrize("block", ["", ".", "..", "../x", "a/../b", "/a", "a//b", "a/", "a\0"])
def test_block_ids_stay_in_the_folder(tmp_path: Path, block: str) -> None:
    with pytest.raises(StorageError):
        labels_folder(tmp_path, "alice", block)


@pytest.mark.parametrize("block", ["a", "plate 1/well B2/ä#?.tif", "a/…/b", "..a/b.."])
def test_labels_lie_below_the_annotator(tmp_path: Path, block: str) -> None:
    assert labels_folder(tmp_path, "alice", block) == tmp_path / "labels" / "alice" / block
    assert labels_folder(tmp_path, "alice", block, 4) == tmp_path / "labels" / "alice" / block / "t0004"


def test_own_and_others_are_listed(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    assert own_labels(tmp_path, "alice", "a/b") == ()
    assert others_labels(tmp_path, "alice", "a/b") == ()
    for annotator, name in [("alice", "b"), ("alice", "A"), ("bob", "x"), ("carol", "y"), ("not a name!", "z")]:
        folder = labels_folder(tmp_path, annotator, "a/b")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.tif").write_bytes(b"12345")
    own = labels_folder(tmp_path, "alice", "a/b")
    for hidden in (".c.tif-host-1-aa.tmp", ".nfs0001.tif", ".b.tif.lock", "notes.txt"):
        (own / hidden).write_bytes(b"")
    (own / "folder.tif").mkdir()
    (own / "t0001").mkdir()
    found = own_labels(tmp_path, "alice", "a/b")
    assert [(one.name, one.size, one.path) for one in found] == [("A", 5, own / "A.tif"), ("b", 5, own / "b.tif")]
    assert found[0].mtime == (own / "A.tif").stat().st_mtime
    others = others_labels(tmp_path, "alice", "a/b")
    assert [(one.name, one.annotator) for one in others] == [("x", "bob"), ("y", "carol")]
    assert own_labels(tmp_path, "alice", "a/b", 1) == ()


def test_share_that_is_not_mounted_is_an_error(tmp_path: Path) -> None:
    for root in (tmp_path / "nothing", tmp_path):
        for listing in (own_labels, others_labels):
            with pytest.raises(StorageError, match="mounted"):
                listing(root, "alice", "a")
