"""What the figures of a channel and of a block mean, in words: warnings, and notes that are good to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.images.tiff_facts import TiffFacts
    from core.images.voxels import VoxelSize
    from core.quality.block_quality import ChannelQuality

_FEW_BITS = 6
"""Bits used up to which steps are seen and measured."""
_FEWEST_FOR_LEVELS = 20_000
"""Voxels: with fewer, a 16-bit channel may have few different values by chance."""
_MANY_ZEROS = 0.01
_NOTHING_BUT_NOISE = 4.0
"""Contrast to noise: it is 3.1 for Gaussian noise without any signal."""


def channel_words(number: int, name: str) -> str:
    """Return how a sentence calls a channel, counted from 1: `channel 2 (DAPI)`."""
    own = "" if name.strip().casefold() in ("", f"channel {number}") else f" ({name.strip()})"
    return f"channel {number}{own}"


def percent(share: float) -> str:
    """Return a share of 0 to 1 as words: `2.1 %`, `0.004 %`; never 0 or 100 where that is not exact."""
    if share in (0, 1):
        return f"{share * 100:.0f} %"
    value = share * 100
    if value >= 99.95:
        return "more than 99.9 %"
    if value >= 9.95:
        return f"{value:.0f} %" if value < 99.5 else f"{value:.1f} %"
    return f"{value:.2g} %" if value >= 0.001 else "less than 0.001 %"


def number(value: float) -> str:
    """Return a value without needless digits."""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.4g}"


def channel_warnings(words: str, channel: ChannelQuality) -> tuple[str, ...]:
    """Return a sentence for each thing that is wrong with a channel, the worst first. `words` is what it is called."""
    said = [*_missing_values(words, channel)]
    title = words[:1].upper() + words[1:]
    if channel.nan + channel.infinite == channel.voxels:
        return (*said, f"{title} has no finite value at all.")
    if channel.is_empty:
        return (*said, f"{title} is empty: all its voxels are {number(channel.highest)}.")
    if channel.empty_slices:
        which = "1 of its slices holds" if channel.empty_slices == 1 else f"{channel.empty_slices} of its slices hold"
        said.append(f"{title} has gaps: {which} one single value.")
    if channel.is_mask:
        return tuple(said)
    return (*said, *_clipping(words, channel), *_depth(title, channel), *_contrast(title, channel))


def channel_notes(words: str, channel: ChannelQuality) -> tuple[str, ...]:
    """Return what else is good to know of a channel, a sentence each."""
    if channel.is_empty or not channel.is_mask:
        return ()
    what = "mask" if channel.levels == 2 else "mask or a label image"
    return (f"{words[:1].upper()}{words[1:]} looks like a {what}: clipping and noise are not judged.",)


def _missing_values(words: str, channel: ChannelQuality) -> list[str]:
    said = []
    for count, what in ((channel.nan, "not a number (NaN)"), (channel.infinite, "infinite")):
        if count:
            verb = "voxel is" if count == 1 else "voxels are"
            said.append(f"{count} {verb} {what} in {words}.")
    return said


def _clipping(words: str, channel: ChannelQuality) -> list[str]:
    said = []
    highest = number(channel.highest)
    if channel.is_clipped:
        said.append(f"{percent(channel.peak_share)} of {words} is at {highest}: clipped.")
    elif channel.is_spike:
        bits = _camera_bits(channel)
        by = f"clipped by a {bits}-bit camera?" if bits else "clipped before it was saved?"
        said.append(f"{percent(channel.peak_share)} of {words} is at {highest}, the largest value found: {by}")
    if channel.low_share and channel.possible and channel.low_share * channel.voxels >= 4:
        said.append(
            f"{percent(channel.low_share)} of {words} is at {number(channel.possible[0])}: clipped at the low end."
        )
    is_unsigned = channel.possible is not None and channel.possible[0] == 0
    if is_unsigned and channel.lowest == 0 and channel.zero_share >= _MANY_ZEROS and channel.median > 0:
        said.append(
            f"{percent(channel.zero_share)} of {words} is exactly 0: padding, a background that was subtracted, "
            "or an offset of the camera that was too low."
        )
    return said


def _camera_bits(channel: ChannelQuality) -> int | None:
    """Return the bits of a camera whose highest value is the one found, also where it was stretched by a step."""
    if channel.step is None or channel.step == 0:
        return None
    steps, rest = divmod(round(channel.highest), channel.step)
    bits = steps.bit_length()
    is_full = rest == 0 and steps == (1 << bits) - 1
    return bits if is_full and 8 <= bits < channel.bits_stored else None


def _depth(title: str, channel: ChannelQuality) -> list[str]:
    if channel.levels is None or channel.step is None or channel.bits_used is None:
        return []
    span = channel.highest - channel.lowest
    if channel.step > 1 and channel.levels > 2:
        return [
            f"{title} has only values {channel.step} apart: {channel.bits_used} bits of information, "
            f"stretched over {number(channel.lowest)} to {number(channel.highest)}."
        ]
    enough = channel.voxels >= _FEWEST_FOR_LEVELS
    if enough and channel.bits_stored > 8 and channel.levels <= 256 and span >= 4 * channel.levels:
        return [
            f"{title} has only {channel.levels} different values between {number(channel.lowest)} and "
            f"{number(channel.highest)}: 8 bits stretched to {channel.bits_stored}?"
        ]
    if channel.bits_used <= _FEW_BITS:
        return [
            f"{title} uses only {channel.levels} of {number(2.0**channel.bits_stored)} values "
            f"({number(channel.lowest)} to {number(channel.highest)}): too dark, or a short exposure."
        ]
    return []


def _contrast(title: str, channel: ChannelQuality) -> list[str]:
    if channel.contrast_to_noise is None or channel.contrast_to_noise >= _NOTHING_BUT_NOISE:
        return []
    if channel.is_clipped or channel.is_spike:  # how bright its signal is cannot be told
        return []
    return [f"{title} hardly rises above its noise (contrast to noise {channel.contrast_to_noise:.1f})."]


def block_warnings(
    files: Sequence[TiffFacts], words: Sequence[str], same: Sequence[tuple[int, int]]
) -> tuple[str, ...]:
    """Return a sentence for each thing that is wrong with the block as a whole.

    `words` are what the channels are called, `same` the numbers (from 1) of channels that are equal.
    """
    said = []
    for first, second in same:
        one, other = words[first - 1], words[second - 1]
        said.append(f"{other[:1].upper()}{other[1:]} is the same as {one}, voxel for voxel.")
    lossy = sorted({facts.compression for facts in files if facts.loss == "lossy"})
    if lossy:
        said.append(f"The file is compressed with loss ({', '.join(lossy)}): intensities are not those measured.")
    return tuple(said)


def block_notes(voxel_size: VoxelSize | None, is_reduced: bool, files: Sequence[TiffFacts]) -> tuple[str, ...]:
    """Return what else is good to know of the block, a sentence each."""
    said = []
    if is_reduced:
        said.append("These are figures of the reduced image: its means hide voxels that are clipped or noisy.")
    perhaps = sorted({facts.compression for facts in files if facts.loss == "perhaps"})
    if perhaps:
        said.append(f"The file is compressed with {', '.join(perhaps)}, which may have changed intensities.")
    if voxel_size is None:
        said.append("No voxel size is stated: lengths and volumes cannot be told in micrometres.")
    return tuple(said)
