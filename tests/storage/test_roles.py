"""Who may write what: owners of files, admins, and a roles file that is wrong."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from storage.errors import StorageError
from storage.owner import own_account
from storage.roles import Roles, read_roles
from tests.storage.conftest import WHEN, Place, decide_some, entry, labels_of, saved

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="owners of POSIX")

ME = os.geteuid() if os.name != "nt" else 0
STRANGER = ME + 12345


@pytest.fixture
def mine() -> str:
    account = own_account()
    assert account is not None
    return account.name or account.number


def final_file(place: Place) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((place.root / "admin" / "final_labels.json").read_text(encoding="utf-8"))
    return content


# The file


def test_names_count_without_regard_to_case_and_accounts_by_name_or_number(tmp_path: Path) -> None:
    path = tmp_path / "roles.json"
    path.write_text('{"admins": ["Admin", "müller"], "accounts": {"Alice": "asmith", "bob": [7, "bjones"]}, "x": 1}')
    assert read_roles(path) == Roles(
        frozenset({"admin", "müller"}), {"alice": frozenset({"asmith"}), "bob": frozenset({"7", "bjones"})}
    )
    assert read_roles(tmp_path / "missing.json") == Roles()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "truncated"),
        ("[]", "not a JSON object"),
        ('{"admins": "administrator"}', "“admins” is not a list"),
        ('{"admins": null}', "“admins” is not a list"),
        ('{"admins": [1]}', "1 is not the name"),
        ('{"admins": ["a b"]}', "“a b” cannot be used as a name"),
        ('{"accounts": []}', "“accounts” is not an object"),
        ('{"accounts": {"alice": true}}', "the account of “alice”"),
        ('{"accounts": {"alice": []}}', "the account of “alice”"),
        ('{"accounts": {"alice": ""}}', "the account of “alice”"),
    ],
)
def test_a_roles_file_with_a_mistake_names_it(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "roles.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StorageError) as error:
        read_roles(path)
    assert str(path) in str(error.value)
    assert what in str(error.value)


def test_a_bad_roles_file_stops_the_review_only(place: Place) -> None:
    (place.root / "roles.json").write_text("{")
    store = place.open()
    decide_some(store, "b")
    store.push()
    assert any("roles.json is not a valid roles file" in problem for problem in store.problems)
    with pytest.raises(StorageError, match="not a valid roles file"):
        place.open(follow_all=True)


# Owners


def test_files_of_the_right_account_count(place: Place, mine: str) -> None:
    place.write_roles(accounts={"alice": mine, "bob": [STRANGER, ME]})
    for name in ("alice", "bob"):
        store = place.open(name)
        decide_some(store, "b")
        saved(store)
        assert store.problems == []
    review = place.open("carol", follow_all=True)
    assert [review.state.label(name, "b") for name in ("alice", "bob")] == [1, 1]
    assert review.problems == []


def test_a_journal_of_another_account_is_named_and_left_out(place: Place) -> None:
    forger = place.open("bob")
    decide_some(forger, "b1", "b2")
    forger.push()
    place.write_roles(accounts={"bob": STRANGER})
    review = place.open("carol", follow_all=True)
    assert review.state.label("bob", "b1") is None
    path = place.root / "journal" / "bob" / f"{forger.session}.jsonl"
    [problem] = review.problems
    assert problem.startswith(f"{path} belongs to ")
    assert "no account of bob" in problem
    decide_some(forger, "b3")
    forger.push()
    assert review.follow() == []
    assert any("others leave these decisions out" in problem for problem in forger.problems) is False  # opened before
    place.write_roles()
    assert place.open("carol", follow_all=True).state.label("bob", "b3") == 1


def test_who_uses_a_wrong_account_is_told_before_working(place: Place) -> None:
    place.write_roles(accounts={"alice": STRANGER})
    with pytest.raises(StorageError, match=rf"alice uses the account {STRANGER}, and this is .*would not count"):
        place.open()
    assert not (place.root / "journal").exists()


@pytest.mark.skipif(ME != 0, reason="only root gives files away")
def test_an_owner_that_the_server_made_up_is_told(place: Place) -> None:
    place.write_roles(accounts={"alice": ME})
    store = place.open()
    decide_some(store, "b1")
    store.push()
    path = place.root / "journal" / "alice" / f"{store.session}.jsonl"
    os.chown(path, STRANGER, -1)
    decide_some(store, "b2")
    store.push()
    assert any("others leave these decisions out" in problem for problem in store.problems)


def test_what_an_admin_brought_in_counts_but_not_what_he_decides_for_others(place: Place) -> None:
    admin = place.open("alice", host="admin")
    decide_some(admin, "decided")
    admin.push()
    journal = place.root / "journal" / "alice" / f"{admin.session}.jsonl"
    line = json.loads(journal.read_text().splitlines()[1])
    brought = line | {"source": "older", "block": "brought", "n": 2}
    journal.write_text("".join(json.dumps(each) + "\n" for each in (line, brought)))
    place.write_roles(admins=["root_admin"], accounts={"alice": STRANGER, "root_admin": ME})
    review = place.open("carol", follow_all=True)
    assert labels_of(place.open("carol")) == {}
    assert [review.state.label("alice", block) for block in ("decided", "brought")] == [None, 1]
    assert any("line 1, is in a file of an admin's account" in problem for problem in review.problems)


def test_a_snapshot_of_another_account_is_set_aside(place: Place, mine: str) -> None:
    store = place.open()
    decide_some(store, "b1")
    saved(store)
    place.close(store)
    if ME != 0:
        pytest.skip("only root gives files away")
    place.write_roles(accounts={"alice": mine})
    place.write_older({"b1": entry(3, "2960-01-01T00:00:00+00:00")})
    os.chown(place.snapshot, STRANGER, -1)
    forged = place.snapshot.read_bytes()
    again = place.open()
    assert labels_of(again) == {"b1": 1}
    assert any("was written by account" in problem for problem in again.problems)
    saved(again)
    [aside] = place.snapshot.parent.glob("alice.json.foreign-*")
    assert aside.read_bytes() == forged
    assert json.loads(place.snapshot.read_text())["annotations"]["b1"]["label"] == 1


# Final labels


def test_final_labels_are_set_by_admins_only(place: Place) -> None:
    store = place.open()
    with pytest.raises(StorageError, match="does not name alice"):
        store.decide("final", "b", 1)
    place.write_roles(admins=["alice"])
    admin = place.open()
    admin.decide("final", "b", 1)
    admin.push()
    assert place.open("bob", follow_all=True).state.mark("bob", "b", "final") == 1
    place.write_roles(admins=["bob"])
    review = place.open("bob", follow_all=True)
    assert review.state.mark("bob", "b", "final") is None
    assert any("does not name alice as admin" in problem for problem in review.problems)


def test_two_admins_lose_nothing(place: Place) -> None:
    place.write_roles(admins=["one", "two"])
    one, two = (place.open(name, local=place.top / name, follow_all=True) for name in ("one", "two"))
    for number in range(50):
        one.decide("final", f"b{number}", 1)
    one.push()
    for decision in two.follow():
        two.state.apply(decision)
    assert two.decide("final", "b0", 2).prev == 1
    two.push()
    two.write_final_labels(two.state.final_labels())
    labels = final_file(place)["labels"]
    assert labels["b0"] == {"final_label": 2, "set_by": "two", "set_at": two.state.final_labels()["b0"][1]}
    assert labels["b49"]["set_by"] == "one"
    assert len(labels) == 50
    for decision in one.follow():
        one.state.apply(decision)
    assert one.decide("final-clear", "b0", None, undoes=None).prev == 2
    one.write_final_labels(one.state.final_labels())
    assert "b0" not in final_file(place)["labels"]


def test_final_labels_of_the_older_program_are_taken_over_by_an_admin(place: Place) -> None:
    place.write_roles(admins=["carol"])
    (place.root / "admin").mkdir()
    path = place.root / "admin" / "final_labels.json"
    nested = {str(place.data.resolve()): {"block_0001": {"final_label": 2, "set_by": "admin", "set_at": WHEN}}}
    path.write_text(json.dumps({"updated_at": WHEN, "labels": nested}))
    place.close(place.open("alice", follow_all=True))
    assert place.lines("alice") == []
    store = place.open("carol", follow_all=True)
    assert store.state.mark("carol", "block_0001", "final") == 2
    store.write_final_labels(store.state.final_labels())
    written = final_file(place)["labels"]
    assert written == {"block_0001": {"final_label": 2, "set_by": "admin", "set_at": WHEN}}
    place.close(store)

    changed = final_file(place)
    changed["labels"] = {"block_0002": {"final_label": 3, "set_by": "dave", "set_at": "2970-01-01T00:00:00+00:00"}}
    changed["updated_at"] = "2970-01-01T00:00:00+00:00"
    path.write_text(json.dumps(changed))
    again = place.open("carol", follow_all=True)
    assert dict(again.state.final_labels()) == {"block_0002": (3, "2970-01-01T00:00:00.000000+00:00")}
    assert again.state.final_labels().by == {"block_0002": "dave"}


def test_a_bad_file_of_final_labels_stops_no_annotator(place: Place) -> None:
    place.write_roles(admins=["carol"])
    (place.root / "admin").mkdir()
    path = place.root / "admin" / "final_labels.json"
    path.write_text("[")
    store = place.open()
    assert store.problems == []
    admin = place.open("carol", follow_all=True)
    assert any(str(path) in problem for problem in admin.problems)
    admin.decide("final", "b", 1)
    admin.write_final_labels(admin.state.final_labels())
    [aside] = path.parent.glob("final_labels.json.unreadable-*")
    assert aside.read_text() == "["
    assert list(final_file(place)["labels"]) == ["b"]
