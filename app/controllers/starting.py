"""From the first start to a block on screen: sample data, folders, login, the store; errors have a page."""

from __future__ import annotations

import getpass
import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers.deferring import single_shot
from app.controllers.preparing import Opened, Wish, close_store, prepare
from app.data_choice import DataChoice
from app.models.session import Session
from storage.errors import EmptyFolderError, StorageError
from storage.names import check_annotator, known_annotators

if TYPE_CHECKING:
    from app.controllers.listing import Listing
    from app.controllers.sampling import Sampling
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.models.block_list import BlockList
    from app.options import Options
    from app.settings import Places, Settings
    from app.study_file import Study
    from app.views.main_window import MainWindow


_SLOW_MS = 5000
"""An annotations folder that has not answered for so long is named."""

_ACTIONS = {"choose_folder": "open_folder", "choose_annotations": "choose_annotations", "quit": "quit"}
"""Buttons of a page that do what an action does."""


class Starting(QObject):
    """Knows which data, which annotations folder and which annotator are wanted, and brings them together."""

    data_left = Signal()
    """Another data set or annotator is coming: forget the blocks."""
    session_ready = Signal(object, object)
    """Session and DataSetSettings"""
    session_left = Signal()
    blocks_ready = Signal(str)
    """The list has blocks and the session is there: begin, at this block id if it is not empty."""
    settings_changed = Signal()

    def __init__(
        self,
        options: Options,
        settings: Settings,
        places: Places,
        jobs: Jobs,
        window: MainWindow,
        blocks: BlockList,
        listing: Listing,
        sampling: Sampling,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._settings, self._places = settings, places
        self._jobs, self._window, self._blocks, self._listing = jobs, window, blocks, listing
        self._sampling, self._record = sampling, record
        window.set_recent(settings.recent)
        self._safe = " - safe mode" if options.is_safe else ""
        window.setWindowTitle(f"Cytoscribe{self._safe}")
        self.choice = DataChoice(options, settings, places, sampling.root)
        self.annotator = ""
        self.session: Session | None = None
        self._opened: Opened | None = None
        self._has_begun = False
        self._generation = 0
        self._may_begin: Path | None = None  # an empty annotations folder in which the user wants to begin
        self._slow = single_shot(self, self._on_slow, _SLOW_MS)
        window.login.login_requested.connect(self._on_login_requested)
        window.notice.chosen.connect(self._on_notice_chosen)
        sampling.progressed.connect(self._on_sample_progressed)
        sampling.made.connect(self._on_sample_made)
        sampling.failed.connect(self._on_sample_failed)
        listing.progressed.connect(self._begin_if_ready)
        listing.ended.connect(self._on_listing_ended)
        listing.failed.connect(self._on_listing_failed)

    def begin(self) -> None:
        """Called once, when the window is there."""
        if self.choice.is_sample:
            self._sampling.make()
        self._enter()

    # Who

    def ask_who(self) -> None:
        """The login page, with the names known here."""
        if not self._may_leave():
            return
        self._leave()
        self.annotator = ""  # whatever is opened next asks first
        where = "the sample data" if self.choice.is_sample else str(self.data_root)
        safe = "\nSafe mode: default settings, which are not kept, and no OpenGL" if self._safe else ""
        kept = "kept on this computer" if self.choice.is_own_root else str(self.annotations_root)
        self._window.login.set_data(f"Data: {where}\nDecisions: {kept}{safe}")
        self._window.login.set_names(self._settings.annotators, self._proposed_name())
        self._show_page("login")
        root, own = self.annotations_root, list(self._settings.annotators)
        self._jobs.start("names", lambda job: [*own, *known_annotators(root)], self._on_names_known)

    def _proposed_name(self) -> str:
        if self._settings.annotators:
            return self._settings.annotators[0]
        try:
            return re.sub(r"\W+", "_", getpass.getuser()).lower()
        except (OSError, KeyError, ImportError):  # no such user in the system's list
            return ""

    def _on_names_known(self, names: list[str]) -> None:
        names = list(dict.fromkeys(names))
        self._window.login.set_names(names, self._proposed_name())
        self._record.write("names_offered", names=names)

    def _on_login_requested(self, name: str) -> None:
        self._log_in(name)

    def _log_in(self, name: str) -> None:
        try:
            self.annotator = check_annotator(name)
        except StorageError as error:
            if not self._window.is_working:
                self.ask_who()
            self._window.login.set_problem(str(error))
            self._record.write("message", level="error", text=str(error))
            return
        self._settings.logged_in(self.annotator)
        self.settings_changed.emit()
        self.open_data()

    # Which data

    @property
    def data_root(self) -> Path:
        """The folder of blocks."""
        return self.choice.data_root

    @property
    def annotations_root(self) -> Path:
        """Where decisions about it are kept."""
        return self.choice.annotations_root

    def roles_file(self) -> Path | None:
        """The roles file that was named, by an option or a study file."""
        return self.choice.options.roles_file

    def open_folder(self, folder: str) -> None:
        """A folder was chosen, dropped, or picked from the recent ones. A TIFF opens the folder that it is in."""
        if self._may_leave():
            self.choice.take_path(Path(folder).absolute())
            self.open_data()

    def open_study(self, path: Path, study: Study) -> None:
        """What a study file says; whoever annotates goes on."""
        if self._may_leave():
            self.choice.take_study(path, study)
            self._enter()

    def open_sample(self) -> None:
        """The project's own data."""
        if self._may_leave():
            self.choice.take_sample()
            self._sampling.make()
            self.open_data()

    def choose_annotations(self, folder: str) -> None:
        """Decisions of this data set are kept in that folder from now on."""
        if self._may_leave():
            self.choice.choose_annotations(folder)
            self.settings_changed.emit()
            self.open_data()

    def _enter(self) -> None:
        name = self.annotator or self.choice.options.annotator
        if name is not None:
            self._log_in(name)
        else:
            self.ask_who()

    def rescan(self) -> None:
        """Look for blocks anew; the session, and with it undo, goes on."""
        if self._opened is None:
            self.open_data()
            return
        self._generation += 1
        self._has_begun = False
        self.data_left.emit()
        self._scan()

    def open_data(self) -> None:
        """Scan the data folder and open the store, side by side."""
        if not self.annotator:
            self.ask_who()
            return
        if not self._may_leave():
            return
        self._leave()
        if self.choice.is_sample and self._sampling.is_making:
            self._show_notice("sample", "Making the sample data", "Three channels, 24 blocks, made once.", [])
            self._window.notice.set_progress(0, 0)
            return
        self._window.setWindowTitle(f"Cytoscribe - {self.choice.name} - {self.annotator}{self._safe}")
        self._scan()
        self._open_store()

    def _scan(self) -> None:
        self._window.show_work()
        self._show_page("empty")
        self._window.area.show_page("Opening…", str(self.data_root), [])
        self._window.area.page.set_progress(0, 0)
        self._listing.reset_filter()
        self._listing.scan(self.data_root, (self.annotations_root,))

    def _may_leave(self) -> bool:
        """Whether all decisions are on a disk: else leaving would lose them."""
        if self.session is None or self.session.store.is_durable:
            return True
        text = f"{self.session.store.pending} decisions are not saved anywhere yet: stay here until they are."
        self._window.area.messages.tell(text, "error")
        return False

    def _leave(self) -> None:
        self._generation += 1
        self._slow.stop()
        self._listing.stop()
        self._has_begun = False
        self._opened = None
        self.data_left.emit()
        if self.session is not None:
            store = self.session.store
            self.session = None
            self.session_left.emit()
            self._jobs.start(f"store {store.root}", lambda job: close_store(store))

    # The store

    def _open_store(self) -> None:
        root, generation = self.annotations_root, self._generation
        may_begin = root == self._may_begin
        choice = self.choice
        looks = choice.study.settings if choice.study is not None else None
        wish = Wish(
            choice.options, self._places, root, choice.is_own_root, self.data_root, self.annotator, may_begin, looks
        )

        def work(job: Job) -> tuple[int, Opened | Exception]:
            try:
                return generation, prepare(wish)
            except Exception as error:  # noqa: BLE001 - shown as a page, unless something else was opened meanwhile
                return generation, error

        self._jobs.start(f"open {root}", work, self._on_store_opened)
        self._slow.start()

    def _on_slow(self) -> None:
        text = f"The annotations folder {self.annotations_root} has not answered yet. Still waiting…"
        self._window.area.show_page("Opening…", text, [])
        self._window.area.page.set_progress(0, 0)
        self._record.write("page", name="slow", text=text)

    def _on_store_opened(self, answer: tuple[int, Opened | Exception]) -> None:
        generation, opened = answer
        if generation != self._generation:
            if isinstance(opened, Opened):
                store = opened.store
                self._jobs.start(f"store {store.root}", lambda job: close_store(store))
            return
        self._slow.stop()
        if isinstance(opened, Exception):
            self._fail(opened)
            return
        self._opened = opened
        self.session = Session(opened.store, opened.classes, opened.review_problem)
        self._settings.opened(self.choice.opened_path)
        self._settings.recent = [f for f in self._settings.recent if f != str(self._sampling.root)]
        self._window.set_recent(self._settings.recent)
        self.settings_changed.emit()
        self.session_ready.emit(self.session, opened.settings)
        messages = self._window.area.messages
        for problem in opened.settings_problems:
            messages.tell(problem, "warning")
            self._record.write("message", level="warning", text=problem)
        if opened.are_default and not self.choice.is_sample:
            messages.tell("No classes.json was found: the classes are Class 1, 2 and 3 until there is one.", "warning")
        if opened.store.same_data_warning:
            messages.tell(opened.store.same_data_warning, "warning")
        if self.choice.is_own_root and not self.choice.is_sample:
            messages.tell("Decisions are kept on this computer. File > Choose annotations folder… for a shared one.")
        self._begin_if_ready()

    def _fail(self, error: Exception) -> None:
        self._listing.stop()
        is_empty = isinstance(error, EmptyFolderError)
        self._show_notice(
            "error",
            "Begin in this folder?" if is_empty else "The annotations cannot be opened",
            str(error) if isinstance(error, StorageError) else f"{self.annotations_root}: {error}",
            [
                *([("begin", "Begin here")] if is_empty else []),
                ("retry", "Retry"),
                ("choose_annotations", "Choose annotations folder…"),
                ("choose_folder", "Open another data folder…"),
                ("quit", "Quit"),
            ],
        )

    # The first block

    def _begin_if_ready(self) -> None:
        if self._has_begun or self._opened is None or not len(self._blocks):
            return
        last = self.choice.first_block or self._opened.settings.last_block
        if last and self._blocks.place_of(last) is None and self._listing.is_scanning:
            return  # the block at which the annotator left may still be found
        self._has_begun = True
        self.choice.first_block = ""
        self._window.area.hide_page()
        self._show_page("canvas")
        self.blocks_ready.emit(last)

    def _on_listing_ended(self) -> None:
        self._begin_if_ready()
        if not len(self._blocks):
            self._show_notice(
                "empty",
                "No blocks in this folder",
                f"{self.data_root}\n\nA block is a folder named block_0001, block_0002, … with one TIFF for each "
                "channel, or a TIFF file with all channels. Subfolders were searched too.",
                [
                    ("choose_folder", "Open another folder…"),
                    ("retry", "Scan again"),
                    ("sample", "Open the sample data"),
                ],
            )

    def _on_listing_failed(self, text: str) -> None:
        self._show_notice(
            "error",
            "The data folder cannot be read",
            text,
            [
                ("retry", "Retry"),
                ("choose_folder", "Open another folder…"),
                ("sample", "Open the sample data"),
                ("quit", "Quit"),
            ],
        )

    # The sample data

    def _on_sample_progressed(self, done: int, total: int) -> None:
        if self.choice.is_sample and not self._window.is_working:
            self._window.notice.set_progress(done, total)

    def _on_sample_made(self) -> None:
        if self.choice.is_sample and self.annotator:
            self.open_data()

    def _on_sample_failed(self, text: str) -> None:
        if self.choice.is_sample:
            self._show_notice(
                "error",
                "The sample data cannot be made",
                text,
                [("sample", "Retry"), ("choose_folder", "Open a folder of your own…"), ("quit", "Quit")],
            )

    # Pages

    def _show_notice(self, page: str, title: str, text: str, buttons: list[tuple[str, str]]) -> None:
        self._window.show_notice(title, text, buttons)
        self._show_page(page, text)

    def _show_page(self, name: str, text: str = "") -> None:
        if name == "login":
            self._window.show_login()
        self._record.write("page", name=name, text=text)

    def _on_notice_chosen(self, wish: str) -> None:
        if wish == "begin":
            self._may_begin = self.annotations_root
        if wish in ("begin", "retry"):
            self.open_data()
        elif wish == "sample":
            self.open_sample()
        elif wish in _ACTIONS:
            self._window.action_requested.emit(_ACTIONS[wish])
