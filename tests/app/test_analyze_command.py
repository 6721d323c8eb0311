"""`cytoscribe table ...` and `analyze ...` as their user runs them: processes, and what they write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import tifffile

from core import apply_classifier, cluster_measurements, suggest_thresholds
from core.analyze.classifier_file import load_classifier
from tests.app.batch_calls import ROOT, cells, cytoscribe, write_labels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def measured(path: Path, *, missing: int = 0) -> pd.DataFrame:
    """Write a table of 60 objects in two groups far apart; `missing` of them have no area."""
    rng = np.random.default_rng(3)
    group = np.repeat([1, 2], 30)
    table = pd.DataFrame(
        {
            "index": np.arange(1, 61),
            "area": rng.normal(group * 100, 5),
            "mean_intensity": rng.normal(group * 50, 5),
            "annotation": np.where(rng.random(60) < 0.5, group, 0),
        }
    )
    table.loc[: missing - 1, "area"] = np.nan
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False)
    return table


def test_merging_tables_and_leaving_out_columns(tmp_path: Path) -> None:
    pd.DataFrame({"index": [1, 3], "area": [5, 6]}).to_csv(tmp_path / "a.csv", index=False)
    pd.DataFrame({"index": [3, 2], "mean": [0.5, 0.25], "note": ["x", "y"]}).to_csv(
        tmp_path / "b.tsv", index=False, sep="\t"
    )
    call = ("table", "merge", "--inputs", "a.csv", "b.tsv", "--output", "m.csv")
    said = cytoscribe(*call, "--drop-columns", "note", cwd=tmp_path)
    assert said.stdout == "m.csv: 3 rows, 3 columns\n"
    assert (tmp_path / "m.csv").read_text() == "index,area,mean\n1,5.0,\n2,,0.25\n3,6.0,0.5\n"
    said = cytoscribe(*call, "--drop-columns", "index", code=2, cwd=tmp_path)
    assert "protected and cannot be dropped" in said.stderr


def test_tables_of_a_pattern_are_merged_and_none_is_replaced(tmp_path: Path) -> None:
    for name in ("area", "mean"):
        pd.DataFrame({"index": [1, 3], name: [5, 6]}).to_csv(tmp_path / f"t_{name}.csv", index=False)
    cytoscribe("table", "merge", "--inputs", "t_*.csv", "--output", "m.csv", cwd=tmp_path)
    assert (tmp_path / "m.csv").read_text() == "index,area,mean\n1,5,5\n3,6,6\n"
    (tmp_path / "u.csv").write_text("index,kind\n3,1\n3,2\n")
    said = cytoscribe("table", "merge", "--inputs", "m.csv", "u.csv", "--output", "n.csv", cwd=tmp_path)
    assert said.stderr.startswith("2 rows have a number in index that others have")
    said = cytoscribe("table", "merge", "--inputs", "t_*.csv", "--output", "t_mean.csv", code=2, cwd=tmp_path)
    assert "t_mean.csv is read and would be replaced" in said.stderr


def test_painting_a_column(tmp_path: Path) -> None:
    write_labels(tmp_path / "cells.tif", cells())
    pd.DataFrame({"index": [1, 300], "category_id": [2, 1000]}).to_csv(tmp_path / "t.csv", index=False)
    call = ("table", "paint", "--segmentation", "cells.tif", "--table", "t.csv", "--output", "p.tif")
    cytoscribe(*call, "--column", "category_id", cwd=tmp_path)
    painted = tifffile.imread(tmp_path / "p.tif")
    assert painted.dtype == np.uint16
    np.testing.assert_array_equal(painted, np.where(cells() == 1, 2, np.where(cells() == 300, 1000, 0)))


def test_clusters_are_the_same_in_each_run_and_are_painted(tmp_path: Path) -> None:
    table = measured(tmp_path / "t.csv", missing=4)
    labels = np.arange(0, 64, dtype=np.uint8).reshape(8, 8)
    write_labels(tmp_path / "l.tif", labels)
    call = ("analyze", "cluster", "--table", "t.csv", "--output", "c.csv", "--n-clusters", 2)
    said = cytoscribe(*call, "--segmentation", "l.tif", "--output-segmentation", "p.tif", cwd=tmp_path)
    assert "3 of 63 objects have no row in the table: they are 0 in p.tif." in said.stderr
    assert "4 of 60 rows are left out." in said.stderr
    assert "4 objects with cluster_id -1 are 0 in p.tif." in said.stderr
    found = pd.read_csv(tmp_path / "c.csv")
    expected = cluster_measurements(table, n_clusters=2)
    assert found["cluster_id"].tolist() == expected["cluster_id"].tolist()
    assert found["cluster_id"].tolist()[:4] == [-1] * 4
    ids = np.concatenate([[0], found["cluster_id"].clip(lower=0), [0, 0, 0]]).reshape(8, 8)
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "p.tif"), ids)
    cytoscribe(*call, "--missing", "leave_out", "--features", "area", cwd=tmp_path)
    assert pd.read_csv(tmp_path / "c.csv")["cluster_id"].tolist()[:4] == [0] * 4


def test_thresholds_are_found_or_given(tmp_path: Path) -> None:
    table = measured(tmp_path / "t.csv")
    call = ("analyze", "threshold", "--table", "t.csv", "--output", "c.csv", "--column", "area")
    told = json.loads(cytoscribe(*call, "--n-categories", 3, "--json", cwd=tmp_path).stdout)
    assert told["results"][0]["thresholds"] == suggest_thresholds(table, "area", 3)
    assert told["results"][0]["counts"] == {"1": 20, "2": 20, "3": 20}
    cytoscribe(*call, "--thresholds", 150, "--category-names", "small", "large", cwd=tmp_path)
    found = pd.read_csv(tmp_path / "c.csv")
    assert found["category_name"].tolist() == ["small"] * 30 + ["large"] * 30
    said = cytoscribe(*call, "--thresholds", 150, "--n-categories", 3, code=2, cwd=tmp_path)
    assert "1 threshold makes 2 categories, but --n-categories is 3" in said.stderr


def test_training_says_how_good_it_is_and_classifies_whatever_the_order_of_columns(tmp_path: Path) -> None:
    table = measured(tmp_path / "t.csv")
    call = ("analyze", "train-classifier", "--tables", "t.csv", "--output", "c.joblib", "--n-estimators", "20")
    said = cytoscribe(*call, cwd=tmp_path)
    assert "balanced accuracy 100.0% (guessing 50%)" in said.stdout
    table[["mean_intensity", "annotation", "area", "index"]].to_csv(tmp_path / "u.csv", index=False)
    classify = ("analyze", "classify", "--table", "u.csv", "--classifier", "c.joblib", "--output", "o.csv")
    cytoscribe(*classify, "--class-names", "small", "large", cwd=tmp_path)
    found = pd.read_csv(tmp_path / "o.csv")
    assert found["classification_name"].tolist() == ["small"] * 30 + ["large"] * 30
    expected = apply_classifier(table, load_classifier(tmp_path / "c.joblib"))
    assert found["classification_id"].tolist() == expected["classification_id"].tolist()
    table.drop(columns="area").to_csv(tmp_path / "u.csv", index=False)
    assert "area" in cytoscribe(*classify, code=2, cwd=tmp_path).stderr


def test_a_classifier_of_few_examples_is_made_and_it_is_said_that_it_cannot_be_judged(tmp_path: Path) -> None:
    table = measured(tmp_path / "t.csv")
    table["annotation"] = [1, *[2] * 20, *[0] * 39]
    table.to_csv(tmp_path / "t.csv", index=False)
    call = (
        "analyze",
        "train-classifier",
        "--tables",
        "t.csv",
        "--output",
        "c.joblib",
        "--features",
        "area",
        "--n-estimators",
        "5",
    )
    said = cytoscribe(*call, cwd=tmp_path)
    assert "How good the classifier is cannot be told: Class 1 has one annotated row" in said.stderr
    assert "Not used" not in said.stderr  # it is the call's own choice
    assert said.stdout == "c.joblib: random_forest, 21 annotated objects\n"
    told = json.loads(cytoscribe(*call, "--json", cwd=tmp_path).stdout)["results"][0]
    assert told["balanced_accuracy"] is None
    assert told["classes"] == [1, 2]
    (tmp_path / "c").write_bytes((tmp_path / "c.joblib").read_bytes())
    classify = ("analyze", "classify", "--table", "t.csv", "--classifier", "c", "--output")
    cytoscribe(*classify, "o.csv", cwd=tmp_path)
    assert "c is read and would be replaced" in cytoscribe(*classify, "c", code=2, cwd=tmp_path).stderr


def test_a_table_that_is_read_is_not_replaced(tmp_path: Path) -> None:
    measured(tmp_path / "t.csv")
    before = (tmp_path / "t.csv").read_bytes()
    said = cytoscribe("table", "merge", "--inputs", "t.csv", "--output", "t.csv", code=2, cwd=tmp_path)
    assert "t.csv is read and would be replaced" in said.stderr
    assert (tmp_path / "t.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (["cluster", "--n-clusters", "2", "--method", "dbscan"], "--n-clusters is no option of --method dbscan"),
        (["cluster", "--segmentation", "l.tif"], "--segmentation and --output-segmentation go together"),
        (["cluster", "--features", "size"], "t.csv: Features that are not in the table: size."),
        (["threshold", "--column", "area"], "--n-categories"),
        (["threshold", "--column", "size", "--n-categories", "2"], "size"),
        (["threshold", "--column", "area", "--n-categories", "3", "--thresholds", "1"], "1 threshold makes 2"),
        (["threshold", "--column", "area", "--thresholds", "1", "--threshold-method", "otsu"], "leave one of them out"),
        (["classify", "--classifier", "t.csv"], "t.csv"),
        (["classify", "--classifier", "no.joblib"], "no.joblib is no file"),
    ],
)
def test_a_wrong_call_is_one_sentence(tmp_path: Path, call: list[str], sentence: str) -> None:
    measured(tmp_path / "t.csv")
    said = cytoscribe("analyze", *call, "--table", "t.csv", "--output", "o.csv", code=2, cwd=tmp_path)
    assert sentence in said.stderr
    assert said.stderr.count("\n") == 1
    assert not (tmp_path / "o.csv").exists()


# ---------------------------------------------------------------------- on a cluster


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """Start a Dask scheduler with one worker, as processes of their own; return its address."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    file = tmp_path / "scheduler.json"
    code = (
        "import asyncio, sys\n"
        "from distributed import Scheduler, Worker\n"
        "async def main():\n"
        "    async with Scheduler(host='127.0.0.1', port=0, dashboard=False) as scheduler:\n"
        "        async with Worker(scheduler.address, nthreads=1, nanny=False) as worker:\n"
        "            print(scheduler.address, flush=True)\n"
        "            await worker.finished()\n"
        "asyncio.run(main())\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
        file.unlink(missing_ok=True)


def test_files_are_done_by_the_workers_of_a_cluster(tmp_path: Path, scheduler: str) -> None:
    for name in ("a", "b", "c"):
        measured(tmp_path / "in" / f"{name}.csv")
    (tmp_path / "in" / "b.csv").write_text("index\n")
    call = ("analyze", "cluster", "--table", "in", "--output", "out/", "--scheduler", scheduler)
    said = cytoscribe(*call, code=1, cwd=tmp_path)
    assert "1 of 3 could not be done" in said.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.csv", "c.csv"]
