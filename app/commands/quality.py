"""`cytoscribe quality ...`: how good the images of a data set are, as a table. Imports no Qt."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import TYPE_CHECKING

from app.commands.call import CallParser, path
from app.commands.command import FAILED as _WRONG
from app.commands.command import FOUND as _FOUND
from app.commands.progress import Progress

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from core.images.blocks import Block
    from core.quality.block_quality import BlockQuality

_INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Do what the arguments after `quality` say.

    Returns 0, 1 if a block could not be read, 2 if nothing was done, 130 after Ctrl+C.
    """
    given = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console that knows few characters
    try:
        code = _measure(given)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, like head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        _say_error("stopped; nothing was written.")
        return _INTERRUPTED
    return code


def _measure(given: argparse.Namespace) -> int:
    from core.errors import ImageError

    output: Path | None = given.output
    wrong = _wrong_output(output) if output is not None else ""
    try:
        blocks, problems = ([], []) if wrong else _blocks(given.source)
    except ImageError as error:
        blocks, problems, wrong = [], [], str(error)
    if not wrong and not blocks and not problems:
        wrong = f"{given.source} holds no block: no .tif or .tiff file was found in it."
    if wrong:
        _say_error(wrong)
        return _WRONG
    found: list[BlockQuality] = []
    progress = Progress(len(blocks), quiet=given.quiet)
    for block in blocks:
        progress.show(len(found), block.id)
        found.append(_quality(block))
        if found[-1].error:
            problems.append(found[-1].error)
            progress.clear()
            _say_error(f"{block.id}: {found[-1].error}")
    progress.clear()
    if output is not None:
        from app.quality_file import write_quality

        try:
            write_quality(output, found)
        except OSError as error:
            _say_error(f"{output} cannot be written: {error.strerror or error}.")
            return _WRONG
    _tell(given, found, problems)
    return _FOUND if problems else 0


def _wrong_output(output: Path) -> str:
    """Return what is wrong with the file to be written: said before hours of work, not after."""
    from app.quality_file import ENDINGS

    if output.suffix.lower() not in ENDINGS:
        return f"The name of {output} must end in .csv or .tsv."
    if output.is_dir():
        return f"{output} is a folder."
    if not output.absolute().parent.is_dir():
        return f"The folder {output.absolute().parent} does not exist."
    return ""


def _blocks(source: Path) -> tuple[list[Block], list[str]]:
    """Return the blocks of a data folder, or a TIFF as a block of its own, and what was left out."""
    from core.errors import ImageError
    from core.images.blocks import Block, is_tiff_name, scan_blocks

    if source.is_file():
        if not is_tiff_name(source.name):
            raise ImageError(str(source), "is not a .tif or .tiff file", "Name a TIFF or a folder of blocks.")
        return [Block(source.name, str(source.absolute()), False)], []
    blocks: list[Block] = []
    problems: list[str] = []
    for batch in scan_blocks(source):
        blocks += batch.blocks
        problems += batch.problems
    for problem in problems:
        _say_error(problem)
    return blocks, problems


def _quality(block: Block) -> BlockQuality:
    from core.images.reading import read_block
    from core.quality.block_quality import measure_block
    from core.quality.table import failed_block

    try:
        return measure_block(read_block(block))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one block, the others are measured
        return failed_block(block.id, error)


# ---------------------------------------------------------------------- what is said


def _tell(given: argparse.Namespace, found: list[BlockQuality], problems: list[str]) -> None:
    if given.json:
        from core.quality.table import rows_of

        rows = [row for block in found for row in rows_of(block)]
        print(json.dumps({"rows": rows, "problems": problems}))
        return
    if given.quiet:
        return
    for line in _lines(found, problems):
        print(line)


def _lines(found: list[BlockQuality], problems: list[str]) -> Iterator[str]:
    for block in found:
        for text in block.all_warnings:
            yield f"{block.block_id}: {text}"
    warned = sum(bool(block.all_warnings) for block in found)
    channels = sum(len(block.channels) for block in found)
    texts = [f"{_count(len(found), 'block')}, {_count(channels, 'channel')}", f"{warned or 'none'} with a warning"]
    texts += [f"{len(problems)} could not be read"] if problems else []
    yield f"{texts[0]}: {', '.join(texts[1:])}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _say_error(text: str) -> None:
    print(f"cytoscribe quality: {text}", file=sys.stderr)


# ---------------------------------------------------------------------- the arguments


def _parser() -> argparse.ArgumentParser:
    parser = CallParser(
        prog="cytoscribe quality",
        description="Measure the quality of the images of a data set: range used, clipping, bits, noise, voxel size. "
        "Prints what is wrong; --output writes everything as a table with a row for each block and channel.",
        epilog="Exit code 1 where something could not be read: it is named on stderr and has a row in the table.",
    )
    parser.add_argument("source", type=path, metavar="FOLDER|FILE", help="a folder of blocks, or one TIFF")
    parser.add_argument("--output", type=path, metavar="FILE", help="the table: .csv, or .tsv with tabs")
    parser.add_argument("--json", action="store_true", help="print the whole table as JSON, for scripts")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    return parser
