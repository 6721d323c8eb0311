"""The log of strokes: no whole record is lost, whatever happens to the end of the file or to the program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.errors import StorageError
from storage.label_log import (
    EditRecord,
    LabelLog,
    LogHeader,
    PatchRecord,
    Record,
    SavedRecord,
    WholeRecord,
    frame,
    log_folder,
    unframed,
)
from storage.label_recovery import Leftover, leftovers, replay

ROOT = Path(__file__).resolve().parents[2]
SHAPE = (3, 8, 9)
IN_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


def header(base: str | None = None, dtype: str = "uint16") -> LogHeader:
    return LogHeader(
        "alice", "plate/b", None, "cells", SHAPE, dtype, base, "/x/cells.tif", "here", os.getpid(), "2026-01-01"
    )


def patch(low: tuple[int, int, int], mask: np.ndarray[Any, Any], new: Any, dtype: str = "uint16") -> PatchRecord:
    z, y, x = (start + length for start, length in zip(low, mask.shape, strict=True))
    numbers = new if isinstance(new, int) else zlib.compress(np.asarray(new, dtype).tobytes())
    return PatchRecord(low, (z, y, x), zlib.compress(np.packbits(mask).tobytes()), numbers, dtype)


def dot(number: int, place: tuple[int, int, int] = (0, 0, 0)) -> EditRecord:
    return EditRecord(f"Stroke {number}", 0.0, [patch(place, np.ones((1, 1, 1), bool), number)])


def line(*numbers: int) -> list[EditRecord]:
    return [dot(number, (0, 0, number)) for number in numbers]


def reported(folder: Path) -> tuple[list[Leftover], list[str]]:
    said: list[str] = []
    return leftovers(folder, said.append), said


def only(folder: Path) -> Leftover:
    found, said = reported(folder)
    assert said == []
    (leftover,) = found
    return leftover


def logged(folder: Path, *edits: EditRecord | WholeRecord, base: str | None = None) -> LabelLog:
    log = LabelLog.create(folder, header(base))
    for edit in edits:
        log.append(edit)
    return log


def row(leftover: Leftover, current: str | None, on_share: tuple[int, ...] = ()) -> tuple[list[int], bool]:
    """Return the numbers in the first row after the replay on what is on the share; whether it is another version."""
    plan = leftover.replayable(current)
    array = np.zeros(plan.shape, plan.dtype)
    if plan.start == "file":
        assert current is not None
        array[0, 0, list(on_share)] = on_share
    array = replay(array, plan.edits)
    return [int(number) for number in array[0, 0] if number], plan.is_other_version


def test_folder_lies_beside_the_journals(tmp_path: Path) -> None:
    assert log_folder(tmp_path, "alice") == tmp_path / "labels" / "alice"


def test_living_log_is_not_a_leftover_and_a_closed_one_is(tmp_path: Path) -> None:
    log = logged(tmp_path, *line(1, 2))
    assert reported(tmp_path) == ([], [])
    log.sync()
    log.close()
    leftover = only(tmp_path)
    assert leftover.header == header()
    assert [edit.name for edit in leftover.unsaved()] == ["Stroke 1", "Stroke 2"]
    assert reported(tmp_path) == ([], [])  # locked: no second session offers the same
    leftover.close()
    leftover = only(tmp_path)
    leftover.forget()
    assert os.listdir(tmp_path) == []


def test_logs_without_unsaved_edits_go_away(tmp_path: Path) -> None:
    logged(tmp_path).close()
    assert os.listdir(tmp_path) == []
    log = logged(tmp_path, *line(1, 2))
    log.saved("r.1", 2)
    log.close()
    assert reported(tmp_path) == ([], [])
    assert os.listdir(tmp_path) == []
    log = logged(tmp_path, *line(1, 2))
    log.forget()
    assert os.listdir(tmp_path) == []


def test_new_overlay_is_painted_from_nothing(tmp_path: Path) -> None:
    logged(tmp_path, *line(1, 2)).close()
    assert row(only(tmp_path), None) == ([1, 2], False)


def test_strokes_after_the_save_go_on_top_of_it(tmp_path: Path) -> None:
    log = logged(tmp_path, *line(1, 2), base="r.0")
    log.saving("r1", 2)
    log.append(line(3)[0])  # painted while it was saved
    log.saved("r1.5", 2)
    log.append(line(4)[0])
    log.close()
    leftover = only(tmp_path)
    assert row(leftover, "r1.5", (1, 2)) == ([1, 2, 3, 4], False)
    assert leftover.replayable("r1.5").start == "file"


def test_log_is_short_again_when_all_is_saved(tmp_path: Path) -> None:
    log = logged(tmp_path, base="r.0")
    sizes = []
    for number in range(1, 6):
        log.append(line(number)[0])
        log.saved(f"r{number}.1", log.count)
        sizes.append(log.path.stat().st_size)
    assert max(sizes) - min(sizes) == 0
    log.append(line(7)[0])
    log.close()
    assert row(only(tmp_path), "r5.1", (1, 5)) == ([1, 5, 7], False)


def test_killed_between_the_save_and_its_answer(tmp_path: Path) -> None:
    log = logged(tmp_path, *line(1, 2), base="r.0")
    log.saving("token", 2)
    log.append(line(3)[0])
    log.close()
    leftover = only(tmp_path)
    assert row(leftover, "token.77", (1, 2)) == ([1, 2, 3], False)
    assert len(leftover.replayable("token.77").edits) == 1
    assert row(leftover, "r.0") == ([1, 2, 3], False)  # it did not come through


def test_changed_elsewhere_is_another_version(tmp_path: Path) -> None:
    log = logged(tmp_path, *line(1), base="r.0")
    log.close()
    leftover = only(tmp_path)
    for current, start in (("else.1", "file"), (None, "empty")):
        plan = leftover.replayable(current)
        assert (plan.start, plan.is_other_version, len(plan.edits)) == (start, True, 1)


def test_painted_from_nothing_and_changed_elsewhere_is_whole(tmp_path: Path) -> None:
    log = logged(tmp_path, *line(1, 2))
    log.saved("r.1", 1)
    log.close()
    assert row(only(tmp_path), "else.1", (5, 6)) == ([1, 2], True)


def test_whole_array_and_its_conversion(tmp_path: Path) -> None:
    data = np.arange(np.prod(SHAPE), dtype=np.int32).reshape(SHAPE)
    log = logged(
        tmp_path,
        *line(1),
        WholeRecord("Grow", 0.0, "int32", zlib.compress(data.tobytes())),
        EditRecord("Paint", 0.0, [patch((1, 1, 1), np.ones((1, 1, 2), bool), [2**31 - 1, 7], "int32")]),
        base="r.0",
    )
    log.close()
    plan = only(tmp_path).replayable("r.0")
    assert plan.start == "empty"
    array = replay(np.zeros(plan.shape, plan.dtype), plan.edits)
    data[1, 1, 1:3] = 2**31 - 1, 7
    np.testing.assert_array_equal(array, data, strict=True)
    narrow = np.ones(SHAPE, np.int32)
    assert replay(narrow, [WholeRecord("Convert", 0.0, "uint8")]).dtype == np.uint8
    with pytest.raises(StorageError, match="Convert"):
        replay(narrow * 256, [WholeRecord("Convert", 0.0, "uint8")])


@IN_FOLDER
@given(st.data())
def test_replay_is_what_was_painted(tmp_path: Path, data: st.DataObject) -> None:
    painted = np.zeros(SHAPE, np.uint16)
    edits = []
    for _ in range(data.draw(st.integers(1, 5))):
        spans = [sorted(data.draw(st.tuples(*[st.integers(0, length - 1)] * 2))) for length in SHAPE]
        box = tuple(slice(low, high + 1) for low, high in spans)
        rng = np.random.default_rng(data.draw(st.integers(0, 99)))
        mask = rng.random(painted[box].shape) < 0.5
        new: Any = data.draw(st.integers(0, 65535))
        if data.draw(st.booleans()):
            new = rng.integers(0, 65536, int(mask.sum()))
        painted[box][mask] = new
        edits.append(EditRecord("x", 1.0, [patch((box[0].start, box[1].start, box[2].start), mask, new)]))
    logged(tmp_path, *edits).close()
    leftover = only(tmp_path)
    np.testing.assert_array_equal(replay(np.zeros(SHAPE, np.uint16), leftover.unsaved()), painted, strict=True)
    leftover.forget()


def test_patch_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    for place in ((3, 0, 0), (0, 0, 9), (-1, 0, 0)):
        with pytest.raises(StorageError, match="Stroke 1"):
            replay(np.zeros(SHAPE, np.uint16), [dot(1, place)])
    bad = PatchRecord((0, 0, 0), (1, 1, 1), b"no zlib", 1, "uint16")
    with pytest.raises(StorageError, match="does not fit"):
        replay(np.zeros(SHAPE, np.uint16), [EditRecord("x", 0.0, [bad])])


# ---------------------------------------------------------------- torn and damaged


@IN_FOLDER
@given(st.integers(1, 6), st.integers(0, 2000), st.binary(max_size=20))
def test_cut_anywhere_keeps_every_whole_record(tmp_path: Path, count: int, cut: int, tail: bytes) -> None:
    records: list[Record] = [*line(*range(1, count + 1)), SavedRecord("r.1", 0)]
    content = b"start\n"
    ends = []
    for number, record in enumerate(records, 1):
        content += frame(number, record)
        ends.append(len(content))
    cut = max(6, cut % (len(content) + 1))
    found, end = unframed(content[:cut] + tail, 6)
    whole = sum(one <= cut for one in ends)
    assert [record for _, record in found][:whole] == records[:whole]
    assert len(found) >= whole
    assert end >= (ends[whole - 1] if whole else 6)


def test_torn_tail_is_reported_and_the_rest_offered(tmp_path: Path) -> None:
    log = logged(tmp_path, *line(1, 2, 3))
    log.close()
    os.truncate(log.path, log.path.stat().st_size - 3)
    found, said = reported(tmp_path)
    assert [edit.name for edit in found[0].unsaved()] == ["Stroke 1", "Stroke 2"]
    assert found[0].is_torn
    assert len(said) == 1
    assert "cells" in said[0]


def test_bit_that_flipped_is_noticed(tmp_path: Path) -> None:
    log = logged(tmp_path, *line(1, 2, 3))
    log.close()
    content = bytearray(log.path.read_bytes())
    content[-5] ^= 4
    log.path.write_bytes(content)
    found, said = reported(tmp_path)
    assert [edit.name for edit in found[0].unsaved()] == ["Stroke 1", "Stroke 2"]
    assert len(said) == 1


def test_logs_that_cannot_be_read_are_reported_and_left(tmp_path: Path) -> None:
    (tmp_path / "a.strokes").write_bytes(b"not json\n")
    (tmp_path / "b.strokes").write_bytes(b'{"annota')  # a session that is only beginning
    (tmp_path / "c.strokes").mkdir()
    (tmp_path / "d.txt").write_bytes(b"")
    found, said = reported(tmp_path)
    assert found == []
    assert [Path(sentence.split(" ")[0]).name for sentence in said] == ["a.strokes", "c.strokes"]
    assert len(os.listdir(tmp_path)) == 4
    os.utime(tmp_path / "b.strokes", (0, 0))
    reported(tmp_path)
    assert not (tmp_path / "b.strokes").exists()
    assert reported(tmp_path / "nothing") == ([], [])


# ---------------------------------------------------------------- killed, and full


APPENDER = """
import sys
from pathlib import Path
from tests.storage.test_label_recovery import dot, logged
log = logged(Path(sys.argv[1]), base="r.0")
number = 0
while True:
    number += 1
    log.append(dot(number % 60000 + 1, (0, 0, 0)))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("wait_for", [1, 50, 700])
