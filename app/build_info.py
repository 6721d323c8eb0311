"""Which version of the program this is, and from which commit it was built."""

from __future__ import annotations

import json
from pathlib import Path

_FILE = Path(__file__).resolve().parent.parent / "resources" / "build.json"
"""Written into a frozen program by packaging/frozen_build.py: there is no package metadata in it."""


def version() -> str:
    """Return the version, for example `0.1.0`; a checkout that is not installed has none and says so."""
    told = _told().get("version", "")
    if told:
        return told
    # Here, for it takes as long as a twentieth of the start
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("cytoscribe")
    except PackageNotFoundError:
        return "not installed"


def title() -> str:
    """Return name, version and commit, for example `Cytoscribe 0.1.0 (0a1b2c3d4e5f)`: what all that tells it says."""
    number, made_from = version(), commit()
    if not number[:1].isdigit():
        return "Cytoscribe from source"
    return f"Cytoscribe {number}" + (f" ({made_from})" if made_from else "")


def commit() -> str:
    """Return the commit that a frozen program was built from; "" where nobody wrote it down."""
    return _told().get("commit", "")


def _told() -> dict[str, str]:
    try:
        return dict(json.loads(_FILE.read_bytes()))
    except FileNotFoundError:
        return {}
