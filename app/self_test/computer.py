"""Whether this computer has what the program needs: its files, folders to write to, room on the disk, the share."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from app.self_test.result import Failure, Skip, demand

if TYPE_CHECKING:
    from app.lenient_json import BadValue
    from app.self_test.room import Room
    from app.settings import Settings

LEAST_FREE = 200_000_000
"""Bytes. Journals and logs of strokes are small, but one large block's labels must find room."""


def check_program(room: Room) -> str:
    """Say what runs on what, and read the files that come with it."""
    from app.build_info import title
    from app.settings import RESOURCES

    for name in ("style.qss", "changes.md", "sample.json"):
        path = RESOURCES / name
        demand(path.is_file() and path.read_bytes().strip(), f"{path} is missing or empty: the installation is broken.")
    frozen = ", frozen" if getattr(sys, "frozen", False) else ""
    return f"{title()}{frozen}, Python {platform.python_version()}, {platform.platform()}."


def check_folders(room: Room) -> str:
    """Read the settings, and see that the user's folders can be written to. Nothing of the user's is changed."""
    from app.settings import user_places

    places = user_places()
    bad = _settings()[1]
    refused = []
    for folder in dict.fromkeys((places.config, places.state, places.data, places.cache)):
        there = next(path for path in (folder, *folder.parents) if path.exists())
        try:
            with tempfile.TemporaryFile(dir=there) if there == folder else _asked(there):
                pass
        except OSError as error:
            refused.append(f"{folder} ({error.strerror or error})")
    demand(not refused, f"What you do cannot be kept on this computer: no writing to {', '.join(refused)}.")
    said = f"Settings in {places.config}; journals in {places.state}."
    return said + (f" Not used of the settings: {', '.join(one.name for one in bad)}." if bad else "")


class _asked:  # noqa: N801 - a context, as TemporaryFile is
    """For a folder above one that is not made yet: asked for its rights, nothing is made in it."""

    def __init__(self, folder: Path) -> None:
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            raise PermissionError(13, f"{folder} cannot be written to")

    def __enter__(self) -> None: ...

    def __exit__(self, *rest: object) -> None: ...


def check_disk(room: Room) -> str:
    """See how much room there is where journals, labels and temporary files are kept."""
    from app.settings import user_places

    said = []
    for what, folder in (("your files", user_places().state), ("temporary files", room.folder)):
        there = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(there).free
        demand(
            free >= LEAST_FREE,
            f"Only {free / 1e6:.0f} MB are free in {there}, where {what} are kept. Make room for at least "
            f"{LEAST_FREE / 1e6:.0f} MB.",
        )
        said.append(f"{free / 1e9:.1f} GB for {what}")
    return f"Free: {', '.join(said)}."


def check_share(room: Room) -> str:
    """Read the annotations folder that the program would open; nothing is written there."""
    from app.settings import user_places

    root = room.annotations_root
    if root is None:
        settings, _ = _settings()
        data = str(room.data_root) if room.data_root is not None else next(iter(settings.recent), "")
        root = Path(settings.annotation_roots[data]) if data in settings.annotation_roots else None
    if root is None:
        raise Skip("No annotations folder is chosen yet.")
    if not root.exists() and root.is_relative_to(user_places().data):
        raise Skip(f"Decisions go to {root}, where none is kept yet.")
    demand(root.is_dir(), f"The annotations folder {root} is not there. If it is on a share, mount it.")
    try:
        journals = sorted((root / "journal").glob("*/*.jsonl"))
        lines = sum(path.read_bytes().count(b"\n") for path in journals[-20:])
    except OSError as error:
        raise Failure(f"The annotations folder {root} cannot be read: {error.strerror or error}.") from error
    demand(
        os.access(root, os.W_OK), f"You may read the annotations folder {root}, but not write to it. Ask for the right."
    )
    names = len({path.parent.name for path in journals})
    if not journals:
        return f"{root} can be read; nothing was decided there yet."
    counts = f"{len(journals)} journal{'s'[: len(journals) > 1]} of {names} annotator{'s'[: names > 1]}"
    return f"{root}: {counts}; {lines} lines of the last ones were read."


def _settings() -> tuple[Settings, list[BadValue]]:
    """The settings as the program takes them, and what it leaves out; its own reading puts a broken file aside."""
    import msgspec

    from app.lenient_json import decode_leniently
    from app.settings import Settings, user_places

    path = user_places().config / "settings.json"
    try:
        return decode_leniently(path.read_bytes(), Settings)
    except FileNotFoundError:
        return Settings(), []
    except (OSError, msgspec.MsgspecError) as error:
        raise Failure(
            f"The settings {path} cannot be used ({error}): the next start puts the file aside and begins anew."
        ) from error
