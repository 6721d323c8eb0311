"""The real program as a subprocess on its own display, driven by keys and watched through its JSON log."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.e2e import xkeys
from tests.e2e.display import Display

if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from numpy.typing import NDArray

Event = dict[str, Any]
"""One log line: `t` (seconds of time.monotonic()), `event`, and the fields of that event."""

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [os.environ["CYTOSCRIBE_FROZEN"]] if "CYTOSCRIBE_FROZEN" in os.environ else [sys.executable, "-m", "app"]
"""How tests start the program: from source, or the frozen one that `dev.py build --test` names."""
_POLL_SECONDS = 0.004
_LINES_SHOWN = 30


class ProgramError(AssertionError):
    """The program did not do what the test waited for; the message ends with its log and its stderr."""


class Program:
    """One run of the program; use it as a context manager.

    Parameters
    ----------
    *arguments : str or Path
        Passed to `python -m app`.
    folder : Path
        Where the settings, state, cache and data folders of the user are made, as well as the logs. The same
        folder given to a second run makes it the same user coming back.
    size : (int, int)
        Width and height of the screen, in physical pixels.
    scale : float, optional
        Qt's scale factor, for screens with small pixels.
    environment : mapping, optional
        Further variables; they win.
    display : Display, optional
        A running display to share with another program; without it the program gets one of its own.
    command : sequence of str
        What to start, before `arguments`.
    check_stderr : bool
        Whether anything on stderr fails the test when the program has ended.
    first_time : bool
        Whether the tour is shown on the sample data, as to everybody at first; else the user has seen it.

    Leaving the context ends a program that still runs with SIGTERM, and it must then end with exit code 0.
    """

    def __init__(
        self,
        *arguments: str | Path,
        folder: Path,
        size: tuple[int, int] = (1366, 768),
        scale: float | None = None,
        environment: Mapping[str, str] | None = None,
        display: Display | None = None,
        command: Sequence[str] = COMMAND,
        check_stderr: bool = True,
        first_time: bool = False,
    ) -> None:
        self._command = [*command, *map(str, arguments)]
        self._folder = folder
        self._scale = scale
        self._environment = dict(environment or {})
        self._own_display = display is None
        self._display = display or Display(*size)
        self._check_stderr = check_stderr
        self._first_time = first_time
        self._log = Path()
        self._stderr = Path()
        self._read_to = 0
        self._next = 0
        self._focused = False
        self._process: subprocess.Popen[bytes] | None = None
        self.events: list[Event] = []
        """All events read so far."""
        self.started = 0.0
        """When the process was started, seconds of time.monotonic()."""

    # ------------------------------------------------------------------ life

    def start(self) -> None:
        """Start the display and the program; returns at once, `wait("window_shown")` waits for its window."""
        if self._own_display:
            self._display.start()
        logs = Path(tempfile.mkdtemp(prefix="run-", dir=self._folder))
        self._log, self._stderr = logs / "log.jsonl", logs / "stderr.txt"
        with (logs / "stdout.txt").open("wb") as output, self._stderr.open("wb") as errors:
            self.started = time.monotonic()
            self._process = subprocess.Popen(
                [*self._command, "--log-json", str(self._log)],
                cwd=ROOT,
                env=self._full_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
            )

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._running().pid

    @property
    def display(self) -> str:
        """The X display that it draws on, for example `:99`."""
        return self._display.name

    @property
    def is_running(self) -> bool:
        """Whether the process has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def quit(self, timeout: float = 20) -> None:
        """Quit by Ctrl+Q, as a person would; the exit code must be 0."""
        self.keys("ctrl+q")
        self.wait_end(timeout)

    def terminate(self, timeout: float = 20) -> None:
        """Send SIGTERM, which ends the program as Quit does; the exit code must be 0."""
        self._running().terminate()
        self.wait_end(timeout)

    def kill(self) -> None:
        """End the program without any warning (SIGKILL), as a crash or a power cut would."""
        process = self._running()
        process.kill()
        process.wait()
        self._read()

    def close(self, *, check: bool = True) -> None:
        """End the program if it runs, and its display; without `check` by force and whatever it wrote."""
        try:
            if check and self.is_running:
                self.terminate()
            if check and self._check_stderr and self.stderr():
                raise ProgramError(self.report("the program wrote to stderr"))
        finally:
            if self.is_running:
                self.kill()
            if self._own_display:
                self._display.stop()

    def stderr(self) -> str:
        """Return what the program has written to stderr."""
        return self._stderr.read_text(encoding="utf-8", errors="replace")

    def stdout(self) -> str:
        """Return what the program has written to stdout."""
        return self._stderr.with_name("stdout.txt").read_text(encoding="utf-8", errors="replace")

    # ---------------------------------------------------------------- events

    def wait(self, event: str, timeout: float = 20, **fields: object) -> Event:
        """Return the first event of this name and these fields after the last one returned, waiting for it.

        Events in between are passed over: a later `wait` does not see them. `events` holds them all.

        Raises
        ------
        ProgramError
            The program ended, or `timeout` seconds went by, without such an event.

        """
        end = time.monotonic() + timeout
        while True:
            # Asked before reading: what a program wrote just before its end is still found.
            alive = self.is_running
            late = time.monotonic() > end
            self._read()
            while self._next < len(self.events):
                found = self.events[self._next]
                self._next += 1
                if found.get("event") == event and fields.items() <= found.items():
                    return found
            if not alive or late:
                wanted = " ".join([event, *(f"{name}={value!r}" for name, value in fields.items())])
                reason = f"nothing within {timeout} s" if alive else "the program ended"
                raise ProgramError(self.report(f"{reason}, waiting for: {wanted}"))
            time.sleep(_POLL_SECONDS)

    def seen(self, event: str, timeout: float = 20, **fields: object) -> Event:
        """Return the first event of this name and these fields since the start, waiting for it if there is none yet.

        For what may come before or after something else: it changes nothing for `wait`. Raises ProgramError as
        `wait` does.
        """
        place, self._next = self._next, 0
        try:
            return self.wait(event, timeout, **fields)
        finally:
            self._next = place

    def wait_until_saved(self) -> None:
        """Wait until the last thing said of the store is that everything is on the share. Raises ProgramError."""
        said = self.named("store")
        while not (said and said[-1]["state"] == "saved" and said[-1]["pending"] == 0):
            self.wait("store", state="saved", pending=0)
            said = self.named("store")

    def pass_over(self) -> None:
        """Make the next `wait` look only at events that are not in the log yet."""
        self._read()
        self._next = len(self.events)

    def named(self, event: str, **fields: object) -> list[Event]:
        """Return all events of this name and these fields that are in the log by now, the oldest first."""
        self._read()
        return [one for one in self.events if one.get("event") == event and fields.items() <= one.items()]

    # ------------------------------------------------------- keys and pictures

    def keys(self, *names: str, interval: float = 0.03) -> None:
        """Press the keys one after the other (`2`, `ctrl+z`, `Right`), `interval` seconds apart."""
        self._focus_once()
        delay = str(round(interval * 1000))
        xkeys.xdotool(self.display, "key", "--delay", delay, *names, timeout=60 + interval * len(names))

    def type(self, text: str, interval: float = 0.03) -> None:
        """Type `text` into the widget that has the keyboard."""
        self._focus_once()
        xkeys.xdotool(self.display, "type", "--delay", str(round(interval * 1000)), "--", text)

    def click(self, x: int, y: int, button: int = xkeys.LEFT) -> None:
        """Move the pointer to `x`, `y` (physical pixels from the top left of the screen) and click."""
        self._focus_once()
        xkeys.xdotool(self.display, "mousemove", str(x), str(y), "click", str(button))

    def focus(self, title: str = "Cytoscribe") -> None:
        """Give the keyboard to the visible window with `title` in its name."""
        xkeys.focus(self.display, title)
        self._focused = True

    def screenshot(self, path: Path) -> None:
        """Write what the whole screen shows to `path` (PNG)."""
        subprocess.run(
            ["import", "-display", self.display, "-window", "root", str(path)],
            check=True,
            stdin=subprocess.DEVNULL,
        )

    def pixels(self) -> NDArray[np.uint8]:
        """Return what the whole screen shows: (Y, X, 3) with red, green and blue."""
        command = ["import", "-display", self.display, "-window", "root", "-depth", "8", "rgb:-"]
        done = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)
        return np.frombuffer(done.stdout, np.uint8).reshape(self._display.height, self._display.width, 3)

    # --------------------------------------------------------------- internal

    def _full_environment(self) -> dict[str, str]:
        folders = {}
        for name in ("CONFIG", "CACHE", "STATE", "DATA"):
            path = self._folder / name.lower()
            path.mkdir(exist_ok=True)
            folders[f"XDG_{name}_HOME"] = str(path)
        settings = self._folder / "config" / "cytoscribe" / "settings.json"
        if not self._first_time and not settings.exists():
            settings.parent.mkdir(exist_ok=True)
            settings.write_text('{"seen_tour": true}', encoding="utf-8")
        # Qt warns about a runtime folder that others could read.
        runtime = self._folder / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)
        folders["XDG_RUNTIME_DIR"] = str(runtime)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ANNOTATOR_")}
        scale = {} if self._scale is None else {"QT_SCALE_FACTOR": str(self._scale)}
        return self._display.environment(kept) | folders | scale | self._environment

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the program was not started")
        return self._process

    def _focus_once(self) -> None:
        if not self._focused:
            self.focus()

    def _read(self) -> None:
        """Take the complete lines that were added to the log since the last call."""
        try:
            with self._log.open("rb") as log:
                log.seek(self._read_to)
                added = log.read()
        except FileNotFoundError:
            return
        whole = added[: added.rfind(b"\n") + 1]
        self._read_to += len(whole)
        self.events += [json.loads(line) for line in whole.splitlines()]

    def wait_end(self, timeout: float = 20) -> None:
        """Wait until the program has ended; the exit code must be 0."""
        try:
            code = self._running().wait(timeout)
        except subprocess.TimeoutExpired:
            raise ProgramError(self.report(f"the program did not end within {timeout} s")) from None
        self._read()
        if code != 0:
            raise ProgramError(self.report(f"the program ended with {_exit_name(code)}"))

    def report(self, reason: str) -> str:
        """Return `reason`, the end of the log and stderr, for a person who looks for what went wrong."""
        self._read()
        lines = [json.dumps(event, ensure_ascii=False) for event in self.events[-_LINES_SHOWN:]]
        return "\n".join([reason, "--- end of its log", *lines, "--- its stderr", self.stderr()])

    def __enter__(self) -> Program:
        self.start()
        return self

    def __exit__(
        self,
        kind: builtins.type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None and not isinstance(error, ProgramError):
            error.add_note(self.report("the program at that moment:"))
        self.close(check=error is None)


def _exit_name(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