def test_killed_while_it_appends_loses_nothing_that_was_reported(tmp_path: Path, wait_for: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", APPENDER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    for _ in range(wait_for):
        last = int(child.stdout.readline())
    assert reported(tmp_path) == ([], [])  # it lives
    child.send_signal(signal.SIGKILL) if os.name != "nt" else child.kill()
    rest = child.communicate()[0].splitlines(keepends=True)
    last = max([last, *(int(one) for one in rest if one.endswith("\n"))])
    found, _ = reported(tmp_path)
    numbers = [int(edit.name.split()[1]) - 1 for edit in found[0].unsaved()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert last <= len(numbers) <= last + 1


FULL = """
import os, resource, signal, sys
from pathlib import Path
from storage.errors import StorageError
from tests.storage.test_label_recovery import dot, logged
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
log = logged(Path(sys.argv[1]), dot(1))
size = log.path.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 30, resource.RLIM_INFINITY))
for number in (2, 3):
    try:
        log.append(dot(number))
    except StorageError as error:
        print(error)
assert log.path.stat().st_size == size
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
log.append(dot(4))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_full_disk_leaves_a_log_that_goes_on_and_says_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, "")
    assert done.stdout.count("would be larger than is allowed here. Strokes that are not saved would be lost") == 2
    leftover = only(tmp_path)
    assert [edit.name for edit in leftover.unsaved()] == ["Stroke 1", "Stroke 4"]
    assert leftover.replayable(None).has_gap


def test_a_save_closes_the_gap(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no disk that is always full here")
    log = logged(tmp_path, dot(1))
    own = os.dup(log._descriptor)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, log._descriptor)
    with pytest.raises(StorageError, match="disk is full"):
        log.append(dot(2))
    os.dup2(own, log._descriptor)
    os.close(own)
    os.close(full)
    log.saved("r.1", log.count)
    log.append(dot(3))
    log.close()
    plan = only(tmp_path).replayable("r.1")
    assert (plan.has_gap, [edit.name for edit in plan.edits]) == (False, ["Stroke 3"])
