"""A folder that looks like a computer with a desktop's run-time libraries and nothing else: no Python, no tools.

It is made of this computer's own Debian packages, and entered by chroot.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

RUN_TIME = (
    *("dash", "coreutils", "libc6", "libc-bin", "libstdc++6", "libgcc-s1", "xkb-data", "fonts-dejavu-core"),
    *("libgl1", "libgl1-mesa-dri", "libglx-mesa0", "libegl1", "libfontconfig1", "libfreetype6", "libglib2.0-0"),
    *("libdbus-1-3", "libx11-6", "libx11-xcb1", "libxkbcommon0", "libxkbcommon-x11-0"),
)
"""What the README of the archive tells people of a server to install, and what every system has."""
_NOT_OF_A_DESKTOP = re.compile(r"^(perl|python|debconf|dpkg|gcc-\d|tar$|sed$)")


def why_not() -> str:
    """Return why there can be no such folder here; empty where there can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "needs root, for chroot"
    if shutil.which("dpkg-query") is None:
        return "needs the packages of Debian"
    return ""


class BareComputer:
    """The folder, and how programs are run in it; entering it brings what the kernel tells, /proc.

    Parameters
    ----------
    root : Path
        Where it is made.
    without : str
        Packages that are left out.

    """

    def __init__(self, root: Path, *without: str) -> None:
        self._root = root
        for package in _with_dependencies(set(RUN_TIME) - set(without), set(without)):
            self._copy_files_of(package)
        for name in ("dev", "tmp", "root", "data", "etc", "proc"):
            (root / name).mkdir(exist_ok=True, parents=True)
        for name in ("null", "urandom", "zero"):
            subprocess.run(["cp", "-a", f"/dev/{name}", root / "dev"], check=True)
        (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n", encoding="ascii")
        (root / "tmp").chmod(0o1777)
        # As each installation of a package does
        subprocess.run(self.command("/sbin/ldconfig"), check=True)

    def __enter__(self) -> BareComputer:
        subprocess.run(["mount", "-t", "proc", "proc", self._root / "proc"], check=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run(["umount", "--lazy", self._root / "proc"], check=True)

    @property
    def root(self) -> Path:
        """The folder that programs take for the whole computer."""
        return self._root

    def add(self, folder: Path, name: str) -> None:
        """Put a copy of a folder at `/name`."""
        shutil.copytree(folder, self._root / name, symlinks=True, dirs_exist_ok=True)

    def shared(self, path: Path) -> Path:
        """Make a folder that has the same path inside as outside; return it."""
        inside = self._root / path.relative_to("/")
        inside.mkdir(parents=True)
        path.symlink_to(inside)
        return path

    def files_called(self, pattern: str) -> list[str]:
        """Return the files whose name begins like this regular expression, but for those of the program."""
        found = re.compile(pattern)
        return [
            str(path)
            for top in self._root.iterdir()
            if top.name not in ("proc", "program")
            for path in top.rglob("*")
            if found.match(path.name)
        ]

    def command(self, program: str) -> list[str]:
        """Return what starts a program of this folder."""
        return [shutil.which("chroot") or "/usr/sbin/chroot", str(self._root), program]

    def _copy_files_of(self, package: str) -> None:
        listed = subprocess.run(["dpkg-query", "-L", package], capture_output=True, text=True, check=True).stdout
        for name in listed.splitlines():
            source = Path(name)
            if not name.startswith("/") or name.startswith(("/usr/share/doc", "/usr/share/man", "/usr/share/gcc")):
                continue
            # Where /lib is a link to /usr/lib, it is one here too
            target = self._root / source.parent.resolve().relative_to("/") / source.name
            if source.is_symlink() or source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                if not target.is_symlink() and not target.exists():
                    shutil.copy2(source, target, follow_symlinks=False)
        for name in ("bin", "lib", "lib64", "sbin"):
            if Path("/", name).is_symlink() and not (self._root / name).is_symlink():
                (self._root / "usr" / name).mkdir(parents=True, exist_ok=True)
                (self._root / name).symlink_to(f"usr/{name}")


def _with_dependencies(packages: set[str], without: set[str]) -> list[str]:
    """Return the installed packages that these need, and they themselves."""
    shown = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package}\\t${Provides}\\t${Pre-Depends}, ${Depends}\\n"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    needs: dict[str, list[str]] = {}
    providers: dict[str, str] = {}
    for line in shown.splitlines():
        name, provided, needed = line.split("\t")
        needs[name] = _names(needed)
        providers |= dict.fromkeys(_names(provided), name)
    found: set[str] = set()
    todo = sorted(packages)
    while todo:
        name = todo.pop()
        name = name if name in needs else providers.get(name, "")
        if name and name not in found and name not in without and not _NOT_OF_A_DESKTOP.match(name):
            found.add(name)
            todo += needs[name]
    return sorted(found)


def _names(field: str) -> list[str]:
    """Return the packages of a field like `libc6 (>= 2.36), a | b:any`."""
    return [re.split(r"[ :(]", one.strip(), maxsplit=1)[0] for one in re.split(r"[,|]", field) if one.strip()]
