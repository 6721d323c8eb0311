"""Runs the checks in a process of its own: one that hangs or crashes is told by its name, and the rest goes on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from app.screen_check import why_no_screen
from app.self_test.checks import CHECKS
from app.self_test.result import FAILED, SKIPPED, Result, from_line
from app.self_test.room import Room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from app.self_test.check import Check

PART = "--part"
"""The option of the process that runs the checks."""
ROOT = Path(__file__).resolve().parents[2]
NO_DISPLAY = "There is no display to draw on."
_START_LIMIT_S = 60.0
_LOOK_S = 0.05


def has_display() -> bool:
    """Whether Qt has something to draw on."""
    return not why_no_screen(os.environ)


def watch(
    data_root: Path | None = None,
    annotations_root: Path | None = None,
    draws: bool = True,
    checks: Sequence[Check] = CHECKS,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Result]:
    """Yield what came of each check as soon as it is known; those that draw are skipped where nothing can be drawn."""
    try:
        made = tempfile.TemporaryDirectory(prefix="cytoscribe-self-test-", ignore_cleanup_errors=True)
    except OSError as error:
        yield Result(
            "temporary folder", FAILED, 0.0, f"No temporary folder can be made, so nothing was tested: {error}"
        )
        return
    with made as name:
        room = Room(Path(name), data_root, annotations_root)
        waiting = [check for check in checks if draws or not check.draws]
        process, failed = 0, set[str]()
        while waiting and not is_cancelled():
            process += 1
            for result in _Process(room, process, waiting, is_cancelled).results():
                waiting = waiting[1:]
                if result.outcome == FAILED:
                    failed.add(result.name)
                yield result
            for check in [check for check in waiting if check.after in failed]:
                waiting.remove(check)
                yield Result(check.name, SKIPPED, 0.0, f"It needs what does not work: {check.after}.")
    if not draws:
        for check in checks:
            if check.draws:
                yield Result(check.name, SKIPPED, 0.0, NO_DISPLAY)


class _Process:
    """One process, which runs checks in their order until it is through, or until one of them ends it."""

    def __init__(self, room: Room, number: int, checks: Sequence[Check], is_cancelled: Callable[[], bool]) -> None:
        self._checks, self._is_cancelled = checks, is_cancelled
        self._lines, self._output = room.folder / f"results-{number}.jsonl", room.folder / f"output-{number}.txt"
        self._lines.touch()
        self._read = 0
        wish = {"folder": str(room.folder), "lines": str(self._lines), "checks": [check.name for check in checks]}
        wish |= {
            "output": str(self._output),
            "data_root": _text(room.data_root),
            "annotations_root": _text(room.annotations_root),
        }
        program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
        with self._output.open("wb") as output:
            self._popen = subprocess.Popen(
                [*program, "--self-test", PART, json.dumps(wish)],
                cwd=None if getattr(sys, "frozen", False) else ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )

    def results(self) -> Iterator[Result]:
        """Yield one result for each check that came to an end; fewer than all after one that did not."""
        done, since, begun = 0, time.monotonic(), False
        try:
            while done < len(self._checks) and not self._is_cancelled():
                ended = self._has_ended()
                for line in self._new_lines():
                    since = time.monotonic()
                    if line.startswith("{"):
                        done += 1
                        begun = False
                        yield from_line(line)
                    else:
                        begun = True
                if done == len(self._checks):
                    return
                check, seconds = self._checks[done], time.monotonic() - since
                if ended:
                    yield Result(check.name, FAILED, seconds, self._why_ended(begun))
                    return
                limit = check.limit_s if begun else _START_LIMIT_S
                if seconds > limit:
                    yield Result(check.name, FAILED, seconds, f"It was not through after {limit:.0f} seconds.")
                    return
        finally:
            self._end()

    def _has_ended(self) -> bool:
        try:
            self._popen.wait(_LOOK_S)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _new_lines(self) -> list[str]:
        with self._lines.open("rb") as file:
            file.seek(self._read)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._read += len(whole)
        return whole.decode("utf-8").splitlines()

    def _why_ended(self, begun: bool) -> str:
        code = self._popen.returncode
        how = f"signal {_signal_name(-code)}" if code < 0 else f"exit code {code}"
        said = [line.strip() for line in self._output.read_text("utf-8", "replace").splitlines() if line.strip()]
        fatal = [line for line in said if line.startswith(("Fatal", "qt.qpa"))] or said[-1:]
        what = "It ended the process" if begun else "The process of the checks ended before its first one"
        return f"{what} ({how}){': ' + fatal[0] if fatal else ''}."

    def _end(self) -> None:
        if self._popen.poll() is None:
            self._popen.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):  # one that hangs in the kernel goes on without us
                self._popen.wait(5)


def _environment() -> dict[str, str]:
    """As it is here, but drawing in pixels of the screen: they are compared one by one."""
    scales = ("QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS")
    return {name: value for name, value in os.environ.items() if name not in scales} | {
        "QT_ENABLE_HIGHDPI_SCALING": "0"
    }


def _text(path: Path | None) -> str:
    return str(path) if path is not None else ""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
