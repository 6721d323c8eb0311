"""Reading the manual: pages and pictures from the disk, search, links, the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage

from app.log import jobs as log
from app.manual import find, read_pages
from app.settings import RESOURCES
from app.views.manual_window import Entry, ManualWindow

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from app.jobs import Job, Jobs
    from app.log import EventRecord
    from app.manual import Page

MANUAL = RESOURCES / "manual"


class _Shown(NamedTuple):
    """A page as it is read in the background."""

    wish: int
    page: Page
    section: str
    pictures: dict[str, QImage]


class ReadingManual(QObject):
    """One window, made when it is first asked for; places are a page and a heading."""

    def __init__(self, jobs: Jobs, parent: QWidget, record: EventRecord) -> None:
        super().__init__()
        self._jobs, self._parent, self._record = jobs, parent, record
        self._pages: dict[str, Page] = {}
        self._window: ManualWindow | None = None
        self._wish = 0
        self._shown = ""
        self._places: list[tuple[str, str]] = []
        self._at = -1

    def open(self, page: str) -> None:
        """Show the manual in front, at a page; where it is open already, it turns to it."""
        if self._window is None:
            self._window = self._make_window()
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self._go(page, "")
        if not self._pages:
            self._jobs.start("small", lambda job: read_pages(MANUAL), self._on_pages_read, self._on_failed)

    def _make_window(self) -> ManualWindow:
        window = ManualWindow(self._parent)
        window.place_requested.connect(self._go)
        window.search_requested.connect(self._on_search_asked)
        window.link_requested.connect(self._on_link_clicked)
        window.back_requested.connect(self._on_back_asked)
        window.forth_requested.connect(self._on_forth_asked)
        return window

    def _go(self, page: str, section: str) -> None:
        if self._at < 0 or self._places[self._at] != (page, section):
            self._places = [*self._places[: self._at + 1], (page, section)]
            self._at += 1
        self._show()

    def _show(self) -> None:
        window = self._window
        assert window is not None
        window.set_ways(self._at > 0, self._at + 1 < len(self._places))
        name, section = self._places[self._at]
        if name not in self._pages:
            return
        window.set_place(name, section or self._pages[name].title)
        self._wish += 1
        if name == self._shown:
            window.show_section(section, self._words)
            self._record.write("manual", page=name, section=section)
            return
        wish, page, room, ratio = self._wish, self._pages[name], window.room, window.devicePixelRatioF()

        def work(job: Job) -> _Shown:
            return _Shown(wish, page, section, {one: _picture(MANUAL / one, room, ratio) for one in page.pictures})

        self._jobs.start("small", work, self._on_page_read, self._on_failed)

    @property
    def _words(self) -> list[str]:
        return self._window.search.text().split() if self._window is not None else []

    def _on_pages_read(self, pages: tuple[Page, ...]) -> None:
        self._pages = {page.name: page for page in pages}
        self._show_contents()
        self._show()

    def _on_page_read(self, shown: _Shown) -> None:
        if shown.wish != self._wish or self._window is None:
            return
        self._shown = shown.page.name
        self._window.set_page(shown.page.text, shown.pictures, shown.section, self._words)
        self._record.write("manual", page=shown.page.name, section=shown.section)

    def _on_failed(self, error: Exception) -> None:
        assert self._window is not None
        log.error("the manual cannot be read: %s", error)
        text = f"# The manual cannot be read\n\n{error}\n\nIt is a part of the program: please install it anew."
        self._window.set_page(text, {}, "", [])

    def _show_contents(self) -> None:
        assert self._window is not None
        sections = (section for page in self._pages.values() for section in page.sections)
        self._window.set_entries([Entry(s.page, s.title, s.title, s.level) for s in sections if s.level <= 2])

    def _on_search_asked(self, wish: str) -> None:
        assert self._window is not None
        if not wish.strip():
            self._show_contents()
            self._show()
            return
        hits = find(list(self._pages.values()), wish)
        titles = {page.name: page.title for page in self._pages.values()}
        entries = []
        for hit in hits:
            section = hit.section
            where = "" if section.level == 1 else f"{titles[section.page]}: "
            entries.append(Entry(section.page, section.title, where + section.title, 1, hit.around))
        self._window.set_entries(entries, wish)
        self._record.write("manual_search", words=wish, count=len(hits))

    def _on_link_clicked(self, address: str) -> None:
        if "://" in address:
            QDesktopServices.openUrl(QUrl(address))
            return
        file, _, slug = address.partition("#")
        name = file.removesuffix(".md") or self._places[self._at][0]
        page = self._pages.get(name)
        if page is not None:
            self._go(name, next((s.title for s in page.sections if s.slug == slug), ""))

    def _on_back_asked(self) -> None:
        if self._at > 0:
            self._at -= 1
            self._show()

    def _on_forth_asked(self) -> None:
        if self._at + 1 < len(self._places):
            self._at += 1
            self._show()


def _picture(path: Path, room: int, ratio: float) -> QImage:
    """A picture, no wider than the page."""
    image = QImage(str(path))
    if image.width() > room:
        image = image.scaledToWidth(round(room * ratio), Qt.TransformationMode.SmoothTransformation)
        image.setDevicePixelRatio(ratio)
    return image
