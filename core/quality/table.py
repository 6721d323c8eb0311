"""Figures of quality as a table: one row for each block and channel, tidy columns with their units."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from core.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.quality.block_quality import BlockQuality, ChannelQuality

Cell = str | int | float | None
"""None where there is nothing to say: an empty cell."""

COLUMNS = (
    "block", "channel", "name", "file", "warnings", "notes", "error", "dtype",
    "min", "max", "possible_min", "possible_max", "range_used_percent",
    "at_possible_max_percent", "at_possible_min_percent", "at_max_percent", "zero_percent",
    "bits_stored", "bits_used", "levels", "step", "mean", "median", "noise_sd", "contrast_to_noise",
    "nan_voxels", "infinite_voxels", "empty_slices", "is_mask",
    "size_x_voxels", "size_y_voxels", "size_z_voxels",
    "voxel_x_um", "voxel_y_um", "voxel_z_um", "voxel_source",
    "format", "compression", "layout", "byte_order", "software", "file_bytes",
)  # fmt: skip
"""`warnings` of the whole block stand in the row of its first channel."""


def rows_of(block: BlockQuality) -> list[dict[str, Cell]]:
    """Return a row for each channel; a block that could not be read has one row, with its error."""
    if block.error:
        return [dict.fromkeys(COLUMNS) | {"block": block.block_id, "error": block.error}]
    return [_row(block, index, channel) for index, channel in enumerate(block.channels)]


def failed_block(block_id: str, error: Exception) -> BlockQuality:
    """Return the quality of a block that could not be read."""
    from core.quality.block_quality import BlockQuality

    text = str(error) if isinstance(error, ImageError) else f"{type(error).__name__}: {error}"
    return BlockQuality(block_id, error=" ".join(text.split()))


def table_text(blocks: Iterable[BlockQuality], separator: str = ",") -> str:
    """Return the table with its header, lines ending in a newline. Decimals have a point, shares are in percent."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=separator, lineterminator="\n")
    writer.writeheader()
    for block in blocks:
        for row in rows_of(block):
            writer.writerow({name: _text(value) for name, value in row.items()})
    return text.getvalue()


def separator_of(name: str) -> str:
    """Return what separates the columns of a file of this name: a tab for `.tsv`, else a comma."""
    return "\t" if name.lower().endswith(".tsv") else ","


def _row(block: BlockQuality, index: int, channel: ChannelQuality) -> dict[str, Cell]:
    facts = block.facts_of(channel)
    z, y, x = block.voxel_size or (None, None, None)
    low, high = channel.possible or (None, None)
    is_first = index == 0
    return {
        "block": block.block_id,
        "channel": index + 1,
        "name": channel.name,
        "file": channel.path.replace("\\", "/").rpartition("/")[2],
        "warnings": " ".join((*block.channel_warnings[index], *(block.warnings if is_first else ()))),
        "notes": " ".join((*block.channel_notes[index], *(block.notes if is_first else ()))),
        "error": None,
        "dtype": channel.dtype,
        "min": channel.lowest,
        "max": channel.highest,
        "possible_min": low,
        "possible_max": high,
        "range_used_percent": _percent(channel.range_share),
        "at_possible_max_percent": _percent(channel.high_share),
        "at_possible_min_percent": _percent(channel.low_share),
        "at_max_percent": _percent(channel.peak_share),
        "zero_percent": _percent(channel.zero_share),
        "bits_stored": channel.bits_stored,
        "bits_used": channel.bits_used,
        "levels": channel.levels,
        "step": channel.step,
        "mean": channel.mean,
        "median": channel.median,
        "noise_sd": channel.noise,
        "contrast_to_noise": channel.contrast_to_noise,
        "nan_voxels": channel.nan,
        "infinite_voxels": channel.infinite,
        "empty_slices": channel.empty_slices,
        "is_mask": int(channel.is_mask),
        "size_x_voxels": block.shape[2],
        "size_y_voxels": block.shape[1],
        "size_z_voxels": block.shape[0],
        "voxel_x_um": x,
        "voxel_y_um": y,
        "voxel_z_um": z,
        "voxel_source": block.voxel_source,
        "format": facts.format if facts else None,
        "compression": facts.compression if facts else None,
        "layout": facts.layout if facts else None,
        "byte_order": facts.byte_order if facts else None,
        "software": facts.software if facts else None,
        "file_bytes": facts.size_bytes if facts else None,
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
    text = str(value)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
