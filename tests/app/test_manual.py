"""The manual: what it names is there (keys, menus, pictures, links, commands), and searching it finds sections."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.actions import ACTIONS, CHANNEL_KEYS, ONLY_KEYS, info
from app.cli import COMMANDS
from app.commands.store import _parser as store_parser
from app.controllers.reading_manual import MANUAL, ReadingManual
from app.help_actions import HELP_ACTIONS
from app.jobs import Jobs
from app.log import EventRecord
from app.manual import PAGES, find, parse_page, read_pages, slug
from app.settings import RESOURCES
from app.views.manual_window import ManualWindow

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.action_info import ActionInfo
    from app.manual import Page

PAGES_READ = {page.name: page for page in read_pages(MANUAL)}
ALL_KEYS = {QKeySequence(key) for row in ACTIONS for key in row.keys} | {
    QKeySequence(key) for key in (*CHANNEL_KEYS, *ONLY_KEYS, *"0123456789")
}
OF_QT = {"Enter", "Escape", "Ctrl", "Space", "Alt+drag"}
"""Keys of fields and of the mouse: no rows of the table of actions."""
MARK = re.compile(r"`([^`]+)`")
NO_KEY = re.compile(
    r"^(--|cytoscribe |[\w/]+\.\w+$|[\w_]+/$|'|accounts$|sync$|async$|block$|class$|block_\d+$)|--jobs 4"
)
"""Options, commands, files and words of files stand in the same marks."""


def marks(page: Page) -> list[str]:
    return [mark for line in page.text.splitlines() if not line.startswith("    ") for mark in MARK.findall(line)]


def test_the_folder_has_the_pages_and_no_others() -> None:
    assert {path.stem for path in MANUAL.glob("*.md")} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_every_key_that_is_named_is_one_of_the_table_of_actions(name: str) -> None:
    keys = [mark for mark in marks(PAGES_READ[name]) if not NO_KEY.search(mark)]
    assert keys
    assert [key for key in keys if key not in OF_QT and QKeySequence(key) not in ALL_KEYS] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_key_in_a_table_belongs_to_the_action_that_stands_beside_it(name: str) -> None:
    """A row begins with a key; the action, as its menu calls it, is bold."""
    for key, text in re.findall(r"^\| `([^`]+)` \| \*\*([^*]+)\*\*", PAGES_READ[name].text, re.MULTILINE):
        rows = [row for row in ACTIONS if row.text.rstrip("…") == text]
        assert rows, f"{name}.md: no action is called {text}"
        assert any(key in row.keys for row in rows), f"{name}.md: {text} is not {key}"


def is_of_menu(row: ActionInfo, menu: str, text: str) -> bool:
    return (row.menu, row.text) == (menu, text)


@pytest.mark.parametrize("name", PAGES)
def test_every_menu_that_is_named_is_there(name: str) -> None:
    for menu, text in re.findall(r"\*(\w+) > ([^*]+)\*", PAGES_READ[name].text):
        assert any(is_of_menu(row, menu, text) for row in ACTIONS), f"{name}.md: {menu} > {text}"


@pytest.mark.parametrize("name", PAGES)
def test_every_command_that_is_named_is_there(name: str) -> None:
    of_store = store_parser().format_help()
    for command, more in re.findall(r"cytoscribe ([a-z]+) ?([a-z]*)", PAGES_READ[name].text):
        assert command in COMMANDS, f"{name}.md: cytoscribe {command}"
        assert command != "store" or more in of_store, f"{name}.md: cytoscribe store {more}"


@pytest.mark.parametrize("name", PAGES)
def test_pictures_and_links_lead_somewhere(name: str) -> None:
    page = PAGES_READ[name]
    for picture in page.pictures:
        assert not QImage(str(MANUAL / picture)).isNull(), f"{name}.md: {picture}"
        assert (MANUAL / picture).resolve().is_relative_to(RESOURCES.resolve())  # it is in the build
    for address in re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", page.text):
        file, _, heading = address.partition("#")
        target = PAGES_READ[file.removesuffix(".md") or name]
        assert not heading or heading in [section.slug for section in target.sections], f"{name}.md: {address}"


def test_every_action_of_everyday_work_is_named_somewhere() -> None:
    named = {QKeySequence(mark) for page in PAGES_READ.values() for mark in marks(page)}
    for action in ("undo", "toggle_unsure", "toggle_flag", "comment", "clear_annotation", "paint", "review", "manual"):
        assert QKeySequence(info(action).keys[0]) in named, action
    assert [row.name for row in HELP_ACTIONS if row.keys] == ["manual"]


def test_pictures_are_small_together() -> None:
    pictures = list((RESOURCES / "screenshots").glob("*.png"))
    assert sum(picture.stat().st_size for picture in pictures) < 6_000_000
    used = "".join(page.text for page in PAGES_READ.values())
    used += (RESOURCES.parent / "README.md").read_text(encoding="utf-8")
    assert [picture.name for picture in pictures if picture.name not in used] == []


# ------------------------------------------------------------------------- searching

PAGE = parse_page(
    "page",
    "# A page\n\nOf [links](other.md) and `keys`.\n\n## When the share is away\n\n| a | b |\n|---|---|\n| one | two |\n"
    "\n- Go *on* working.\n\n## Saved\n\nOn the share.\n",
)


def test_a_page_is_taken_apart_at_its_headings() -> None:
    assert [(s.title, s.level, s.slug) for s in PAGE.sections] == [
        ("A page", 1, "a-page"),
        ("When the share is away", 2, "when-the-share-is-away"),
        ("Saved", 2, "saved"),
    ]
    assert PAGE.sections[0].text == "Of links and keys."
    assert PAGE.sections[1].text == "a b one two Go on working."
    assert slug('What "saved" means?') == "what-saved-means"


@pytest.mark.parametrize(
    ("wish", "titles"),
    [
        ("share", ["When the share is away", "Saved"]),
        ("SHARE away", ["When the share is away"]),
        ("share two", ["When the share is away"]),
        ("share nowhere", []),
        ("  ", []),
    ],
)
def test_all_words_must_be_there_and_headings_come_first(wish: str, titles: list[str]) -> None:
    assert [hit.section.title for hit in find([PAGE], wish)] == titles


def test_what_was_found_is_shown_with_whole_words_round_it() -> None:
    long = parse_page("page", f"# Page\n\n{'before ' * 20}needle {'after ' * 30}")
    around = find([long], "needle")[0].around
    assert around.startswith("… before") and " needle " in around and around.endswith("after …")


# ------------------------------------------------------------------------ the window


def test_a_page_with_its_pictures_fits_the_window(qtbot: QtBot) -> None:
    window = ManualWindow(None)  # type: ignore[arg-type]
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    page = PAGES_READ["annotator"]
    pictures = {}
    for address in page.pictures:
        image = QImage(str(MANUAL / address))
        pictures[address] = image.scaledToWidth(min(image.width(), window.room))
    window.set_page(page.text, pictures, "", [])
    assert not window.text.horizontalScrollBar().isVisible()
    top = window.text.verticalScrollBar().value()
    window.show_section("When the share is away", [])
    assert window.text.verticalScrollBar().value() > top


def click_on(window: ManualWindow, words: str) -> None:
    """Click on a link by its text."""
    found = window.text.document().find(words)
    assert not found.isNull() and found.charFormat().isAnchor()
    window.text.setTextCursor(found)
    window.text.ensureCursorVisible()
    found.setPosition(found.selectionStart() + 1)
    place = window.text.cursorRect(found).center()
    QTest.mouseClick(window.text.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_links_lead_to_pages_and_back_again(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    reading = ReadingManual(Jobs(), parent, EventRecord())
    reading.open("index")
    window = parent.findChild(ManualWindow)
    assert window is not None

    def shows(title: str) -> Callable[[], bool]:
        return lambda: window.text.document().begin().text() == title

    qtbot.waitUntil(shows("Cytoscribe"))
    click_on(window, "Leading a project")
    qtbot.waitUntil(shows("Leading a project"))
    click_on(window, "review")  # of the same page
    qtbot.waitUntil(lambda: [item.text(0) for item in window.contents.selectedItems()] == ["Reviewing"])
    assert window.text.verticalScrollBar().value() > 0
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(shows("Cytoscribe"))
    QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(shows("Leading a project"))
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_every_page_is_in_the_package() -> None:
    """The build and `pip install` take what pyproject.toml names."""
    text = (RESOURCES.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert '"manual/*.md"' in text and '"screenshots/*.png"' in text
    done = subprocess.run(
        ["git", "ls-files", "resources/manual"], cwd=RESOURCES.parent, capture_output=True, text=True, check=False
    )
    if done.returncode == 0 and done.stdout:  # else this is no checkout
        assert {line.rpartition("/")[2] for line in done.stdout.split()} == {f"{name}.md" for name in PAGES}
