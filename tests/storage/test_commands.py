"""`cytoscribe store ...` as its user runs it: a process, its exit code, what it prints, what is on disk."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.errors import StorageError
from tests.storage.conftest import WHEN, Place, away, decide_some, entry, labels_of, saved, share_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT.parent / "shared" / "golden" / "block-annotator"
posix = pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")


@pytest.fixture
def run(place: Place) -> Run:
    """Run `cytoscribe store` with arguments, as the user of the computer of `place`."""
    state = {"XDG_STATE_HOME": str(place.top / "state")}

    def run_one(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app", "store", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | state, capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run_one


def problems(run: Run, place: Place, *arguments: object) -> dict[str, list[str]]:
    """Return what `store check` finds: kind -> sentences."""
    report = json.loads(run("check", place.root, "--json", *arguments, code=1).stdout)
    found: dict[str, list[str]] = {}
    for problem in report["problems"]:
        found.setdefault(problem["kind"], []).append(problem["text"])
    return found


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# init


@posix
def test_init_makes_folders_that_a_group_shares(place: Place, run: Run) -> None:
    root = place.top / "new"
    old = os.umask(0o077)
    try:
        said = run("init", root, "--admin", "Carol").stdout
    finally:
        os.umask(old)
    assert {name: mode(root / name) for name in ("", "journal", "labels", "assignments", "users", "admin")} == {
        "": 0o3775,
        "journal": 0o3775,
        "labels": 0o3775,
        "assignments": 0o3775,
        "users": 0o2775,
        "admin": 0o2775,
    }
    assert json.loads((root / "roles.json").read_text()) == {"admins": ["carol"], "accounts": {}}
    assert mode(root / "roles.json") == 0o644
    assert said.count("\n") == 7
    assert run("check", root).stdout == "0 annotators, 0 journals, 0 lines: no problem.\n"

    (root / "users").chmod(0o755)
    assert "not 2775" in run("check", root, code=1).stdout
    assert "Mended the rights" in run("init", root).stdout
    assert mode(root / "users") == 0o2775
    assert "is as it should be" in run("init", root).stdout
    assert "Left" in run("init", root, "--admin", "dave").stdout
    assert json.loads((root / "roles.json").read_text())["admins"] == ["carol"]


def test_init_leaves_nobody_the_chance_to_become_admin(place: Place, run: Run) -> None:
    said = run("init", place.top / "new").stdout
    assert "nobody" in said
    assert json.loads((place.top / "new" / "roles.json").read_text()) == {"admins": [], "accounts": {}}


def test_init_says_what_stands_in_the_way(place: Place, run: Run) -> None:
    assert "does not exist" in run("init", place.top / "a" / "b", code=2).stderr
    file = place.top / "file"
    file.touch()
    assert "is no folder" in run("init", file, code=2).stderr
    assert file.is_file()
    (place.root / "roles.json").write_text("{")
    assert "not a valid roles file" in run("init", place.root, "--admin", "carol", code=2).stderr
    if os.name != "nt":
        assert "no group" in run("init", place.top / "x", "--group", "no_such_group", code=2).stderr


def test_init_takes_no_folder_by_mistake(place: Place, run: Run) -> None:
    assert "the name of the folder is empty" in run("init", "", code=2).stderr
    (place.root / "holiday.jpg").touch()
    assert "holds other files and no annotations" in run("init", place.root, code=2).stderr
    assert [path.name for path in place.root.iterdir()] == ["holiday.jpg"]


# check


def test_a_store_without_a_problem(place: Place, run: Run) -> None:
    place.write_roles(admins=["alice"])
    store = place.open(follow_all=True)
    decide_some(store, "b1", "b2")
    store.decide("final", "b1", 2)
    saved(store)
    store.write_final_labels(store.state.final_labels())
    (place.root / "users" / "alice_display.json").write_text("{}")
    (place.root / "journal" / "alice" / ".nfs000012").touch()
    assert run("check", place.root).stdout == "1 annotator, 1 journal, 4 lines: no problem.\n"
    assert json.loads(run("check", place.root, "--json").stdout) == {
        "problems": [],
        "annotators": 1,
        "journals": 1,
        "lines": 4,
    }


def test_everything_that_is_wrong_is_named(place: Place, run: Run) -> None:
    store = place.open()
    decide_some(store, *(f"b{number}" for number in range(9)))
    store.push()
    path = share_of(place, store)
    lines = path.read_bytes().splitlines(keepends=True)
    future = json.dumps(json.loads(lines[7]) | {"t": "2900-01-01T00:00:00+00:00"}).encode() + b"\n"
    twice = json.dumps(json.loads(lines[2]) | {"value": 3}).encode() + b"\n"
    final = json.dumps(json.loads(lines[3]) | {"kind": "final", "n": 10}).encode() + b"\n"
    path.write_bytes(b"".join([*lines[:5], b"nonsense\n", *lines[5:7], future, *lines[8:], twice, final, lines[1][:9]]))
    gap = path.with_name("20260101T000000Z-here-00000001.jsonl")
    gap.write_bytes(
        b"".join(json.dumps(json.loads(line) | {"session": "gap"}).encode() + b"\n" for line in lines[:9:4])
    )
    path.with_name("empty.jsonl").touch()
    path.with_name("notes.txt").touch()
    path.with_name(".x.jsonl-there-1-0a1b.tmp").touch()
    os.utime(path.with_name(".x.jsonl-there-1-0a1b.tmp"), (1e9, 1e9))
    path.with_name(".y.jsonl-there-1-0a1b.tmp").touch()  # being written just now
    (place.root / "journal" / "Not a name").mkdir()
    (place.root / "users" / "alice.json.unreadable-20260101T000000Z").touch()
    (place.root / "users" / "copy of alice.json").touch()
    place.snapshot.write_text("[")
    (place.root / "roles.json").write_text('{"admins": 1}')
    found = problems(run, place)
    assert {kind: len(texts) for kind, texts in found.items()} == {
        "roles": 1,
        "line": 2,
        "torn": 1,
        "time": 1,
        "double": 1,
        "empty": 1,
        "foreign": 3,
        "leftover": 1,
        "aside": 1,
        "snapshot": 1,
    }
    assert f"{path}, line 6, cannot be read." in found["line"][0]
    assert "does not name alice as admin" in found["line"][1]
    assert f"{path}, line 14, is not complete" in found["torn"][0]
    assert "decision 2 of session" in found["double"][0]
    assert run("check", place.root, code=1).stdout.endswith("3 journals, 16 lines: 13 problems.\n")

    path.unlink()
    assert "2 decisions between 4 and 8 of session gap are missing" not in str(found)
    assert "decisions between 4 and 8 of session gap are missing" in problems(run, place)["gap"][0]


def test_blocks_that_are_not_there_are_named(place: Place, run: Run) -> None:
    (place.data / "block_0001").mkdir()
    (place.data / "block_0001" / "ch.tif").touch()
    store = place.open()
    decide_some(store, "block_0001", "block_0002", "block_0002")
    saved(store)
    assert problems(run, place, "--data-root", place.data) == {
        "block": ["alice has 2 decisions about block_0002, which is no block of the data folder."]
    }
    run("check", place.root)


def test_snapshots_that_are_behind_or_were_changed(place: Place, run: Run) -> None:
    store = place.open()
    decide_some(store, "b1")
    saved(store)
    decide_some(store, "b2", "b3")
    store.push()
    assert "behind the journals in 2 blocks (b2)" in problems(run, place)["snapshot"][0]
    place.snapshot.unlink()
    assert "is missing" in problems(run, place)["snapshot"][0]
    place.write_older({"b9": entry(1)})
    assert "changed by another program" in problems(run, place)["snapshot"][0]


@posix
def test_wrong_owners_are_named(place: Place, run: Run) -> None:
    store = place.open()
    decide_some(store, "b1")
    saved(store)
    place.write_roles(accounts={"alice": os.geteuid() + 1})
    assert "is no account of alice" in problems(run, place)["line"][0]
    (place.root / "roles.json").chmod(0o664)
    assert "anybody could become an admin" in problems(run, place)["roles"][0]


def test_journals_that_wait_on_this_computer_are_named(place: Place, run: Run) -> None:
    store = place.open(local=place.top / "state" / "cytoscribe" / "journals")
    decide_some(store, "b1")
    assert store.session in problems(run, place)["waiting"][0]
    saved(store)
    run("check", place.root)  # its journal is still on this computer, and all of it on the share
    place.close(store)
    run("check", place.root)


def test_what_waits_for_a_folder_that_is_not_there_is_named(place: Place, run: Run) -> None:
    state = place.top / "state" / "cytoscribe" / "journals"
    store = place.open(local=state)
    decide_some(store, "b1")
    place.close(store)
    before = place.root.rename(place.top / "before")
    shutil.copytree(before, place.root)
    run("check", before)  # the folder of then is there, and the one asked about has nothing to do with it
    shutil.rmtree(place.root)
    said = run("check", before, code=1).stdout
    assert store.session in said
    assert "mount it there once more" in said


@posix
def test_folders_that_anybody_may_change_are_named(place: Place, run: Run) -> None:
    run("init", place.top / "new")
    users = place.top / "new" / "users"
    users.chmod(0o2777)
    said = run("check", place.top / "new", code=1).stdout
    assert f"{users} can be changed by everybody" in said


@posix
def test_a_pipe_holds_nothing_up(place: Place, run: Run) -> None:
    store = place.open()
    decide_some(store, "b1")
    saved(store)
    os.mkfifo(place.root / "journal" / "alice" / "pipe.jsonl")
    os.mkfifo(place.root / "users" / "pipe.json")
    assert set(problems(run, place)) == {"line", "foreign"}
    assert "b1" in run("log", place.root).stdout
    assert labels_of(place.open(local=None)) == {"b1": 1}


@pytest.mark.parametrize("command", ["check", "rebuild", "compact", "log"])
def test_no_store_is_one_sentence(place: Place, run: Run, command: str) -> None:
    missing = place.top / "missing"
    assert run(command, missing, code=2).stderr == (
        f"cytoscribe store {command}: The annotations folder {missing} does not exist. "
        "Check that the share is mounted, then try again.\n"
    )
    assert "is empty" in run(command, place.root, code=2).stderr
    assert list(place.root.iterdir()) == []


# rebuild


def test_rebuild_writes_what_the_journals_say(place: Place, run: Run) -> None:
    place.write_roles(admins=["carol"])
    for name in ("alice", "bob"):
        store = place.open(name)
        decide_some(store, "b1", "b2")
        saved(store)
    carol = place.open("carol")
    carol.decide("final", "b2", 3)
    carol.push()
    expected = place.snapshot.read_text()
    place.snapshot.write_text("[")
    (place.root / "users" / "bob.json").unlink()
    done = json.loads(run("rebuild", place.root, "--json", code=1).stdout)
    assert len(done["done"]) == 3
    assert any("was renamed to alice.json.unreadable-" in text for text in done["problems"])
    assert json.loads(place.snapshot.read_text())["annotations"] == json.loads(expected)["annotations"]
    final = json.loads((place.root / "admin" / "final_labels.json").read_text())
    assert final["labels"]["b2"]["set_by"] == "carol"
    assert list(problems(run, place)) == ["aside"]


def test_rebuild_takes_over_what_the_older_program_changed(place: Place, run: Run) -> None:
    store = place.open()
    decide_some(store, "b1")
    saved(store)
    place.write_older({"b1": entry(3, "2970-01-01T00:00:00+00:00")}, extra={"kept": [1]})
    run("rebuild", place.root, "--annotator", "alice")
    content = json.loads(place.snapshot.read_text())
    assert content["annotations"]["b1"]["label"] == 3
    assert content["extra"] == {"kept": [1]}
    assert place.reopened() == {"b1": 3}
    assert "dave has no journal" in run("rebuild", place.root, "--annotator", "dave", code=2).stderr


def test_rebuild_brings_back_what_only_the_snapshot_has(place: Place, run: Run) -> None:
    paths = []
    for block in ("b1", "b2"):
        store = place.open()
        decide_some(store, block)
        saved(store)
        paths.append(share_of(place, store))
        place.close(store)
    paths[0].unlink()
    assert "1 blocks that are in no journal that counts (b1)" in problems(run, place)["snapshot"][0]
    run("rebuild", place.root)
    assert place.reopened() == {"b1": 1, "b2": 1}
    assert set(json.loads(place.snapshot.read_text())["annotations"]) == {"b1", "b2"}
    run("check", place.root)
    shutil.rmtree(place.root / "journal")
    assert "alice has no journal" in problems(run, place)["snapshot"][0]
    run("rebuild", place.root)
    assert place.reopened() == {"b1": 1, "b2": 1}


def test_rebuild_keeps_a_copy_where_final_labels_do_not_count_any_more(place: Place, run: Run) -> None:
    place.write_roles(admins=["carol", "dave"])
    store = place.open("carol", follow_all=True)
    store.decide("final", "b1", 2)
    store.write_final_labels(store.state.final_labels())
    place.write_roles(admins=["dave"])
    assert "1 final labels that do not count now" in run("rebuild", place.root, code=1).stdout
    [copy] = (place.root / "admin").glob("final_labels.json.before-*")
    assert "b1" in json.loads(copy.read_text())["labels"]
    assert json.loads((place.root / "admin" / "final_labels.json").read_text())["labels"] == {}


# compact


def closed_sessions(place: Place, count: int) -> None:
    """Make so many sessions of two decisions each, on the computer of `run`."""
    for number in range(count):
        store = place.open(local=place.top / "state" / "cytoscribe" / "journals")
        store.decide("annotate", f"b{number}", 1)
        store.decide("annotate", "again", 1 + number % 3)
        saved(store)
        place.close(store)


def test_compact_folds_journals_and_loses_nothing(place: Place, run: Run) -> None:
    closed_sessions(place, 5)
    folder = place.root / "journal" / "alice"
    before, decisions = place.reopened(), sorted(place.lines(), key=lambda line: (line["t"], line["n"]))
    pushed = next((place.top / "state").glob("cytoscribe/journals/*/journal/alice/pushed"))
    assert len(list(pushed.iterdir())) == 5
    assert "5 journals were written to in the last 7 days" in run("compact", place.root).stdout
    assert "would fold 5 journals with 15 lines" in run("compact", place.root, "--older-than", 0, "--dry-run").stdout
    assert len(list(folder.iterdir())) == 5

    answer = json.loads(run("compact", place.root, "--older-than", 0, "--json").stdout)["alice"]
    assert (len(answer["folded"]), answer["lines"]) == (5, 15)
    assert [str(path) for path in folder.iterdir()] == [answer["into"]]
    assert list(pushed.iterdir()) == []
    assert place.reopened() == before
    assert [line for line in place.lines() if line["n"]] == [line for line in decisions if line["n"]]
    assert run("check", place.root).stdout.startswith("1 annotator, 1 journal, 16 lines")
    assert "nothing to fold" in run("compact", place.root, "--older-than", 0).stdout
    closed_sessions(place, 1)
    run("compact", place.root, "--older-than", 0)
    assert len(list(folder.iterdir())) == 1
    assert len([line for line in place.lines() if line["n"]]) == 12


def test_a_living_session_survives_that_its_journal_is_folded(place: Place, run: Run) -> None:
    closed_sessions(place, 2)
    living = place.open()
    decide_some(living, "living1")
    living.push()
    reader = place.open(local=place.top / "third")
    run("compact", place.root, "--older-than", 0)
    assert [decision for decision in reader.follow() if reader.state.apply(decision)] == []  # nothing new in it
    decide_some(living, "living2")
    living.push()
    assert {"living1", "living2", "b0", "b1"} <= set(place.reopened())
    assert run("check", place.root, code=1).stdout.count("\n") == 2  # the snapshot is behind, and the count
    run("compact", place.root, "--older-than", 0)
    numbers = [(line["session"], line["n"]) for line in place.lines() if line["n"]]
    assert len(numbers) == len(set(numbers))


def test_a_journal_with_a_fault_is_left_alone(place: Place, run: Run) -> None:
    closed_sessions(place, 3)
    torn = sorted((place.root / "journal" / "alice").iterdir())[1]
    torn.write_bytes(torn.read_bytes()[:-5])
    answer = json.loads(run("compact", place.root, "--older-than", 0, "--json").stdout)["alice"]
    assert len(answer["folded"]) == 2
    assert torn.name in answer["left"][0]
    assert torn.exists()


def test_a_copy_of_anothers_journal_is_left_alone(place: Place, run: Run) -> None:
    closed_sessions(place, 2)
    foreign = place.root / "journal" / "carol" / "copy.jsonl"
    foreign.parent.mkdir()
    shutil.copy(next((place.root / "journal" / "alice").iterdir()), foreign)
    shutil.copy(foreign, foreign.with_name("again.jsonl"))
    answer = json.loads(run("compact", place.root, "--annotator", "carol", "--older-than", 0, "--json").stdout)
    assert (answer["carol"]["folded"], len(answer["carol"]["left"])) == ([], 2)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root gives files away")
def test_journals_of_another_account_are_left_alone(place: Place, run: Run) -> None:
    closed_sessions(place, 3)
    folder = place.root / "journal" / "alice"
    foreign = sorted(folder.iterdir())[0]
    os.chown(foreign, 4711, -1)
    answer = json.loads(run("compact", place.root, "--older-than", 0, "--json").stdout)["alice"]
    assert foreign.name in answer["left"][0]
    assert foreign.exists()
    os.chown(folder, 4711, -1)
    assert run("compact", place.root, "--older-than", 0).stdout == "No journals here belong to this account.\n"


# migrate


def older_folder(place: Place) -> Path:
    """Make a folder of the older program, with both forms of block ids."""
    old = place.top / "old"
    (old / "users").mkdir(parents=True)
    (old / "admin").mkdir()
    data = "/old/mount/blocks"
    alice = {f"{data}/Tile 1": {"block_0001": entry(2), "block_0002": entry(1)}, "/elsewhere": {"block_0009": entry(3)}}
    bob = {"block_0001": entry(1), "Tile 1/block_0001": entry(3), "bad": {"label": "x"}}
    for name, content in (("alice", alice), ("Bob", bob)):
        (old / "users" / f"{name}.json").write_text(json.dumps({"updated_at": WHEN, "annotations": content}))
    (old / "users" / "alice_display.json").write_text('{"channel_prefs": {}}')
    (old / "users" / "a b.json").write_text("{}")
    (old / "users" / "broken.json").write_text("[")
    final = {data: {"block_0001": {"final_label": 3, "set_by": "boss", "set_at": WHEN}}}
    (old / "admin" / "final_labels.json").write_text(json.dumps({"updated_at": WHEN, "labels": final}))
    return old


def test_migrate_brings_everything_in_once(place: Place, run: Run) -> None:
    old = older_folder(place)
    before = {path: path.read_bytes() for path in old.rglob("*.json")}
    run("init", place.root, "--admin", "carol")
    arguments = ("migrate", old, place.root, "--prefix", "/old/mount/blocks=part", "--user", "Carol", "--json")
    planned = json.loads(run(*arguments, "--dry-run", code=1).stdout)
    assert planned["new"] == {"alice": 2, "bob": 2, "(final labels)": 1}
    assert [path.name for path in place.root.rglob("*") if path.is_file()] == ["roles.json"]
    first = json.loads(run(*arguments, code=1).stdout)
    assert (first["new"], first["unmatched"]) == (planned["new"], {"alice": 1, "bob": 1, "(final labels)": 0})
    assert all(part in "".join(first["problems"]) for part in ("broken.json", "a b cannot be"))
    said = "\n".join(first["problems"] + first["notes"])
    assert all(part in said for part in ("broken.json is not a valid", "a b cannot be", "made in /elsewhere", "“bad”"))
    assert place.reopened() == {"part/Tile 1/block_0001": 2, "part/Tile 1/block_0002": 1}
    assert place.reopened("bob") == {"block_0001": 1, "Tile 1/block_0001": 3}
    assert json.loads(place.snapshot.read_text())["unmatched"] == {"/elsewhere": {"block_0009": entry(3)}}
    assert place.lines()[1]["source"] == "older"
    final = json.loads((place.root / "admin" / "final_labels.json").read_text())["labels"]
    assert final == {"part/block_0001": {"final_label": 3, "set_by": "boss", "set_at": WHEN}}
    assert (place.root / "users" / "alice_display.json").read_text() == '{"channel_prefs": {}}'

    content = {path: path.read_bytes() for path in (place.root / "journal").rglob("*.jsonl")}
    second = json.loads(run(*arguments, code=1).stdout)
    assert second["new"] == {"alice": 0, "bob": 0, "(final labels)": 0}
    assert second["known"] == {"alice": 2, "bob": 2, "(final labels)": 1}
    assert {path: path.read_bytes() for path in (place.root / "journal").rglob("*.jsonl")} == content
    assert {path: path.read_bytes() for path in old.rglob("*.json")} == before


def test_migrate_matches_the_blocks_of_the_data_folder(place: Place, run: Run) -> None:
    old = older_folder(place)
    for name in ("Tile 1/block_0001", "block_0001"):
        (place.data / name).mkdir(parents=True)
        (place.data / name / "ch.tif").touch()
    run("init", place.root)
    result = json.loads(run("migrate", old, place.root, "--data-root", place.data, "--json", code=1).stdout)
    assert result["new"] == {"alice": 2, "bob": 2}
    assert place.reopened() == {"Tile 1/block_0001": 2, "Tile 1/block_0002": 1}
    assert json.loads(place.snapshot.read_text())["unmatched"] == {"/elsewhere": {"block_0009": entry(3)}}
    assert any("Tile 1/block_0002" in text for text in result["notes"])
    assert any("final_labels.json is left out" in text for text in result["problems"])


def test_migrate_goes_by_the_blocks_that_are_there_rather_than_by_names(place: Place, run: Run) -> None:
    old = place.top / "old"
    (old / "users").mkdir(parents=True)
    nested = {"/data/blocks": {"block_0001": entry(2)}, "/data/blocks/T": {"block_0001": entry(1)}}
    (old / "users" / "alice.json").write_text(json.dumps({"updated_at": WHEN, "annotations": nested}))
    data = place.top / "mine" / "data"
    for name in ("block_0001", "T/block_0001"):
        (data / name).mkdir(parents=True)
        (data / name / "ch.tif").touch()
    run("init", place.root)
    run("migrate", old, place.root, "--data-root", data)
    assert place.reopened() == {"block_0001": 2, "T/block_0001": 1}


def test_what_was_annotated_later_holds(place: Place, run: Run) -> None:
    old = older_folder(place)
    store = place.open("bob")
    store.decide("annotate", "block_0001", 2)
    saved(store)
    run("migrate", old, place.root, code=1)
    assert place.reopened("bob") == {"block_0001": 2, "Tile 1/block_0001": 3}


def test_migrate_says_what_stands_in_the_way(place: Place, run: Run) -> None:
    old = older_folder(place)
    assert "Make it with `cytoscribe store init`" in run("migrate", old, place.root, code=2).stderr
    assert list(place.root.iterdir()) == []
    run("init", place.root)
    assert "is the folder to bring annotations into" in run("migrate", old, old, code=2).stderr
    assert "has no folder “users”" in run("migrate", place.data, place.root, code=2).stderr
    assert "“/x” is no prefix" in run("migrate", old, place.root, "--prefix", "/x", code=2).stderr
    assert "does not exist" in run("migrate", old, place.top / "missing", code=2).stderr
    assert [path.name for path in place.root.rglob("*") if path.is_file()] == ["roles.json"]


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="no files of the older program here")
def test_migrate_of_the_older_programs_files(place: Place, run: Run) -> None:
    old = shutil.copytree(GOLDEN, place.top / "golden")
    run("init", place.root, "--admin", "admin")
    run("migrate", old, place.root, "--prefix", "/data/blocks=", "--user", "admin")
    assert place.reopened() == {"block_0000": 1, "Tile_X_0001/ch_561/block_0001": 3}
    was = json.loads((old / "users" / "alice.json").read_text())["annotations"]
    now = json.loads(place.snapshot.read_text())["annotations"]
    assert now["block_0000"] == was["/data/blocks"]["block_0000"]
    final = json.loads((old / "admin" / "final_labels.json").read_text())["labels"]["/data/blocks"]
    assert json.loads((place.root / "admin" / "final_labels.json").read_text())["labels"] == final


# log


def test_log_tells_what_happened(place: Place, run: Run) -> None:
    place.write_roles(admins=["carol"])
    store = place.open(host="bench1")
    store.decide("annotate", "b1", 2, ms=4500)
    second = store.decide("annotate", "b1", 3)
    store.decide("annotate", "b1", second.prev, undoes=second.n)
    store.decide("clear", "b1", None)
    store.decide("flag", "b2", True)
    store.decide("comment", "b1", "odd “ß”")
    store.push()
    carol = place.open("carol")
    carol.decide("final", "b1", 1)
    carol.push()
    lines = run("log", place.root, "--block", "b1").stdout.splitlines()
    assert len(lines) == 6
    wanted = [
        "alice  b1  class 2 (4.5 s)  [",
        "class 3 (was 2)",
        "class 2 (was 3) (takes back 2)",
        "class cleared (was 2)",
        "comment “odd “ß””",
        "carol  b1  final label 1",
    ]
    assert [part for part, line in zip(wanted, lines, strict=True) if part not in line] == []
    assert "bench1" in lines[0]
    assert run("log", place.root, "--annotator", "alice").stdout.count("\n") == 6
    assert "flag on" in run("log", place.root, "--block", "b2").stdout
    assert run("log", place.root, "--limit", 1).stdout.splitlines() == lines[-1:]
    assert run("log", place.root, "--since", "2970-01-01").stdout == ""
    assert "no such decision" in run("log", place.root, "--block", "typo").stderr
    assert "not a number from 1 on" in run("log", place.root, "--limit", -1, code=2).stderr
    assert "is not there" in run("log", place.root, "--roles", place.top / "x.json", code=2).stderr
    assert "is no time" in run("log", place.root, "--since", "noon", code=2).stderr
    assert "There are: alice, carol" in run("log", place.root, "--annotator", "bob", code=2).stderr

    place.write_roles()
    last = json.loads(run("log", place.root, "--json").stdout.splitlines()[-1])
    assert (last["kind"], last["value"], last["ignored_because"]) == ("final", 1, "carol is not an admin")
    assert Path(last["file"]).name == f"{carol.session}.jsonl"
    assert "DOES NOT COUNT: carol is not an admin" in run("log", place.root).stdout


def test_arguments_that_make_no_sense_are_refused(run: Run) -> None:
    assert "usage: cytoscribe store" in run(code=2).stderr
    assert "invalid choice" in run("explode", code=2).stderr


def test_an_empty_mount_point_is_no_store(place: Place, run: Run) -> None:
    place.close(place.open())
    away(place)
    assert "is empty" in run("check", place.root, code=2).stderr
    with pytest.raises(StorageError):
        labels_of(place.open())
