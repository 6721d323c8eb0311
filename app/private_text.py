"""Takes out of a text what is nobody else's business: folders, files, blocks and names of people."""

from __future__ import annotations

import re
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORTEST = 2
"""A name of one letter would take every such letter out."""
_PATH = re.compile(
    r"""(?:[A-Za-z]:[\\/]|\\\\|(?<![\w.>~])/)[^\s"'<>|:*?,;()]+(?:[ ][^\s"'<>|:*?,;()]*[\\/][^\s"'<>|:*?,;()]*)*"""
)
_QUOTED = re.compile(r"""(?P<open>["'“])(?P<path>(?:[A-Za-z]:[\\/]|\\\\|/)[^"'”\n]*)(?P<close>["'”])""")
_FILE = re.compile(
    r"""[^\s"'“”/\\<>|:]+\.(?:ome\.)?(?:tiff?|jsonl?|csv|tsv|xlsx|parquet|npy|npz|zarr|czi|lif|nd2)\b""", re.I
)
_FRAME = re.compile(r"""(File ")([^"\n]+)(", line \d+)""")
_MARK = "\x00"


def without_private(text: str, names: Iterable[str] = ()) -> str:
    """Return the text with files, folders and these names hidden; where in the program's source it was stays."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(f"{found[1]}{_source(found[2])}{found[3]}")
        return f"{_MARK}{len(kept) - 1}{_MARK}"

    text = _FRAME.sub(keep, text.replace(_MARK, ""))
    text = _QUOTED.sub(r"\g<open><path>\g<close>", text)
    text = _PATH.sub(_hidden, text)
    text = _FILE.sub("<file>", text)
    # The longest first: one may stand in another
    for name in sorted({name for name in names if len(name) >= _SHORTEST and name in text}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "<name>", text)
    return re.sub(f"{_MARK}(\\d+){_MARK}", lambda found: kept[int(found[1])], text)


def _hidden(found: re.Match[str]) -> str:
    return "~/<path>" if found[0].startswith(str(Path.home())) else "<path>"


def _source(path: str) -> str:
    """Return where a source file is, without the folders of this computer."""
    roots = (Path(__file__).parents[1], Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("stdlib")))
    within = [root for root in (*roots, Path(getattr(sys, "_MEIPASS", roots[0]))) if Path(path).is_relative_to(root)]
    if within:  # the innermost: an environment may lie in a checkout
        return Path(path).relative_to(max(within, key=lambda root: len(root.parts))).as_posix()
    home = str(Path.home())
    if path.startswith("<") or not Path(path).is_absolute():
        return path
    return f"…/{Path(path).name}" if not path.startswith(home) else f"~/…/{Path(path).name}"
