"""The bench prints what its readers expect; what the figures are worth is seen only by running them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.bench.__main__ import all_figures, line, main
from tests.bench.figures import Figure, median_ms

if TYPE_CHECKING:
    import pytest


def test_one_line_of_json_for_a_figure() -> None:
    assert json.loads(line("z_step_ms", Figure(1.23456, "ms"))) == {
        "name": "z_step_ms",
        "value": 1.235,
        "unit": "ms",
        "peer": None,
        "peer_value": None,
    }
    assert json.loads(line("x", Figure(1, "ms", "napari", 50.004)))["peer_value"] == 50.0


def test_every_bench_file_can_be_imported_and_names_its_unit() -> None:
    names = all_figures()
    assert "save_10k_ms" in names
    assert all(name.endswith(("_ms", "_s", "_mb", "_bytes_per_voxel")) for name in names)


def test_unknown_figure_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no_such_ms"]) == 2
    assert "save_10k_ms" in capsys.readouterr().err


def test_a_figure_is_measured_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["save_100_ms"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["name"] == "save_100_ms"
    assert 0 < printed["value"] < 1000


def test_median_is_of_all_calls() -> None:
    called: list[int] = []
    assert median_ms(called.append, 3) >= 0
    assert called == [0, 1, 2]
