"""One table of the settings that a user would want to change: the dialog and the tests read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from app.settings import Settings


@dataclass(frozen=True)
class SettingInfo:
    """One row of the dialog.

    `name` is a field of `Settings`, with a dot one of a part of it. `kind`: "switch", "number", "choice", "folder" (a
    path, or empty), "list" (texts that can only be forgotten). A number is shown times `factor`.
    """

    name: str
    group: str
    text: str
    kind: str
    tip: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """Value and text."""
    low: float = 0
    high: float = 100
    factor: float = 1
    step: float = 1
    decimals: int = 0
    suffix: str = ""
    is_opposite: bool = False
    """A switch that is on where the setting is off."""


SETTINGS = (
    SettingInfo("auto_advance", "Work", "Go on after each decision", "switch", "To the next block"),
    SettingInfo("skip_annotated", "Work", "Skip annotated blocks", "switch", "When going to the next block"),
    SettingInfo(
        "seen_tour",
        "Work",
        "Show the tour at the next start",
        "switch",
        "Five cards for newcomers, on the sample data",
        is_opposite=True,
    ),
    SettingInfo(
        "theme",
        "Looks",
        "Theme",
        "choice",
        "Colours of everything but the image",
        choices=(("system", "As the system"), ("dark", "Dark"), ("light", "Light"), ("contrast", "High contrast")),
    ),
    SettingInfo(
        "font_percent", "Looks", "Size of texts", "number", "Of what the system says", (), 75, 200, step=5, suffix=" %"
    ),
    SettingInfo("shows_quality", "Looks", "Panel of the quality of a block", "switch", "Beside the canvas"),
    SettingInfo(
        "painting.diameter", "Painting", "Diameter of the brush", "number", "In voxels", (), 1, 2000, suffix=" voxels"
    ),
    SettingInfo("painting.is_square", "Painting", "Square brush", "switch", "Else it is round"),
    SettingInfo(
        "painting.amount",
        "Painting",
        "Length for growing, shrinking and smoothing",
        "number",
        "In micrometres, or in voxels where their size is not known",
        low=0.01,
        high=1000,
        step=0.5,
        decimals=2,
    ),
    SettingInfo(
        "painting.opacity",
        "Painting",
        "Opacity of labels that are opened",
        "number",
        "Those that are open have their own, in the panel at the right",
        factor=100,
        step=5,
        suffix=" %",
    ),
    SettingInfo(
        "painting.contour",
        "Painting",
        "Contours of labels that are opened",
        "number",
        "Thickness in pixels of the screen; 0: filled",
        high=20,
        suffix=" px",
    ),
    SettingInfo(
        "painting.undo_mb",
        "Painting",
        "Memory for undo",
        "number",
        "When it is full, the oldest edits can be undone no more",
        low=16,
        high=8192,
        step=64,
        suffix=" MB",
    ),
    SettingInfo("review_goes_on", "Review", "Go on after each final label", "switch", "To the next row of the review"),
    SettingInfo("picture_folder", "Files", "Folder for pictures", "folder", "Empty: where the system keeps pictures"),
    SettingInfo("export_folder", "Files", "Folder for exports", "folder", "Empty: where the system keeps documents"),
    SettingInfo("recent", "Files", "Data folders opened before", "list", "In File > Open recent"),
    SettingInfo("annotators", "Files", "Names of annotators", "list", "That are offered on this computer"),
)

ELSEWHERE = (
    ("Looks", "Channels, colours, contrast and marker sets", "Of each data set and annotator: the panel at the right."),
    ("Looks", "2D, 3D and the start slice", "Of each data set and annotator: above and below the canvas."),
    ("Files", "Axes and voxel size", "Of each data set: File > How this data set is read…"),
    ("Files", "Annotations folder", "Of each data set: File > Choose annotations folder…"),
    ("Files", "Classes", "Of everybody: classes.json in the annotations folder or the data folder."),
    ("Review", "Rule of the consensus, columns", "Of this computer: in the review window."),
)
"""Group, what, and where it is: settings that this dialog does not have."""


def value_of(settings: Settings, name: str) -> Any:
    """The value of a field, or of a field of a part after a dot."""
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value


def set_value(settings: Settings, name: str, value: object) -> None:
    """Change that field."""
    *parts, last = name.split(".")
    owner: Any = value_of(settings, ".".join(parts)) if parts else settings
    kind = next(field.type for field in msgspec.structs.fields(owner) if field.name == last)
    setattr(owner, last, msgspec.convert(value, kind, strict=False))


def default_of(name: str) -> Any:
    """What it is at first."""
    return value_of(Settings(), name)
