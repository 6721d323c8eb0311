"""Labels files: what is written is read back alike, by other programs too, and what cannot be used says why."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.images.tiff import Tiff
from storage.errors import StorageError
from storage.label_facts import LabelFacts
from storage.label_file import Cancelled, read_label_facts, read_label_file, token_of
from storage.label_layout import DamagedLabels
from storage.label_writer import LabelWriter

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

DTYPES = ("uint8", "uint16", "int32")
IN_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


def facts_of(array: NDArray[Any], **more: Any) -> LabelFacts:
    z, y, x = array.shape
    return LabelFacts((z, y, x), array.dtype.name, **({"revision": "token"} | more))


def written(path: Path, array: NDArray[Any], **more: Any) -> Path:
    facts = facts_of(array, **more)
    writer = LabelWriter(facts.shape, facts.dtype)
    writer.update(array)
    path.write_bytes(writer.to_bytes(facts))
    return path


@st.composite
def labels(draw: st.DrawFn) -> NDArray[Any]:
    dtype, top = draw(st.sampled_from([(np.uint8, 2**8 - 1), (np.uint16, 2**16 - 1), (np.int32, 2**31 - 1)]))
    shape = draw(hnp.array_shapes(min_dims=3, max_dims=3, max_side=7))
    return draw(hnp.arrays(dtype, shape, elements=st.integers(0, top)))


NAMES = st.dictionaries(st.integers(0, 2**31 - 1), st.text(max_size=8), max_size=4)
COLOURS = st.dictionaries(st.integers(0, 2**31 - 1), st.from_regex(r"#[0-9A-F]{6}", fullmatch=True), max_size=3)


@IN_FOLDER
@given(labels(), NAMES, COLOURS, st.none() | st.tuples(*[st.floats(1e-3, 1e3)] * 3), st.text(max_size=8))
def test_round_trip(
    tmp_path: Path,
    array: NDArray[Any],
    names: dict[int, str],
    colours: dict[int, str],
    voxel_size: tuple[float, float, float] | None,
    annotator: str,
) -> None:
    said: dict[str, Any] = {
        "names": names,
        "colours": colours,
        "voxel_size": voxel_size,
        "parent": "p.1",
        "saved_at": "2026-01-01T00:00:00.000000+00:00",
        "saved_by": annotator,
        "application": "Cytoscribe",
        "locked": frozenset(names),
    }
    path = written(tmp_path / "labels.tif", array, **said)
    read, facts = read_label_file(path)
    np.testing.assert_array_equal(read, array, strict=True)
    assert read.flags.c_contiguous
    assert token_of(facts.revision) == "token"
    assert replace(facts, revision="token") == facts_of(array, **said)
    assert read_label_facts(path) == facts


@IN_FOLDER
@given(
    st.sampled_from(DTYPES),
    st.sampled_from([(4, 40, 3000), (1, 900, 1500), (3, 5, 5)]),
    st.lists(st.tuples(*[st.tuples(st.floats(0, 1), st.floats(0, 1))] * 3, st.integers(0, 255)), max_size=4),
)
def test_only_the_boxes_are_compressed_and_the_file_is_whole(
    tmp_path: Path, dtype: str, shape: tuple[int, int, int], edits: list[Any]
) -> None:
    array = np.zeros(shape, dtype)
    writer = LabelWriter(shape, dtype)
    for *ends, number in edits:
        z, y, x = (
            slice(int(min(pair) * length), int(max(pair) * length) + 1)
            for pair, length in zip(ends, shape, strict=True)
        )
        array[z, y, x] = number
        count = writer.update(array, (z, y, x))
        rows = array[z, y].shape[1]
        assert count <= array[z].shape[0] * (rows // writer.rows + 2)
    (tmp_path / "a.tif").write_bytes(writer.to_bytes(facts_of(array)))
    np.testing.assert_array_equal(read_label_file(tmp_path / "a.tif")[0], array, strict=True)


def test_update_of_planes_and_what_was_not_updated(tmp_path: Path) -> None:
    array = np.arange(5 * 4 * 3, dtype=np.uint16).reshape(5, 4, 3)
    writer = LabelWriter((5, 4, 3), "uint16")
    assert writer.update_planes(array, [3, 1, 3]) == 2
    (tmp_path / "a.tif").write_bytes(writer.to_bytes(facts_of(array)))
    expected = array.copy()
    expected[[0, 2, 4]] = 0
    np.testing.assert_array_equal(read_label_file(tmp_path / "a.tif")[0], expected)


def test_cancelling(tmp_path: Path) -> None:
    array = np.ones((3, 4, 5), np.uint8)
    with pytest.raises(Cancelled):
        LabelWriter((3, 4, 5), "uint8").update(array, None, lambda: True)
    path = written(tmp_path / "a.tif", array)
    with pytest.raises(Cancelled):
        read_label_file(path, lambda: True)


def test_other_programs_read_it(tmp_path: Path) -> None:
    array = np.zeros((3, 600, 900), np.int32)
    array[1, 2:300, 4:8] = 2**31 - 1
    path = written(tmp_path / "a.tif", array, voxel_size=(2.0, 0.5, 0.25), names={1: "Kern 1 “ä” <&>"})
    with tifffile.TiffFile(path) as tif:
        assert (tif.series[0].axes, tif.series[0].shape, tif.series[0].dtype) == ("ZYX", array.shape, array.dtype)
        assert tif.is_ome
        assert not tif.is_bigtiff
        assert tif.pages[0].compression == 8
        assert tif.pages[0].tags["XResolution"].value == (40000, 1)
        np.testing.assert_array_equal(tif.asarray(), array)
    image = Tiff(str(path))
    target = np.zeros_like(array)
    image.read_into(target)
    image.close()
    np.testing.assert_array_equal(target, array)
    assert (image.facts.axes, image.facts.voxel_size) == ("ZYX", (2.0, 0.5, 0.25))


def test_damaged_note_is_a_file_of_another_program(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tif", np.ones((1, 9, 9), np.uint16), names={1: "x"})
    path.write_bytes(path.read_bytes().replace(b'"names": {"1"', b'"names": {"?"'))
    array, facts = read_label_file(path)
    assert facts.revision.startswith("other-")
    assert (array.dtype.name, int(array.sum()), dict(facts.names)) == ("uint8", 81, {})


# ---------------------------------------------------------------- files of other programs


@pytest.mark.parametrize("dtype", ["bool", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"])
@pytest.mark.parametrize("top", [1, 100, 2000, 100_000])
def test_any_type_becomes_the_smallest_that_holds_it(tmp_path: Path, dtype: str, top: int) -> None:
    stored = np.dtype(dtype)
    largest = 1 if dtype == "bool" else np.finfo(stored).max if stored.kind == "f" else np.iinfo(stored).max
    top = min(top, int(largest))
    array = np.zeros((3, 4, 5), stored)
    array[1, 2, 3] = top
    tifffile.imwrite(tmp_path / "a.tif", array, photometric="minisblack")
    read, facts = read_label_file(tmp_path / "a.tif", shape=(3, 4, 5))
    assert read.dtype == ("uint8" if top < 256 else "uint16" if top < 65536 else "int32")
    assert (facts.dtype, facts.shape) == (read.dtype.name, (3, 4, 5))
    np.testing.assert_array_equal(read, array.astype(read.dtype), strict=True)


WAYS: dict[str, dict[str, Any]] = {
    "imagej": {"imagej": True, "metadata": {"axes": "ZYX", "spacing": 2.0, "unit": "um"}, "resolution": (4, 2)},
    "ome": {"ome": True, "metadata": {"axes": "ZYX"}},
    "bigtiff": {"bigtiff": True},
    "big endian": {"byteorder": ">"},
    "big endian zlib": {"byteorder": ">", "compression": "zlib"},
    "lzw predictor": {"compression": "lzw", "predictor": True},
    "zstd": {"compression": "zstd"},
    "packbits": {"compression": "packbits"},
    "tiles": {"tile": (16, 16)},
    "tiles zlib": {"tile": (32, 16), "compression": "zlib"},
    "strips": {"rowsperstrip": 3},
    "plain": {"metadata": None},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("depth", [1, 4])
def test_any_way_of_writing(tmp_path: Path, way: str, depth: int) -> None:
    array = np.random.default_rng(0).integers(0, 60000, (depth, 33, 21), np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", array, photometric="minisblack", **WAYS[way])
    read, facts = read_label_file(tmp_path / "a.tif")
    np.testing.assert_array_equal(read, array, strict=True)
    if way == "imagej" and depth > 1:
        assert facts.voxel_size == (2.0, 0.5, 0.25)


@pytest.mark.parametrize(
    ("shape", "axes", "expected"),
    [((5, 6), "YX", (1, 5, 6)), ((1, 4, 1, 5, 6), "TZCYX", (4, 5, 6)), ((1, 1, 5, 6), "CZYX", (1, 5, 6))],
)
def test_axes_of_length_one_are_dropped(
    tmp_path: Path, shape: tuple[int, ...], axes: str, expected: tuple[int, int, int]
) -> None:
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    tifffile.imwrite(tmp_path / "a.tif", array, ome=True, metadata={"axes": axes}, photometric="minisblack")
    np.testing.assert_array_equal(read_label_file(tmp_path / "a.tif")[0], array.reshape(expected))


@pytest.mark.filterwarnings("ignore:.*stored as RGB")
@pytest.mark.parametrize("depth", [3, 4])
def test_few_planes_that_the_writer_took_for_colours(tmp_path: Path, depth: int) -> None:
    array = np.random.default_rng(0).integers(0, 60000, (depth, 33, 21), np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", array)
    np.testing.assert_array_equal(read_label_file(tmp_path / "a.tif")[0], array, strict=True)


BAD: dict[str, tuple[NDArray[Any], dict[str, Any], str]] = {
    "fractions": (np.full((3, 4, 5), 0.5, np.float32), {}, "fractions"),
    "nan": (np.full((3, 4, 5), np.nan, np.float32), {}, "NaN"),
    "infinite": (np.full((3, 4, 5), np.inf), {}, "infinite"),
    "negative": (np.full((3, 4, 5), -1, np.int16), {}, "negative numbers .down to -1."),
    "negative float": (np.full((3, 4, 5), -2.0, np.float32), {}, "negative"),
    "too large": (np.full((3, 4, 5), 2**31, np.uint32), {}, "2147483648"),
    "too large by one as a float": (np.full((3, 4, 5), 2.0**31, np.float32), {}, "2147483648"),
    "too large float": (np.full((3, 4, 5), 1e300), {}, "2147483647"),
    "complex": (np.ones((3, 4, 5), np.complex64), {}, "complex64"),
    "rgb": (np.zeros((4, 5, 3), np.uint8), {"photometric": "rgb"}, "colour"),
    "channels": (np.zeros((2, 4, 5), np.uint8), {"ome": True, "metadata": {"axes": "CYX"}}, "2 channels"),
    "time": (np.zeros((2, 4, 5), np.uint8), {"ome": True, "metadata": {"axes": "TYX"}}, "2 time points"),
    "four": (np.zeros((2, 3, 4, 5), np.uint8), {"photometric": "minisblack"}, "4 dimensions"),
    "shape": (np.zeros((3, 4, 6), np.uint8), {}, "3 × 4 × 6 voxels .* 3 × 4 × 5"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_labels_says_why(tmp_path: Path, kind: str) -> None:
    array, options, sentence = BAD[kind]
    path = tmp_path / "bad labels.tif"
    tifffile.imwrite(path, array, **({"photometric": "minisblack"} | options))
    with pytest.raises(DamagedLabels, match=sentence) as caught:
        read_label_file(path, shape=(3, 4, 5))
    assert str(caught.value).startswith(f"{path} ")
    assert str(caught.value).count(". ") >= 1  # what is wrong, and what to do


def test_what_is_no_tiff_says_why(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    for content, sentence in [(b"", "empty"), (b"hello world", "not a TIFF"), (b"\x89HDF\r\n", "HDF5")]:
        path.write_bytes(content)
        with pytest.raises(DamagedLabels, match=sentence):
            read_label_file(path)
    path.unlink()
    with pytest.raises(StorageError, match="does not exist"):
        read_label_file(path)
    with pytest.raises(StorageError, match=r"a\.tif|directory"):
        path.mkdir()
        read_label_file(path)


def test_too_large_for_memory(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tif", np.zeros((10, 1000, 1000), np.uint16))
    assert path.stat().st_size < 100_000
    with pytest.raises(StorageError, match="of memory"):
        read_label_file(path, budget=19_000_000)
    assert read_label_file(path, budget=25_000_000)[0].shape == (10, 1000, 1000)


@pytest.mark.parametrize("way", ["ours", *WAYS])
def test_truncated_anywhere_is_an_error_and_never_other_numbers(tmp_path: Path, way: str) -> None:
    array = np.random.default_rng(0).integers(0, 60000, (4, 33, 21), np.uint16)
    whole = tmp_path / "whole.tif"
    if way == "ours":
        written(whole, array)
    else:
        tifffile.imwrite(whole, array, photometric="minisblack", **WAYS[way])
    content = whole.read_bytes()
    path = tmp_path / "cut.tif"
    for length in {*range(1, len(content), 37), len(content) - 1, len(content) - 2}:
        path.write_bytes(content[:length])
        try:
            read, _ = read_label_file(path, shape=(4, 33, 21))
        except StorageError as error:
            assert str(path) in str(error)
        else:  # a few bytes that belong to no pixel may be missing
            np.testing.assert_array_equal(read, array)


@IN_FOLDER
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
def test_damaged_anywhere_never_crashes(tmp_path: Path, place: int, damage: bytes) -> None:
    array = np.random.default_rng(0).integers(0, 60000, (3, 9, 11), np.uint16)
    content = bytearray(written(tmp_path / "whole.tif", array, names={1: "a"}).read_bytes())
    place %= len(content)
    content[place : place + len(damage)] = damage
    path = tmp_path / "damaged.tif"
    path.write_bytes(content)
    try:
        read, facts = read_label_file(path, budget=10**7)
    except StorageError as error:
        assert os.fspath(path) in str(error)
    else:
        assert read.shape == facts.shape


@pytest.mark.parametrize(
    ("name", "shape", "dtype", "count"),
    [
        ("nuclei/mask3d.tif", (31, 61, 57), "uint8", 51),
        ("nuclei/mask2d.tif", (1, 512, 512), "uint8", 125),
        ("instance-3d/Platynereis_tp7_channel1_rescaled256x256x103_gt.tif", (103, 256, 256), "uint8", 36),
        ("cells-2d/segmentations/nucleus-seg.tif", (1, 256, 256), "uint8", 24),
        ("cells-2d/segmentations/membrane-seg.tif", (1, 256, 256), "uint8", 38),
        ("cells-2d/maize_clsm_labels.tif", (1, 640, 639), "uint16", 460),
        ("imc/E34_mask.tiff", (1, 100, 100), "uint16", 113),
        ("odd-files/BBBC007/masks/A9_p5d_cropped_1.tif", (1, 104, 102), "uint8", 2),
        ("odd-files/cells-2z.ome.tif", (2, 131, 93), "uint8", None),
    ],
)
def test_real_labels(shared: Path, name: str, shape: tuple[int, ...], dtype: str, count: int | None) -> None:
    path = shared / "data" / name
    array, _ = read_label_file(path)
    assert (array.shape, array.dtype.name) == (shape, dtype)
    np.testing.assert_array_equal(array, tifffile.imread(path).reshape(shape))
    if count is not None:
        assert len(np.unique(array[array > 0])) == count


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("odd-files/cells-2c.ome.tif", "2 channels"),
        ("odd-files/cells-2t.ome.tif", "2 time points"),
        ("odd-files/cells.tif", "colour"),
        ("cells-2d/hela-cells.tif", "colour"),
        ("imc/E34_imc.tiff", "fractions"),
        ("odd-files/sample_ovule.h5", "HDF5"),
    ],
)
def test_real_files_that_are_no_labels(shared: Path, name: str, sentence: str) -> None:
    with pytest.raises(DamagedLabels, match=sentence):
        read_label_file(shared / "data" / name)
