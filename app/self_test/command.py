"""The command line of the self-test: prints a table, or JSON, and answers with an exit code. Imports no Qt."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from app.options import Options, resolve
from app.self_test.result import FAILED, OK, SKIPPED, Result
from app.self_test.watching import PART, has_display, watch

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 34
"""Of the column of names."""


def main(arguments: list[str]) -> int:
    """Test this installation. 0: all that was looked at works; 1: something does not; 2: there is no display."""
    given = _parser().parse_args(arguments)
    if given.part:
        from app.self_test.running import run

        return run(given.part)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # a program without a console has none
            stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)  # type: ignore[union-attr]
    options = resolve(Options(given.data_root, given.annotations_root), os.environ)
    draws = has_display() and not given.no_display
    begin = time.monotonic()
    results = []
    for result in watch(options.data_root, options.annotations_root, draws):
        results.append(result)
        if not given.json:
            _print(line_of(result))
    seconds = time.monotonic() - begin
    code = exit_code(results, draws or given.no_display)
    if given.json:
        rows = [asdict(result) for result in results]
        _print(json.dumps({"exit_code": code, "seconds": round(seconds, 2), "checks": rows}, indent=1))
    else:
        _print(f"\n{total(results, seconds)}")
    return code


def exit_code(results: Sequence[Result], is_drawing_settled: bool) -> int:
    """2 where nothing failed but nothing could be drawn, though nobody had said that it need not."""
    if not results or any(result.outcome == FAILED for result in results):
        return 1
    return 0 if is_drawing_settled else 2


def line_of(result: Result) -> str:
    """One row of the table."""
    return f"{result.outcome:<8}{result.name:<{WIDTH}}{result.seconds:7.2f} s  {result.sentence}"


def total(results: Sequence[Result], seconds: float) -> str:
    """The sentence under the table."""
    counts = {kind: sum(result.outcome == kind for result in results) for kind in (OK, FAILED, SKIPPED)}
    said = f"{counts[OK]} of {len(results)} checks are ok, {counts[FAILED]} failed, {counts[SKIPPED]} skipped"
    broken = ", ".join(result.name for result in results if result.outcome == FAILED)
    return f"{said}; {seconds:.1f} seconds.{f' What does not work: {broken}.' if broken else ''}"


def _print(text: str) -> None:
    if sys.stdout is not None:
        print(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cytoscribe --self-test",
        description="Test whether this installation works on this computer. Nothing of yours is changed.",
        epilog="Exit codes: 0 all that was looked at works, 1 something does not, 2 there is no display to draw on.",
    )
    parser.add_argument("data_root", nargs="?", type=Path, metavar="DATA_ROOT", help="folder of blocks, to be read")
    parser.add_argument("--self-test", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--annotations-root", type=Path, metavar="DIR", help="where decisions are kept, to be read")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--no-display", action="store_true", help="draw nothing, and end with 0 all the same")
    parser.add_argument(PART, metavar="JSON", help=argparse.SUPPRESS)
    return parser
