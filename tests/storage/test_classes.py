"""classes.json: what is read, and how each mistake in it is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage.classes import ClassDef, default_classes, read_classes
from storage.errors import StorageError

LETTERS = "BDEGHIJKLM"
GOLDEN = Path(__file__).resolve().parents[2].parent / "shared" / "golden" / "block-annotator"


def write(folder: Path, content: object, encoding: str = "utf-8") -> Path:
    path = folder / "classes.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding=encoding)
    return path


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="the folder of real data is not here")
def test_file_of_the_older_program() -> None:
    found = read_classes(GOLDEN / "configs" / "classes.json", LETTERS)
    assert found.classes == (
        ClassDef(1, "Inhibitory", "#22AA44", "1"),
        ClassDef(2, "Excitatory", "#2266FF", "2"),
        ClassDef(3, "Unknown", "#FF6622", "3"),
    )
    assert found.channel_names == ("488", "561", "638")


def test_names_alone_and_missing_colors(tmp_path: Path) -> None:
    found = read_classes(write(tmp_path, {"classes": ["A", {"name": "B"}, {"name": " C ", "color": "#abc"}]}), LETTERS)
    assert [c.name for c in found.classes] == ["A", "B", "C"]
    assert [c.color for c in found.classes] == ["#22AA44", "#2266FF", "#AABBCC"]
    assert found.channel_names == ()


def test_byte_order_mark(tmp_path: Path) -> None:
    assert (
        read_classes(write(tmp_path, {"classes": ["Zelle ß 🧬"]}, "utf-8-sig"), LETTERS).classes[0].name == "Zelle ß 🧬"
    )


def test_keys_are_digits_then_letters(tmp_path: Path) -> None:
    most = 10 + len(LETTERS)
    path = write(tmp_path, {"classes": [f"class {number}" for number in range(most)]})
    assert "".join(c.key for c in read_classes(path, LETTERS).classes) == "1234567890" + LETTERS
    assert [c.key for c in read_classes(path, letters="XYZ" + LETTERS).classes][10] == "X"
    with pytest.raises(StorageError, match="has 20 classes, but there are keys for 13 only"):
        read_classes(path, letters="XYZ")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"classes": [\n  "A",\n]}', r"line 3, column 1: not valid JSON"),
        ('{"classes": ["ä", }', r"line 1, column 19: not valid JSON"),
        ("", r"line 1, column 1: not valid JSON"),
        ("null", "must hold an object"),
        ("[]", "must hold an object"),
        ("{}", "must hold an object"),
        ({"classes": []}, "at least one class"),
        ({"classes": None}, "at least one class"),
        ({"classes": {"A": 1}}, "at least one class"),
        ({"classes": ["A", 2]}, "class 2 must be a name or an object"),
        ({"classes": ["A", ["B"]]}, "class 2 must be a name or an object"),
        ({"classes": ["A", {"color": "#22AA44"}]}, "class 2 has no name"),
        ({"classes": ["A", "  "]}, "class 2 has no name"),
        ({"classes": [{"name": 5}]}, "class 1 has no name"),
        ({"classes": ["A", "B", {"name": "A "}]}, "class 3 and class 1 are both named “A”"),
        ({"classes": ["A", {"name": "B", "color": "red"}]}, "class 2 has the colour 'red'"),
        ({"classes": [{"name": "B", "color": "#22AA4"}]}, "class 1 has the colour"),
        ({"classes": [{"name": "B", "color": "#22AA44\n"}]}, "class 1 has the colour"),
        ({"classes": [{"name": "B", "color": 5}]}, "class 1 has the colour 5"),
        ({"classes": ["A"], "channel_names": "488"}, "“channel_names” must be a list"),
        ({"classes": ["A"], "channel_names": [488]}, "“channel_names” must be a list"),
    ],
)
def test_mistake_is_named_with_its_file_and_place(tmp_path: Path, content: object, sentence: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(StorageError, match=sentence) as error:
        read_classes(path, LETTERS)
    assert str(error.value).startswith(str(path))
    assert str(error.value).endswith((".", "}."))


def test_missing_file_and_other_encoding(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"classes\.json does not exist\. Restore"):
        read_classes(tmp_path / "classes.json", LETTERS)
    with pytest.raises(StorageError, match="not UTF-8"):
        read_classes(write(tmp_path, '{"classes": ["ä"]}', "latin-1"), LETTERS)


def test_defaults() -> None:
    assert [(c.number, c.name, c.color, c.key) for c in default_classes().classes] == [
        (1, "Class 1", "#22AA44", "1"),
        (2, "Class 2", "#2266FF", "2"),
        (3, "Class 3", "#FF6622", "3"),
    ]
