"""How figures of quality are written in the window: lines of the panel, cells of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.quality.words import number, percent

if TYPE_CHECKING:
    from core.images.tiff_facts import TiffFacts
    from core.quality.block_quality import BlockQuality, ChannelQuality

Line = tuple[str, str]
Section = tuple[str, list[Line]]
"""A title, and names with their values."""

Key = float | str | None
"""What a cell is sorted by; None comes last."""

HEADINGS = (
    ("Block", "Double click: show the block"),
    ("Channel", "Its number and name"),
    ("Warnings", "How many things are wrong; what they are, under the mouse"),
    ("What is wrong", ""),
    ("Type", "As stored in the file"),
    ("Range used", "Share of the values that the type can hold between the lowest and the highest one"),
    ("Lowest", ""),
    ("Highest", ""),
    ("At the top", "Share of voxels at the highest value that the type can hold"),
    ("At the highest", "Share of voxels at the highest value found: much of them where a camera of fewer bits clipped"),
    ("Zero", "Share of voxels that are exactly 0"),
    ("Bits used", "That the values found need"),
    ("Mean", ""),
    ("Median", ""),
    ("Noise", "Standard deviation, after Immerkær 1996"),
    ("Contrast / noise", "From the median to the percentile 99.9 or 0.1, by the noise; 3.1 is nothing but noise"),
    ("Voxel (µm)", "x × y × z"),
    ("Voxel from", "Where the voxel size was found"),
    ("Compression", ""),
    ("File", "Its format"),
)
WARNINGS_COLUMN = 2
_ERROR = 1e6
"""Sorted before any number of warnings."""


def sections(block: BlockQuality) -> list[Section]:
    """Return what the panel shows below the warnings: each channel, then the files."""
    found: list[Section] = []
    for place, channel in enumerate(block.channels, 1):
        found.append((f"{place}  {channel.name}", _channel_lines(channel)))
    voxel = _voxel(block) + (" µm" if block.voxel_size else "")
    lines: list[Line] = [("Voxel", f"{voxel}, from {block.voxel_source}" if block.voxel_source else voxel)]
    kinds = dict.fromkeys(_file_words(facts) for facts in block.files)
    lines += [("File", text) for text in kinds]
    software = dict.fromkeys(facts.software for facts in block.files if facts.software)
    lines += [("Written by", text) for text in software]
    if block.files:
        size = sum(facts.size_bytes for facts in block.files) / 1e6
        lines.append(("On disk", f"{size:.3g} MB in {len(block.files)} file{'s' if len(block.files) > 1 else ''}"))
    found.append(("Files", lines))
    return found


def _file_words(facts: TiffFacts) -> str:
    compression = "not compressed" if facts.compression == "none" else f"compressed with {facts.compression}"
    return f"{facts.format}, {compression}, {facts.layout}, {facts.byte_order}"


def _channel_lines(channel: ChannelQuality) -> list[Line]:
    span = f"{number(channel.lowest)} to {number(channel.highest)}"
    lines: list[Line] = [("Type", channel.dtype)]
    if channel.is_empty:
        return [*lines, ("All values", number(channel.highest))]
    if channel.possible and channel.range_share is not None:
        low, high = (number(value) for value in channel.possible)
        lines.append(("Range", f"{span}: {percent(channel.range_share)} of {low} to {high}"))
        lines.append(("At the top", f"{percent(channel.high_share or 0.0)} at {high}"))
    else:
        lines.append(("Range", span))
    if channel.possible is None or not channel.high_share:
        lines.append(("At the highest", f"{percent(channel.peak_share)} at {number(channel.highest)}"))
    if channel.low_share is not None and channel.possible:
        lines.append(("At the bottom", f"{percent(channel.low_share)} at {number(channel.possible[0])}"))
    lines.append(("Zero", percent(channel.zero_share)))
    if channel.bits_used is not None:
        step = f" in steps of {channel.step}" if channel.step and channel.step > 1 else ""
        lines.append(("Bits", f"{channel.bits_used} of {channel.bits_stored}, {channel.levels} values{step}"))
    lines.append(("Mean", f"{channel.mean:.4g}, median {channel.median:.4g}"))
    if channel.noise is not None:
        contrast = channel.contrast_to_noise
        lines.append(("Noise", f"{channel.noise:.3g}" + (f", contrast {contrast:.3g} times" if contrast else "")))
    if channel.nan or channel.infinite:
        lines.append(("Missing", f"{channel.nan} NaN, {channel.infinite} infinite"))
    return lines


def _voxel(block: BlockQuality) -> str:
    if block.voxel_size is None:
        return "unknown"
    return " × ".join(f"{size:.4g}" for size in reversed(block.voxel_size))


def cells(block: BlockQuality) -> list[list[tuple[str, Key]]]:
    """Return the rows of the table: for each channel the text and the key of each column of HEADINGS."""
    if block.error:
        row: list[tuple[str, Key]] = [("", None)] * len(HEADINGS)
        row[0], row[2], row[3] = (block.block_id, block.block_id), ("unreadable", _ERROR), (block.error, block.error)
        return [row]
    return [_row(block, index, channel) for index, channel in enumerate(block.channels)]


def _row(block: BlockQuality, index: int, channel: ChannelQuality) -> list[tuple[str, Key]]:
    wrong = (*block.channel_warnings[index], *(block.warnings if index == 0 else ()))
    facts = block.facts_of(channel)
    size = block.voxel_size
    return [
        _word(block.block_id),
        (f"{index + 1}  {channel.name}", f"{index + 1:05d}"),
        (f"⚠ {len(wrong)}" if wrong else "", float(len(wrong))),
        _word(" ".join(wrong)),
        _word(channel.dtype),
        _share(channel.range_share),
        _figure(channel.lowest),
        _figure(channel.highest),
        _share(channel.high_share),
        _share(channel.peak_share),
        _share(channel.zero_share),
        _figure(channel.bits_used),
        _figure(channel.mean),
        _figure(channel.median),
        _figure(channel.noise),
        _figure(channel.contrast_to_noise),
        (_voxel(block), size[0] * size[1] * size[2] if size else None),
        _word(block.voxel_source),
        _word(facts.compression if facts else ""),
        _word(facts.format if facts else ""),
    ]


def _word(text: str) -> tuple[str, Key]:
    return text, text.casefold() or None


def _share(share: float | None) -> tuple[str, Key]:
    return ("", None) if share is None else (percent(share), share)


def _figure(value: float | None) -> tuple[str, Key]:
    return ("", None) if value is None else (number(value), float(value))
