"""The rows of the table of actions that are about labels: tools, numbers, objects, overlays."""

from __future__ import annotations

from dataclasses import replace

from app.action_info import ActionInfo


def _paint(
    name: str, menu: str, text: str, keys: tuple[str, ...] = (), tip: str = "", repeats: bool = False
) -> ActionInfo:
    """An action of the painting mode."""
    return ActionInfo(name, menu, text, keys, repeats, tip=tip, needs_blocks=True, mode="paint")


def _labels(name: str, text: str, keys: tuple[str, ...] = (), tip: str = "") -> ActionInfo:
    """An action on overlays, in both modes."""
    return ActionInfo(name, "Labels", text, keys, tip=tip, needs_blocks=True)


TOOLS = (
    _paint("tool_pan", "Tools", "Pan and zoom", ("Z",), "Drag moves the view; also with Space held in every tool"),
    _paint("tool_brush", "Tools", "Brush", ("P",), "Paint the number; Alt+drag sets the size"),
    _paint("tool_erase", "Tools", "Eraser", ("E",), "Paint background"),
    _paint("tool_fill", "Tools", "Fill", ("F",), "Fill what hangs together with a click; with Shift all of its number"),
    _paint("tool_pick", "Tools", "Pick", ("L",), "Paint on with the number under the mouse"),
    _paint("tool_polygon", "Tools", "Polygon", ("G",), "Click corners; Enter or a double click fills, right click "
           "takes one back, Ctrl erases"),
    _paint("tool_lasso", "Tools", "Lasso", ("Shift+G",), "Draw round what is to be filled; Ctrl erases"),
    _paint("tool_line", "Tools", "Straight line", ("I",), "With the brush, from press to release"),
    _paint("tool_box", "Tools", "Box", ("Shift+B",), "Fill a rectangle, from press to release; Ctrl erases"),
    _paint("tool_threshold", "Tools", "Threshold brush", ("T",), "Paints only voxels of the range of brightness"),
    _paint("tool_grow", "Tools", "Region growing", ("W",), "Press on a place and drag: farther away takes more in"),
    _paint("tool_select", "Tools", "Select objects", ("S",), "Click, or draw round them; Shift adds or takes away"),
    _paint("tool_cut", "Tools", "Cut by a line", ("K",), "Draw a line through an object: its parts become two"),
    _paint("tool_seeds", "Tools", "Split from clicks", ("Shift+K",), "Click into each part of an object, then Enter"),
)  # fmt: skip

_MODES = (
    ActionInfo(
        "paint",
        "Labels",
        "Paint labels",
        ("P",),
        tip="Keys and mouse are for painting, until Escape",
        needs_blocks=True,
        mode="judge",
    ),
    ActionInfo(
        "end_paint",
        "Labels",
        "Back to judging",
        ("Escape",),
        tip="First gives up what is being drawn",
        needs_blocks=True,
        is_of_canvas=True,
        mode="paint",
    ),
)

_NUMBERS = (
    _paint("undo_edit", "Labels", "Undo", ("Ctrl+Z",), "Take the last edit of these labels back", repeats=True),
    _paint("redo_edit", "Labels", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), repeats=True),
    _paint("new_number", "Labels", "New number", ("M",), "The least above all that are there"),
    _paint("swap_number", "Labels", "Swap with background", ("X",), "Paint background, or again the number"),
    _paint("number_down", "Labels", "Number down", ("-",), repeats=True),
    _paint("number_up", "Labels", "Number up", ("=", "+"), repeats=True),
)

_BRUSH = (
    _paint("finish_draft", "Tools", "Finish what is drawn", ("Return", "Enter"), "Polygon, or places to split from"),
    _paint("brush_smaller", "Tools", "Smaller brush", ("[",), repeats=True),
    _paint("brush_larger", "Tools", "Larger brush", ("]",), repeats=True),
    _paint("brush_shape", "Tools", "Round or square brush", ("Q",)),
    _paint("edit_dims", "Tools", "Edit in 2D or 3D", ("D",), "In the slice, or through the volume"),
    _paint("preserve", "Tools", "Preserve labels", ("B",), "Paint only over background, erase only this number"),
    _paint("over_selected", "Tools", "Only over selected objects", ("Shift+E",), "Or over everything"),
)

