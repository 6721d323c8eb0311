"""`cytoscribe postprocess ...` and `segment` as their user runs them: processes, and the labels they write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

import core
from core.images.image_file import read_labels
from tests.app.batch_calls import DATA, cells, cytoscribe, write_image, write_labels

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (("filter-small-segments", "--min-size", 30), lambda one: core.filter_small_segments(one, 30)),
        (("remove-small-holes", "--max-hole-size", 2), lambda one: core.remove_small_holes(one, 2)),
        (("ring-mask", "--ring-width", 3), lambda one: core.compute_ring_mask(one, 3)),
        (
            ("ring-mask", "--ring-width", 3, "--remove-original"),
            lambda one: core.compute_ring_mask(one, 3, keep_original=False),
        ),
        (
            ("ring-mask", "--ring-width", 2.5, "--mode", "nearest", "--scale", 2, 1),
            lambda one: core.compute_ring_mask(one, 2.5, mode="nearest", scale=(2, 1)),
        ),
        (("expand", "--distance", 2), lambda one: core.expand_labels(one, 2)),
        (("erode", "--distance", 1), lambda one: core.erode_labels(one, 1)),
        (("clear-border",), core.clear_border),
        (("relabel",), core.relabel),
        (("split-touching",), core.split_touching),
    ],
    ids=lambda one: " ".join(map(str, one)) if isinstance(one, tuple) else "",
)
def test_the_labels_are_those_of_the_function(tmp_path: Path, call: tuple[object, ...], expected: object) -> None:
    labels = write_labels(tmp_path / "cells.tif", cells())
    cytoscribe("postprocess", *call, "--input", labels, "--output", tmp_path / "out.tif")
    assert callable(expected)
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "out.tif"), expected(cells()))
    np.testing.assert_array_equal(tifffile.imread(labels), cells())


def test_results_are_compressed_small_and_keep_axes_and_voxel_size(tmp_path: Path) -> None:
    stack = np.repeat(np.repeat(cells()[None], 4, 0), 4, 2).astype(np.int64)
    metadata = {"axes": "ZYX", "spacing": 2.0, "unit": "um"}
    labels = write_labels(
        tmp_path / "cells.tif", stack.astype(np.uint16), imagej=True, metadata=metadata, resolution=(4, 5)
    )
    cytoscribe(
        "postprocess", "filter-small-segments", "--min-size", 3, "--input", labels, "--output", tmp_path / "o.tif"
    )
    with tifffile.TiffFile(tmp_path / "o.tif") as file:
        assert file.is_ome
        assert file.series[0].axes == "ZYX"
        assert (file.series[0].dtype, file.pages[0].compression.name) == (np.uint16, "ADOBE_DEFLATE")
    found = read_labels(str(tmp_path / "o.tif"))
    assert found.pixel_size == (2.0, 0.2, 0.25)
    np.testing.assert_array_equal(found.array, stack)


def test_watershed_within_a_mask(tmp_path: Path) -> None:
    markers = np.zeros((40, 50), np.uint8)
    markers[5, 5], markers[30, 40] = 3, 9
    mask = np.zeros((40, 50), np.uint8)
    mask[2:35, 2:45] = 1
    heat = write_image(tmp_path / "heat.tif")
    cytoscribe(
        *("postprocess", "watershed", "--input", write_labels(tmp_path / "m.tif", markers), "--heatmap", heat),
        *("--mask", write_labels(tmp_path / "mask.tif", mask), "--output", tmp_path / "o.tif"),
    )
    expected = core.apply_watershed(markers, tifffile.imread(heat), mask)
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "o.tif"), expected)


def test_watershed_of_one_time_of_a_film(tmp_path: Path) -> None:
    markers = np.zeros((40, 50), np.uint8)
    markers[5, 5], markers[30, 40] = 3, 9
    heat = tifffile.imread(write_image(tmp_path / "heat.tif", (3, 40, 50)))
    write_labels(tmp_path / "film.tif", heat, imagej=True, metadata={"axes": "TYX"})
    call = ("postprocess", "watershed", "--input", write_labels(tmp_path / "m.tif", markers), "--heatmap")
    output = ("--output", tmp_path / "o.tif", "--time", 2)
    cytoscribe(*call, tmp_path / "film.tif", *output)
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "o.tif"), core.apply_watershed(markers, heat[1]))
    said = cytoscribe(*call, tmp_path / "m.tif", *output, code=2)
    assert "--time 2 is for films, but there is no film: the axes are taken as YX." in said.stderr


def test_labels_are_not_written_over_a_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("index\n1\n")
    labels = write_labels(tmp_path / "cells.tif", cells())
    said = cytoscribe("postprocess", "relabel", "--input", labels, "--output", tmp_path / "t.csv", code=2)
    assert "Labels cannot be written as .csv; use .tif, .tiff" in said.stderr
    assert (tmp_path / "t.csv").read_text() == "index\n1\n"


def test_a_ring_of_half_voxels_is_refused_in_a_sentence(tmp_path: Path) -> None:
    labels = write_labels(tmp_path / "cells.tif", cells())
    call = ("postprocess", "ring-mask", "--ring-width", 1.5, "--input", labels, "--output", tmp_path / "o.tif")
    said = cytoscribe(*call, code=2)
    assert "Use --mode nearest" in said.stderr
    assert not (tmp_path / "o.tif").exists()


def test_two_results_of_one_name_are_refused_before_any_work(tmp_path: Path) -> None:
    paths = [write_labels(tmp_path / well / "cells.tif", cells()) for well in ("a", "b")]
    said = cytoscribe("postprocess", "relabel", "--input", *paths, "--output", f"{tmp_path}/out/", code=2)
    assert "two results would be" in said.stderr
    assert not (tmp_path / "out").exists()
    cytoscribe(
        "postprocess", "relabel", "--input", f"{tmp_path}/*/cells.tif", "--output", f"{tmp_path}/{{name}}-new.tif"
    )
    assert sorted(path.name for path in tmp_path.glob("*/*-new.tif")) == ["cells-new.tif"] * 2


def test_a_full_disk_leaves_the_older_file(tmp_path: Path) -> None:
    labels = write_labels(tmp_path / "cells.tif", cells())
    output = tmp_path / "o.tif"
    output.write_bytes(b"older")
    (tmp_path / "folder").write_text("a file where a folder should be")
    said = cytoscribe("postprocess", "relabel", "--input", labels, "--output", tmp_path / "folder" / "o.tif", code=2)
    assert "folder" in said.stderr
    said = cytoscribe("postprocess", "expand", "--distance", -1, "--input", labels, "--output", output, code=2)
    assert output.read_bytes() == b"older"


@pytest.mark.skipif(not DATA.is_dir(), reason="no real images here")
def test_segmenting_real_nuclei(tmp_path: Path) -> None:
    said = cytoscribe(
        "segment", "--input", DATA / "nuclei" / "img2d.tif", "--output", tmp_path / "o.tif", "--min-size", 20
    )
    found = tifffile.imread(tmp_path / "o.tif")
    truth = tifffile.imread(DATA / "nuclei" / "mask2d.tif")
    assert found.dtype == np.uint8
    assert said.stdout == f"{tmp_path / 'o.tif'}: {found.max()} objects\n"
    assert "found" not in said.stderr  # told once, with the name of the file
    best = []
    for number in np.unique(truth)[1:]:
        own = truth == number
        best.append(
            max((own & (found == other)).sum() / (own | (found == other)).sum() for other in np.unique(found[own]))
        )
    assert np.mean(best) > 0.6


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (["--background", "gaussian"], "--background-radius"),
        (["--value", "5", "--threshold", "otsu"], "--value is the threshold itself"),
        (["--value", "5", "--percentile", "20"], "--value is the threshold itself"),
        (["--split", "none", "--h", "3"], "--split is none"),
    ],
)
def test_options_of_a_recipe_that_would_change_nothing_are_refused(
    tmp_path: Path, call: list[str], sentence: str
) -> None:
    said = cytoscribe("segment", "--input", write_image(tmp_path / "i.tif"), "--output", "o.tif", *call, code=2)
    assert sentence in said.stderr
