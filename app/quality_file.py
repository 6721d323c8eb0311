"""Writing the table of quality to a file: whole or not at all, for the command and for the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.quality.table import separator_of, table_text
from storage.atomic import replace_file
from storage.session_name import host_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from core.quality.block_quality import BlockQuality

ENDINGS = (".csv", ".tsv")


def write_quality(path: Path, blocks: Iterable[BlockQuality]) -> None:
    """Write the table as CSV, or with tabs where the name ends in `.tsv`. Raises OSError; an older file then stays."""
    text = table_text(blocks, separator_of(path.name))
    replace_file(path, text.encode("utf-8"), host_name())
