"""Which overlays the block on screen has: reading one's own, making new ones, and whether they may be edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.models.overlay import Overlay, OverlayState
from app.models.screen import Stage
from core.errors import Cancelled
from core.painting.boxes import whole
from core.painting.label_index import LabelIndex
from core.painting.labels import Labels
from storage.errors import StorageError
from storage.label_file import Cancelled as GaveUp
from storage.label_file import read_label_file
from storage.label_name import free_name
from storage.label_store import LabelStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.block_cache import LoadedBlock
    from app.models.overlays import Overlays
    from app.models.screen import OnScreen, Screen
    from app.models.session import Session
    from app.settings import PaintSettings
    from core.images.voxels import VoxelSize
    from storage.label_facts import LabelFacts

FIRST_NAME = "labels"
_REDUCED = "This image is larger than what is shown of it: labels can only be painted where every voxel is in memory."


@dataclass(frozen=True)
class LabelPlace:
    """What labels belong to: a block, or a time point of a film; its shape (Z, Y, X) and voxel size."""

    block_id: str
    time: int | None
    shape: tuple[int, int, int]
    voxel_size: VoxelSize | None

    @classmethod
    def of(cls, loaded: LoadedBlock) -> LabelPlace:
        """Return the place of what is on screen."""
        image = loaded.image
        return cls(image.block_id, image.time if image.times > 1 else None, image.shape, image.voxel_size)


@dataclass(frozen=True)
class ReadLabels:
    """An overlay as it was read: its labels, and what the file says."""

    name: str
    path: Path
    labels: Labels
    facts: LabelFacts


class Overlaying(QObject):
    """Reads in a worker what the annotator has painted on a block when it comes to the screen."""

    arrived = Signal(object)
    """The LabelPlace whose overlays are all there."""
    left = Signal()
    """The block, or its time point, is not on screen any more; its overlays still are in the model."""
    said = Signal(str, str)

    def __init__(
        self, jobs: Jobs, overlays: Overlays, screen: Screen, settings: PaintSettings, record: EventRecord
    ) -> None:
        super().__init__()
        self._settings = settings
        self._jobs, self.overlays, self._screen, self._record = jobs, overlays, screen, record
        self._session: Session | None = None
        self._loaded: LoadedBlock | None = None
        self.place: LabelPlace | None = None
        """Of what is on screen, whose overlays are in the model or are being read."""
        self._job: Job | None = None
        self._is_there = False
        self.still_held: Callable[[LabelStore], list[Overlay]] = _none
        """Tells which overlays of a block are still being saved: they are newer than their files."""
        screen.changed.connect(self._on_screen_changed)

    def set_session(self, session: Session | None) -> None:
        """Whose overlays these are."""
        loaded = self._loaded
        self.leave()
        self._session, self._loaded = session, loaded
        if session is not None and loaded is not None:
            self._read()

    @property
    def store(self) -> LabelStore | None:
        """Where the annotator's overlays of what is on screen are kept; None before there is a session."""
        if self._session is None or self.place is None:
            return None
        return LabelStore(self._session.store.root, self._session.annotator, self.place.block_id, self.place.time)

    @property
    def session(self) -> Session | None:
        """Whose overlays these are."""
        return self._session

    @property
    def is_there(self) -> bool:
        """Whether all overlays of what is on screen were read."""
        return self._is_there

    # Which block

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block, or this time point of it."""
        before = self._loaded
        if before is not None and self.place == LabelPlace.of(loaded) and self._is_there:
            self._loaded = loaded
            return
        self.leave()
        self._loaded = loaded
        if self._session is not None:
            self._read()

    def leave(self) -> None:
        """Let go of the overlays of what is on screen; whoever saves them holds them until that is done."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if self.place is not None:
            self.left.emit()
        self.place, self._loaded, self._is_there = None, None, False
        self.overlays.clear()

    def read_again(self) -> None:
        """The files of what is on screen are others now."""
        loaded = self._loaded
        self.leave()
        if loaded is not None:
            self.show(loaded)

    def _on_screen_changed(self, now: OnScreen) -> None:
        is_other = self.place is not None and self.place.block_id != now.block_id
        if now.stage in (Stage.FAILED, Stage.NOTHING) or (now.stage is Stage.LOADING and is_other):
            self.leave()

    def _read(self) -> None:
        assert self._loaded is not None
        self.place = place = LabelPlace.of(self._loaded)
        if self._loaded.image.is_reduced:
            return
        try:
            store = self.store
        except StorageError as error:
            self.said.emit(str(error), "warning")
            return
        assert store is not None
        held = [one for one in self.still_held(store) if one.labels.shape == place.shape]
        names = {one.state.name for one in held}

        def work(job: Job) -> tuple[list[ReadLabels], list[str]]:
            return _read_all(store, place.shape, names, job.is_cancelled)

        self._job = self._jobs.start("labels", work, partial(self._on_read, held), partial(self._on_read_failed, held))

    def _on_read(self, held: list[Overlay], answer: tuple[list[ReadLabels], list[str]]) -> None:
        self._job = None
        found, problems = answer
        read = [self.overlay_of(one, is_own=True) for one in found]
        for overlay in sorted([*read, *held], key=_name):
            self.overlays.add(overlay)
        for problem in problems:
            self.said.emit(problem, "error")
        self._arrive()

    def _on_read_failed(self, held: list[Overlay], error: Exception) -> None:
        self._job = None
        for overlay in held:
            self.overlays.add(overlay)
        if held:  # the share is away: what waits for it can be painted on
            self._arrive()
        text = str(error) if isinstance(error, StorageError) else f"{type(error).__name__}: {error}"
        self.said.emit(f"The labels of this block could not be read: {text}", "error")

    def _arrive(self) -> None:
        self._is_there = True
        self._record.write("labels_there", names=self.overlays.names())
        self.arrived.emit(self.place)

    # Editing

    def editable(self) -> Overlay | None:
        """Return the overlay to paint on, a new one where there is none; None, with a sentence, where none may be."""
        if not self.may_edit():
            return None
        overlay = self.overlays.active or self.add_new(FIRST_NAME)
        if not overlay.is_own:
            self.make_own(overlay)
        if not overlay.state.is_visible:
            overlay.change(is_visible=True)
        return overlay

    def may_edit(self) -> bool:
        """Whether labels of what is on screen can be edited now; a sentence where they cannot."""
        if self._loaded is None or self._screen.now.stage is not Stage.SHOWN:
            self.said.emit("No block is on screen that could be painted on.", "info")
        elif self._loaded.image.is_reduced:
            self.said.emit(_REDUCED, "warning")
        elif self._session is None:
            self.said.emit("The annotations folder is still being opened: nothing was painted.", "info")
        elif not self._is_there:
            self.said.emit("The labels of this block are not there yet: nothing was painted.", "info")
            if self._job is None:  # they could not be read: perhaps they can now
                self._read()
        else:
            return True
        return False

    def add_new(self, name: str, dtype: str = "uint16") -> Overlay:
        """Add empty labels under a name that is free, and paint on them; they are saved with their first stroke."""
        assert self.place is not None
        labels = Labels(np.zeros(self.place.shape, dtype), LabelIndex({}, {}))
        overlay = Overlay(labels, self._state(free_name(name, self.overlays.names())), None, is_own=True)
        self.overlays.add(overlay)
        self._record.write("labels_made", name=overlay.state.name)
        return overlay

    def folder(self) -> str:
        """Return where the files of the block are; empty while none is on screen."""
        return str(Path(self._loaded.image.channels[0].path).parent) if self._loaded is not None else ""

    def overlay_of(self, read: ReadLabels, is_own: bool) -> Overlay:
        """Return the overlay for what was read."""
        number = read.labels.index.greatest or 1
        facts = read.facts
        state = self._state(
            read.name, number=number, names=dict(facts.names), colors=dict(facts.colours), locked=facts.locked
        )
        return Overlay(read.labels, state, read.path, is_own, read.facts.revision)

    def _state(self, name: str, **fields: Any) -> OverlayState:
        return OverlayState(name, opacity=self._settings.opacity, contour=self._settings.contour, **fields)

    def add_copy(self, labels: Labels, name: str, state: OverlayState, source: Path | None) -> None:
        """Add a copy of labels that look like others, and paint on it; it is saved like what was painted.

        `source` is the file of the others.
        """
        overlay = Overlay(labels, replace(state, name=name), None, is_own=True)
        overlay.source = source
        self.overlays.add(overlay)
        overlay.changed.emit(whole(labels.shape))

    def make_own(self, overlay: Overlay) -> None:
        """What somebody else painted becomes a copy of one's own: that file stays as it is."""
        others = [one.state.name for one in self.overlays.all if one is not overlay]
        name = free_name(overlay.state.name, others)
        overlay.source, overlay.path, overlay.revision, overlay.is_own = overlay.path, None, "", True
        overlay.change(name=name)
        self.overlays.listed.emit()
        self.said.emit(f"“{name}” is now a copy of your own: the file that it was opened from stays as it is.", "info")


def read_labels(path: Path, name: str, shape: tuple[int, int, int], cancelled: Callable[[], bool]) -> ReadLabels:
    """Read one file; for a worker. Raises StorageError, Cancelled."""
    array, facts = read_label_file(path, cancelled, shape, budget())
    return ReadLabels(name, path, Labels(array, LabelIndex.of(array, cancelled)), facts)


def _none(store: LabelStore) -> list[Overlay]:
    return []


def _name(overlay: Overlay) -> str:
    return overlay.state.name


def budget() -> int:
    """Return how many bytes a labels array may take: a quarter of the memory that is free."""
    import psutil

    return int(psutil.virtual_memory().available) // 4


def _read_all(
    store: LabelStore, shape: tuple[int, int, int], but: set[str], cancelled: Callable[[], bool]
) -> tuple[list[ReadLabels], list[str]]:
    """Return all overlays of a block, but some, that can be read, and a sentence for each that cannot."""
    found, problems = [], []
    for own in store.listed():
        if own.name in but:
            continue
        try:
            found.append(read_labels(own.path, own.name, shape, cancelled))
        except StorageError as error:
            problems.append(str(error))
        except (Cancelled, GaveUp):
            break
    return found, problems
