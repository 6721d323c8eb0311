"""Builds the objects and connects them: read this first. All that shows a block is put together in viewer.py.

A key press: MainWindow -> Program.act or Annotating.annotate -> Session -> Store (journal, synced) -> BlockList and
views; then Opening brings the next block, which is in memory and on the GPU already.
A step through z: MainWindow -> Playing -> CurrentView.changed(old, new) -> Arranging -> Canvas.
Saving carries the journal to the share in a lane of its own (jobs.py).
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from app import log
from app.controllers.adjudicating import Adjudicating
from app.controllers.annotating import Annotating
from app.controllers.answering_starts import AnsweringStarts
from app.controllers.assigning import Assigning
from app.controllers.checking_installation import CheckingInstallation
from app.controllers.checking_places import CheckingPlaces
from app.controllers.checking_quality import CheckingQuality
from app.controllers.customizing import Customizing
from app.controllers.drawing import make_canvas
from app.controllers.ending import Ending
from app.controllers.helping import Helping
from app.controllers.listing import Listing
from app.controllers.opening_files import OpeningFiles
from app.controllers.pointing import Pointing
from app.controllers.queueing import Queueing
from app.controllers.reading_older import ReadingOlder
from app.controllers.remembering import Remembering
from app.controllers.reporting import Reporting
from app.controllers.reviewing import Reviewing
from app.controllers.sampling import Sampling
from app.controllers.saving import Saving
from app.controllers.securing import Securing
from app.controllers.starting import Starting
from app.controllers.theming import Theming
from app.crash import Crash
from app.jobs import Jobs
from app.models.block_list import NO_MARK, BlockList, Mark
from app.models.current_view import MAX_INTERVAL_MS, MIN_INTERVAL_MS
from app.models.quality_list import QualityList
from app.models.screen import OnScreen, Stage
from app.painter import Painter
from app.settings import Settings, load_settings, user_places
from app.viewer import Viewer
from app.views.class_bar import ClassItem
from app.views.folder_dialog import choose_folder
from app.views.key_sheet import KeySheet
from app.views.main_window import MainWindow
from storage.roles import roles_file

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from PySide6.QtCore import QLockFile

    from app.controllers.agreeing import Agreeing
    from app.models.session import Session
    from app.options import Options
    from app.settings import DataSetSettings
    from app.views.review_window import ReviewWindow
    from app.views.theme import Theme


class Program(QObject):
    """All parts of the program, and which slot answers which action."""

    def __init__(
        self,
        options: Options,
        turn: QLockFile | None = None,
        crash: Crash | None = None,
        theme: Theme | None = None,
    ) -> None:
        super().__init__()
        self.record = log.EventRecord(options.record_file)
        places = user_places()
        self.settings, problems = (Settings(), []) if options.is_safe else load_settings(places)
        self.theming = Theming(theme, self.settings)  # before the windows: they are dressed once
        self.customizing = Customizing(self.settings, problems, self.record)
        self.jobs = Jobs()

        self.blocks = BlockList()
        self.quality = QualityList()
        canvas, notice = make_canvas(options.is_plain, options.is_safe)
        self.window = MainWindow(canvas.native, MIN_INTERVAL_MS, MAX_INTERVAL_MS)
        if notice:
            self.window.area.messages.tell(notice, "warning")
            self.record.write("plain_view", text=notice)

        self.viewer = viewer = Viewer(
            self.window, canvas, self.jobs, self.blocks, self.quality, self.settings, self._neighbours, self.record
        )
        self.painter = Painter(self.window, viewer, self.jobs, self.settings, self.record)
        self.listing = Listing(self.jobs, self.blocks, self.window, viewer.deferring, self.record)
        self.annotating = Annotating(
            self.window,
            self.blocks,
            viewer.screen,
            self.listing,
            viewer.opening,
            self.settings,
            viewer.deferring,
            self.record,
        )
        self.pointing = Pointing(self.jobs, self.blocks, self.listing, self.window)
        self.saving = Saving(self.jobs, self.window, viewer.deferring, self.record)
        self.queueing = Queueing(self.jobs, self.listing, viewer.screen, self.window, self.record)
        self.ending = Ending(self.window, self.saving, self.painter.keeping, self.record)
        self.remembering = Remembering(self.jobs, places, self.settings, is_kept=not options.is_safe)
        self.sampling = Sampling(self.jobs, places, self.record)
        self.starting = Starting(
            options,
            self.settings,
            places,
            self.jobs,
            self.window,
            self.blocks,
            self.listing,
            self.sampling,
            self.record,
        )
        self.opening_files = OpeningFiles(options, self.jobs, self.window, self.starting, viewer.viewing, self.record)
        self.checking_places = CheckingPlaces(self.jobs, self.window, places, options.is_safe, self.record)
        self.answering_starts = AnsweringStarts(self.window, self.starting, self.record, turn)
        self.checking_installation = CheckingInstallation(self.jobs, self.starting, self.window, self.record)
        self.checking_quality = CheckingQuality(
            self.jobs, self.blocks, self.listing, self.quality, self.window, self.record
        )
        self.reviewing = Reviewing(
            options.is_plain, self.jobs, self.window, self.blocks, self.quality, self.settings, self.record
        )
        self.reading_older = ReadingOlder(self.jobs, self.reviewing)
        self.adjudicating = Adjudicating(self.jobs, self.reviewing, self.settings, self.record)
        self.customizing.set_parts(
            self.window, self.reviewing, self.starting, viewer.showing_quality, self.painter.take_settings
        )
        self.agreeing: Agreeing | None = None
        self.assigning = Assigning(
            self.jobs, self.listing, self.blocks, self._shown_in_review, self.record, self.starting.roles_file
        )
        securing = Securing(
            self.painter, self.annotating, self.adjudicating, self.saving, self.remembering, self.starting
        )
        self.reporting = Reporting(
            crash or Crash(), self.jobs, self.window, securing, self.ending, self.starting, self.blocks,
            bool(notice), self.settings, self.record,
        )  # fmt: skip
        self.helping = Helping(self.jobs, self.window, bool(notice), self.settings, self.record)
        self._connect()
        self._slots: dict[str, Callable[[], object]] = (
            {
                "open_folder": self._on_open_folder,
                "open_file": self.opening_files.choose,
                "save_study": self.opening_files.save_study,
                "open_sample": self.starting.open_sample,
                "choose_annotations": self._on_choose_annotations,
                "rescan": self.starting.rescan,
                "switch_annotator": self.starting.ask_who,
                "quit": self.ending.end,
                "clear_annotation": self.annotating.clear,
                "toggle_unsure": self.annotating.toggle_unsure,
                "toggle_flag": self.annotating.toggle_flag,
                "comment": self.annotating.comment,
                "undo": self.annotating.undo,
                "redo": self.annotating.redo,
                "auto_advance": self._on_auto_advance,
                "skip_annotated": self._on_skip_annotated,
                "next_block": self.annotating.next_block,
                "previous_block": self.annotating.previous_block,
                "next_unannotated": self.annotating.next_unannotated,
                "filter": self.window.blocks.focus_filter,
                "check_quality": self.checking_quality.open_window,
                "review": self.reviewing.open_window,
                "key_sheet": self._on_key_sheet,
                "save_report": self.reporting.open,
                "test_installation": self.checking_installation.open_window,
            }
            | viewer.slots
            | self.painter.slots
            | self.customizing.slots
            | self.helping.slots
            | self.theming.slots
        )
        self.signal_sockets: tuple[socket.socket, ...] = ()
        if self.settings.splitter:
            self.window.set_splitter(self.settings.splitter)

    def begin(self) -> None:
        """Show the window; the data follow."""
        self.window.show()
        self.opening_files.begin()

    def on_signal(self) -> None:
        """SIGTERM or Ctrl+C has arrived."""
        self.signal_sockets[0].recv(4096)
        self.ending.end_unasked()

    def act(self, name: str) -> None:
        """An action of the table, asked for by key, menu or button."""
        self.record.write("action", name=name)
        log.actions.info("%s", name)
        self._slots[name]()

    def _connect(self) -> None:
        self.window.action_requested.connect(self.act)
        self.theming.add_window(self.window)
        self.theming.settings_changed.connect(self.remembering.changed)
        self.customizing.setting_changed.connect(self.theming.on_setting_changed)
        self.window.first_painted.connect(self._on_first_painted)
        self.starting.data_left.connect(self._on_data_left)
        self.starting.data_left.connect(self.answering_starts.follow)
        self.answering_starts.block_requested.connect(self._on_block_requested)
        self.starting.session_ready.connect(self._on_session_ready)
        self.starting.session_left.connect(self._on_session_left)
        self.starting.blocks_ready.connect(self.annotating.start_at)
        self.starting.blocks_ready.connect(self.pointing.begin)
        self.starting.blocks_ready.connect(self._on_blocks_ready)
        self.pointing.points_found.connect(self.viewer.viewing.set_focus_points)
        self.pointing.points_found.connect(self.reviewing.set_focus_points)
        self.saving.told.connect(self.reviewing.set_saved)
        self.reviewing.window_made.connect(self._on_review_made)
        self.reviewing.session_set.connect(self.assigning.set_session)
        self.reviewing.settings_changed.connect(self.remembering.changed)
        self.adjudicating.settings_changed.connect(self.remembering.changed)
        self.adjudicating.decided.connect(self.saving.on_decided)
        self.saving.said.connect(self.adjudicating.tell)
        self.saving.withdrawn.connect(self.adjudicating.withdraw)
        self.starting.settings_changed.connect(self.remembering.changed)
        self.customizing.settings_changed.connect(self.remembering.changed)
        self.viewer.settings_changed.connect(self.remembering.changed)
        self.helping.settings_changed.connect(self.remembering.changed)
        self.painter.settings_changed.connect(self.remembering.changed)
        self.checking_quality.place_requested.connect(self.annotating.go_to)
        self.annotating.decided.connect(self.saving.on_decided)
        self.ending.began.connect(self._on_ending_began)
        self.ending.ended.connect(self._on_ending_ended)
        self.viewer.screen.changed.connect(self._on_screen_changed)

    def _neighbours(self) -> list[int]:
        return self.annotating.neighbours()

    def _on_session_ready(self, session: Session, settings: DataSetSettings) -> None:
        self.window.set_classes([ClassItem(c.number, c.key, c.name, c.color) for c in session.classes.classes])
        self.viewer.set_session(session, settings)
        self.remembering.set_data_set(session.annotator, str(self.starting.data_root), settings)
        self.listing.set_session(session)
        self.checking_quality.set_names(session.classes.channel_names)
        self.blocks.set_marks(session.mark_of)
        self.annotating.set_session(session)
        self.saving.set_session(session)
        self.queueing.set_session(session)
        self.reviewing.set_session(session, settings)
        self.painter.set_session(session)

    def _on_review_made(self, window: ReviewWindow) -> None:
        from app.controllers.agreeing import Agreeing  # nobody needs it at the start

        assert self.reviewing.table is not None
        self.agreeing = Agreeing(self.jobs, self.blocks, self.reviewing.table, window, self.record)
        self.reviewing.session_set.connect(self._on_review_session_set)
        self.reviewing.slots |= {
            "quit": self.ending.end,
            "key_sheet": self._on_key_sheet,
            "save_report": self.reporting.open,
            "agreement": self.agreeing.open_window,
            "assign": self._on_assign,
            "manual": self.helping.open_admins_page,
        }
        self.reviewing.slots |= self.customizing.slots | self.theming.slots
        self.theming.add_window(window)

    def _on_assign(self) -> None:
        if self.reviewing.window is not None:
            self.assigning.open_window(self.reviewing.window)

    def _on_review_session_set(self, session: Session | None) -> None:
        assert self.agreeing is not None
        roles = roles_file(session.store.root, self.starting.roles_file()) if session is not None else None
        self.agreeing.set_session(session, self.starting.choice.name, roles)

    def _shown_in_review(self) -> list[str]:
        table = self.reviewing.table
        return [table.ids[place] for place in table.shown.tolist()] if table is not None else []

    def _on_session_left(self) -> None:
        self.painter.set_session(None)
        self.reviewing.set_session(None)
        self.annotating.set_session(None)
        self.saving.set_session(None)
        self.queueing.set_session(None)
        self.listing.set_session(None)
        self.blocks.set_marks(_no_mark)

    def _on_blocks_ready(self) -> None:
        self.helping.begin_work(self.starting.choice.is_sample)

    def _on_data_left(self) -> None:
        self.helping.leave_work()
        self._remember_place()
        self.reviewing.close()
        self.viewer.reset()
        self.pointing.reset()
        self.checking_quality.reset()

    def _remember_place(self) -> None:
        if self.viewer.screen.now.stage is Stage.SHOWN:
            self.viewer.viewing.settings.last_block = self.viewer.screen.now.block_id
            self.remembering.changed()

    def _on_screen_changed(self, now: OnScreen) -> None:
        self.record.write("page", name=now.stage.value, text="", block=now.block_id)

    def _on_auto_advance(self) -> None:
        self.settings.auto_advance = not self.settings.auto_advance
        self.window.set_checked("auto_advance", self.settings.auto_advance)
        self.remembering.changed()

    def _on_skip_annotated(self) -> None:
        self.settings.skip_annotated = not self.settings.skip_annotated
        self.window.set_checked("skip_annotated", self.settings.skip_annotated)
        self.remembering.changed()

    def _on_open_folder(self) -> None:
        folder = choose_folder(self.window, "Open a folder of blocks", str(self.starting.data_root.parent))
        if folder:
            self.opening_files.open(folder)

    def _on_choose_annotations(self) -> None:
        start = str(self.starting.annotations_root)
        folder = choose_folder(self.window, "Where decisions of this data set are kept", start)
        if folder:
            self.starting.choose_annotations(folder)

    def _on_key_sheet(self) -> None:
        session = self.starting.session
        classes = session.classes.classes if session else ()
        parent = self.customizing.window_in_front
        KeySheet(parent, [(c.key, c.name) for c in classes], parent.mode == "paint").open()

    def _on_first_painted(self) -> None:
        self.record.write("window_shown")
        self.answering_starts.begin()
        self.checking_places.begin()
        gc.enable()  # app/cli.py says why it is off

    def _on_block_requested(self, block_id: str) -> None:
        place = self.blocks.place_of(block_id)
        if place is not None:
            self.annotating.go_to(place)

    def _on_ending_began(self) -> None:
        self.answering_starts.end()
        self.painter.end()
        self.viewer.arranging.keep_turn()
        self.annotating.keep_comment()
        self._remember_place()
        self.reviewing.close()
        self.settings.splitter = self.window.splitter()
        self.remembering.end()

    def _on_ending_ended(self) -> None:
        # The store stays open: a push that hangs may still be reading it, and its files are closed with the process
        self.jobs.shut_down()
        self.painter.stop()
        self.viewer.stop()
        self.reviewing.stop()
        self.window.may_close = True
        self.window.close()
        self.record.write("closed")
        QCoreApplication.quit()


def _no_mark(block_id: str) -> Mark:
    return NO_MARK
