"""The table of checks, in the order in which they run."""

from __future__ import annotations

from app.self_test.check import Check

_HERE = "app.self_test."

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
)
