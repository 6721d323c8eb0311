"""Figures of quality: by hand, against obvious numpy, against noise of known strength, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from core.errors import Cancelled
from core.images.blocks import Block
from core.images.reading import read_block
from core.images.tiff_facts import read_facts
from core.quality.block_quality import BlockQuality, ChannelQuality, measure_block, measure_channel
from core.quality.noise import estimate_noise
from core.quality.value_statistics import value_statistics
from core.quality.words import channel_notes, channel_warnings, percent

if TYPE_CHECKING:
    from pathlib import Path

SHAPE = (8, 96, 96)
Volume = NDArray[Any]


def gauss(sigma: float, mean: float = 1000, shape: tuple[int, int, int] = SHAPE, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(mean, sigma, shape)


def said(channel: ChannelQuality) -> list[str]:
    return list(channel_warnings("channel 1", channel))


def block_of(path: Path) -> BlockQuality:
    return measure_block(read_block(Block(path.name, str(path), path.is_dir())))


# ---------------------------------------------------------------- statistics


def test_figures_by_hand() -> None:
    data = np.array([[[0, 0, 4], [8, 12, 255]]], np.uint8)
    found = measure_channel(data)
    assert (found.dtype, found.possible, found.voxels) == ("uint8", (0, 255), 6)
    assert (found.lowest, found.highest, found.range_share) == (0, 255, 1)
    assert (found.zero_share, found.high_share, found.peak_share, found.low_share) == (2 / 6, 1 / 6, 1 / 6, None)
    assert (found.levels, found.step, found.bits_used, found.bits_stored) == (5, 1, 8, 8)
    assert found.mean == pytest.approx(279 / 6)
    assert found.median == 6
    assert found.noise is None  # too small to tell


ARRAYS = st.one_of(
    *(
        hnp.arrays(kind, hnp.array_shapes(min_dims=3, max_dims=3, max_side=7))
        for kind in (np.uint8, np.uint16, np.int16)
    ),
    hnp.arrays(np.float32, hnp.array_shapes(min_dims=3, max_dims=3, max_side=7)),
)


@given(ARRAYS)
def test_statistics_are_those_of_numpy(data: Volume) -> None:
    found = value_statistics(data)
    finite = data[np.isfinite(data)].astype(np.float64)
    assert found.nan == np.isnan(data).sum()
    assert found.infinite == np.isinf(data).sum()
    assert found.finite == finite.size
    if not finite.size:
        return
    assert (found.lowest, found.highest) == (finite.min(), finite.max())
    assert found.mean == pytest.approx(finite.mean(), rel=1e-9, abs=1e-9 * np.abs(finite).max())
    scale = 1e-9 * float(np.abs(finite).max())
    for percentage, value in ((0.1, found.bottom), (50, found.median), (99.9, found.top)):
        assert value == pytest.approx(np.percentile(finite, percentage), rel=1e-9, abs=scale)
    assert found.at_zero == (finite == 0).sum()
    assert found.at_lowest == (finite == finite.min()).sum()
    assert found.at_highest == (finite == finite.max()).sum()
    if data.dtype.kind != "f":
        values = np.unique(data).astype(int)
        assert found.levels == values.size
        assert found.step == np.gcd.reduce(np.diff(values))
        below = max(1, int(0.01 * (values[-1] - values[0])))
        assert found.near_highest == ((finite >= values[-1] - below) & (finite < values[-1])).sum()


def test_more_values_than_one_piece() -> None:
    data = np.arange(3 * 400 * 400, dtype=np.uint16).reshape(3, 400, 400)
    for one in (data, data.astype(np.float32), data.view(np.int16)):
        found = value_statistics(one)
        assert found.finite == one.size
        assert found.mean == pytest.approx(one.mean(dtype=np.float64))
        assert found.median == np.median(one)


def test_other_types_and_a_wish_to_stop() -> None:
    with pytest.raises(TypeError):
        value_statistics(np.zeros((1, 2, 2)))
    for one in (np.zeros(SHAPE, np.uint16), np.zeros(SHAPE, np.float32)):
        with pytest.raises(Cancelled):
            measure_channel(one, cancelled=lambda: True)


# ---------------------------------------------------------------- noise


@pytest.mark.parametrize("sigma", [2.0, 15.0, 60.0])
@pytest.mark.parametrize("kind", [np.uint16, np.float32])
def test_noise_of_known_strength(sigma: float, kind: Any) -> None:
    """On a slope and a wide bump, which Immerkær's operator leaves out; a rounded value has 1/12 more variance."""
    y, x = np.indices(SHAPE[1:])
    picture = 3 * x + 2 * y + 500 * np.exp(-((x - 40) ** 2 + (y - 50) ** 2) / 1500)
    data = (gauss(sigma) + picture).astype(kind)
    expected = np.hypot(sigma, 12**-0.5 if kind is np.uint16 else 0)
    assert measure_channel(data).noise == pytest.approx(expected, rel=0.03)


def test_padding_and_clipping_do_not_lower_the_noise() -> None:
    data = gauss(20, shape=(6, 200, 200))
    data[:, :, :90] = 0
    data[:, 100:, 90:] = 4095
    assert measure_channel(data.astype(np.uint16)).noise == pytest.approx(20, rel=0.05)


