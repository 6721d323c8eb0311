"""`cytoscribe store ...` where rights are missing, files are odd, or what others wrote could get lost."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.storage.conftest import WHEN, Place, decide_some, entry, saved, share_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
STRANGER = 54321
FAR = "2970-01-01T00:00:00+00:00"
posix = pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
only_root = pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root becomes another account")

# All is imported before the account changes: it need not be able to read the interpreter's files
_AS_ANOTHER = """
import gettext, locale, os, pwd, sys
import app.commands.store, core.images.blocks, core.errors
from app.cli import main
os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1]))
sys.exit(main(sys.argv[2:]))
"""


@dataclass(frozen=True)
class Answer:
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def about(self, path: Path) -> list[dict[str, Any]]:
        """Return the problems of `store check` about a file."""
        return [problem for problem in self.json["problems"] if problem["path"] == str(path)]


def run(place: Place, *arguments: object, code: int = 0, account: int | None = None, encoding: str = "utf-8") -> Answer:
    """Run `cytoscribe store` with arguments, as another account where one is named."""
    start = ["-m", "app"] if account is None else ["-c", _AS_ANOTHER, str(account)]
    environment = os.environ | {"XDG_STATE_HOME": str(place.top / "state"), "PYTHONIOENCODING": encoding}
    if account is not None:
        environment |= dict.fromkeys(("LOGNAME", "USER", "LNAME", "USERNAME"), "")
    done = subprocess.run(
        [sys.executable, *start, "store", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding=encoding,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, done.stdout + done.stderr
    return Answer(done.stdout, done.stderr)


@pytest.fixture
def open_place() -> Iterator[Place]:
    """Make a place that other accounts can reach; pytest's own folder is private."""
    top = Path(tempfile.mkdtemp())
    top.chmod(0o755)
    here = Place(top)
    yield here
    for store in here.stores:
        store.close()
    shutil.rmtree(top)


def older_folder(place: Place, name: str, annotations: dict[str, Any]) -> Path:
    old = place.top / name
    (old / "users").mkdir(parents=True)
    (old / "users" / "alice.json").write_text(json.dumps({"username": "alice", "annotations": annotations}))
    return old


def change_with_older_program(path: Path, block: str) -> None:
    content = json.loads(path.read_text())
    content["annotations"][block] = entry(3, FAR)
    path.write_text(json.dumps(content | {"updated_at": FAR}))


def closed_journal(place: Place, *blocks: str) -> Path:
    store = place.open()
    decide_some(store, *blocks)
    saved(store)
    path = share_of(place, store)
    place.close(store)
    return path


# Rights


@only_root
@pytest.mark.parametrize("command", ["check", "rebuild", "compact", "log"])
def test_permission_denied_is_a_sentence(open_place: Place, command: str) -> None:
    closed_journal(open_place, "b1")
    (open_place.root / "journal").chmod(0o700)
    err = run(open_place, command, open_place.root, code=2, account=STRANGER).err
    assert err.startswith(f"cytoscribe store {command}: {open_place.root}/journal cannot be used: permission denied.")


@only_root
def test_a_file_that_cannot_be_read_is_one_problem_of_many(open_place: Place) -> None:
    path = closed_journal(open_place, "b1")
    open_place.snapshot.chmod(0o600)
    path.chmod(0o600)
    found = run(open_place, "check", open_place.root, "--json", code=1, account=STRANGER)
    assert "permission denied" in found.about(open_place.snapshot)[0]["text"]
    assert "permission denied" in found.about(path)[0]["text"]
    assert "permission denied" in run(open_place, "log", open_place.root, account=STRANGER).err


@only_root
def test_rebuild_leaves_a_snapshot_whose_journals_it_cannot_read(open_place: Place) -> None:
    path = closed_journal(open_place, "b1")
    before = open_place.snapshot.read_bytes()
    (open_place.root / "users").chmod(0o777)
    path.chmod(0o600)
    assert str(path) in run(open_place, "rebuild", open_place.root, code=1, account=STRANGER).out
    assert open_place.snapshot.read_bytes() == before


@only_root
def test_a_private_journal_of_another_account_does_not_stop_compact(open_place: Place) -> None:
    folder = closed_journal(open_place, "b1").parent
    closed_journal(open_place, "b2")
    folder.chmod(0o777)
    for path in folder.iterdir():
        os.chown(path, STRANGER, STRANGER)
    foreign = folder / "20200101T000000Z-x-00000000.jsonl"
    foreign.touch(0o600)
    arguments = ("compact", open_place.root, "--annotator", "alice", "--older-than", 0, "--json")
    answer = run(open_place, *arguments, account=STRANGER).json["alice"]
    assert len(answer["folded"]) == 2
    assert answer["left"] == [f"{foreign} belongs to another account."]


