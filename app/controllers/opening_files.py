"""Opening what was double-clicked, dropped, named or picked: folders, TIFFs and study files; saving a study file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject

from app.study_file import SUFFIX, Study, StudyError, is_study_name, read_study, write_study
from app.views.file_dialog import choose_file, choose_new_file

if TYPE_CHECKING:
    from app.controllers.starting import Starting
    from app.controllers.viewing import Viewing
    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.options import Options
    from app.views.main_window import MainWindow

_KINDS = f"Study files and images (*{SUFFIX} *.tif *.tiff)"
_AGAIN = "read_study"


class OpeningFiles(QObject):
    """Every way in leads here: the file system is asked in the background, only names count before."""

    def __init__(
        self,
        options: Options,
        jobs: Jobs,
        window: MainWindow,
        starting: Starting,
        viewing: Viewing,
        record: EventRecord,
    ) -> None:
        super().__init__()
        self._first = options.study_file
        self._jobs, self._window, self._starting, self._viewing, self._record = jobs, window, starting, viewing, record
        self._job: Job | None = None
        self._wanted = Path()
        window.folder_requested.connect(self.open)
        window.notice.chosen.connect(self._on_notice_chosen)
        starting.data_left.connect(self._on_data_left)

    def begin(self) -> None:
        """Called once, when the window is there."""
        if self._first is not None:
            self.open(str(self._first))
        else:
            self._starting.begin()

    def open(self, path: str) -> None:
        """A folder, a TIFF or a study file."""
        self._forget()
        if not is_study_name(path):
            self._starting.open_folder(path)
            return
        self._wanted = wanted = Path(path).absolute()
        if self._starting.session is None:  # else a page that asks something may be there
            self._show_page("Opening…", str(wanted), [])
            self._window.notice.set_progress(0, 0)

        def work(job: Job) -> Study:
            return read_study(wanted)

        self._job = self._jobs.start("small", work, self._on_study_read, self._on_study_failed)

    def choose(self) -> None:
        """Ask for a file."""
        path = choose_file(self._window, "Open a study file or an image", _KINDS, str(self._starting.data_root.parent))
        if path:
            self.open(path)

    def save_study(self) -> None:
        """Write a file that opens what is open now, for everybody of the study."""
        choice = self._starting.choice
        offered = choice.study_path or choice.data_root.parent / f"{choice.name}{SUFFIX}"
        chosen = choose_new_file(self._window, "Save study file", str(offered), f"Study files (*{SUFFIX})")
        if not chosen:
            return
        path = Path(chosen if is_study_name(chosen) else chosen + SUFFIX)
        is_asked = str(path) == chosen  # the dialog has asked whether an old file may be replaced
        # Without a name: the file is for the team, and nobody shall annotate under another's
        study = Study(
            choice.data_root,
            None if choice.is_own_root else choice.annotations_root,
            choice.options.roles_file,
            choice.options.classes_file,
            settings=msgspec.structs.replace(self._viewing.settings, last_block=""),
        )

        def work(job: Job) -> Path:
            if not is_asked and path.exists():
                raise StudyError(f"{path} is there already. Choose another name.")
            write_study(path, study)
            return path

        self._jobs.start("small", work, self._on_study_saved, self._on_save_failed)

    def _on_study_read(self, study: Study) -> None:
        path = self._wanted
        self._job = None
        self._record.write("study_read", path=str(path))
        self._starting.open_study(path, study)
        if study.problem:
            self._tell(study.problem, "warning")

    def _on_study_failed(self, error: Exception) -> None:
        self._job = None
        text = str(error)
        if self._starting.session is not None:  # the work goes on
            self._tell(text, "error")
            return
        buttons = [
            (_AGAIN, "Try again"),
            ("choose_folder", "Open a data folder…"),
            ("sample", "Open the sample data"),
            ("quit", "Quit"),
        ]
        self._show_page("The study file cannot be opened", text, buttons)
        self._record.write("page", name="error", text=text)

    def _on_study_saved(self, path: Path) -> None:
        self._record.write("study_saved", path=str(path))
        self._tell(f"Saved {path}. Whoever opens it works on these data.")

    def _on_save_failed(self, error: Exception) -> None:
        self._tell(str(error), "error")

    def _on_notice_chosen(self, wish: str) -> None:
        if wish == _AGAIN:
            self.open(str(self._wanted))

    def _on_data_left(self) -> None:
        """Something else was opened meanwhile: the file that is still being read is not wanted any more."""
        self._forget()

    def _forget(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _show_page(self, title: str, text: str, buttons: list[tuple[str, str]]) -> None:
        self._window.show_notice(title, text, buttons)

    def _tell(self, text: str, level: str = "info") -> None:
        self._window.area.messages.tell(text, level)
        self._record.write("message", level=level, text=text)
