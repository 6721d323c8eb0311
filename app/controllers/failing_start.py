"""Saying that the program could not start: there is no window yet that could say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.jobs import Jobs
from app.log import EventRecord
from app.settings import Settings

if TYPE_CHECKING:
    from app.crash import Crash


def tell_failed_start(crash: Crash, error: Exception) -> None:
    """Log the error and show a dialog with the report, until it is closed."""
    from app.controllers.writing_report import WritingReport

    crash.tell(error, "at the start")
    words = f"{type(error).__name__}: {error}"
    hint = "Nothing was opened, so nothing is lost. Starting with --safe-mode may help: default settings, no OpenGL."
    record = EventRecord()
    writing = WritingReport(crash, Jobs(), Settings(), True, record)
    text = crash.ring.text if crash.ring is not None else ""
    writing.open("Cytoscribe could not start", [words, hint], [("quit", "Quit")], (words, text), []).exec()
