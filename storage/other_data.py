"""Whether an annotations folder was used with another data folder than the one at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def other_data_warning(data_root: Path, used_with: Iterable[str]) -> str | None:
    """Return a sentence if one of the data folders `used_with` is another than `data_root`, else None.

    The same name at another place is the same data mounted elsewhere, unless that place is here too.
    """
    others = sorted(path for path in used_with if _is_other(path, data_root))
    if not others:
        return None
    return (
        f"This annotations folder was used with another data set, {others[0]}. Blocks of the same name would "
        "share their annotations: use one annotations folder for each data set."
    )


def _is_other(path: str, data_root: Path) -> bool:
    if _last_part(path) != data_root.name:
        return True
    try:
        return Path(path) != data_root and Path(path).is_dir() and not Path(path).samefile(data_root)
    except OSError:
        return False


def _last_part(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]
