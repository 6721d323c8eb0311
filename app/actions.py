"""One table of everything that a key or a menu can do; menus, tooltips, the key sheet and the tests read it."""

from __future__ import annotations

import re

from app.action_info import ActionInfo
from app.help_actions import HELP_ACTIONS
from app.key_map import keys_of
from app.paint_actions import PAINT_ACTIONS

ACTIONS = (
    ActionInfo("open_folder", "File", "Open data folder…", ("Ctrl+O",), tip="Choose a folder of blocks"),
    ActionInfo("open_file", "File", "Open file…", ("Ctrl+Shift+O",), tip="A study file (.cytoscribe) or a TIFF"),
    ActionInfo("open_sample", "File", "Open the sample data"),
    ActionInfo("choose_annotations", "File", "Choose annotations folder…", tip="Where decisions are kept"),
    ActionInfo(
        "save_study",
        "File",
        "Save study file…",
        tip="One file that opens these data with their annotations folder and looks, by double click",
        needs_blocks=True,
    ),
    ActionInfo(
        "save_picture",
        "File",
        "Save a picture…",
        ("Ctrl+Shift+S",),
        tip="Of the canvas at any scale, or of the window",
        needs_blocks=True,
        window="any",
    ),
    ActionInfo(
        "copy_picture",
        "File",
        "Copy the picture",
        ("Ctrl+Shift+C",),
        tip="The canvas as it is seen, on the clipboard",
        needs_blocks=True,
        window="any",
    ),
    ActionInfo("rescan", "File", "Scan the data folder again", ("F5",)),
    ActionInfo(
        "correct_reading",
        "File",
        "How this data set is read…",
        ("Ctrl+R",),
        tip="Correct the axes and the voxel size of all blocks",
        needs_blocks=True,
        window="any",
    ),
    ActionInfo("switch_annotator", "File", "Change annotator…"),
    ActionInfo("settings", "File", "Settings…", ("F10",), tip="Looks, work, painting, files and keys", window="any"),
    ActionInfo("quit", "File", "Quit", ("Ctrl+Q",), window="any"),
    ActionInfo(
        "clear_annotation", "Annotate", "Clear the class of this block", ("Backspace",), needs_blocks=True, mode="judge"
    ),
    ActionInfo(
        "toggle_unsure",
        "Annotate",
        "Unsure",
        ("U",),
        tip="You are not sure of this block",
        needs_blocks=True,
        mode="judge",
    ),
    ActionInfo(
        "toggle_flag",
        "Annotate",
        "Flag",
        ("F",),
        tip="Ask an admin to look at this block",
        needs_blocks=True,
        mode="judge",
    ),
    ActionInfo("comment", "Annotate", "Comment…", ("C",), needs_blocks=True, mode="judge"),
    ActionInfo(
        "undo",
        "Annotate",
        "Undo the last decision",
        ("Ctrl+Z",),
        tip="Back to its block",
        needs_blocks=True,
        window="any",
        mode="judge",
    ),
    ActionInfo("redo", "Annotate", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), needs_blocks=True, window="any", mode="judge"),
    ActionInfo("auto_advance", "Annotate", "Go on after each decision", checkable=True),
    ActionInfo("skip_annotated", "Annotate", "Skip annotated blocks", checkable=True),
    ActionInfo("next_block", "Go", "Next block", ("Down",), needs_blocks=True, window="any"),
    ActionInfo("previous_block", "Go", "Previous block", ("Up",), needs_blocks=True, window="any"),
    ActionInfo("next_unannotated", "Go", "Next block without a class", ("N",), needs_blocks=True, mode="judge"),
    ActionInfo("filter", "Go", "Filter the list", ("Ctrl+F",), needs_blocks=True, window="any"),
    ActionInfo("slice_back", "View", "Slice back", ("Left",), repeats=True, needs_blocks=True, window="any"),
    ActionInfo("slice_on", "View", "Slice on", ("Right",), repeats=True, needs_blocks=True, window="any"),
    ActionInfo("first_slice", "View", "First slice", ("Home",), needs_blocks=True, window="any"),
    ActionInfo("last_slice", "View", "Last slice", ("End",), needs_blocks=True, window="any"),
    ActionInfo("time_back", "View", "Time point back", ("Ctrl+Left",), repeats=True, needs_blocks=True, window="any"),
    ActionInfo("time_on", "View", "Time point on", ("Ctrl+Right",), repeats=True, needs_blocks=True, window="any"),
    ActionInfo(
        "play",
        "View",
        "Play through the slices",
        ("Space",),
        checkable=True,
        needs_blocks=True,
        window="any",
        mode="judge",
    ),
    ActionInfo(
        "faster", "View", "Play faster", ("+", "="), repeats=True, needs_blocks=True, window="any", mode="judge"
    ),
    ActionInfo("slower", "View", "Play slower", ("-",), repeats=True, needs_blocks=True, window="any", mode="judge"),
    ActionInfo("bounce", "View", "Play back and forth", checkable=True, needs_blocks=True, window="any"),
    ActionInfo("toggle_3d", "View", "3D", ("V",), checkable=True, needs_blocks=True, window="any"),
    ActionInfo(
        "ortho",
        "View",
        "Orthogonal views",
        ("O",),
        checkable=True,
        tip="Slices along x, y and z and the volume, with a crosshair",
        needs_blocks=True,
        window="any",
    ),
    ActionInfo(
        "side_by_side",
        "View",
        "Channels side by side",
        ("Shift+C",),
        checkable=True,
        tip="One slice for each channel that is shown",
        needs_blocks=True,
        window="any",
    ),
    ActionInfo(
        "maximise",
        "View",
        "One view alone",
        ("Shift+O",),
        tip="The orthogonal view under the mouse fills the canvas, or all four",
        needs_blocks=True,
        window="any",
    ),
    ActionInfo("next_3d_mode", "View", "Next 3D mode", ("Shift+V",), needs_blocks=True, window="any"),
    ActionInfo("toggle_cross", "View", "Crosshair", ("Shift+X",), checkable=True, needs_blocks=True, window="any"),
    ActionInfo("reset_view", "View", "Reset the view", ("R",), needs_blocks=True, window="any"),
    ActionInfo("auto_contrast", "View", "Auto contrast, all channels", ("A",), needs_blocks=True, window="any"),
    ActionInfo(
        "next_channel", "View", "Next channel", ("Alt+Down",), tip="Its histogram", needs_blocks=True, window="any"
    ),
    ActionInfo(
        "previous_channel",
        "View",
        "Previous channel",
        ("Alt+Up",),
        tip="Its histogram",
        needs_blocks=True,
        window="any",
    ),
    ActionInfo(
        "only_channel",
        "View",
        "Show only the selected channel",
        ("Alt+S",),
        tip="Show only the selected channel, or again what was shown before",
        needs_blocks=True,
        window="any",
    ),
    ActionInfo("next_set", "View", "Next marker set", ("Alt+Right",), needs_blocks=True, window="any"),
    ActionInfo("previous_set", "View", "Previous marker set", ("Alt+Left",), needs_blocks=True, window="any"),
    ActionInfo("show_channels", "View", "Show all channels", ("Alt+0",), needs_blocks=True, window="any"),
    ActionInfo("hide_channels", "View", "Hide all channels", ("Alt+Shift+0",), needs_blocks=True, window="any"),
    ActionInfo(
        "show_focus",
        "View",
        "Focus point",
        ("X",),
        checkable=True,
        tip="The cell that the block was cut for",
        needs_blocks=True,
        window="any",
        mode="judge",
    ),
    ActionInfo(
        "toggle_quality",
        "View",
        "Quality of this block",
        ("Ctrl+I",),
        checkable=True,
        tip="Range, clipping, bits and noise of each channel, and where the voxel size is from",
        needs_blocks=True,
        window="any",
    ),
    ActionInfo(
        "check_quality",
        "View",
        "Quality of all blocks…",
        ("Ctrl+Shift+I",),
        tip="Measure all blocks and show them in a table, the worst first",
        needs_blocks=True,
    ),
    ActionInfo(
        "toggle_ruler",
        "View",
        "Ruler",
        ("Shift+R",),
        checkable=True,
        tip="Measure a distance in 3D: click or drag in the slices",
        needs_blocks=True,
        window="any",
    ),
    ActionInfo(
        "end_ruler",
        "View",
        "Take the ruler away",
        ("Escape",),
        needs_blocks=True,
        is_of_canvas=True,
        window="any",
        mode="judge",
    ),
    ActionInfo("copy_distance", "View", "Copy the distance", ("Ctrl+C",), needs_blocks=True, window="any"),
    ActionInfo("theme_system", "Looks", "As the system", checkable=True, tip="Theme: dark or light", window="any"),
    ActionInfo("theme_dark", "Looks", "Dark", checkable=True, tip="Theme", window="any"),
    ActionInfo("theme_light", "Looks", "Light", checkable=True, tip="Theme; images stay on dark ground", window="any"),
    ActionInfo("theme_contrast", "Looks", "High contrast", checkable=True, tip="Theme", window="any"),
    ActionInfo("larger_text", "Looks", "Larger text", ("Ctrl+Alt++", "Ctrl+Alt+="), window="any", begins_group=True),
    ActionInfo("smaller_text", "Looks", "Smaller text", ("Ctrl+Alt+-",), window="any"),
    ActionInfo("normal_text", "Looks", "Text of the usual size", ("Ctrl+Alt+0",), window="any"),
    ActionInfo(
        "review",
        "Review",
        "Review…",
        ("F6",),
        tip="See what everybody said of each block, and decide",
        needs_blocks=True,
    ),
    ActionInfo("sort_rows", "Review", "Sort the rows…", ("F7",), tip="By a column", window="review"),
    ActionInfo("choose_columns", "Review", "Choose columns…", ("F8",), tip="Which columns are seen", window="review"),
    ActionInfo(
        "agreement",
        "Review",
        "Agreement…",
        ("Ctrl+G",),
        tip="How well annotators agree, and how fast they are",
        window="review",
        needs_blocks=True,
    ),
    ActionInfo(
        "assign",
        "Review",
        "Assign blocks…",
        ("Ctrl+Shift+N",),
        tip="Hand blocks to annotators, and see how far they are",
        window="review",
    ),
    ActionInfo("close_review", "Review", "Close", ("Ctrl+W",), tip="Back to the main window", window="review"),
    ActionInfo("clear_final", "Decide", "Clear the final label", ("Backspace",), needs_blocks=True, window="review"),
    ActionInfo(
        "reason",
        "Decide",
        "Reason…",
        ("C",),
        tip="Why the final label of this block is what it is",
        needs_blocks=True,
        window="review",
    ),
    ActionInfo(
        "accept_consensus",
        "Decide",
        "Accept the consensus…",
        ("Ctrl+Shift+A",),
        tip="As final label of all rows that the filter shows and that reach a quorum",
        needs_blocks=True,
        window="review",
    ),
    ActionInfo(
        "review_goes_on",
        "Decide",
        "Go on after each final label",
        checkable=True,
        tip="To the next row",
        window="review",
    ),
    ActionInfo(
        "toggle_names",
        "Decide",
        "Names",
        ("Ctrl+B",),
        checkable=True,
        tip="Show who voted what; hidden at every opening",
        needs_blocks=True,
        window="review",
    ),
    ActionInfo(
        "export",
        "File",
        "Export…",
        ("Ctrl+E",),
        tip="Votes and final labels as a table in a file",
        needs_blocks=True,
        window="review",
    ),
    *PAINT_ACTIONS,
    ActionInfo(
        "palette",
        "Help",
        "Find an action…",
        ("Ctrl+Shift+P",),
        tip="Type a few letters of what you want to do",
        window="any",
    ),
    ActionInfo("key_sheet", "Help", "Keys", ("?", "F1"), window="any"),
    ActionInfo(
        "save_report",
        "Help",
        "Save a report…",
        tip="What is known of the program and of what went wrong, for whoever helps you; no images, no names",
        window="any",
    ),
    ActionInfo("test_installation", "Help", "Test this installation…", tip="Whether all parts work on this computer"),
    *HELP_ACTIONS,
)

