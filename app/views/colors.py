"""The colours of the program by what they are for, in each theme; the colours of classes and channels are data."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Colors:
    """One theme, as #RRGGBB. What is written on a ground has at least 4.5 : 1 on it, 7 : 1 in high contrast."""

    window: str
    """Ground of windows, dialogs and pages."""
    panel: str
    """Ground of bars and side panels."""
    rows: str
    """Ground of lists and tables."""
    rows_odd: str
    field: str
    """Ground of what is typed into, and of menus."""
    button: str
    hover: str
    pressed: str
    raised: str
    """Ground of messages and tips."""
    row_selected: str
    """Ground of selected rows, below text of any role."""
    chosen: str
    """Ground of buttons that are down, and of the menu entry under the mouse."""
    chosen_text: str
    primary: str
    """Ground of the button that is proposed."""
    primary_text: str
    line: str
    """Edges of fields and buttons."""
    edge: str
    """Between panels."""
    text: str
    strong: str
    """Titles."""
    dim: str
    """Text that matters less."""
    off: str
    """Text of what cannot be used now."""
    off_line: str
    """Its edge."""
    accent: str
    """What has the keyboard, and what goes on."""
    link: str
    warning: str
    error: str
    ok: str
    figure: str
    """Ground of the greatest figures of a table; small ones have that of its rows."""
    figure_below: str
    """Ground of the figures that are most below zero."""


DARK = Colors(
    window="#1C1C1E",
    panel="#232326",
    rows="#202023",
    rows_odd="#26262A",
    field="#2A2A2D",
    button="#303034",
    hover="#3A3A3F",
    pressed="#26262A",
    raised="#34343A",
    row_selected="#263E5A",
    chosen="#2F5F96",
    chosen_text="#FFFFFF",
    primary="#2F6FB8",
    primary_text="#FFFFFF",
    line="#46464B",
    edge="#111113",
    text="#DCDCDF",
    strong="#F0F0F0",
    dim="#A8A8AE",
    off="#6E6E74",
    off_line="#37373B",
    accent="#5AA2F0",
    link="#7DB8F5",
    warning="#E8C060",
    error="#FF9A8C",
    ok="#7FD6A0",
    figure="#285F9E",
    figure_below="#8A4B36",
)
LIGHT = Colors(
    window="#F5F5F7",
    panel="#ECECEF",
    rows="#FFFFFF",
    rows_odd="#F4F4F7",
    field="#FFFFFF",
    button="#FBFBFC",
    hover="#E3E3E8",
    pressed="#D6D6DC",
    raised="#FFFFFF",
    row_selected="#CCE1F8",
    chosen="#1F62AC",
    chosen_text="#FFFFFF",
    primary="#1F66B5",
    primary_text="#FFFFFF",
    line="#A6A6AE",
    edge="#C4C4CB",
    text="#1D1D20",
    strong="#000000",
    dim="#55555C",
    off="#96969E",
    off_line="#CCCCD2",
    accent="#1F66B5",
    link="#15549C",
    warning="#6E4A00",
    error="#A8201A",
    ok="#12602F",
    figure="#8DBCEF",
    figure_below="#E9B39C",
)
CONTRAST = Colors(
    window="#000000",
    panel="#000000",
    rows="#000000",
    rows_odd="#141414",
    field="#000000",
    button="#000000",
    hover="#2E2E2E",
    pressed="#2E2E2E",
    raised="#000000",
    row_selected="#003070",
    chosen="#FFE600",
    chosen_text="#000000",
    primary="#FFE600",
    primary_text="#000000",
    line="#FFFFFF",
    edge="#FFFFFF",
    text="#FFFFFF",
    strong="#FFFFFF",
    dim="#E6E6E6",
    off="#9C9C9C",
    off_line="#5C5C5C",
    accent="#FFE600",
    link="#9AD1FF",
    warning="#FFD75E",
    error="#FFB9B0",
    ok="#8CFFBA",
    figure="#003070",
    figure_below="#5A2400",
)
IMAGE = {"image": "#1C1C1E", "image_text": "#F0F0F0", "image_dim": "#DCDCDF"}
"""Ground and text where an image is shown: dark in every theme. Faint structures are judged against what is round them,
and whoever changes the theme in the middle of a data set must not judge differently; the colours of channels and of
labels are made for a dark ground, too."""


def names(colors: Colors) -> dict[str, str]:
    """Every role with its colour, those of the image too, as the style sheet names them."""
    return asdict(colors) | IMAGE


def contrast_ratio(one: str, other: str) -> float:
    """How well one colour (#RRGGBB) is read on another, 1 to 21.

    (L1 + 0.05) / (L2 + 0.05) of the relative luminances: WCAG 2.2, "contrast ratio".
    """
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def text_on(ground: str) -> str:
    """Black or white, whichever is read better on a colour such as that of a class."""
    return max("#101012", "#FFFFFF", key=lambda text: contrast_ratio(text, ground))


def _luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
