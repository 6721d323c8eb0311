"""The manual: its pages in resources/manual, their sections, and searching them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PAGES = ("index", "annotator", "painter", "analyst", "admin")
"""In the order of the contents; each is a file NAME.md."""

_HEADING = re.compile(r"^(#{1,3}) (.+)$")
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_BEFORE, _AFTER = 30, 70
"""Letters round a place that was found."""


@dataclass(frozen=True)
class Section:
    """What stands below one heading; `text` is without marks, `slug` is what links call it."""

    page: str
    slug: str
    title: str
    level: int
    text: str


@dataclass(frozen=True)
class Page:
    """One page, `text` as Markdown."""

    name: str
    title: str
    text: str
    sections: tuple[Section, ...]

    @property
    def pictures(self) -> tuple[str, ...]:
        """Addresses of its pictures, relative to the folder of the manual."""
        return tuple(dict.fromkeys(_PICTURE.findall(self.text)))


@dataclass(frozen=True)
class Hit:
    """A section in which words were found, and the text round the first of them."""

    section: Section
    around: str


def read_pages(folder: Path) -> tuple[Page, ...]:
    """Read all pages. Raises OSError if one is missing."""
    return tuple(parse_page(name, (folder / f"{name}.md").read_text(encoding="utf-8")) for name in PAGES)


def parse_page(name: str, text: str) -> Page:
    """Take a page apart at its headings."""
    found: list[tuple[int, str, list[str]]] = []
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading:
            found.append((len(heading[1]), heading[2], []))
        elif found:
            found[-1][2].append(line)
    sections = tuple(Section(name, slug(title), title, level, _plain(lines)) for level, title, lines in found)
    return Page(name, sections[0].title if sections else name, text, sections)


def slug(title: str) -> str:
    """How a link names a heading, as on code hosting sites: `What "saved" means` is `what-saved-means`."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def find(pages: Sequence[Page], wish: str) -> list[Hit]:
    """Sections that hold all words of `wish`, those with one in the heading first."""
    words = wish.lower().split()
    if not words:
        return []
    hits = []
    for section in (section for page in pages for section in page.sections):
        title, text = section.title.lower(), section.text.lower()
        if all(word in title or word in text for word in words):
            at = min((place for place in map(text.find, words) if place >= 0), default=0)
            hits.append((not any(word in title for word in words), Hit(section, _around(section.text, at))))
    return [hit for _, hit in sorted(hits, key=lambda pair: pair[0])]


def _around(text: str, at: int) -> str:
    start = max(0, at - _BEFORE)
    if start:
        start = text.find(" ", start, at) + 1 or start
    end = at + _AFTER
    if end < len(text):
        end = text.rfind(" ", at, end) if " " in text[at:end] else end
    return f"{'… ' if start else ''}{text[start:end].strip()}{' …' if end < len(text) else ''}"


def _plain(lines: Sequence[str]) -> str:
    kept = (line.strip().strip("|").replace("|", " ") for line in lines if not re.fullmatch(r"[|\-: ]*", line.strip()))
    kept = (re.sub(r"^(-|\d+\.) ", "", line) for line in kept)
    text = _LINK.sub(r"\1", " ".join(kept))
    return re.sub(r"\s+", " ", re.sub(r"[*`]", "", text)).strip()
