"""The process of the checks: runs them one after the other and appends what came of each to a file."""

from __future__ import annotations

import faulthandler
import json
import os
import shutil
import time
import traceback
import warnings
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from app.self_test.checks import CHECKS
from app.self_test.result import FAILED, OK, SKIPPED, Failure, Result, Skip
from app.self_test.room import Room

if TYPE_CHECKING:
    from app.self_test.check import Check


def run(wish: str) -> int:
    """Do what `watching` asks for, as JSON; results go to a file. The process ends with the last of them."""
    asked = json.loads(wish)
    output = Path(asked["output"]).open("a", encoding="utf-8")  # noqa: SIM115 - until the end: a crash is told there
    faulthandler.enable(output)
    parent = os.getppid()
    room = Room(Path(asked["folder"]), _path(asked["data_root"]), _path(asked["annotations_root"]))
    by_name = {check.name: check for check in CHECKS}
    warnings.simplefilter("ignore")  # what libraries say to developers is not what this computer's user asks for
    with Path(asked["lines"]).open("a", encoding="utf-8", buffering=1) as lines:
        for name in asked["checks"]:
            if os.name == "posix" and os.getppid() != parent:  # who asked has ended without a word
                shutil.rmtree(room.folder, ignore_errors=True)
                break
            _run_one(by_name[name], room, lines)
    os._exit(0)  # taking Qt and a driver apart is no part of any check, and some drivers crash at it


def _run_one(check: Check, room: Room, lines: TextIO) -> None:
    lines.write(f"begin {check.name}\n")
    begin = time.perf_counter()
    outcome = OK
    try:
        module, _, function = check.place.partition(":")
        sentence = str(getattr(import_module(module), function)(room, *check.arguments))
    except Failure as failure:
        outcome, sentence = FAILED, str(failure)
    except Skip as skip:
        outcome, sentence = SKIPPED, str(skip)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever breaks is what this program looks for
        traceback.print_exc()
        outcome, sentence = FAILED, _told(error)
    lines.write(Result(check.name, outcome, round(time.perf_counter() - begin, 3), sentence).to_line() + "\n")


def _told(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text} ({Path(last.filename).name}, line {last.lineno})"


def _path(text: str) -> Path | None:
    return Path(text) if text else None
