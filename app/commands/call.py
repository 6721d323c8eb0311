"""The arguments of the commands that work on files: their parser, and what many of them take."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from app.commands.command import FAILED

if TYPE_CHECKING:
    from core.images.image_file import ImageFile

MANY_FILES = (
    "Files may be patterns in quotes ('well_*/cells.tif', '**/*.tif') or folders: then each is done, and files that go "
    "together are paired in order of name."
)


class CallParser(argparse.ArgumentParser):
    """Says what is wrong with a call in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end."""
        self.exit(FAILED, f"{self.prog}: {message}. `{self.prog} --help` tells more.\n")


def path(text: str) -> Path:
    """Return a path; an empty name, like an unset variable of a script, must not mean the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name is empty")
    return Path(text)


def add_saying(parser: argparse.ArgumentParser) -> None:
    """Add --json and --quiet."""
    parser.add_argument("--json", action="store_true", help="print what was done as one JSON object, for scripts")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")


def add_files(parser: argparse.ArgumentParser, role: str, text: str, *, required: bool = True) -> None:
    """Add an option that takes files, patterns or folders."""
    parser.add_argument(f"--{role}", nargs="+", required=required, metavar="FILE", help=text)


def add_output(parser: argparse.ArgumentParser, text: str, role: str = "output") -> None:
    """Add the option that says where results go."""
    parser.add_argument(
        f"--{role}",
        required=role == "output",
        metavar="FILE",
        help=f"{text}; for several files a folder with / at its end, or a name with {{name}} in it",
    )


def add_reading(parser: argparse.ArgumentParser, *roles: str) -> None:
    """Add what tells how files are read: the axes of each role (`labels`, `intensity`, ...) and the time point."""
    for role in roles:
        parser.add_argument(
            f"--{role}-axes",
            type=str.upper,
            default="",
            metavar="AXES",
            help=f"axes of the {role} in place of what the file says: T, C, Z, Y, X, as in CZYX",
        )
    parser.add_argument("--time", type=int, metavar="N", help="time point of films, from 1")


def add_batch(parser: argparse.ArgumentParser) -> None:
    """Add what all commands take that work on many files: --jobs, --scheduler, --json, --quiet."""
    parser.add_argument(
        "--jobs", type=jobs, default=1, metavar="N", help="files at once (1); -1: one for each processor"
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="work on a running Dask cluster, like tcp://host:8786")
    add_saying(parser)


def jobs(text: str) -> int:
    """Return a number of processes: positive, or -1."""
    number = int(text)
    if number < 1 and number != -1:
        raise argparse.ArgumentTypeError("it must be 1 or more, or -1")
    return number


def add_scale(parser: argparse.ArgumentParser) -> None:
    """Add --scale."""
    parser.add_argument(
        "--scale",
        type=float,
        nargs="+",
        metavar="SIZE",
        help="size of a voxel: one number, or Y X, or Z Y X (what the file says in micrometres, else 1)",
    )


def time_of(given: argparse.Namespace) -> int | None:
    """Return the time point that --time says, from 0 on."""
    return None if given.time is None else int(given.time) - 1


def check_time(given: argparse.Namespace, *files: ImageFile) -> None:
    """Raise ValueError where --time is given and none of the files is a film: it would be ignored in silence."""
    if given.time is not None and not any(file.is_film for file in files):
        axes = files[0].letters
        raise ValueError(
            f"--time {given.time} is for films, but there is no film: the axes are taken as {axes}. Leave it out, or "
            f"say what the axes are (the options that end in -axes), as in T{axes[-2:]}."
        )