@only_root
def test_an_account_without_a_name_can_migrate(open_place: Place) -> None:
    open_place.root.chmod(0o777)
    for name in ("journal", "users"):
        (open_place.root / name).mkdir()
        (open_place.root / name).chmod(0o777)
    old = older_folder(open_place, "old", {"block_0001": entry(1)})
    assert "1 brought in" in run(open_place, "migrate", old, open_place.root, account=STRANGER).out


@only_root
def test_init_does_not_say_that_it_did_what_the_system_refused(open_place: Place) -> None:
    os.chown(open_place.root, STRANGER, 0)  # of a group that the account is not in: setgid is left out in silence
    assert "the system refused" in run(open_place, "init", open_place.root, code=2, account=STRANGER).err


@posix
def test_rights_that_were_lost_are_told_and_mended(place: Place) -> None:
    run(place, "init", place.root)
    folder = closed_journal(place, "b1").parent
    run(place, "check", place.root)
    for lost in (folder, place.root):
        lost.chmod(0o755)
        assert "not 3775" in run(place, "check", place.root, "--json", code=1).about(lost)[0]["text"]
        assert f"Mended the rights of {lost} (3775)" in run(place, "init", place.root).out
        assert stat.S_IMODE(lost.stat().st_mode) == 0o3775


@only_root
def test_what_would_not_count_is_not_taken_over(place: Place) -> None:
    path = closed_journal(place, "b1")
    change_with_older_program(place.snapshot, "b9")
    for file in (path, place.snapshot):
        os.chown(file, STRANGER, -1)
    place.write_roles(accounts={"alice": STRANGER})
    before = place.snapshot.read_bytes()
    assert "does not count" in run(place, "rebuild", place.root, code=1).out
    assert place.snapshot.read_bytes() == before
    place.write_roles(accounts={"alice": STRANGER, "carol": os.geteuid()}, admins=["carol"])
    run(place, "rebuild", place.root)
    run(place, "rebuild", place.root)
    assert set(json.loads(place.snapshot.read_text())["annotations"]) == {"b1", "b9"}


# What could not be matched


def test_unmatched_annotations_outlive_a_rebuild(place: Place) -> None:
    closed_journal(place, "b1")  # whose data folder is named “blocks”, too
    kept = {"/old/blocks": {"block_0001": entry(2)}}
    run(place, "migrate", older_folder(place, "old", kept), place.root)
    assert json.loads(place.snapshot.read_text())["unmatched"] == kept
    assert "were taken over" in run(place, "rebuild", place.root, code=1).out
    place.snapshot.unlink()
    assert place.reopened() == {"b1": 1, "block_0001": 2}


def test_unmatched_annotations_outlive_a_session_that_could_match_them(place: Place) -> None:
    other = place.top / "elsewhere"
    other.mkdir()
    store = place.open()
    decide_some(store, "b1")
    store.push()
    place.write_older({"/old/blocks": {"block_0001": entry(2)}})
    stranger = place.open(local=place.top / "other computer", data_root=other)
    saved(stranger)
    place.close(stranger)
    saved(store)
    place.snapshot.unlink()
    assert place.reopened() == {"b1": 1, "block_0001": 2}


def test_two_older_folders_of_one_place_are_both_kept(place: Place) -> None:
    run(place, "init", place.root)
    for number in (1, 2):
        old = older_folder(place, f"old {number}", {"/x/y": {f"block_{number}": entry(number)}})
        run(place, "migrate", old, place.root)
    kept = json.loads(place.snapshot.read_text())["unmatched"]
    assert kept == {"/x/y": {"block_1": entry(1), "block_2": entry(2)}}


@posix
@pytest.mark.parametrize("command", ["migrate", "rebuild"])
def test_the_folder_of_a_new_journal_is_touched_a_moment_later(place: Place, command: str) -> None:
    """NFSv3 clients can miss a file that was made in the clock tick of their last listing."""
    before = {closed_journal(place, "b1")}
    if command == "migrate":
        run(place, "migrate", older_folder(place, "old", {"b2": entry(1)}), place.root)
    else:
        change_with_older_program(place.snapshot, "b2")
        run(place, "rebuild", place.root)
    folder = place.root / "journal" / "alice"
    [made] = set(folder.iterdir()) - before
    assert folder.stat().st_mtime - made.stat().st_mtime > 0.04  # 0.05, less a tick of the file system's clock


# Odd files


def test_something_else_in_place_of_a_file_or_folder(place: Place) -> None:
    store = place.open()
    decide_some(store, "b1")
    store.push()
    place.snapshot.mkdir()
    assert run(place, "check", place.root, "--json", code=1).about(place.snapshot)
    place.snapshot.rmdir()
    users = place.root / "users"
    users.rmdir()
    users.touch()
    assert run(place, "check", place.root, "--json", code=1).about(users)
    place.close(store)
    shutil.rmtree(place.root / "journal")
    (place.root / "journal").touch()
    for command in ("check", "rebuild", "compact", "log"):
        assert "journal is not a folder" in run(place, command, place.root, code=2).err


