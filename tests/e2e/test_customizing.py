"""Settings, keys and the palette of the real program, by keys of the real keyboard."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import numpy as np

from tests.e2e.files import block_names, decided, make_blocks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start

MANY = 2000
"""Pixels: far more than a cursor that blinks."""


def test_a_key_is_changed_and_counts_at_the_next_start_too(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    names = block_names(4)
    data = make_blocks(tmp_path / "blocks", names)
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice")
    program = start(*arguments)
    program.wait("frame", block=names[0])
    program.keys("F10")
    program.wait("settings_dialog", open=True)
    program.focus("Settings")
    program.type("ask an admin")
    program.keys("Tab", "Tab", "space", "2")
    program.wait("key_refused", name="toggle_flag", key="2")
    program.keys("space", "u")
    assert "“Unsure”" in program.wait("key_refused", name="toggle_flag", key="U")["text"]
    program.keys("space", "ctrl+k")
    program.wait("keys", toggle_flag=["Ctrl+K"])
    program.keys("Escape")
    program.wait("settings_dialog", open=False)
    program.focus()
    program.keys("f", "ctrl+k")
    program.wait("decision", kind="flag", block=names[0], value=True)
    program.quit()

    again = start(*arguments)
    again.wait("frame", block=names[0])
    again.keys("ctrl+k")
    again.wait("decision", kind="flag", block=names[0], value=False)
    again.quit()
    assert [kind for kind, _, _ in decided(annotations_root)] == ["flag", "flag"]


def test_the_palette_does_what_is_found_and_keeps_keys_to_itself(
    start: Start, tmp_path: Path, annotations_root: Path
) -> None:
    names = block_names(4)
    data = make_blocks(tmp_path / "blocks", names)
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block=names[0])
    program.keys("ctrl+shift+p")
    program.wait("palette", open=True)
    program.keys("1", "ctrl+q", "alt+2", "Down", "F5", "Escape")
    program.wait("palette", open=False)
    program.keys("ctrl+shift+p")
    program.wait("palette", open=True)
    program.keys("Down")
    before = program.pixels()
    program.type("unsure")
    end = time.monotonic() + 10
    while np.count_nonzero((program.pixels() != before).any(axis=2)) < MANY and time.monotonic() < end:
        pass
    assert np.count_nonzero((program.pixels() != before).any(axis=2)) >= MANY  # the list is painted anew
    program.keys("Return")
    program.wait("decision", kind="unsure", block=names[0], value=True)
    program.keys("2")  # the keyboard is where it was
    program.wait("decision", kind="annotate", block=names[0], value=2)
    program.quit()
    assert decided(annotations_root) == [("unsure", names[0], True), ("annotate", names[0], 2)]


def test_a_bad_setting_is_named_and_costs_only_itself(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    names = block_names(3)
    data = make_blocks(tmp_path / "blocks", names)
    folder = tmp_path / "home" / "config" / "cytoscribe"
    folder.mkdir(parents=True)
    text = json.dumps({"theme": 3, "auto_advance": False, "keys": {"toggle_flag": ["Ctrl+K"], "comment": ["1"]}})
    (folder / "settings.json").write_text(text, encoding="utf-8")
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    of_file, of_key = (program.wait("message", level="warning")["text"] for _ in range(2))
    assert str(folder / "settings.json") in of_file
    assert "“theme” is 3" in of_file
    assert "“Comment”: 1 gives a class" in of_key
    program.wait("frame", block=names[0])
    program.keys("ctrl+k", "2", "3")  # it does not go on: that setting was read
    program.wait("decision", kind="annotate", block=names[0], value=3)
    program.quit()
    assert decided(annotations_root) == [
        ("flag", names[0], True),
        ("annotate", names[0], 2),
        ("annotate", names[0], 3),
    ]
    assert (folder / "settings.json.bad-values").read_text(encoding="utf-8") == text
    kept = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    assert (kept["theme"], kept["auto_advance"], kept["keys"]["toggle_flag"]) == ("system", False, ["Ctrl+K"])

    (own,) = (folder / "data-sets" / "alice").glob("*.json")  # of this data set
    known = json.loads(own.read_text(encoding="utf-8"))
    own.write_text(json.dumps(known | {"interval_ms": "fast", "mode": "3d"}), encoding="utf-8")
    again = start(data, "--annotations-root", annotations_root, "--user", "alice")
    said = again.wait("message", level="warning")["text"]  # of the other file nothing: it is whole again
    assert '“interval_ms” is "fast"' in said
    assert str(own) in said
    again.wait("frame", mode="3d")
    again.quit()


def test_the_review_has_the_palette_and_the_new_keys_too(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    names = block_names(3)
    data = make_blocks(tmp_path / "blocks", names)
    (annotations_root / "roles.json").write_text(json.dumps({"admins": ["alice"]}), encoding="utf-8")
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block=names[0])
    program.keys("F6")
    program.wait("review_filled", blocks=len(names))
    program.focus("Review")
    program.seen("frame", window="review", block=names[0])
    program.keys("ctrl+shift+p")
    program.wait("palette", open=True)
    program.type("who voted")
    program.keys("Return")
    program.wait("action", window="review", name="toggle_names")
    program.keys("Down")  # the keyboard is the table's again
    program.wait("frame", window="review", block=names[1])
    program.keys("F10")
    program.wait("settings_dialog", open=True)
    program.focus("Settings")
    program.type("who voted")
    program.keys("Tab", "Tab", "space", "ctrl+k")
    program.wait("keys", toggle_names=["Ctrl+K"])
    program.keys("Escape")
    program.wait("settings_dialog", open=False)
    program.focus("Review")
    program.keys("ctrl+k")
    program.wait("action", window="review", name="toggle_names")
    program.keys("2")
    program.wait("final", block=names[1], value=2)
    program.quit()