def test_noise_of_a_slice_larger_than_a_band() -> None:
    data = gauss(10, shape=(1, 1500, 1500)).astype(np.uint16)
    found = estimate_noise(data, float(data.min()), float(data.max()))
    assert found.sigma == pytest.approx(10, rel=0.02)


def test_where_noise_cannot_be_told() -> None:
    for shape in ((1, 1, 1), (5, 2, 2), (3, 1, 400)):
        assert measure_channel(np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)).noise is None
    assert measure_channel(np.full(SHAPE, 7, np.uint16)).noise is None
    assert measure_channel(np.full(SHAPE, np.nan, np.float32)).noise is None


def test_noise_with_values_that_are_missing() -> None:
    data = gauss(5).astype(np.float32)
    data[:, ::11, ::7] = np.nan
    data[0, 50, 50] = np.inf
    found = measure_channel(data)
    assert found.noise == pytest.approx(5, rel=0.05)
    assert (found.nan, found.infinite) == (np.isnan(data).sum(), 1)
    assert said(found)[:2] == [
        f"{found.nan} voxels are not a number (NaN) in channel 1.",
        "1 voxel is infinite in channel 1.",
    ]


def test_contrast_to_noise_of_nothing_but_noise() -> None:
    found = measure_channel(gauss(20).astype(np.uint16))
    assert found.contrast_to_noise == pytest.approx(3.1, abs=0.2)
    assert any("hardly rises above its noise" in text for text in said(found))
    dark = gauss(20)
    dark[:, 20:60, 20:60] -= 400  # dark objects on a bright ground are a picture, too
    assert said(measure_channel(dark.astype(np.uint16))) == []


# ---------------------------------------------------------------- what is said


def bright(limit: float, kind: Any = np.uint16) -> Volume:
    """A channel whose brightest tenth is cut off at `limit`."""
    data = gauss(30, 500)
    data += np.random.default_rng(1).exponential(limit / 2.3, SHAPE)
    return np.clip(data, 0, limit).astype(kind)


def test_clipped_at_the_end_of_the_type() -> None:
    data = np.random.default_rng(0).integers(100, 5000, SHAPE).astype(np.uint16)
    data.reshape(-1)[: round(0.021 * data.size)] = 65535
    found = measure_channel(data)
    assert found.is_clipped
    assert said(found)[0] == "2.1 % of channel 1 is at 65535: clipped."


def test_clipped_by_a_camera_of_fewer_bits() -> None:
    found = measure_channel(bright(4095))
    share = percent(found.peak_share)
    assert 0.05 < found.peak_share < 0.2
    assert said(found) == [f"{share} of channel 1 is at 4095, the largest value found: clipped by a 12-bit camera?"]
    assert measure_channel(bright(4095)).high_share == 0
    assert "clipped by a 12-bit camera?" in said(measure_channel((bright(4095) * 16).astype(np.uint16)))[0]
    assert said(measure_channel(bright(3000)))[0].endswith(
        "3000, the largest value found: clipped before it was saved?"
    )
    assert "clipped before it was saved?" in said(measure_channel(bright(1000, np.float32)))[0]


@pytest.mark.parametrize("kind", [np.uint16, np.float32])
def test_a_bright_end_that_fades_is_not_clipped(kind: Any) -> None:
    data = gauss(30, 500) + np.random.default_rng(1).exponential(800, SHAPE)
    found = measure_channel(data.astype(kind))
    assert not found.is_clipped
    assert not found.is_spike


def test_three_hot_pixels_are_not_clipping() -> None:
    data = (gauss(30, 500) + np.random.default_rng(1).exponential(800, SHAPE)).astype(np.uint16)
    data[0, 0, :3] = 65535
    assert said(measure_channel(data)) == []


def test_the_low_end_of_signed_values_and_zeros() -> None:
    data = (gauss(30, 500) + np.random.default_rng(1).exponential(800, SHAPE)).astype(np.int16)
    data[:, :10] = -32768
    found = measure_channel(data)
    assert found.low_share == pytest.approx(10 / 96)
    assert said(found) == ["10 % of channel 1 is at -32768: clipped at the low end."]
    zeros = np.where(data == -32768, 0, data).astype(np.uint16)
    assert said(measure_channel(zeros))[0].startswith("10 % of channel 1 is exactly 0: padding, a background")


