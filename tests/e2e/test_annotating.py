"""Judging blocks by key: what is decided is what was on screen, and it can be taken back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.e2e.files import block_names, decided, journal, labels, make_blocks, snapshot, write_classes
from tests.e2e.xkeys import XKeys, xdotool

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start
    from tests.e2e.program import Program

_CLOCK_TOLERANCE = 0.01
"""Seconds: X stamps a press in whole milliseconds, and the program learns the offset of that clock by and by."""


def test_a_session_with_a_kill_in_the_middle(start: Start, shared: Path, annotations_root: Path) -> None:
    data, configs = shared / "data" / "blocks-lightsheet", shared / "golden" / "block-annotator" / "configs"
    arguments = (data, "--annotations-root", annotations_root, "--user", "alice", "--classes", configs / "classes.json")
    program = start(*arguments)
    program.wait("frame", block="block_0001")
    annotate(program, "1", then="block_0002")
    annotate(program, "2", then="block_0003")
    annotate(program, "3", then="block_0004")

    program.keys("ctrl+z")
    program.wait("decision", kind="clear", block="block_0003")
    program.wait("frame", block="block_0003")
    program.keys("ctrl+z")
    program.wait("decision", kind="clear", block="block_0002")
    program.wait("frame", block="block_0002")
    program.keys("ctrl+shift+z")
    program.wait("decision", kind="annotate", block="block_0002", value=2)
    program.keys("Down")
    program.wait("frame", block="block_0003")
    annotate(program, "1", then="block_0004")

    program.keys("u")
    program.wait("decision", kind="unsure", block="block_0004", value=True)
    program.keys("f")
    program.wait("decision", kind="flag", block="block_0004", value=True)
    program.keys("c")
    program.type("3 cells, 12 dim")
    program.keys("Return")
    program.wait("decision", kind="comment", block="block_0004", value="3 cells, 12 dim")
    program.keys("ctrl+f")
    program.type("0006")
    program.keys("Return")  # goes to the first block of the filtered list
    program.wait("frame", block="block_0006")
    program.keys("2")
    program.wait("decision", kind="annotate", block="block_0006", value=2)
    program.wait("message")  # the only block of the filtered list: it stays on screen
    program.keys("BackSpace")
    program.wait("decision", kind="clear", block="block_0006")
    program.keys("3")
    program.wait("decision", kind="annotate", block="block_0006", value=3)
    program.kill()

    again = start(*arguments)
    again.wait("frame", block="block_0004")  # the first one without a class
    annotate(again, "2", then="block_0005")
    again.quit()

    expected = [
        ("annotate", "block_0001", 1),
        ("annotate", "block_0002", 2),
        ("annotate", "block_0003", 3),
        ("clear", "block_0003", None),
        ("clear", "block_0002", None),
        ("annotate", "block_0002", 2),
        ("annotate", "block_0003", 1),
        ("unsure", "block_0004", True),
        ("flag", "block_0004", True),
        ("comment", "block_0004", "3 cells, 12 dim"),
        ("annotate", "block_0006", 2),
        ("clear", "block_0006", None),
        ("annotate", "block_0006", 3),
        ("annotate", "block_0004", 2),
    ]
    assert decided(annotations_root) == expected
    lines = journal(annotations_root)
    assert [line.get("prev") for line in lines[:6]] == [None, None, None, 3, 2, None]
    assert (lines[3]["undoes"], lines[4]["undoes"]) == (3, 2)

    final = {block: (value, line["t"]) for (kind, block, value), line in zip(expected, lines, strict=True) if value}
    content = snapshot(annotations_root)
    assert content["username"] == "alice"
    assert set(content) == {"username", "created_at", "updated_at", "annotations", "cytoscribe"}
    assert content["annotations"] == {
        block: {"label": label, "annotated_at": final[block][1]}
        for block, label in {
            "block_0001": 1,
            "block_0002": 2,
            "block_0003": 1,
            "block_0004": 2,
            "block_0006": 3,
        }.items()
    }


def annotate(program: Program, key: str, then: str) -> None:
    """Press a class key and wait until the next block is on screen."""
    program.keys(key)
    program.wait("decision", kind="annotate")
    program.wait("frame", block=then)


def test_a_burst_of_keys_judges_only_what_was_on_screen(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(64))
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="block_0000")
    program.wait("ahead_ready")
    pressed: list[tuple[float, int]] = []
    program.focus()
    with XKeys(program.display) as keys:
        for _ in range(6):  # the program learns the offset between X's clock and its own
            keys.tap("x")
            program.wait("action", name="show_focus")
        begun = time.monotonic()
        for number in range(60):
            pressed.append((keys.tap(str(1 + number % 3)), 1 + number % 3))
            # A rhythm, nothing is waited for: 60 keys in two seconds, whatever the program does
            time.sleep(max(0.0, begun + (number + 1) * 2 / 60 - time.monotonic()))
    program.keys("r")
    program.wait("action", name="reset_view")  # all keys before it have been handled

    answers = [e for e in program.events if e["event"] in ("decision", "key_refused")]
    assert len(answers) == 60
    frames = program.named("frame")
    for (moment, value), answer in zip(pressed, answers, strict=True):
        seen = [frame for frame in frames if frame["t"] <= moment + _CLOCK_TOLERANCE]
        if answer["event"] == "decision":
            assert answer["value"] == value
            assert answer["block"] == [frame["block"] for frame in seen if frame["block"]][-1]
        else:
            # The wanted block was not on any frame that was swapped before the key went down
            assert answer["block"] not in {frame["block"] for frame in frames if frame["t"] < moment - _CLOCK_TOLERANCE}
    judged = [answer["block"] for answer in answers if answer["event"] == "decision"]
    assert judged == block_names(len(judged))  # each once, in their order
    assert len(judged) > 20
    program.quit()
    assert labels(annotations_root) == {a["block"]: a["value"] for a in answers if a["event"] == "decision"}


def test_a_held_key_decides_once(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(40), shape=(40, 8, 8))
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="block_0000")
    program.keys("Home")
    program.wait("frame", z=0)
    hold(program, "Right")
    for z in range(1, 6):  # the display does repeat keys, and a step through z follows
        program.wait("frame", z=z)
    release(program, "Right")

    program.keys("space")
    hold(program, "2")
    program.wait("decision", block="block_0000")
    for _ in range(20):  # auto-play: two seconds, three times as long as it takes until a key repeats
        program.wait("frame", block="block_0001")
    hold(program, "Down")
    program.wait("frame", block="block_0002")
    for _ in range(12):
        program.wait("frame", block="block_0002")
    release(program, "Down")
    release(program, "2")
    program.quit()
    assert len(program.named("action", name="next_block")) == 1
    assert not program.named("key_refused")
    assert decided(annotations_root) == [("annotate", "block_0000", 2)]


def hold(program: Program, key: str) -> None:
    """Press a key and leave it down."""
    program.focus()
    xdotool(program.display, "keydown", key)


def release(program: Program, key: str) -> None:
    """Let go of a key."""
    xdotool(program.display, "keyup", key)


def test_more_than_ten_classes(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(5))
    classes = write_classes(tmp_path, [f"Kind {number}" for number in range(1, 13)])
    program = start(data, "--annotations-root", annotations_root, "--user", "alice", "--classes", classes)
    program.wait("frame", block="block_0000")
    for place, (key, number) in enumerate([("9", 9), ("0", 10), ("b", 11), ("d", 12)]):
        program.keys(key)
        program.wait("decision", block=f"block_{place:04d}", value=number)
        program.wait("frame", block=f"block_{place + 1:04d}")
    program.quit()
    assert labels(annotations_root) == {"block_0000": 9, "block_0001": 10, "block_0002": 11, "block_0003": 12}


def test_keys_for_a_text_are_not_keys_for_the_block(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(4))
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="block_0000")
    program.keys("c")
    program.type("unsure? 1 2 3, flag")
    program.keys("Escape")
    program.keys("1")
    program.wait("decision", kind="annotate", block="block_0000", value=1)
    program.wait("frame", block="block_0001")

    program.keys("c")
    program.type("2 of these")
    frame = program.named("frame")[-1]
    program.click(frame["at"][0] // 2, 137)  # the third row of the list
    program.wait("decision", kind="comment", block="block_0001", value="2 of these")
    program.wait("frame", block="block_0002")
    program.keys("ctrl+f")
    program.type("2u")  # no block has this in its name
    program.keys("Escape", "Return", "BackSpace")
    program.keys("ctrl+f")
    program.type("2")
    program.keys("Return", "Return", "3")
    program.wait("decision", kind="annotate", block="block_0002", value=3)
    program.quit()
    assert decided(annotations_root) == [
        ("annotate", "block_0000", 1),
        ("comment", "block_0001", "2 of these"),
        ("annotate", "block_0002", 3),
    ]


def test_next_without_a_class(start: Start, tmp_path: Path, annotations_root: Path) -> None:
    data = make_blocks(tmp_path / "data", block_names(3))
    program = start(data, "--annotations-root", annotations_root, "--user", "alice")
    program.wait("frame", block="block_0000")
    program.keys("Down")
    program.wait("frame", block="block_0001")
    annotate(program, "1", then="block_0002")
    annotate_last(program, "2")
    assert "1 without a class" in program.wait("message")["text"]
    program.keys("n")
    program.wait("frame", block="block_0000")
    program.keys("n")
    assert program.named("key_refused") == []
    annotate(program, "1", then="block_0001")
    program.keys("n")
    assert program.wait("message")["text"] == "Every block of this list has a class."
    program.quit()


def annotate_last(program: Program, key: str) -> None:
    """Press a class key on the last block of the list."""
    program.keys(key)
    program.wait("decision", kind="annotate")
