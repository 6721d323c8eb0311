"""A report for who is asked for help: its parts as texts, without data, and the zip that they are saved in."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from app.private_text import without_private

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

INSIDE = (
    "What is inside: what happened and where in the program, the last lines of the log, the versions of Cytoscribe, "
    "Python, Qt and the graphics, settings that are numbers or on and off, some timings, and what you type here.\n\n"
    "What is not inside: no image, no label, no table, no decision. Names of blocks, files, folders, annotators and of "
    "this computer are taken out; look the texts over before you save or copy them. Nothing is sent: you decide who "
    "gets the file."
)

_KEPT_TEXTS = {"theme", "review_rule"}
"""Settings that are one of a few words, and so say nothing of anybody."""


@dataclass(frozen=True)
class Report:
    """`happened` is in words, `crash` a traceback or what was found of a crash; `facts` and `timings` are pairs."""

    happened: str
    crash: str
    log: str
    facts: tuple[tuple[str, str], ...]
    timings: tuple[tuple[str, str], ...]
    settings: str


def parts(report: Report, names: Iterable[str]) -> dict[str, str]:
    """Return the files of a report with their texts; `names` of blocks, people and folders are taken out."""
    names = list(names)
    sections = [f"{INSIDE}\n", "# What happened", without_private(report.happened, names)]
    if report.crash:
        sections += ["", without_private(report.crash, names).rstrip()]
    for title, pairs in (("# Versions", report.facts), ("# Timings", report.timings)):
        sections += ["", title, *(f"{name}: {without_private(value, names)}" for name, value in pairs)]
    return {
        "report.txt": "\n".join(sections) + "\n",
        "log.txt": without_private(report.log, names),
        "settings.json": report.settings,
    }


def with_doing(texts: dict[str, str], doing: str) -> dict[str, str]:
    """Return the same with what the user typed, which stays as it is."""
    if not doing.strip() or "report.txt" not in texts:
        return texts
    return texts | {"report.txt": f"{texts['report.txt']}\n# What the user was doing\n{doing.strip()}\n"}


def write_report(path: Path, texts: dict[str, str]) -> None:
    """Write a zip. Raises OSError; a file that was there before stays until the new one is whole."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as file:
            for name, text in texts.items():
                file.writestr(name, text)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def settings_text(settings: msgspec.Struct) -> str:
    """Return settings as JSON without what somebody typed or chose a name for: of lists, how long they are."""
    return msgspec.json.format(msgspec.json.encode(_plain(settings)), indent=2).decode()


def _plain(value: object, name: str = "") -> object:
    if isinstance(value, msgspec.Struct):
        return {field: _plain(getattr(value, field), field) for field in value.__struct_fields__}
    if isinstance(value, bool | int | float) or value is None or (isinstance(value, str) and name in _KEPT_TEXTS):
        return value
    if isinstance(value, str):
        return "(a text)" if value else ""
    return f"({len(value)})" if isinstance(value, Sized) else type(value).__name__