def test_bits_that_were_stretched() -> None:
    eight = np.clip(gauss(20, 90) + np.random.default_rng(1).exponential(12, SHAPE), 0, 255).astype(np.uint8)
    found = measure_channel(eight.astype(np.uint16) * 257)
    assert (found.step, found.bits_used, found.bits_stored) == (257, 8, 16)
    assert "Channel 1 has only values 257 apart: 8 bits of information" in said(found)[0]
    odd = np.round(eight * 251.3).astype(np.uint16)
    assert measure_channel(odd).step == 1
    assert any(text.endswith("8 bits stretched to 16?") for text in said(measure_channel(odd)))
    few = measure_channel((eight // 16).astype(np.uint8))
    assert any("uses only" in text for text in said(few))


def test_empty_channels_and_gaps() -> None:
    assert said(measure_channel(np.full(SHAPE, 3, np.uint16))) == ["Channel 1 is empty: all its voxels are 3."]
    nothing = said(measure_channel(np.full(SHAPE, np.nan, np.float32)))
    assert nothing[-1] == "Channel 1 has no finite value at all."
    data = (gauss(30, 500) + np.random.default_rng(1).exponential(800, SHAPE)).astype(np.uint16)
    data[2:4] = 400
    found = measure_channel(data)
    assert (found.empty_slices, found.slices) == (2, 8)
    assert said(found)[0] == "Channel 1 has gaps: 2 of its slices hold one single value."


def test_masks_and_label_images_are_not_judged() -> None:
    y, x = np.indices(SHAPE[1:])
    labels = np.broadcast_to((y // 12) * 8 + x // 12, SHAPE).astype(np.uint16)
    mask = (labels % 2 * 255).astype(np.uint8)
    for data in (labels, mask, labels.astype(np.float32)):
        found = measure_channel(data)
        assert found.is_mask
        assert said(found) == []
        assert "clipping and noise are not judged" in channel_notes("channel 1", found)[0]
    assert not measure_channel(gauss(5).astype(np.uint16)).is_mask


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (1, "100 %"), (0.021, "2.1 %"), (0.00004, "0.004 %"), (1e-9, "less than 0.001 %"),
     (0.43, "43 %"), (0.9999, "more than 99.9 %"), (0.996, "99.6 %")],
)  # fmt: skip
def test_shares_in_words(share: float, text: str) -> None:
    assert percent(share) == text


# ---------------------------------------------------------------- files and blocks


def test_facts_of_files(tmp_path: Path) -> None:
    data = gauss(20).astype(np.uint16)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, data, imagej=True, resolution=(4, 4), metadata={"axes": "ZYX", "spacing": 2.0, "unit": "um"})
    facts = read_facts(str(path))
    assert (facts.format, facts.dtype, facts.compression, facts.loss) == ("ImageJ TIFF", "uint16", "none", "")
    assert facts.size_bytes == path.stat().st_size
    assert block_of(path).voxel_source == "ImageJ metadata"
    tifffile.imwrite(
        path, data, tile=(32, 32), compression="zlib", byteorder=">", bigtiff=True, ome=True,
        metadata={"axes": "ZYX", "PhysicalSizeX": 0.1, "PhysicalSizeY": 0.1},
    )  # fmt: skip
    facts = read_facts(str(path))
    assert (facts.format, facts.compression) == ("OME-TIFF (BigTIFF)", "Deflate (zlib)")
    assert (facts.layout, facts.byte_order) == ("tiles of 32 × 32", "big endian")
    assert block_of(path).voxel_source == "OME metadata"
    assert any("distance between slices is not stated" in note for note in block_of(path).notes)
    tifffile.imwrite(path, data[0], resolution=(1e4 / 0.2, 1e4 / 0.2), resolutionunit="CENTIMETER", metadata=None)
    assert block_of(path).voxel_source == "TIFF tags"


def test_the_stored_type_is_told_and_not_that_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, gauss(20).astype(np.uint32))
    found = block_of(path).channels[0]
    assert (found.dtype, found.possible, found.bits_stored) == ("uint32", (0, 2**32 - 1), 32)
    tifffile.imwrite(path, bright(4095) > 900)
    assert (block_of(path).channels[0].dtype, block_of(path).channels[0].possible) == ("bool", (0, 1))


def test_lossy_compression_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.clip(gauss(20, 100)[0], 0, 255).astype(np.uint8), compression="jpeg")
    assert any("compressed with loss (JPEG)" in text for text in block_of(path).warnings)


def test_the_same_channel_twice(tmp_path: Path) -> None:
    data = gauss(20).astype(np.uint16)
    other = data.copy()
    other[0, 0, 0], other[0, 0, 1] = other[0, 0, 1], other[0, 0, 0]  # the same figures, another picture
    for name, volume in (("a", data), ("b", other), ("c", data)):
        tifffile.imwrite(tmp_path / f"{name}.tif", volume, metadata={"axes": "ZYX"})
    found = block_of(tmp_path)
    assert found.warnings == ("Channel 3 (c) is the same as channel 1 (a), voxel for voxel.",)


def test_real_files(shared: Path) -> None:
    """Label images are seen as such, and no channel of an undamaged recording is called clipped."""
    data = shared / "data"
    for name in ("cells-2d/maize_clsm_labels.tif", "cells-2d/blobs_labeled.tif", "nuclei/mask3d.tif"):
        assert block_of(data / name).channels[0].is_mask
    blocks = data / "blocks-lightsheet"
    for number in range(1, 15):
        found = block_of(blocks / f"block_{number:04d}")
        assert not any(c.is_mask or c.is_clipped or c.is_spike for c in found.channels)
    blobs = block_of(data / "cells-2d" / "blobs.tif")
    assert blobs.channels[0].step == 8
    assert "only values 8 apart: 5 bits" in blobs.all_warnings[1]
