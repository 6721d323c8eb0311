"""A real NFS server and two real clients, from the tool `nfsrig` beside the checkout, and programs that run on them."""

from __future__ import annotations

import base64
import importlib
import json
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT.parent / "shared" / "tools" / "nfsrig"
VERSIONS = ("4.2", "3")
SHARE = Path("/mnt/nfs")
"""Where the clients have the share."""
EXPORT = Path("/mnt/disk/export")
"""Where the server has it."""
LOCAL = Path("/mnt/disk")
"""The clients' own disks, which a power cut leaves as far as they were synced."""
_HARSH = "noauto_da_alloc,commit=300"
"""The file system writes nothing by itself for five minutes: what was not synced is lost for certain."""

Event = dict[str, Any]


def why_not() -> str:
    """Return why there can be no machines here, and what to do; empty where there can."""
    if not (TOOL / "nfsrig.py").is_file():
        return "needs the tool nfsrig: a folder shared/tools/nfsrig beside the checkout"
    if not sys.platform.startswith("linux") or _nfsrig().find_uml() is None:
        return "needs Linux on x86_64 and the package user-mode-linux: apt-get install user-mode-linux e2fsprogs"
    return ""


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until `condition` holds. Raises TimeoutError, which says `what` did not happen."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(0.005)


class Program:
    """A program on a machine. What it says is here as soon as it says it, so it outlasts the machine."""

    def __init__(self, machine: Any, job: Any) -> None:
        self.machine, self._job, self._skew = machine, job, machine.skew

    def events(self, kind: str) -> list[Event]:
        """Return what it said of one kind so far; the times are those of this computer's clock."""
        found = [event for line in list(self._job.out) if (event := json.loads(line))["event"] == kind]
        for event in found:
            if "at" in event:
                event["at"] -= self._skew
        return found

    def wait_for(self, kind: str, count: int = 1, seconds: float = 60) -> list[Event]:
        """Wait until it said so many things of a kind. Raises RuntimeError where it ended before that."""

        def is_there() -> bool:
            if self._job.ev.is_set() and len(self.events(kind)) < count:
                raise RuntimeError(f"ended ({self._job.reply}) without {count} x {kind}: {self._job.stderr[-3000:]}")
            return len(self.events(kind)) >= count

        wait_until(is_there, seconds, f"{count} x {kind}; stderr: {self._job.stderr[-1000:]}")
        return self.events(kind)

    def end(self, seconds: float = 90) -> Event:
        """Wait for its end, and return the last thing that it said. Raises RuntimeError where it failed."""
        self._job.wait(seconds)
        if self._job.rc:
            raise RuntimeError(f"ended with {self._job.rc}: {self._job.stderr[-3000:]}")
        last: Event = json.loads(self._job.out[-1])
        return last

    def signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if not self._job.ev.is_set() and self.machine.proc is not None:
            self._job.signal(number)


class Machines:
    """One NFS server and two clients; `with` starts them and ends them. `folder` is the share's part for one test."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.rig = _nfsrig().Rig(
            clients=2, client_disk_mb=64, client_disk_opts=_HARSH, disk_opts="commit=300", quota=True
        )
        self.server: Any = self.rig.server
        self.first: Any
        self.second: Any
        self.first, self.second = self.rig.clients
        self.name = ""
        self._programs: list[Program] = []

    def __enter__(self) -> Machines:
        self.rig.start()
        for machine in self.rig.clients:
            self.mount(machine)
        return self

    def __exit__(self, *_: object) -> None:
        self.rig.stop()
        hub = self.rig.hub  # leaves open what was not closed by the machines before it ended
        for name in list(hub.ports):
            hub.unplug(name)
        hub.ep.close()

    @property
    def folder(self) -> Path:
        """The annotations folder of the test, as the clients see it."""
        return SHARE / self.name

    def mount(self, machine: Any) -> None:
        """Mount the share with default options."""
        machine.nfs_mount(vers=self.version)

    def begin(self, name: str) -> None:
        """Make a fresh annotations folder for a test, and folders for journals on the clients."""
        self.name = name
        make = "import os, sys; os.umask(0); [os.mkdir(path) for path in sys.argv[1:]]"
        self.first.py(make, str(self.folder), str(LOCAL / name))
        self.second.py(make, str(LOCAL / name))

    def finish(self) -> None:
        """End the test's programs and put right what it broke. Raises OSError or RuntimeError where that fails."""
        everybody = (self.server, *self.rig.clients)
        if any(machine.proc is None for machine in everybody):
            raise RuntimeError("a machine is off")
        self.server.thaw()
        for machine in everybody:
            self.rig.hub.plug(machine.name)
        for program in self._programs:
            program.signal(signal.SIGKILL)
        self._programs.clear()
        for machine in everybody:
            machine.call("time", timeout=5)

    def start(self, machine: Any, module: str, **plan: Any) -> Program:
        """Start the program of tests/nfs with this name on a machine, with a `Plan`."""
        plan = {"root": str(self.folder), "local": str(LOCAL / self.name)} | plan
        command = [sys.executable, "-m", f"tests.nfs.{module}", json.dumps(plan)]
        program = Program(machine, machine.popen(command, cwd=str(ROOT)))
        self._programs.append(program)
        return program

    def check(self, machine: Any) -> Event:
        """Return everything that a session that begins now, on this machine, finds on the share."""
        return self.start(machine, "reader", mode="check").end()

    def read(self, name: str) -> bytes:
        """Return what the server has in a file of the annotations folder. Raises RuntimeError where there is none."""
        return base64.b64decode(self.server.call("cat", path=str(EXPORT / self.name / name))["data"])

    def power_on(self, machine: Any) -> None:
        """Start a client again after a power cut, with the disk that it had."""
        machine.start()
        self.mount(machine)


def _nfsrig() -> Any:
    if str(TOOL) not in sys.path:
        sys.path.insert(0, str(TOOL))
    return importlib.import_module("nfsrig")
