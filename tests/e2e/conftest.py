"""Starts programs for the end-to-end tests, and ends those that a test leaves running."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.e2e.program import Program

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note whether the test itself failed, for the fixture that ends its programs."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


class Start(Protocol):
    """Starts `python -m app` with arguments; the options are those of Program."""

    def __call__(self, *arguments: str | Path, **options: Any) -> Program: ...


@pytest.fixture
def annotations_root(tmp_path: Path) -> Path:
    """Make an annotations folder without annotations, in a folder of its own that a test may take away."""
    folder = tmp_path / "share" / "annotations"
    (folder / "journal").mkdir(parents=True)
    return folder


@pytest.fixture
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """Return what starts a program; all programs of one test belong to one user, unless told `folder=`."""
    if not sys.platform.startswith("linux"):
        pytest.skip("keys are sent through X")
    home = tmp_path / "home"
    home.mkdir()
    programs: list[Program] = []

    def start_one(*arguments: str | Path, **options: Any) -> Program:
        program = Program(*arguments, **{"folder": home, **options})
        program.start()
        programs.append(program)
        return program

    yield start_one
    failed = request.node.stash.get(_FAILED, True)
    for program in programs:
        if failed:  # one failure is enough: what the programs did is shown, and they are ended by force
            sys.stdout.write(program.report("the program at the end of the test:") + "\n")
    _close_all(programs, check=not failed)


def _close_all(programs: list[Program], *, check: bool) -> None:
    """Close every program, also when one of them does not end as it must."""
    if programs:
        try:
            programs[-1].close(check=check)
        finally:
            _close_all(programs[:-1], check=check)
