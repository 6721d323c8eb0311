"""What a report hides of a text, and what it keeps."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from app import private_text
from app.private_text import without_private

SOURCE = Path(private_text.__file__)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("/srv/share/cohort 17/anna.json cannot be read", "cohort anna srv share"),
        ("'/srv/my cohort/b 1.tif' is damaged", "cohort b srv"),
        (r"C:\Users\Anna\data\b.tif is damaged", "Anna Users data"),
        (r"\\server\share\b.tif is damaged", "server share"),
        ("patient_7.ome.tif cannot be opened", "patient_7"),
        ("the table cells.csv has no column", "cells"),
        ("no decision of anna on block_7", "anna block_7"),
    ],
)
def test_files_folders_and_names_are_hidden(text: str, hidden: str) -> None:
    found = without_private(text, ["anna", "block_7", "block_70"])
    for word in hidden.split():
        assert word not in found


@pytest.mark.parametrize(
    "text",
    [
        "ValueError: operands could not be broadcast together with shapes (3,4) (2,)",
        "3 of 12 frames took 1/60 s; and/or 12:30:05,123",
        "cytoscribe.saving: 3 decisions wait",
        "an annotation of a block",
    ],
)
def test_words_and_numbers_stay(text: str) -> None:
    assert without_private(text, ["anna", "a"]) == text


def test_the_home_folder_is_a_tilde() -> None:
    assert without_private(f"in {Path.home()}/images/b.czi") == "in ~/<path>"


def test_where_in_the_source_it_was_stays_without_the_folders_of_this_computer() -> None:
    library = Path(sysconfig.get_path("purelib")) / "vispy" / "app.py"
    text = (
        f'  File "{SOURCE}", line 3, in f\n  File "{library}", line 4, in g\n  File "/home/anna/x/y.py", line 5 in h\n'
    )
    assert without_private(text, ["app"]).splitlines() == [
        '  File "app/private_text.py", line 3, in f',
        '  File "vispy/app.py", line 4, in g',
        '  File "…/y.py", line 5 in h',
    ]