CHANNEL_KEYS = tuple(f"Alt+{digit}" for digit in range(1, 10))
"""Show or hide channel 1 to 9 of the list."""
ONLY_KEYS = tuple(f"Alt+Shift+{digit}" for digit in range(1, 10))
"""Show only channel 1 to 9 of the list, or again what was shown."""

CLASS_LETTERS = "BDEGHIJKLMQSTWYZ"
"""Letters that no action uses while blocks are judged: keys of the eleventh class and on."""


def info(name: str) -> ActionInfo:
    """The row of that name. KeyError if there is none."""
    return _BY_NAME[name]


def tooltip(name: str) -> str:
    """What a control that does this says under the mouse: always with its key."""
    row = _BY_NAME[name]
    return f"{row.tip or row.text.rstrip('…')}{in_brackets(name)}"


def in_brackets(name: str) -> str:
    """The key of an action, to stand behind its name in a sentence; empty where it has none."""
    keys = keys_of(_BY_NAME[name])
    return f" ({keys[0]})" if keys else ""


def with_keys(text: str) -> str:
    """Put the key that an action has now for its {name}, or where it is in the menus if it has none."""
    return re.sub(r"\{(\w+)\}", _way_to, text)


def _way_to(found: re.Match[str]) -> str:
    row = _BY_NAME[found[1]]
    keys = keys_of(row)
    return keys[0] if keys else f"“{row.menu} > {row.text}”"


def key_before(name: str, text: str) -> str:
    """The text of a control that begins with the key of what it does, where that has one: "U unsure"."""
    keys = keys_of(_BY_NAME[name])
    return f"{keys[0].replace('Escape', 'Esc')} {text}" if keys else text.lstrip()


def class_letters() -> str:
    """Letters that no action uses now while blocks are judged: at first those of CLASS_LETTERS."""
    taken = {key for row in ACTIONS if row.mode != "paint" for key in keys_of(row)}
    freed = "".join(letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in CLASS_LETTERS)
    return "".join(letter for letter in CLASS_LETTERS + freed if letter not in taken)


_BY_NAME = {row.name: row for row in ACTIONS}
