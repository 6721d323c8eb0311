"""The table of checks, in the order in which they run."""

from __future__ import annotations

from app.self_test.check import Check

_HERE = "app.self_test."
_GL = "OpenGL"
_MODES = ("mip", "attenuated", "translucent", "iso", "additive", "average", "minip")

CHECKS = (
    Check("program", _HERE + "computer:check_program"),
    Check("your folders", _HERE + "computer:check_folders"),
    Check("free disk", _HERE + "computer:check_disk"),
    Check("annotations folder", _HERE + "computer:check_share", limit_s=15),
    Check("modules of the program", _HERE + "imports:check_own"),
    Check("modules loaded late", _HERE + "imports:check_others"),
    Check("TIFF compressions", _HERE + "images:check_compressions"),
    Check("TIFF kinds", _HERE + "images:check_forms"),
    Check("TIFF pyramid", _HERE + "images:check_pyramid"),
    Check("block of channels", _HERE + "images:check_block"),
    Check("labels in a file", _HERE + "images:check_labels"),
    Check("segmenting", _HERE + "analyses:check_segmenting"),
    Check("postprocessing", _HERE + "analyses:check_postprocessing"),
    Check("intensities", _HERE + "analyses:check_intensities"),
    Check("morphology", _HERE + "analyses:check_morphology"),
    Check("cell and nucleus", _HERE + "analyses:check_cell_nucleus"),
    Check("joining tables", _HERE + "analyses:check_tables"),
    Check("thresholds of a table", _HERE + "analyses:check_thresholds"),
    Check("clustering", _HERE + "analyses:check_clustering"),
    Check("classifying", _HERE + "analyses:check_classifying"),
    Check("cross-validation", _HERE + "analyses:check_cross_validation"),
    Check("votes", _HERE + "analyses:check_voting"),
    Check("painting", _HERE + "analyses:check_painting"),
    Check("store of decisions", _HERE + "stores:check_store"),
    Check("store of labels", _HERE + "stores:check_labels"),
    Check("tables in files", _HERE + "stores:check_tables"),
    Check("Parquet", _HERE + "stores:check_parquet"),
    Check(_GL, _HERE + "drawing:check_opengl", draws=True),
    Check("slice", _HERE + "drawing:check_slice", ("opengl",), draws=True, after=_GL),
    Check("orthogonal views", _HERE + "drawing:check_orthogonal", draws=True, after=_GL),
    Check("channels side by side", _HERE + "drawing:check_side_by_side", draws=True, after=_GL),
    *(Check(f"volume, {mode}", _HERE + "drawing:check_volume", (mode,), draws=True, after=_GL) for mode in _MODES),
    Check("labels in slices", _HERE + "drawing:check_labels_in_slices", ("opengl",), draws=True, after=_GL),
    Check("labels in the volume", _HERE + "drawing:check_labels_in_volume", draws=True, after=_GL),
    Check("tool marks", _HERE + "drawing:check_tool_marks", ("opengl",), draws=True, after=_GL),
    Check("picture to save", _HERE + "drawing:check_picture", draws=True, after=_GL),
    Check("slice without OpenGL", _HERE + "drawing:check_slice", ("plain",), draws=True),
    Check("labels without OpenGL", _HERE + "drawing:check_labels_in_slices", ("plain",), draws=True),
    Check("tool marks without OpenGL", _HERE + "drawing:check_tool_marks", ("plain",), draws=True),
)
