"""`cytoscribe measure ...` as its user runs it: a process, what it prints, the tables it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import tifffile

from core import measure_cell_nucleus, measure_intensities, measure_morphology
from tests.app.batch_calls import DATA, ROOT, cells, cytoscribe, write_image, write_labels

if TYPE_CHECKING:
    from pathlib import Path


def test_the_table_is_that_of_the_function(tmp_path: Path) -> None:
    labels = write_labels(tmp_path / "cells.tif", cells())
    image = write_image(tmp_path / "image.tif")
    said = cytoscribe(
        "measure", "intensities", "--segmentation", labels, "--intensity", image, "--output", tmp_path / "t.csv"
    )
    assert said.stdout == f"{tmp_path / 't.csv'}: 3 rows, 10 columns\n"
    assert said.stderr == ""
    expected = measure_intensities(cells(), tifffile.imread(image))
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "t.csv"), expected, rtol=0, atol=0)


@pytest.mark.parametrize("ending", [".tsv", ".xlsx"])
def test_other_kinds_of_tables_have_the_same_rows(tmp_path: Path, ending: str) -> None:
    labels = write_labels(tmp_path / "cells.tif", cells())
    output = tmp_path / f"t{ending}"
    cytoscribe("measure", "morphology", "--segmentation", labels, "--output", output, "--scale", 0.5)
    found = pd.read_excel(output) if ending == ".xlsx" else pd.read_csv(output, sep="\t")
    pd.testing.assert_frame_equal(found, measure_morphology(cells(), 0.5), check_dtype=False, rtol=1e-14)


def test_the_voxel_size_of_the_file_is_used_and_said_unless_the_call_has_one(tmp_path: Path) -> None:
    metadata = {"axes": "YX", "PhysicalSizeX": 0.25, "PhysicalSizeXUnit": "µm", "PhysicalSizeY": 0.5}
    labels = write_labels(tmp_path / "cells.ome.tif", cells(), metadata=metadata)
    call = ("measure", "morphology", "--segmentation", labels, "--output", tmp_path / "t.csv")
    said = cytoscribe(*call)
    assert said.stderr == "Voxels of 0.5 × 0.25 µm (OME metadata).\n"
    assert pd.read_csv(tmp_path / "t.csv")["area"].tolist() == [118 * 0.125, 36 * 0.125, 0.125]
    told = json.loads(cytoscribe(*call, "--json", "--scale", 2, 3).stdout)
    assert told["results"][0]["scale"] == [2.0, 3.0]
    assert pd.read_csv(tmp_path / "t.csv")["area"].tolist() == [118 * 6, 36 * 6, 6]


def test_channels_have_columns_of_their_own_and_can_be_chosen(tmp_path: Path) -> None:
    labels = write_labels(tmp_path / "cells.tif", cells())
    image = write_image(tmp_path / "image.tif", (3, 40, 50))
    call = ("measure", "intensities", "--segmentation", labels, "--intensity", image, "--output", tmp_path / "t.csv")
    said = cytoscribe(*call, "--statistics", "mean_intensity")
    assert "3 channels are measured: 1, 2, 3." in said.stderr
    table = pd.read_csv(tmp_path / "t.csv")
    assert list(table) == ["index", "mean_intensity_1", "mean_intensity_2", "mean_intensity_3"]
    stack = tifffile.imread(image)
    assert table["mean_intensity_2"].tolist() == [stack[1][cells() == number].mean() for number in (1, 7, 300)]
    cytoscribe(*call, "--statistics", "mean_intensity", "--channels", 2)
    assert pd.read_csv(tmp_path / "t.csv")["mean_intensity"].tolist() == table["mean_intensity_2"].tolist()
    said = cytoscribe(*call, "--channels", "DAPI", code=2)
    assert said.stderr.endswith("The image has no channel DAPI: it has 1, 2, 3.\n")


def test_a_folder_is_measured_file_by_file_and_one_bad_file_stops_no_other(tmp_path: Path) -> None:
    for well in ("b", "a"):
        write_labels(tmp_path / f"well_{well}" / "cells.tif", cells())
        write_image(tmp_path / f"well_{well}" / "dapi.tif", seed=ord(well))
    write_labels(tmp_path / "well_c" / "cells.tif", cells())
    write_image(tmp_path / "well_c" / "dapi.tif", (8, 9))
    said = cytoscribe(
        *("measure", "intensities", "--segmentation", "well_*/cells.tif", "--intensity", "well_*/dapi.tif"),
        *("--output", "tables/", "--jobs", 2),
        code=1,
        cwd=tmp_path,
    )
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("tables/**/*.csv")) == [
        "tables/well_a/cells.csv",
        "tables/well_b/cells.csv",
    ]
    image = tifffile.imread(tmp_path / "well_a" / "dapi.tif")
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "tables/well_a/cells.csv"), measure_intensities(cells(), image), rtol=0, atol=0
    )
    assert "1 of 3 could not be done:\n  well_c/cells.tif + well_c/dapi.tif\n" in said.stderr


def test_a_pattern_below_a_folder_with_brackets_in_its_name(tmp_path: Path) -> None:
    for name in ("a [1]", "b"):
        write_labels(tmp_path / "day [2]" / f"{name}.tif", cells())
    cytoscribe(
        "measure", "morphology", "--segmentation", "day [2]/*.tif", "--output", "{name}.tsv", "--quiet", cwd=tmp_path
    )
    assert sorted(path.name for path in tmp_path.glob("*.tsv")) == ["a [1].tsv", "b.tsv"]


def test_all_files_are_done_though_nobody_reads_what_is_told(tmp_path: Path) -> None:
    for number in range(4):
        write_labels(tmp_path / "in" / f"{number}.tif", cells())
    call = ("measure", "morphology", "--segmentation", "in", "--output", "out/")
    with subprocess.Popen(
        [sys.executable, "-m", "app", *call],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()  # as `| head` does
        said = process.stderr.read().decode()
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert len(list((tmp_path / "out").iterdir())) == 4


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (["--segmentation", "no.tif"], "no.tif does not exist."),
        (["--segmentation", "*.nothing"], "no file fits *.nothing"),
        (["--segmentation", "cells.tif", "cells.tif"], "--segmentation has 2 files, but --intensity has 1 file"),
        (["--segmentation", "text.tif"], "text.tif is not a TIFF"),
        (["--intensity", "small.tif"], "shape"),
        (["--output", "cells.tif"], "A table cannot be written as .tif; use .csv"),
        (["--output", " "], "--output: the name is empty"),
        (["--output", "text.tif/t.csv"], "text.tif is a file, not a folder"),
        (["--segmentation", ""], "--segmentation: the name is empty"),
        (["--labels-axes", "YXX"], "cells.tif cannot have the axes YXX"),
        (["--intensity-axes", "ABC"], "image.tif cannot have the axes ABC"),
        (["--time", "2"], "--time 2 is for films, but there is no film: the axes are taken as YX"),
        (["--intensity", "slices.tif"], "the image (3, 40, 50) (ZYX)"),
        (["--statistics", "mode"], "mode"),
        (["--jobs", "0"], "--jobs"),
        (["--scheduler", "tcp://127.0.0.1:1"], "no Dask scheduler answers at tcp://127.0.0.1:1"),
    ],
)
def test_a_wrong_call_is_one_sentence(tmp_path: Path, wrong: list[str], sentence: str) -> None:
    write_labels(tmp_path / "cells.tif", cells())
    write_image(tmp_path / "image.tif")
    write_image(tmp_path / "small.tif", (8, 9))
    tifffile.imwrite(tmp_path / "slices.tif", np.zeros((3, 40, 50), np.uint8), imagej=True, metadata={"axes": "ZYX"})
    (tmp_path / "text.tif").write_text("no image")
    right = ["--segmentation", "cells.tif", "--intensity", "image.tif", "--output", "t.csv"]
    said = cytoscribe("measure", "intensities", *right, *wrong, code=2, cwd=tmp_path)
    assert sentence in said.stderr
    assert said.stderr.startswith("cytoscribe measure intensities: ")
    assert said.stderr.count("\n") == 1
    assert not (tmp_path / "t.csv").exists()


def test_help_answers_at_once_and_loads_nothing_heavy() -> None:
    heavy = ("numpy", "pandas", "PySide6", "skimage", "sklearn", "joblib")
    code = (
        "import sys; from app.cli import main\n"
        "try: main(['measure', '--help'])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert time.perf_counter() - start < 5, "a hundred times what it takes"
    assert done.stdout.endswith("[]\n")


@pytest.mark.skipif(not DATA.is_dir(), reason="no real images here")
def test_real_cells_with_their_nuclei(tmp_path: Path) -> None:
    folder = DATA / "cells-2d"
    cytoscribe(
        *("measure", "cell-nucleus", "--cell-segmentation", folder / "segmentations" / "membrane-seg.tif"),
        *("--nucleus-segmentation", folder / "segmentations" / "nucleus-seg.tif"),
        *("--intensity", folder / "images" / "nuclei.tif", "--output", tmp_path / "t.csv", "--scale", 0.2),
    )
    cell, nucleus, image = (
        tifffile.imread(folder / name)
        for name in ("segmentations/membrane-seg.tif", "segmentations/nucleus-seg.tif", "images/nuclei.tif")
    )
    table = pd.read_csv(tmp_path / "t.csv")
    pd.testing.assert_frame_equal(table, measure_cell_nucleus(cell, nucleus, 0.2, image), rtol=0, atol=0)
    assert len(table) == 38
    assert int(table["area_ratio"].isna().sum()) == 13


@pytest.mark.skipif(not DATA.is_dir(), reason="no real images here")
def test_a_stack_of_markers_without_names_of_its_axes(tmp_path: Path) -> None:
    folder = DATA / "imc"
    cytoscribe(
        *("measure", "intensities", "--segmentation", folder / "E34_mask.tiff"),
        *("--intensity", folder / "E34_imc.tiff", "--output", tmp_path / "t.csv"),
    )
    table = pd.read_csv(tmp_path / "t.csv")
    assert table.shape == (113, 1 + 5 * 9)
    mask, stack = tifffile.imread(folder / "E34_mask.tiff"), tifffile.imread(folder / "E34_imc.tiff")
    means = [stack[4][mask == number].astype(np.float64).mean() for number in table["index"]]
    np.testing.assert_allclose(table["mean_intensity_5"], means, rtol=1e-12)
