"""Where the tests of the store keep their files: a share, a computer, a data folder; all real, all temporary."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from storage.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WHEN = "2026-01-01T00:00:00.000000+00:00"


@dataclass
class Place:
    """One annotations folder and one computer. Stores that a test opens are closed after it."""

    top: Path
    stores: list[Store] = field(default_factory=list)

    def __post_init__(self) -> None:
        for folder in (self.root, self.local, self.data):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def root(self) -> Path:
        return self.top / "annotations"

    @property
    def local(self) -> Path:
        return self.top / "computer" / "journals"

    @property
    def data(self) -> Path:
        return self.top / "data" / "blocks"

    @property
    def snapshot(self) -> Path:
        return self.root / "users" / "alice.json"

    def open(self, annotator: str = "alice", **options: Any) -> Store:
        options = {"root": self.root, "local": self.local, "data_root": self.data} | options
        store = open_store(annotator=annotator, **options)
        self.stores.append(store)
        return store

    def close(self, store: Store) -> None:
        self.stores.remove(store)
        store.close()

    def reopened(self, annotator: str = "alice") -> dict[str, int]:
        """Return each block's class as a new session on another computer sees it."""
        store = self.open(annotator, local=self.top / "other computer")
        labels = labels_of(store)
        self.close(store)
        return labels

    def lines(self, annotator: str = "alice") -> list[dict[str, Any]]:
        """Return all lines of an annotator's journals on the share, parsed."""
        paths = sorted((self.root / "journal" / annotator).glob("*.jsonl"))
        return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]

    def local_journals(self) -> list[Path]:
        """Return the journals on this computer that are not put away."""
        return sorted(self.local.glob("*/journal/*/*.jsonl"))

    def write_roles(self, **roles: Any) -> None:
        (self.root / "roles.json").write_text(json.dumps(roles), encoding="utf-8")

    def write_older(self, annotations: dict[str, Any], **top: Any) -> None:
        """Write a snapshot as the older program does."""
        content = {"username": "alice", "created_at": WHEN, "updated_at": WHEN, "annotations": annotations} | top
        self.snapshot.parent.mkdir(exist_ok=True)
        self.snapshot.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")


def entry(label: object, when: object = WHEN) -> dict[str, object]:
    return {"label": label, "annotated_at": when}


def saved(store: Store) -> None:
    store.push()
    store.write_snapshot(store.state.annotations(store.annotator))


def labels_of(store: Store) -> dict[str, int]:
    return {block: label for block, (label, _) in store.state.annotations(store.annotator).items()}


def away(place: Place) -> Path:
    """Disconnect the share: its mount point stays, empty."""
    elsewhere = place.root.rename(place.top / "elsewhere")
    place.root.mkdir()
    return elsewhere


def back(place: Place, elsewhere: Path) -> None:
    place.root.rmdir()
    elsewhere.rename(place.root)


def share_of(place: Place, store: Store) -> Path:
    return place.root / "journal" / store.annotator / f"{store.session}.jsonl"


def decide_some(store: Store, *blocks: str) -> None:
    for block in blocks:
        store.decide("annotate", block, 1)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    here = Place(tmp_path)
    yield here
    for store in here.stores:
        store.close()