def test_check_names_what_the_program_passes_over(place: Place) -> None:
    path = closed_journal(place, "b1")
    lines = path.read_bytes().splitlines(keepends=True)
    only_begun = path.with_name("20200101T000000Z-x-00000000.jsonl")
    only_begun.write_bytes(lines[0])
    path.write_bytes(lines[0] + b"{\n" + lines[1].replace(b'"value":1', b'"value":"one"'))
    notes, bob = place.root / "users" / "notes.txt", place.root / "users" / "bob.json"
    notes.touch()
    bob.write_text("{")
    (place.root / "users" / "bob_display_0123456789.json").write_text("{}")
    found = run(place, "check", place.root, "--json", code=1)
    assert {(problem["kind"], problem["line"]) for problem in found.about(path)} == {("line", 2), ("value", None)}
    for odd in (only_begun, notes, bob):
        assert found.about(odd)
    assert len(found.json["problems"]) == 6  # and the snapshot has a class that no journal has


def test_a_snapshot_of_lost_journals_is_not_called_behind(place: Place) -> None:
    first, _ = closed_journal(place, "b1"), closed_journal(place, "b2")
    first.unlink()
    assert "in no journal" in run(place, "check", place.root, "--json", code=1).about(place.snapshot)[0]["text"]


@pytest.mark.parametrize("fault", [b"\n", b"{\n", b"{"])
def test_compact_leaves_a_journal_with_any_odd_line(place: Place, fault: bytes) -> None:
    paths = [closed_journal(place, block) for block in ("b1", "b2", "b3")]
    with paths[0].open("ab") as file:
        file.write(fault)
    left = run(place, "compact", place.root, "--older-than", 0, "--json").json["alice"]
    assert left["left"] == [f"{paths[0]} has lines that cannot be read; `cytoscribe store check` names them."]
    assert [path.exists() for path in paths] == [True, False, False]
    assert set(place.reopened()) == {"b1", "b2", "b3"}


def test_compact_looks_at_the_newest_line_too(place: Place) -> None:
    paths = [closed_journal(place, block) for block in ("b1", "b2")]
    for path in paths:
        os.utime(path, (1, 1))
    run(place, "compact", place.root)
    assert all(path.exists() for path in paths)


def test_what_a_cut_off_compact_leaves_is_no_fault(place: Place) -> None:
    paths = [closed_journal(place, block) for block in ("b1", "b2")]
    content = [path.read_bytes() for path in paths]
    run(place, "compact", place.root, "--older-than", 0)
    for path, before in zip(paths, content, strict=True):
        path.write_bytes(before)
    run(place, "rebuild", place.root)
    assert "no problem" in run(place, "check", place.root).out
    assert len(run(place, "log", place.root).out.splitlines()) == 2
    run(place, "compact", place.root, "--older-than", 0)
    assert len(place.lines()) == 2 + 2 + 2  # decisions; their first lines; the first lines of both foldings


# What is said


def test_a_data_folder_that_is_not_there_is_a_sentence(place: Place) -> None:
    closed_journal(place, "b1")
    nowhere = place.top / "nowhere"
    err = run(place, "check", place.root, "--data-root", nowhere, code=2).err
    assert f"{nowhere} does not exist" in err


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_that_knows_few_characters(place: Place, encoding: str) -> None:
    store = place.open()
    store.decide("comment", "b1", "клетка 🧬")
    store.push()
    assert "\\u043a" in run(place, "log", place.root, encoding=encoding).out
    assert run(place, "log", place.root, "--json", encoding=encoding).json["value"] == "клетка 🧬"


def test_log_shows_each_line_once_and_what_took_it_back(place: Place) -> None:
    store = place.open()
    first = store.decide("annotate", "b1", 1)
    store.decide("clear", "b1", None, undoes=first.n)
    store.push()
    path = share_of(place, store)
    lines = path.read_bytes().splitlines(keepends=True)
    forged = lines[1].replace(b'"value":1', b'"value":2')
    path.write_bytes(b"".join(lines) + lines[1] + forged + b"{\n" + lines[1].replace(b"alice", b"bobby"))
    answer = run(place, "log", place.root, "--json")
    events = [json.loads(line) for line in answer.out.splitlines()]
    assert [(event["line"], event["value"]) for event in events] == [(2, 1), (5, 2), (3, None)]
    assert [event["taken_back_by"] for event in events] == [None, 2, None]
    assert "has 2 lines that cannot be used" in answer.err
    assert WHEN not in answer.out
