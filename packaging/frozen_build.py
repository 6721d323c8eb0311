"""Makes the frozen program and the archive that users get, from a clean environment; `dev.py build` runs it."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import icu_data

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"
BUILD = ROOT / "build"
FREEZER = "pyinstaller>=6.22,<6.23"
SYSTEM = {"linux": "linux", "darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform)
MACHINE = {"AMD64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
MB = 1_000_000
FOLDER_LIMIT_MB, ARCHIVE_LIMIT_MB = 260, 100
"""What the issue allows on Linux."""


@dataclass(frozen=True)
class Built:
    """What a build made."""

    folder: Path
    """The folder of the frozen program (macOS: the .app)."""
    program: Path
    archives: tuple[Path, ...]


def build(out: Path) -> Built:
    """Make the frozen program and its archives in `out`; what they weigh is printed as JSON lines."""
    out = out.absolute()
    python = _clean_python()
    work = BUILD / "frozen"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    version = _write_build_info(work)
    _call([str(python), str(PACKAGING / "icons.py"), str(work)])
    arguments = [
        "--noconfirm",
        "--log-level",
        "WARN",
        "--distpath",
        str(work / "dist"),
        "--workpath",
        str(work / "pyi"),
    ]
    _call(
        [str(python), "-m", "PyInstaller", *arguments, str(PACKAGING / "cytoscribe.spec")],
        environment={"CYTOSCRIBE_BUILD": str(work)},
    )
    made = work / "dist" / ("Cytoscribe.app" if SYSTEM == "macos" else "cytoscribe")
    if SYSTEM == "linux":
        _make_smaller(made)
    _write_sources(work / "sources.json", made)
    licences = made / ("Contents/Resources/licenses" if SYSTEM == "macos" else "licenses")
    _call([str(python), str(PACKAGING / "licences.py"), str(work / "sources.json"), str(licences)], quiet=True)
    if SYSTEM == "windows":
        shutil.copyfile(work / "cytoscribe.ico", made / "cytoscribe.ico")
    if SYSTEM == "macos":
        _call([str(PACKAGING / "macos" / "sign.sh"), str(made)])
        if os.environ.get("CYTOSCRIBE_NOTARY_APPLE_ID"):
            _call([str(PACKAGING / "macos" / "notarise.sh"), str(made)])

    out.mkdir(parents=True, exist_ok=True)
    folder = out / made.name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(made, folder, symlinks=True)
    archives = _archives(folder, out, work, version)
    for archive in archives:
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        archive.with_name(f"{archive.name}.sha256").write_text(f"{digest}  {archive.name}\n", encoding="ascii")
    _tell(folder, archives)
    program = {"macos": "Contents/MacOS/cytoscribe", "windows": "cytoscribe.exe"}.get(SYSTEM, "cytoscribe")
    return Built(folder, folder / program, archives)


# --------------------------------------------------------------------------------------------- what goes into the build


def _clean_python() -> Path:
    """Return the Python of an environment that holds what the program needs to run, and PyInstaller."""
    import tomllib

    wanted = [*tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"], FREEZER]
    venv = BUILD / "venv"
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    fingerprint = hashlib.sha256(json.dumps([wanted, sys.version, str(ROOT)]).encode()).hexdigest()
    stamp = venv / "made-from.txt"
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint and python.exists()):
        _say("making the clean environment of the build")
        _call([sys.executable, "-m", "venv", "--clear", str(venv)])
        _call([str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *wanted])
        stamp.write_text(fingerprint, encoding="utf-8")
    return python


def _write_build_info(work: Path) -> str:
    """Write what app/build_info.py reads, and the version resource of Windows; return the version."""
    import tomllib

    version = str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
    told = {"version": version, "commit": _commit()}
    (work / "build.json").write_text(json.dumps(told) + "\n", encoding="utf-8")
    numbers = tuple(int(part) for part in (*version.split(".")[:3], "0"))
    words = {
        "CompanyName": "Cytoscribe",
        "FileDescription": "Cytoscribe",
        "FileVersion": version,
        "InternalName": "cytoscribe",
        "LegalCopyright": "MIT licence",
        "OriginalFilename": "cytoscribe.exe",
        "ProductName": "Cytoscribe",
        "ProductVersion": f"{version} {told['commit']}".strip(),
    }
    strings = ", ".join(f"StringStruct({name!r}, {text!r})" for name, text in words.items())
    (work / "version.txt").write_text(
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0, OS=0x40004, "
        f"fileType=1, subtype=0, date=(0, 0)), kids=[StringFileInfo([StringTable('040904B0', [{strings}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n",
        encoding="utf-8",
    )
    return version


def _commit() -> str:
    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    if shutil.which("git") is None or not (name := git("rev-parse", "--short=12", "HEAD")):
        return ""
    return f"{name}, changed" if git("status", "--porcelain") else name


# ------------------------------------------------------------------------------------------------ what becomes of it


def _write_sources(listed: Path, made: Path) -> None:
    """Leave in the list of what went in, for the licences, only libraries that are still there."""
    there = {path.name for path in made.rglob("*")}
    sources = json.loads(listed.read_text(encoding="utf-8"))
    kept = [one for one in sources if ".so" not in Path(one).name or Path(one).name in there]
    listed.write_text(json.dumps(kept), encoding="utf-8")


def _make_smaller(folder: Path) -> None:
    """Take out what no run needs: names for debuggers, and the languages of ICU."""
    inside = folder / "_internal"
    for library in inside.rglob("libicudata.so.*"):
        icu_data.trim(library)
    libraries = [
        path
        for path in inside.rglob("*.so*")
        # The wheels' own libraries were moved about by auditwheel: stripped, the loader turns them away
        if path.is_file() and not path.is_symlink() and not path.parent.name.endswith(".libs")
        if not path.name.startswith("libicudata")
    ]
    for start in range(0, len(libraries), 100):
        _call(["strip", "--strip-unneeded", *map(str, libraries[start : start + 100])])
    _link_twins(inside)
    _drop_orphans(inside)


def _link_twins(inside: Path) -> None:
    """Keep one of the libraries that are there twice, byte for byte, as of numpy and of scipy."""
    seen: dict[str, Path] = {}
    for path in sorted(inside.glob("*.libs/*.so*")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        twin = seen.setdefault(digest, path)
        if twin is not path and twin.name == path.name:
            path.unlink()
            path.symlink_to(Path("..") / twin.parent.name / twin.name)


def _drop_orphans(inside: Path) -> None:
    """Take out libraries of the system that came with a part of Qt that was left out."""
    while True:
        needed = set(_needed_by([path for path in inside.rglob("*.so*") if path.is_file() and not path.is_symlink()]))
        orphans = [
            path
            for path in inside.glob("lib*.so*")
            if not path.name.startswith("libpython") and path.name not in needed
            if not path.is_symlink() or not path.exists()
        ]
        if not orphans:
            return
        for path in orphans:
            path.unlink()


def _needed_by(libraries: list[Path]) -> list[str]:
    shown = subprocess.run(
        ["readelf", "-d", *map(str, libraries)],
        capture_output=True,
        text=True,
        env={"LC_ALL": "C", "PATH": os.defpath},
        check=True,
    ).stdout
    return re.findall(r"\(NEEDED\).*\[(.+)\]", shown)


def _archives(folder: Path, out: Path, work: Path, version: str) -> tuple[Path, ...]:
    name = f"cytoscribe-{version}-{SYSTEM}-{MACHINE}"
    if SYSTEM == "linux":
        return (_linux_archive(folder, out / f"{name}.tar.xz", work, version),)
    archive = out / f"{name}.zip"
    archive.unlink(missing_ok=True)
    if SYSTEM == "macos":  # zip files of others lose the links inside the .app
        _call(["ditto", "-c", "-k", "--keepParent", str(folder), str(archive)])
        return (archive,)
    shutil.make_archive(str(archive.with_suffix("")), "zip", out, folder.name)
    compiler = shutil.which("iscc") or r"C:\Program Files (x86)\Inno Setup 6\ISCC.exe"
    if not Path(compiler).is_file():
        _say("Inno Setup is not installed: no installer is made, only the zip file")
        return (archive,)
    defines = [f"/DVersion={version}", f"/DFolder={folder}", f"/DOut={out}"]
    _call([compiler, "/Q", *defines, str(PACKAGING / "windows" / "cytoscribe.iss")])
    return (archive, out / f"{name}-setup.exe")


def _linux_archive(folder: Path, archive: Path, work: Path, version: str) -> Path:
    """Pack the program with its icons and the scripts that install it for one account."""
    stage = work / "archive" / archive.name.removesuffix(".tar.xz")
    (stage / "icons").mkdir(parents=True)
    for picture in (*work.glob("cytoscribe-*.png"), ROOT / "resources" / "icons" / "cytoscribe.svg"):
        shutil.copyfile(picture, stage / "icons" / picture.name)
    for name in ("install.sh", "uninstall.sh", "cytoscribe.desktop", "cytoscribe-mime.xml"):
        shutil.copy(PACKAGING / "linux" / name, stage / name)
    shutil.copyfile(ROOT / "LICENSE", stage / "LICENSE")
    text = (PACKAGING / "linux" / "README.txt").read_text(encoding="utf-8")
    # Its Python and what comes from this system want the C library of this system, or a newer one
    for name, value in (("@VERSION@", version), ("@MACHINE@", MACHINE), ("@GLIBC@", platform.libc_ver()[1])):
        text = text.replace(name, value)
    (stage / "README.txt").write_text(text, encoding="utf-8")

    def of_nobody(one: tarfile.TarInfo) -> tarfile.TarInfo:
        one.uid = one.gid = 0
        one.uname = one.gname = "root"
        return one

    with tarfile.open(archive, "w:xz", preset=6) as packed:
        packed.add(stage, stage.name, filter=of_nobody)
        packed.add(folder, f"{stage.name}/cytoscribe", filter=of_nobody)
    return archive


def _tell(folder: Path, archives: tuple[Path, ...]) -> None:
    """Print the sizes, one JSON line each, and complain where they are too large."""
    figures = [("folder_mb", _size(folder) / MB, FOLDER_LIMIT_MB)]
    figures += [("archive_mb", archive.stat().st_size / MB, ARCHIVE_LIMIT_MB) for archive in archives]
    for name, value, limit in figures:
        print(json.dumps({"name": name, "value": round(value, 1), "unit": "MB", "limit": limit}), flush=True)
        if SYSTEM == "linux" and value > limit:
            sys.exit(f"dev.py: {name} is {value:.1f} MB, more than {limit} MB")


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_symlink() or path.is_file())


def _call(command: list[str], environment: dict[str, str] | None = None, *, quiet: bool = False) -> None:
    """Run a step of the build; end with its exit code where it fails."""
    output = subprocess.DEVNULL if quiet else None
    kept = {name: text for name, text in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    code = subprocess.run(
        command, env=kept | (environment or {}), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, check=False
    ).returncode
    if code:
        sys.exit(f"dev.py: the build failed: {' '.join(command[:4])} ended with {code}")


def _say(sentence: str) -> None:
    print(f"dev.py: {sentence}", file=sys.stderr, flush=True)