_OBJECTS = (
    _paint("next_object", "Objects", "Next object", ("N",), repeats=True),
    _paint("previous_object", "Objects", "Previous object", ("Shift+N",), repeats=True),
    _paint("go_to_object", "Objects", "Go to object…", ("Ctrl+J",), "By its number, in the middle of the view"),
    _paint("object_table", "Objects", "Table of objects…", ("Ctrl+T",)),
    _paint("select_all", "Objects", "Select all", ("Ctrl+A",)),
    _paint("select_none", "Objects", "Select none", ("Ctrl+Shift+A",)),
    _paint("name_object", "Objects", "Name and colour…", ("F4",)),
    _paint("hide_objects", "Objects", "Hide", ("H",)),
    _paint("show_objects", "Objects", "Show all hidden ones", ("Shift+H",)),
    _paint("only_selected", "Objects", "Show only the selected ones", ("Y",), "Or all of them"),
    _paint("lock_objects", "Objects", "Lock or unlock", ("Shift+L",), "No tool changes a locked object"),
    _paint("merge_objects", "Objects", "Merge", ("J",), "All selected ones become the first that was selected"),
    _paint("delete_objects", "Objects", "Delete", ("Delete",)),
    _paint("fill_holes", "Objects", "Fill holes", ("Shift+F",)),
    _paint("smooth_objects", "Objects", "Smooth", ("Shift+S",)),
    _paint("grow_objects", "Objects", "Grow", ("Ctrl+Up",), "By the length below, never over other objects"),
    _paint("shrink_objects", "Objects", "Shrink", ("Ctrl+Down",), "By the length below"),
    _paint("largest_piece", "Objects", "Keep the largest piece"),
    _paint("split_pieces", "Objects", "Split into pieces", (), "What does not hang together gets new numbers"),
    _paint("change_number", "Objects", "Change the number…"),
    _paint("interpolate", "Objects", "Interpolate between slices", ("Shift+I",), "Fill the slices between drawn ones"),
    _paint("copy_on", "Objects", "Copy to the next slice", ("Ctrl+D",), "And go there"),
    _paint("renumber_all", "Objects", "Renumber all 1, 2, 3…"),
)

_FILES = (
    _labels("new_labels", "New labels…", ("Ctrl+N",)),
    _labels("open_labels", "Open labels…", ("Ctrl+L",), "From a TIFF file of whole numbers"),
    _labels("open_others", "Open labels of others…", (), "What other annotators painted on this block"),
    _labels("save_labels_as", "Save labels as…", ("Ctrl+S",), "A copy; your own labels are saved by themselves"),
    _labels("duplicate_labels", "Duplicate"),
    _labels("rename_labels", "Rename…", ("F2",)),
    _labels("convert_labels", "Convert the type…", (), "8, 16 or 32 bits for the numbers"),
    _labels("delete_labels", "Delete labels", (), "The file goes into a folder of deleted ones"),
)

_LOOKS = (
    _labels("next_overlay", "Next labels", ("PgDown",)),
    _labels("previous_overlay", "Previous labels", ("PgUp",)),
    _labels("show_labels", "Show or hide", ("Shift+Space",), "The labels that are painted on"),
    _labels("toggle_contour", "Contour or filled", ("Shift+U",)),
    _labels("shuffle_colors", "Other colours"),
)

_VERSIONS = (
    _labels(
        "compare_labels",
        "Compare two versions…",
        ("Ctrl+M",),
        "Where the labels that are painted on differ from others",
    ),
    _labels("previous_difference", "Previous difference", (",",)),
    _labels("next_difference", "Next difference", (".",)),
    _labels("keep_mine", "Keep mine here", ("Ctrl+,",), "Of the two versions that are compared, in this place"),
    _labels("take_theirs", "Take theirs here", ("Ctrl+.",), "Of the two versions that are compared, in this place"),
    _labels("end_comparison", "End the comparison", ("Ctrl+Return",)),
)

_FIRST = ("undo_edit", "new_number", "new_labels", "next_overlay", "compare_labels",
          "tool_brush", "tool_polygon", "tool_threshold", "tool_select", "finish_draft", "brush_smaller", "preserve",
          "select_all", "name_object", "merge_objects", "interpolate", "renumber_all")  # fmt: skip
"""Those that begin a group in their menu."""

PAINT_ACTIONS = tuple(
    replace(row, begins_group=row.name in _FIRST)
    for row in (*_MODES, *_NUMBERS, *_FILES, *_LOOKS, *_VERSIONS, *TOOLS, *_BRUSH, *_OBJECTS)
)
