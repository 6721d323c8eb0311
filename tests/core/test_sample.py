"""The sample data set: the same each time, whole or not there, and its classes told apart by simple measures."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import Cancelled, ImageError
from core.images.blocks import scan_blocks
from core.images.points import focus_points
from core.images.reading import read_block
from core.sample_data.sample import make_sample, sample_is_complete
from core.sample_data.sample_cells import focus_point, render_block

RECIPE: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "resources" / "sample.json").read_text(encoding="utf-8")
)
SMALL = RECIPE | {"blocks": 6, "voxels": 32}
"""Blocks too small to look at, but quickly made."""


def nothing(done: int, total: int) -> None:
    """Take no notice of the progress."""


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_sample_is_a_data_set_like_any_other(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "sample"
    told: list[tuple[int, int]] = []
    assert not sample_is_complete(folder)
    make_sample(folder, SMALL, lambda done, total: told.append((done, total)))
    assert sample_is_complete(folder)
    assert told == [(done, 6) for done in range(1, 7)]
    assert [path.name for path in folder.parent.iterdir()] == ["sample"]

    blocks = [block for batch in scan_blocks(folder) for block in batch.blocks]
    assert [block.id for block in blocks] == [f"block_{index:04d}" for index in range(6)]
    image = read_block(blocks[0])
    assert [channel.name for channel in image.channels] == ["ch_405_nuclei", "ch_488_membrane", "ch_561_puncta"]
    assert image.shape == (32, 32, 32)
    assert image.channels[0].data.dtype == np.uint16
    assert image.voxel_size == pytest.approx(RECIPE["voxel_um"])
    assert image.notes == ()

    points, problem = focus_points(blocks, str(folder))
    assert problem is None
    assert sorted(points) == [block.id for block in blocks]
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert Counter((one["class"], one["name"]) for one in truth.values()) == {
        (1, "Interphase"): 2,
        (2, "Mitotic"): 2,
        (3, "Apoptotic"): 2,
    }
    classes = json.loads((folder / "classes.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in classes["classes"]] == ["Interphase", "Mitotic", "Apoptotic"]
    assert len({one["color"] for one in classes["classes"]}) == 3
    assert classes["channel_names"] == ["Nuclei", "Membrane", "Puncta"]


def test_the_same_bytes_on_every_run_and_after_a_break(tmp_path: Path) -> None:
    make_sample(tmp_path / "one", SMALL, nothing)
    done: list[int] = []
    with pytest.raises(Cancelled):
        make_sample(tmp_path / "two", SMALL, lambda one, _: done.append(one), lambda: len(done) == 3)
    assert not (tmp_path / "two").exists()
    kept = sorted((tmp_path / "two.part").glob("block_*"))
    assert len(kept) == 3
    done.clear()
    make_sample(tmp_path / "two", SMALL, lambda one, _: done.append(one))
    assert done == [1, 2, 3, 4, 5, 6]
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_blocks_that_are_done_are_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_sample(tmp_path / "a", SMALL, nothing)
    (tmp_path / "a").rename(tmp_path / "a.part")
    monkeypatch.delattr("core.sample_data.sample_cells._nuclei")
    make_sample(tmp_path / "a", SMALL, nothing)
    assert sample_is_complete(tmp_path / "a")


def test_whole_sample_is_left_alone(tmp_path: Path) -> None:
    make_sample(tmp_path / "sample", SMALL, nothing)
    told: list[int] = []
    make_sample(tmp_path / "sample", SMALL, lambda done, _: told.append(done))
    assert told == []


def test_sample_with_a_block_missing_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    make_sample(folder, SMALL, nothing)
    before = files(folder)
    (folder / "block_0003").rename(tmp_path / "elsewhere")
    (folder / "notes of mine.txt").write_text("x")
    assert not sample_is_complete(folder)
    make_sample(folder, SMALL, nothing)
    assert files(folder) == before | {"notes of mine.txt": b"x"}


def test_what_a_killed_program_left_half_done_is_not_kept(tmp_path: Path) -> None:
    left = tmp_path / "sample.part" / ".block_0001-0a0b0c0d"
    left.mkdir(parents=True)
    (left / "ch_405_nuclei.tif").write_bytes(b"half")
    make_sample(tmp_path / "sample", SMALL, nothing)
    assert [name for name in files(tmp_path / "sample") if "0a0b0c0d" in name] == []


def test_what_another_recipe_left_unfinished_is_thrown_away(tmp_path: Path) -> None:
    done: list[int] = []
    with pytest.raises(Cancelled):
        make_sample(tmp_path / "a", SMALL, lambda one, _: done.append(one), lambda: len(done) == 2)
    other = SMALL | {"seed": 1}
    make_sample(tmp_path / "a", other, nothing)
    make_sample(tmp_path / "b", other, nothing)
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ImageError, match="cannot be written"):
        make_sample(tmp_path / "file" / "sample", SMALL, nothing)


@pytest.mark.parametrize("content", ["", "null", "[1]", "{}", '{"block_0000": {}}'])
def test_damaged_truth_is_not_complete(tmp_path: Path, content: str) -> None:
    (tmp_path / "truth.json").write_text(content)
    assert not sample_is_complete(tmp_path)


def test_recipe_makes_enough_blocks_of_the_size_that_was_promised() -> None:
    assert RECIPE["blocks"] >= 24
    assert RECIPE["blocks"] % 3 == 0
    assert RECIPE["voxels"] == 128


def test_classes_differ_by_what_a_person_sees() -> None:
    """Where the middle cell is: even nucleus, one bright body with sharp borders, or several brighter ones."""
    brightest, volume = {}, {}
    for kind in (1, 2, 3):
        nuclei, membrane, puncta = render_block(RECIPE, 100, kind)
        assert nuclei.shape == membrane.shape == puncta.shape == (128, 128, 128)
        z, y, x = (round(at) for at in focus_point(RECIPE, 100))
        middle = nuclei[z - 18 : z + 18, y - 22 : y + 22, x - 22 : x + 22].astype(float)
        brightest[kind] = np.percentile(middle, 99.5)
        volume[kind] = int((middle > 500).sum())
        for channel in (nuclei, membrane, puncta):
            assert 90 < np.percentile(channel, 1) < 130  # the camera's offset
            assert np.percentile(channel, 99.9) > 500
            assert channel.max() < 65535
    assert brightest[2] > 1.3 * brightest[1]
    assert brightest[3] > 1.3 * brightest[1]
    assert volume[1] > 2 * volume[2]
    assert volume[1] > 2 * volume[3]
