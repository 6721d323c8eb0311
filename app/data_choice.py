"""Which data set is wanted, where decisions about it are kept, and which files of the team belong to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import Places, Settings, default_annotations
from core.images.blocks import is_tiff_name

if TYPE_CHECKING:
    from app.options import Options
    from app.study_file import Study


class DataChoice:
    """A folder, the folder of a TIFF, the sample data, or what a study file says. Looks at names only, at no file."""

    def __init__(self, options: Options, settings: Settings, places: Places, sample_root: Path) -> None:
        self._settings, self._places, self._sample_root = settings, places, sample_root
        self._given = options
        self.options = options
        """The options that hold now: those of the command line, or of the study file."""
        self.study: Study | None = None
        self.study_path: Path | None = None
        self.first_block = ""
        """A file that was opened: its folder is the data, and it comes first."""
        self.data_root = sample_root
        if options.study_file is not None:  # what was said beside the study is of the study: take_study
            named = {"annotations_root": None, "roles_file": None, "classes_file": None}
            self.options = replace(options, **named)  # type: ignore[arg-type]
        elif options.data_root is not None:
            self._take(options.data_root)
            self.options = replace(options, data_root=self.data_root)
        self._plain = self.options

    def take_path(self, path: Path) -> None:
        """A folder or a TIFF: what a study file said is left."""
        self.options, self.study, self.study_path = self._plain, None, None
        self._take(path)

    def take_sample(self) -> None:
        """The project's own data."""
        self.take_path(self._sample_root)

    def take_study(self, path: Path, study: Study) -> None:
        """What the file says, except where the command line that named the file says otherwise."""
        given = self._given if path == self._given.study_file else self._plain
        is_given = given is not self._plain
        self.options = replace(
            self._plain,
            data_root=study.data_root,
            annotations_root=(is_given and given.annotations_root) or study.annotations_root,
            roles_file=(is_given and given.roles_file) or study.roles_file,
            classes_file=(is_given and given.classes_file) or study.classes_file,
            annotator=given.annotator or study.annotator,
        )
        self.study, self.study_path = study, path
        self._take(study.data_root)
        self.options = replace(self.options, data_root=self.data_root)

    def choose_annotations(self, folder: str) -> None:
        """Decisions of this data set are kept there from now on: chosen, it wins over what was configured."""
        if self._is_configured:
            self.options = replace(self.options, annotations_root=None)
            if self.study is None:
                self._plain = self.options
        self._settings.annotation_roots[str(self.data_root)] = folder

    @property
    def annotations_root(self) -> Path:
        """The configured folder for the configured data; else the one chosen for this data; else the user's own."""
        if self.options.annotations_root is not None and self._is_configured:
            return self.options.annotations_root
        chosen = self._settings.annotation_roots.get(str(self.data_root))
        return Path(chosen) if chosen else self._own_root

    @property
    def is_sample(self) -> bool:
        """Whether it is the project's own data."""
        return self.data_root == self._sample_root

    @property
    def is_own_root(self) -> bool:
        """Whether decisions are kept on this computer, for this user alone."""
        return self.annotations_root == self._own_root

    @property
    def name(self) -> str:
        """What the data set is called: in titles and reports."""
        if self.study_path is not None:
            return self.study_path.stem
        return "sample data" if self.is_sample else self.data_root.name or str(self.data_root)

    @property
    def opened_path(self) -> str:
        """What opens the same again."""
        return str(self.study_path or self.data_root)

    @property
    def _own_root(self) -> Path:
        return default_annotations(self._places, str(self.data_root))

    @property
    def _is_configured(self) -> bool:
        return self.data_root == (self.options.data_root or self._sample_root)

    def _take(self, path: Path) -> None:
        is_file = is_tiff_name(path.name)
        self.first_block = path.name if is_file else ""
        self.data_root = path.parent if is_file else path
