"""The classes of a data set: classes.json, read strictly, in the older program's format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from storage.errors import StorageError, failure, readable

if TYPE_CHECKING:
    from pathlib import Path

_DIGITS = "1234567890"
_DEFAULT_COLORS = ("#22AA44", "#2266FF", "#FF6622")
_PALETTE = (
    *_DEFAULT_COLORS,
    "#AA44CC",
    "#DDBB22",
    "#22BBCC",
    "#CC3355",
    "#886644",
    "#77BB22",
    "#FF77BB",
    "#5577AA",
    "#AAAAAA",
)
_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")
_EXAMPLE = '{"classes": [{"name": "Inhibitory", "color": "#22AA44"}, {"name": "Excitatory"}]}'


@dataclass(frozen=True)
class ClassDef:
    """One class: its number from 1, its name, its colour as `#RRGGBB`, and the key that gives it."""

    number: int
    name: str
    color: str
    key: str


@dataclass(frozen=True)
class Classes:
    """The classes in the order of their numbers, and names for the channels by their index (may be fewer)."""

    classes: tuple[ClassDef, ...]
    channel_names: tuple[str, ...]


def default_classes() -> Classes:
    """Return Class 1, 2 and 3, for a data set without a file."""
    return Classes(
        tuple(
            ClassDef(number, f"Class {number}", color, _DIGITS[number - 1])
            for number, color in enumerate(_DEFAULT_COLORS, 1)
        ),
        (),
    )


def read_classes(path: Path, letters: str) -> Classes:
    """Read classes.json. The first keys are 1-9 and 0, then come `letters`.

    Raises
    ------
    StorageError
        The file is missing or anything in it is not as it must be; it says where, and what to do.
    """
    shown = readable(path)
    top = _decode(path, shown)
    if not isinstance(top, dict) or "classes" not in top:
        raise StorageError(f"{shown} must hold an object with “classes”, like {_EXAMPLE}.")
    entries = top["classes"]
    if not isinstance(entries, list) or not entries:
        raise StorageError(f"{shown}: “classes” must be a list with at least one class, like {_EXAMPLE}.")
    keys = _DIGITS + letters
    if len(entries) > len(keys):
        raise StorageError(
            f"{shown} has {len(entries)} classes, but there are keys for {len(keys)} only. Remove some classes."
        )
    classes: list[ClassDef] = []
    for number, (entry, key) in enumerate(zip(entries, keys, strict=False), 1):
        name, color = _name_and_color(entry, number, shown)
        double = next((known.number for known in classes if known.name == name), None)
        if double is not None:
            raise StorageError(
                f"{shown}: class {number} and class {double} are both named “{name}”. Give each class its own name."
            )
        classes.append(ClassDef(number, name, color, key))
    return Classes(tuple(classes), _channel_names(top.get("channel_names"), shown))


def _decode(path: Path, shown: str) -> object:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return msgspec.json.decode(text)
    except OSError as error:
        raise failure(path, error, "Restore the file, or choose another one for the classes.") from error
    except UnicodeDecodeError as error:
        raise StorageError(f"{shown}, byte {error.start + 1}: not UTF-8. Save the file as UTF-8 text.") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise StorageError(f"{shown}{_place(text, str(error))}. Correct the file and try again.") from error


def _place(text: str, message: str) -> str:
    """Return where the JSON is wrong, by line and column, which msgspec gives as a byte."""
    match = re.search(r"\(byte (\d+)\)", message)
    before = text.encode()[: int(match[1])].decode("utf-8", "ignore") if match else text
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f", line {line}, column {column}: not valid JSON"


def _name_and_color(entry: object, number: int, shown: str) -> tuple[str, str]:
    place = f"{shown}: class {number}"
    name: object
    color: object
    match entry:
        case str():
            name, color = entry, None
        case dict():
            name, color = entry.get("name"), entry.get("color")
        case _:
            raise StorageError(f"{place} must be a name or an object with “name” and “color”, like {_EXAMPLE}.")
    if not isinstance(name, str) or not name.strip():
        raise StorageError(f"{place} has no name. Give it one, as text.")
    if color is None:
        return name.strip(), _PALETTE[(number - 1) % len(_PALETTE)]
    if not isinstance(color, str) or _COLOR.fullmatch(color) is None:
        raise StorageError(f"{place} has the colour {color!r}. Write it as “#22AA44”: six digits 0-9 and A-F.")
    digits = color[1:].upper()
    return name.strip(), "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def _channel_names(found: object, shown: str) -> tuple[str, ...]:
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise StorageError(f'{shown}: “channel_names” must be a list of texts, like ["488", "561"].')
    return tuple(found)
