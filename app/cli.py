"""The command line: opens the window. Imports no Qt before it must."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.graphics_cache import spare_full_disk
from app.options import Options, resolve
from app.screen_check import why_no_screen
from app.system_libraries import missing, needed, sentence

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = {
    "store": "look after an annotations folder",
    "quality": "the quality of the images of a data set, as a table",
    "export": "what everybody decided, as a table",
    "agreement": "how well annotators agree, and how fast they are",
    "assign": "hand blocks to annotators",
    "segment": "from images to labels",
    "postprocess": "make labels better: without fragments and holes, with rings, by watershed",
    "measure": "tables of what objects are like",
    "table": "join tables of objects",
    "analyze": "thresholds, clusters and classes of objects",
}
"""The batch commands, each a module of that name in app/commands; a folder of data that is called so is `./NAME`."""

_DATA = "folder of blocks, one block, a TIFF, or a .cytoscribe study file"


def main(arguments: list[str] | None = None) -> int:
    """Entry point of `cytoscribe` and `python -m app`. Returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments and arguments[0] in COMMANDS:
        command: Callable[[list[str]], int] = import_module(f"app.commands.{arguments[0]}").main
        return command(arguments[1:])
    if "--self-test" in arguments:
        from app.self_test.command import main as test

        return test(arguments)
    given = _parser().parse_args(arguments)
    is_study = given.data_root is not None and given.data_root.name.lower().endswith(".cytoscribe")
    options = Options(
        None if is_study else given.data_root,
        given.annotations_root,
        given.roles,
        given.classes,
        given.user,
        given.log_json,
        given.log_level,
        given.no_opengl or given.safe_mode,
        given.data_root if is_study else None,
        given.safe_mode,
        given.new_window,
    )
    problem = why_no_screen(os.environ) or _why_no_record(given.log_json)
    if problem:
        print(problem, file=sys.stderr)
        return 2
    if sys.platform.startswith("linux") and (lacking := missing(needed(os.environ))):
        print(sentence(lacking), file=sys.stderr)
        return 2
    spare_full_disk(os.environ)
    gc.disable()  # until the window is there: what the start makes stays, and going through it costs a twentieth of it
    from app.launch import run

    return run(resolve(options, os.environ))


def _why_no_record(path: Path | None) -> str:
    try:
        if path is not None:
            path.open("a", encoding="utf-8").close()
    except OSError as error:
        return f"--log-json: {path} cannot be written: {error.strerror or error}."
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cytoscribe",
        description="Judge microscopy blocks by keyboard, safely, on a shared folder.",
        epilog="Without arguments: the ANNOTATOR_* environment variables, else the sample data.\n\n"
        "Batch commands, without a window (cytoscribe COMMAND --help tells more):\n"
        + "\n".join(f"  {name:<12}{text}" for name, text in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data_root", nargs="?", type=Path, metavar="DATA_ROOT", help=_DATA)
    parser.add_argument("--annotations-root", type=Path, metavar="DIR", help="where decisions are kept")
    parser.add_argument("--roles", type=Path, metavar="FILE", help="roles.json")
    parser.add_argument("--classes", type=Path, metavar="FILE", help="classes.json")
    parser.add_argument("--user", metavar="NAME", help="who annotates; no login is asked")
    parser.add_argument("--log-level", default="WARNING", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    parser.add_argument("--log-json", type=Path, metavar="FILE", help="append what happens as JSON lines")
    parser.add_argument("--no-opengl", action="store_true", help="draw slices without OpenGL; no 3D")
    parser.add_argument(
        "--safe-mode", action="store_true", help="default settings, neither read nor kept, and no OpenGL"
    )
    parser.add_argument(
        "--new-window", action="store_true", help="open a window though another one shows these data already"
    )
    parser.add_argument("--self-test", action="store_true", help="test this installation, and end; with --help: more")
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and end")
    return parser


class _Version(argparse.Action):
    """Looked up only when it is asked for: that takes as long as a twentieth of the start."""

    def __call__(self, parser: argparse.ArgumentParser, *rest: Any) -> None:
        from app.build_info import title

        print(title())
        parser.exit()
