"""Putting work in safety when something went wrong that nobody expected: each step in its own try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.log import crash as log

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.controllers.adjudicating import Adjudicating
    from app.controllers.annotating import Annotating
    from app.controllers.remembering import Remembering
    from app.controllers.saving import Saving
    from app.controllers.starting import Starting
    from app.painter import Painter


class Securing(QObject):
    """What is typed is kept, what is painted is logged and saved, decisions go to the share."""

    def __init__(
        self,
        painter: Painter,
        annotating: Annotating,
        adjudicating: Adjudicating,
        saving: Saving,
        remembering: Remembering,
        starting: Starting,
    ) -> None:
        super().__init__()
        self._keeping, self._saving, self._starting = painter.keeping, saving, starting
        self._adjudicating = adjudicating
        self._steps: tuple[tuple[str, Callable[[], object]], ...] = (
            ("the stroke that was being painted", painter.painting.leave),
            ("painted labels", painter.keeping.save_all),
            ("the comment that was being typed", annotating.keep_comment),
            ("the reason that was being typed", self._keep_reason),
            ("decisions", saving.save),
            ("settings", remembering.changed),
        )

    def secure(self) -> str:
        """Do all that can be done now; return what is safe and what is not, in words."""
        failed = [name for name, step in self._steps if not _is_done(name, step)]
        sentences = [sentence for sentence in (_answer(self._of_decisions), _answer(self._of_labels)) if sentence]
        if failed:
            sentences.append(f"This could not be put in safety: {', '.join(failed)}.")
        return " ".join(sentences) or "No work was open that could be lost."

    @property
    def is_safe(self) -> bool:
        """Whether nothing is only in memory."""
        session = self._starting.session
        return (session is None or session.store.is_durable) and not self._keeping.is_unsafe

    def _keep_reason(self) -> None:
        deciding = getattr(self._adjudicating, "deciding", None)  # made with its window
        if deciding is not None:
            deciding.keep_typed()

    def _of_decisions(self) -> str:
        session = self._starting.session
        if session is None:
            return ""
        pending = session.store.pending
        if pending == 0:
            return "All your decisions are in the annotations folder."
        many = "1 decision" if pending == 1 else f"{pending} decisions"
        if session.store.is_durable:
            return f"All your decisions are on the disk; {many} on the way to the annotations folder."
        return f"{many} could not be written to a disk yet: do not quit before the mark below says “saved”."

    def _of_labels(self) -> str:
        if self._keeping.is_settled:
            return "All that you painted is saved."
        if self._keeping.is_unsafe:
            return "What you painted last is only in memory: save it before you quit."
        return "What you painted is safe on this computer and is being saved."


def _is_done(name: str, step: Callable[[], object]) -> bool:
    try:
        step()
    except Exception:  # noqa: BLE001 - the other steps are to be done
        log.exception("%s could not be put in safety", name)
        return False
    return True


def _answer(ask: Callable[[], str]) -> str:
    """The state may be broken: then it is not said to be safe."""
    try:
        return ask()
    except Exception:  # noqa: BLE001 - said below
        log.exception("it is not known what is safe")
        return "What is safe is not known."
