"""Ending the program: everything saved, or a page that says what is not and asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers.deferring import single_shot

if TYPE_CHECKING:
    from app.controllers.keeping_labels import KeepingLabels
    from app.controllers.saving import Saving
    from app.log import EventRecord
    from app.views.main_window import MainWindow


_LABELS_WAIT_MS = 3000
"""For painted labels that are being saved: then it is asked, or the program ends and offers them at the next start."""
_NO_ANSWER = "The annotations folder does not answer."
_BACK = "Go on annotating"


class Ending(QObject):
    """Nobody waits for a share that does not answer, and nobody loses a decision without having been asked."""

    began = Signal()
    """The program is about to end: keep what is to be kept."""
    ended = Signal()
    """Nothing is left to do."""

    def __init__(self, window: MainWindow, saving: Saving, keeping: KeepingLabels, record: EventRecord) -> None:
        super().__init__()
        self._window, self._saving, self._keeping, self._record = window, saving, keeping, record
        self._asks = True
        self._is_ending = self._is_waiting = False
        saving.ended.connect(self._on_saving_ended)
        saving.waiting.connect(self._on_saving_waiting)
        saving.unsafe.connect(self._on_saving_unsafe)
        keeping.settled.connect(self._on_labels_settled)
        self._waits_for_labels = False
        self._labels_wait = single_shot(self, self._on_labels_late, _LABELS_WAIT_MS)
        window.close_requested.connect(self.end)
        window.notice.chosen.connect(self._on_notice_chosen)

    def end(self) -> None:
        """The user wants to quit."""
        self._begin(asks=True)

    def end_unasked(self) -> None:
        """The system wants the program to end: nobody may be there to answer."""
        self._begin(asks=False)

    def _begin(self, asks: bool) -> None:
        if self._is_waiting:  # asked again: what waits is safe on this computer
            self.ended.emit()
            return
        if self._is_ending and asks:
            return
        if not self._is_ending:
            self._is_ending = True
            self.began.emit()
        self._asks = asks
        self._saving.end(asks)

    def _on_saving_waiting(self, count: int, reason: str) -> None:
        self._is_waiting = True
        many = "1 decision is" if count == 1 else f"{count} decisions are"
        they = "It is" if count == 1 else "They are"
        text = (
            f"{many} not in the annotations folder yet. {they} safe on this computer and will be carried there when "
            f"Cytoscribe is next started here.\n\n{reason}\n\nThis window closes by itself as soon as all is there."
        )
        self._show("waiting", "Waiting for the annotations folder", text, [("quit_now", "Quit now"), ("back", _BACK)])

    def _on_saving_unsafe(self, count: int, reason: str) -> None:
        self._is_ending = self._is_waiting = False
        text = f"{count} of your decisions are nowhere but in the memory of this program.\n\n{reason}"
        buttons = [("save_again", "Try again"), ("back", _BACK), ("lose", f"Quit and lose {count}")]
        self._show("unsafe", "Not everything is saved", text, buttons)

    def _show(self, page: str, title: str, text: str, buttons: list[tuple[str, str]]) -> None:
        self._window.show_notice(title, text, buttons)
        self._record.write("page", name=page, text=text)

    def _on_notice_chosen(self, wish: str) -> None:
        if wish == "save_again":
            self.end()
        elif wish == "back":
            self._is_ending = self._is_waiting = self._waits_for_labels = False
            self._saving.go_on()
            self._window.show_work()
        elif wish in ("quit_now", "lose"):
            self._end()

    def _on_saving_ended(self) -> None:
        """All decisions are on the share; painted labels follow, or are safe on this computer."""
        if self._keeping.is_settled:
            self.ended.emit()
            return
        self._waits_for_labels = True
        self._labels_wait.start()
        self._keeping.save_all()

    def _on_labels_settled(self) -> None:
        """What could be saved of painted labels is saved."""
        if not self._waits_for_labels:
            return
        if self._keeping.is_settled:
            self._end()
        elif self._keeping.problems:
            self._ask_about_labels("\n".join(self._keeping.problems))

    def _on_labels_late(self) -> None:
        """The share does not answer: nobody waits for long."""
        if self._waits_for_labels:
            self._ask_about_labels("\n".join(self._keeping.problems) or _NO_ANSWER)

    def _ask_about_labels(self, reason: str) -> None:
        if not self._asks:
            self._end()
        elif self._is_waiting:
            return
        elif self._keeping.is_unsafe:
            self._waits_for_labels = self._is_ending = False
            text = f"Painted labels are nowhere but in the memory of this program.\n\n{reason}"
            buttons = [("save_again", "Try again"), ("back", _BACK), ("lose", "Quit and lose them")]
            self._show("unsafe", "Not everything is saved", text, buttons)
        else:
            self._is_waiting = True
            text = (
                "Painted labels are not in the annotations folder yet. They are safe on this computer and will be "
                f"offered when Cytoscribe is next started here.\n\n{reason}\n\n"
                "This window closes by itself as soon as all is there."
            )
            buttons = [("quit_now", "Quit now"), ("back", _BACK)]
            self._show("waiting", "Waiting for the annotations folder", text, buttons)

    def _end(self) -> None:
        self._waits_for_labels = False
        self._labels_wait.stop()
        self.ended.emit()
