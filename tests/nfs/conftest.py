"""The machines of the tests on NFS: one server and two clients for each version, and the figures at the end."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.nfs.rig import VERSIONS, Machines, why_not

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
_FIGURES = pytest.StashKey[dict[str, str]]()


class Hall:
    """Keeps the machines of one version from test to test, and starts others where one of them does not answer."""

    def __init__(self) -> None:
        self._machines: Machines | None = None
        self._stack = ExitStack()

    def enter(self, version: str) -> Machines:
        if self._machines is None or self._machines.version != version:
            self.close()
            self._machines = self._stack.enter_context(Machines(version))
        return self._machines

    def leave(self, machines: Machines) -> None:
        try:
            machines.finish()
        except (OSError, RuntimeError):
            self.close()

    def close(self) -> None:
        self._machines = None
        self._stack.close()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run these tests only where the folder was asked for and there can be machines; else one line says why not."""
    here = [item for item in items if item.path.is_relative_to(HERE)]
    reason = _not_asked(config) or why_not()
    if not here or not reason:
        return
    here[0].add_marker(pytest.mark.skip(reason=f"all tests on NFS: {reason}"))
    left_out = set(here[1:])
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=here[1:])


def _not_asked(config: pytest.Config) -> str:
    """Tell how to ask for them, unless the folder was named, as `packaging/dev.py test --nfs` does."""
    named = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    is_asked = any(path.is_relative_to(HERE) for path in named)
    return "" if is_asked else "they run with `python3 packaging/dev.py test --nfs`"


@pytest.fixture(scope="session")
def _hall() -> Iterator[Hall]:
    hall = Hall()
    yield hall
    hall.close()


@pytest.fixture(scope="session", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """The version of NFS; all tests of one come after each other."""
    return str(request.param)


@pytest.fixture
def machines(request: pytest.FixtureRequest, _hall: Hall, version: str) -> Iterator[Machines]:
    """A server and two clients with a fresh annotations folder."""
    machines = _hall.enter(version)
    machines.begin(re.sub(r"\W+", "-", request.node.name))
    yield machines
    _hall.leave(machines)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> dict[str, str]:
    """The figures that the run prints at its end, by name."""
    return request.config.stash[_FIGURES]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    figures = config.stash.get(_FIGURES, {})
    if figures:
        terminalreporter.section("figures on NFS")
        width = max(map(len, figures))
        for name, value in figures.items():
            terminalreporter.write_line(f"{name:{width}}  {value}")
