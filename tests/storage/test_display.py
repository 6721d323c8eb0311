"""Display settings of the older program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage.display import OlderLook, read_older_display

GOLDEN = Path(__file__).resolve().parents[2].parent / "shared" / "golden" / "block-annotator"


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="the folder of real data is not here")
def test_file_of_the_older_program() -> None:
    assert read_older_display(GOLDEN, "alice") == {
        "488": OlderLook("#FF00FF", 120.0, 4500.0),
        "561": OlderLook(None, 0.0, 8000.0),
    }


@pytest.mark.parametrize("text", [None, "", "null", "[]", "{}", '{"channel_prefs": null}', b"\xff"])
def test_nothing_is_taken_from_a_bad_file(tmp_path: Path, text: str | bytes | None) -> None:
    (tmp_path / "users").mkdir()
    if text is not None:
        (tmp_path / "users" / "alice_display.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert read_older_display(tmp_path, "alice") == {}


def test_a_bad_channel_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "users").mkdir()
    prefs = {
        "good": {"range_lo": 1, "range_hi": 2, "color": "red"},
        "backwards": {"range_lo": 2, "range_hi": 1},
        "text": {"range_lo": "1", "range_hi": 2},
        "missing": {"range_lo": 1},
        "no object": 5,
    }
    (tmp_path / "users" / "alice_display.json").write_text(json.dumps({"channel_prefs": prefs}))
    assert read_older_display(tmp_path, "alice") == {"good": OlderLook(None, 1.0, 2.0)}
