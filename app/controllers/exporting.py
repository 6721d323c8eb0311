"""Writing what the review shows, or everything, to a file, in the background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal

from app.block_export import Exported, ExportWish, export
from app.consensus_choice import RULE_TEXTS
from app.views.export_dialog import ExportDialog
from storage.errors import StorageError, failure

if TYPE_CHECKING:
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.review_table import ReviewTable
    from app.models.session import Session
    from app.settings import Settings
    from app.views.review_window import ReviewWindow
    from core.voting.consensus import ConsensusRule

_MOST_SAID = 3


class Exporting(QObject):
    """One export at a time. Our own decisions are carried to the share first: the export reads the share."""

    settings_changed = Signal()
    """Exports go into another folder now."""

    def __init__(
        self, jobs: Jobs, window: ReviewWindow, table: ReviewTable, settings: Settings, record: EventRecord
    ) -> None:
        super().__init__(window)
        self._jobs, self._window, self._table = jobs, window, table
        self._settings, self._record = settings, record
        self._session: Session | None = None
        self._dialog: ExportDialog | None = None
        self._rules: list[ConsensusRule] = []
        self._wish: ExportWish | None = None
        self._may_replace = False
        self._warning = ""
        table.rows_changed.connect(self._on_rows_changed)
        self.slots = {"export": self.open}

    def set_session(self, session: Session | None) -> None:
        """Whose data set is exported; without one the dialog closes."""
        self._session = session
        if session is None and self._dialog is not None:
            self._dialog.close()

    def open(self) -> None:
        """The dialog."""
        if self._session is None:
            return
        if self._dialog is None:
            self._dialog = ExportDialog(self._window)
            self._dialog.export_requested.connect(self._on_export_requested)
        self._offer_rules()
        self._on_rows_changed()
        self._dialog.set_folder(self._settings.export_folder or str(_documents()))
        self._dialog.begin()

    def _offer_rules(self) -> None:
        from core.voting.consensus import RULE_NAMES, ConsensusRule

        chosen, settings = self._table.rule, self._settings
        self._rules = [
            chosen
            if name == chosen.name
            else ConsensusRule(name, settings.review_fewest, settings.review_share)
            if name == "quorum"
            else ConsensusRule(name)
            for name in RULE_NAMES
        ]
        texts = [RULE_TEXTS[rule.name] for rule in self._rules]
        for place, rule in enumerate(self._rules):
            if rule.name == "quorum":
                texts[place] += f": at least {rule.fewest_votes} votes and {rule.smallest_share:.0%}"
        assert self._dialog is not None
        self._dialog.set_rules(texts, self._rules.index(chosen))

    def _on_rows_changed(self) -> None:
        if self._dialog is not None:
            table = self._table
            self._dialog.set_rows(len(table.ids), len(table.shown))

    def _on_export_requested(self, path: str, may_replace: bool) -> None:
        session, dialog = self._session, self._dialog
        if session is None or dialog is None or self._wish is not None:
            return
        file = Path(path).expanduser()
        if not file.is_absolute():
            file = Path(self._settings.export_folder or _documents()) / file
        choice, table, store = dialog.choice(), self._table, session.store
        only = frozenset(table.ids[place] for place in table.shown.tolist()) if choice.is_filtered else None
        self._wish = ExportWish(
            store.data_root,
            store.root,
            store.roles,
            session.classes.classes,
            list(table.ids),
            choice.table,
            self._rules[choice.rule],
            file,
            only,
        )
        self._may_replace, self._warning = may_replace, ""
        dialog.set_busy(True)

        def push(job: Job) -> None:
            store.push()

        # A lane for each thing that may hang: a slow folder for exports must not keep decisions from the share
        self._jobs.start(f"store {store.root}", push, self._on_pushed, self._on_push_failed)

    def _on_pushed(self, _: object) -> None:
        wish, may_replace, documents = self._wish, self._may_replace, _documents()
        assert wish is not None

        def write(job: Job) -> Exported:
            if not may_replace and wish.output.exists():
                raise FileExistsError
            if wish.output.parent == documents:  # the folder that a system names need not be there yet
                documents.mkdir(exist_ok=True)
            return export(wish)

        self._jobs.start("export", write, self._on_written, self._on_write_failed)

    def _on_push_failed(self, error: Exception) -> None:
        self._warning = f"Decisions that wait on this computer are missing in it: {error}"
        self._on_pushed(None)

    def _on_written(self, done: Exported) -> None:
        assert self._wish is not None
        folder = str(self._wish.output.parent)
        self._finish()
        if self._dialog is not None:
            self._dialog.close()
        if self._settings.export_folder != folder:
            self._settings.export_folder = folder
            self.settings_changed.emit()
        said = [self._warning] if self._warning else []
        said += done.problems + done.notes
        text = f"Exported {done.rows:,} rows to {done.output}"
        if said:
            more = f" And {len(said) - _MOST_SAID} more." if len(said) > _MOST_SAID else ""
            self._tell(f"{text}. {' '.join(said[:_MOST_SAID])}{more}", "warning")
        else:
            self._tell(text)
        self._record.write("exported", path=done.output, rows=done.rows, format=done.format)

    def _on_write_failed(self, error: Exception) -> None:
        assert self._wish is not None
        file = self._wish.output
        self._finish()
        if isinstance(error, FileExistsError) and self._dialog is not None:
            self._dialog.offer_replacing(str(file))
            return
        if isinstance(error, OSError):
            error = failure(error.filename or file, error, "An older file is as it was.")
        text = str(error) if isinstance(error, StorageError) else f"Nothing was exported: {error}"
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.set_problem(text)
        else:
            self._tell(text, "error")
        self._record.write("export_failed", reason=text)

    def _finish(self) -> None:
        self._wish = None
        if self._dialog is not None:
            self._dialog.set_busy(False)

    def _tell(self, text: str, level: str = "info") -> None:
        self._window.area.messages.tell(text, level)
        self._record.write("message", level=level, text=text)


def _documents() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or Path.home())
