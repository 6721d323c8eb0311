"""The tour: five cards beside the parts of the window, by keyboard, while the work goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.actions import with_keys
from app.views.tour_card import TourCard, TourKeys

if TYPE_CHECKING:
    from app.log import EventRecord
    from app.views.main_window import MainWindow

_CARDS = (
    (
        "The blocks",
        "Each line is a block, a small image to judge. A dot: no class yet. {next_block} and {previous_block} go "
        "through them, and a class goes on to the next one by itself.",
    ),
    (
        "The image",
        "Turn the wheel, or press {slice_back} and {slice_on}, for its slices. {toggle_3d} shows it in 3D, {ortho} "
        "from three sides. The yellow cross marks the cell that is meant.",
    ),
    (
        "Your judgement",
        "Each class has its key on its button: press it. Wrong one? {undo} takes it back. {toggle_unsure} says that "
        "you are not sure, {toggle_flag} asks an admin to look. Try it now: this is sample data.",
    ),
    (
        "Always saved",
        "“saved”: everybody has it. “waiting”: safe on this computer, and on its way. Nothing is lost when the network "
        "is away, and there is nothing that you have to save.",
    ),
    (
        "Help",
        "{key_sheet} shows all keys, {manual} the manual: five minutes for annotators. Your own blocks: {open_folder}, "
        "or drop their folder on this window.",
    ),
)


class Touring(QObject):
    """`ended` is told when the tour was seen or skipped, not when the data were left in the middle of it."""

    ended = Signal()

    def __init__(self, window: MainWindow, record: EventRecord) -> None:
        super().__init__()
        self._window, self._record = window, record
        self._card = TourCard(window.area.canvas)
        self._keys = TourKeys(self._card)
        self._step = -1
        self._targets = (
            window.blocks,
            window.area.canvas,
            window.classes.class_buttons,
            window.classes.saved_mark,
            window.help_button,
        )
        window.windowHandle().installEventFilter(self._keys)
        window.area.resized.connect(self._card.place)
        window.mode_changed.connect(self._on_window_mode_changed)
        self._card.next_requested.connect(self._on_card_next)
        self._card.back_requested.connect(self._on_card_back)
        self._card.skip_requested.connect(self._on_card_skip)

    def begin(self) -> None:
        """The first card, also if another one is shown."""
        self._window.focus_work()
        self._show(0)

    def stop(self) -> None:
        """No card is shown; it does not count as seen."""
        self._step = -1
        self._keys.is_on = False
        self._card.end()

    def _show(self, step: int) -> None:
        self._step = step
        title, text = _CARDS[step]
        self._card.explain(self._targets[step], title, with_keys(text), step + 1, len(_CARDS))
        self._keys.is_on = self._window.mode == "judge"
        self._record.write("tour", step=step + 1)

    def _end(self, reason: str) -> None:
        self.stop()
        self._window.focus_work()
        self._record.write("tour", ended=reason)
        self.ended.emit()

    def _on_window_mode_changed(self, mode: str) -> None:
        """Enter and Escape mean something else while labels are painted; the buttons of the card stay."""
        self._keys.is_on = self._step >= 0 and mode == "judge"
        self._card.place()

    def _on_card_next(self) -> None:
        if self._step + 1 < len(_CARDS):
            self._show(self._step + 1)
        else:
            self._end("seen")

    def _on_card_back(self) -> None:
        if self._step > 0:
            self._show(self._step - 1)

    def _on_card_skip(self) -> None:
        self._end("skipped")
