"""Collects the licence texts of all that is inside the frozen program, and an index of them.

python packaging/licences.py SOURCES.json FOLDER    run by the Python that the program was frozen with

SOURCES.json lists the files that went in. Each belongs to an installed Python package, to Python itself or, on Debian,
to a package of the system: `FOLDER/index.json` lists these with name, version, licence and the files of their texts.
"""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import Distribution, distributions
from pathlib import Path

TEXTS = Path(__file__).resolve().parent / "licence_texts"
PROJECT = TEXTS.parent.parent
_TEXT_NAME = re.compile(r"(^|/)(LICEN[CS]ES?|COPYING|COPYRIGHT|NOTICE|AUTHORS|PATENTS)[^/]*$|/licen[cs]es/[^/]+$", re.I)
_QT = ("pyside6", "shiboken6")
_TOLD_WRONG = {"pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception"}
_LONG = 80


def collect(sources: list[Path], folder: Path) -> list[dict[str, object]]:
    """Write the texts and `index.json` into `folder`; return the entries of the index."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    left = {path.resolve() for path in sources}
    entries = [_own(folder), _of_python(folder)]
    for package in sorted(distributions(), key=lambda one: one.name.lower()):
        inside = {Path(str(file.locate())).resolve() for file in package.files or ()}
        if left & inside:
            entries.append(_of_package(package, inside, folder))
            left -= inside
    entries += _of_system(left, folder)
    entries += _inside_of_others(entries)
    without = [entry["name"] for entry in entries if not entry["texts"]]
    if without:
        raise SystemExit(f"No licence text was found of: {', '.join(map(str, without))}")
    (folder / "index.json").write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return entries


def _entry(name: str, version: str, licence: str, texts: list[str]) -> dict[str, object]:
    return {"name": name, "version": version, "licence": licence, "texts": texts}


def _own(folder: Path) -> dict[str, object]:
    return _entry("Cytoscribe", "", "MIT", [_copy(PROJECT / "LICENSE", folder, "Cytoscribe")])


def _of_python(folder: Path) -> dict[str, object]:
    places = [Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt"]
    found = next((place for place in places if place.is_file()), None)
    texts = [_copy(found, folder, "Python")] if found else [_shared("PSF-2.0.txt", folder)]
    return _entry("Python", sys.version.split()[0], "PSF-2.0", texts)


def _of_package(package: Distribution, inside: set[Path], folder: Path) -> dict[str, object]:
    if package.name.lower().startswith(_QT):
        texts = [_shared(name, folder) for name in ("QT.txt", "LGPL-3.0.txt", "GPL-3.0.txt")]
        return _entry(f"{package.name} (Qt for Python)", package.version, "LGPL-3.0-only", texts)
    found = sorted(path for path in inside if _TEXT_NAME.search(path.as_posix()) and path.suffix not in (".py", ".pyc"))
    if package.name.lower() == "imagecodecs":  # each codec's own
        found += sorted((Path(str(package.locate_file("imagecodecs"))) / "licenses").glob("*"))
    found = [path for path in found if path.is_file() and path.stat().st_size]
    texts = list(dict.fromkeys(_copy(path, folder, package.name) for path in found))
    if not texts and (TEXTS / f"{package.name}.txt").is_file():
        texts = [_shared(f"{package.name}.txt", folder)]
    return _entry(package.name, package.version, _licence(package), texts)


def _licence(package: Distribution) -> str:
    if package.name.lower() in _TOLD_WRONG:
        return _TOLD_WRONG[package.name.lower()]
    told = package.metadata["License-Expression"] or package.metadata["License"] or ""
    if told and len(told) <= _LONG and "\n" not in told:
        return str(told)
    kinds = [one.rpartition(" :: ")[2] for one in package.metadata.get_all("Classifier") or () if "License ::" in one]
    return " OR ".join(kinds) or "see the text"


def _of_system(files: set[Path], folder: Path) -> list[dict[str, object]]:
    """Return the entries of Debian's packages that libraries were taken from."""
    if shutil.which("dpkg-query") is None:
        return []
    packages: dict[str, str] = {}
    for file in sorted(files):
        if ".so" not in file.name:
            continue
        # The loader says /lib, the list of files /usr/lib
        for name in (str(file), str(file).removeprefix("/usr")):
            done = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
            if done.returncode == 0:
                package = done.stdout.split(": ")[0].split(",")[0]
                packages[package.partition(":")[0]] = package
                break
    entries = []
    for name, full in sorted(packages.items()):
        shown = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", full], capture_output=True, text=True, check=False
        ).stdout
        text = Path("/usr/share/doc") / name / "copyright"
        texts = [_copy(text, folder, name)] if text.is_file() else []
        entries.append(_entry(name, shown, "see the text", texts))
    return entries


def _inside_of_others(entries: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the entries of what comes inside another package, whose text names it."""
    texts = {str(entry["name"]).lower(): entry for entry in entries}
    parts = (
        ("OpenBLAS and LAPACK", "BSD-3-Clause", "numpy"),
        ("GCC's runtime libraries for Fortran", "GPL-3.0-only WITH GCC-exception-3.1", "numpy"),
        ("Open Sans, the font of vispy", "Apache-2.0", "vispy"),
        ("FreeType", "FTL", "freetype-py"),
    )
    return [_entry(name, "", licence, list(texts[of]["texts"])) for name, licence, of in parts if of in texts]  # type: ignore[call-overload]


def _copy(text: Path, folder: Path, name: str) -> str:
    content = text.read_bytes()
    for place in range(100):
        target = folder / (f"{name}-{text.name}" if not place else f"{name}-{place}-{text.name}")
        if not target.exists():
            target.write_bytes(content)
            return target.name
        if target.read_bytes() == content:
            return target.name
    raise RuntimeError(f"too many texts called {text.name} in {name}")


def _shared(name: str, folder: Path) -> str:
    shutil.copyfile(TEXTS / name, folder / name)
    return name


if __name__ == "__main__":
    listed = [Path(one) for one in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))]
    for one in collect(listed, Path(sys.argv[2])):
        print(f"{one['name']} {one['version']}: {one['licence']}, {len(one['texts'])} texts")  # type: ignore[arg-type]
