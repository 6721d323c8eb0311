"""What the program says about itself: versions of its parts, their licences."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from app.build_info import title
from app.settings import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import Distribution

_PARTS = (
    *("PySide6-Essentials", "vispy", "numpy", "scipy", "scikit-image", "scikit-learn", "pandas"),
    *("tifffile", "imagecodecs", "msgspec"),
)
"""Whose versions matter when something goes wrong."""


class Component(NamedTuple):
    """Something that Cytoscribe is made with; `texts` are files with the words of its licence."""

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...] = ()


def facts(components: Iterable[Component], computer: Iterable[tuple[str, str]]) -> str:
    """Versions of the program and of what it is made with, and what is known of this computer, a line each."""
    lines = [title(), *(f"{name} {version}" for name, version in versions(components))]
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in computer)])


def versions(components: Iterable[Component]) -> list[tuple[str, str]]:
    """Name and version of each part that matters when something goes wrong."""
    known = {_plain(component.name): component.version for component in components}
    return [(name, known[_plain(name)]) for name in _PARTS if _plain(name) in known]


def own_licence() -> str:
    """The text of Cytoscribe's licence."""
    own = next((one for one in _listed() if one.name == "Cytoscribe"), None)
    texts = own.texts if own is not None else (RESOURCES.parent / "LICENSE",)
    return "\n".join(path.read_text(encoding="utf-8") for path in texts if path.is_file()) or "MIT"


def components() -> list[Component]:
    """What is inside the build, by its own list; from source, what is installed for Cytoscribe. By name."""
    return sorted(_listed() or _installed(), key=lambda component: component.name.lower())


def rows(components: Iterable[Component]) -> str:
    """Name, version and licence of each, and where its text is."""
    lines = []
    for one in components:
        lines.append(f"{one.name} {one.version}".rstrip())
        lines.append(f"    {one.licence}")
        lines += [f"    {path}" for path in one.texts]
    return "\n".join(lines)


def _listed() -> list[Component]:
    """What the list in the frozen program says: beside it, and on macOS in the resources of the .app."""
    if not getattr(sys, "frozen", False):
        return []
    program = Path(sys.executable).resolve().parent
    for folder in (program / "licenses", program.parent / "Resources" / "licenses"):
        listed = folder / "index.json"
        if listed.is_file():
            return _parse(listed)
    return []


def _parse(listed: Path) -> list[Component]:
    entries = json.loads(listed.read_text(encoding="utf-8"))
    return [
        Component(e["name"], e["version"], e["licence"], tuple(listed.parent / text for text in e["texts"]))
        for e in entries
    ]


def _installed() -> list[Component]:
    """Cytoscribe's requirements and theirs, without those of its extras."""
    from importlib.metadata import distributions

    by_name = {_plain(d.metadata["Name"]): d for d in distributions() if d.metadata["Name"]}
    wanted = [_plain(name) for name in _requirements()]
    seen: dict[str, Distribution] = {}
    while wanted:
        name = wanted.pop()
        if name in by_name and name not in seen:
            seen[name] = by_name[name]
            wanted += [_plain(_name(r)) for r in seen[name].requires or () if "extra ==" not in r]
    return [Component(d.metadata["Name"], d.version, _licence_of(d)) for d in seen.values()]


def _requirements() -> list[str]:
    import tomllib

    project = RESOURCES.parent / "pyproject.toml"
    if project.is_file():
        wanted = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
        return [_name(one) for one in wanted]
    from importlib.metadata import PackageNotFoundError, requires

    try:
        return [_name(one) for one in requires("cytoscribe") or () if "extra ==" not in one]
    except PackageNotFoundError:
        return []


def _name(requirement: str) -> str:
    found = re.match(r"[\w.\-]+", requirement)
    return found[0] if found else ""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _licence_of(distribution: Distribution) -> str:
    """The expression if there is one, else the classifiers, else the first line of the field."""
    data = distribution.metadata
    if data["License-Expression"]:
        return str(data["License-Expression"])
    classes = [one.split(" :: ")[-1] for one in data.get_all("Classifier") or () if one.startswith("License :: ")]
    named = [one for one in classes if one != "OSI Approved"]
    if named:
        return ", ".join(named)
    return (data["License"] or "see its own files").strip().splitlines()[0]
