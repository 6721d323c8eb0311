"""Strokes that a program that died had not saved: found at the start, offered, and put back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from storage.errors import StorageError
from storage.label_facts import LabelFacts
from storage.label_file import read_label_file
from storage.label_log import log_folder
from storage.label_recovery import Leftover, leftovers, replay
from storage.label_store import LabelStore
from storage.label_writer import LabelWriter

if TYPE_CHECKING:
    from app.controllers.overlaying import Overlaying
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.session import Session
    from app.views.choice_bar import ChoiceBar
    from storage.label_store import Saved

_MOST_NAMED = 3
_ASKER = "recovering"
_WISHES = ("restore", "later", "discard")


class Recovering(QObject):
    """Asks in a bar; whoever does not answer is asked again at the next start."""

    said = Signal(str, str)

    def __init__(self, jobs: Jobs, bar: ChoiceBar, overlaying: Overlaying, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._bar, self._overlaying, self._record = jobs, bar, overlaying, record
        self._found: list[Leftover] = []
        self._root: Path | None = None
        self._generation = 0
        bar.chosen.connect(self._on_chosen)

    def set_session(self, session: Session | None) -> None:
        """Whose strokes are looked for."""
        self._let_go()
        self._generation += 1
        generation = self._generation
        if session is None or session.store.local_folder is None:
            return
        self._root = session.store.root
        folder = log_folder(session.store.local_folder, session.annotator)

        def work(job: Job) -> tuple[int, list[Leftover], list[str]]:
            problems: list[str] = []
            return generation, leftovers(folder, problems.append), problems

        self._jobs.start("labels", work, self._on_found)

    def stop(self) -> None:
        """The program ends: what was not answered is offered again."""
        self._let_go()

    def _let_go(self) -> None:
        for one in self._found:
            one.close()
        self._found = []
        self._bar.end(_ASKER)

    def _on_found(self, answer: tuple[int, list[Leftover], list[str]]) -> None:
        generation, found, problems = answer
        if generation != self._generation:
            for one in found:
                one.close()
            return
        for problem in problems:
            self.said.emit(problem, "warning")
        self._found = found
        if not found:
            return
        parts = [f"“{one.header.name}” on {one.header.block_id} ({_count(one)})" for one in found[:_MOST_NAMED]]
        if len(found) > _MOST_NAMED:
            parts.append(f"{len(found) - _MOST_NAMED} more")
        text = f"Painted labels that were not saved when Cytoscribe last ended here: {', '.join(parts)}."
        words = ("Restore", "Ask me later", "Discard")
        self._bar.ask(text, list(zip(_WISHES, words, strict=True)), _ASKER)
        self._record.write("recovery_offered", labels=[one.header.name for one in found])

    def _on_chosen(self, wish: str) -> None:
        if wish not in _WISHES:  # the bar is used by others too
            return
        if wish == "later":
            self._let_go()
            return
        found, self._found = self._found, []
        self._bar.end(_ASKER)
        root = self._root
        if wish == "discard" or root is None:
            for one in found:
                one.forget()
            return

        def work(job: Job) -> tuple[list[Leftover], list[str]]:
            texts = []
            for one in found:
                try:
                    texts.append(_restore(root, one))
                except StorageError as error:
                    one.close()
                    texts.append(f"“{one.header.name}” could not be restored, and is offered again: {error}")
            return found, texts

        self._jobs.start("labels", work, self._on_restored, partial(self._on_restore_failed, found))

    def _on_restore_failed(self, found: list[Leftover], error: Exception) -> None:
        for one in found:
            one.close()
        reason = "there is not enough memory" if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"
        self.said.emit(f"Not all painted labels could be restored: {reason}. They are offered again.", "error")

    def _on_restored(self, answer: tuple[list[Leftover], list[str]]) -> None:
        found, texts = answer
        self.said.emit(" ".join(texts), "info")
        self._record.write("recovered", texts=texts)
        place = self._overlaying.place
        if place is not None and any((o.header.block_id, o.header.time) == (place.block_id, place.time) for o in found):
            self._overlaying.read_again()


def _count(one: Leftover) -> str:
    count = len(one.unsaved())
    return f"{count} edit{'' if count == 1 else 's'}"


def _restore(root: Path, one: Leftover) -> str:
    """Put the strokes back on the version that they were made on, else beside it; say what was done."""
    header = one.header
    store = LabelStore(root, header.annotator, header.block_id, header.time)
    current = store.current(header.name)
    plan = one.replayable(current.revision if current is not None else None)
    if plan.start == "file":
        array, _ = read_label_file(store.path(header.name), shape=header.shape)
    elif header.source:
        array = read_label_file(Path(header.source), shape=header.shape)[0].astype(plan.dtype, copy=False)
    else:
        array = np.zeros(plan.shape, plan.dtype)
    array = replay(array, plan.edits)
    writer = LabelWriter(header.shape, array.dtype.name)
    writer.update(array)
    facts = current or LabelFacts(header.shape, array.dtype.name)
    facts = replace(facts, dtype=array.dtype.name, revision="", saved_by=header.annotator, application="Cytoscribe")
    if plan.is_other_version:
        saved: Saved = store.save_beside(header.name, writer, facts)
    else:
        saved = store.save(header.name, writer, facts, current.revision if current is not None else None)
    text = f"Restored on {header.block_id}: “{saved.name}”, {_count(one)}."
    if plan.is_other_version:
        text += f" “{header.name}” had been changed elsewhere since, and stays as it is."
    if plan.has_gap or one.is_torn:
        text += " The last of them may be missing."
    one.forget()
    return text
