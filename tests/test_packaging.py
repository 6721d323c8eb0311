"""What the build does to the files that go into the frozen program, without building it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import PySide6
import pytest
from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImage, QImageReader

if TYPE_CHECKING:
    from types import ModuleType

PACKAGING = Path(__file__).resolve().parents[1] / "packaging"
SORTING = """
from PySide6.QtCore import QCollator, QLocale, QTimeZone
collator = QCollator(QLocale("en_US"))
collator.setNumericMode(True)
print(sorted(["b10", "b2", "\\u00e9", "z", "a", "E"], key=collator.sortKey), QTimeZone(b"Europe/Berlin").isValid())
print({line.split()[-1] for line in open("/proc/self/maps") if "libicudata" in line})
"""


def load(name: str) -> ModuleType:
    """Import a module of packaging/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, PACKAGING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Qt brings ICU on Linux only")
def test_qt_sorts_and_knows_time_zones_without_the_other_languages_of_icu(tmp_path: Path) -> None:
    (whole,) = (Path(str(PySide6.__file__)).parent / "Qt" / "lib").glob("libicudata.so.*")
    smaller = tmp_path / whole.name
    smaller.write_bytes(whole.read_bytes())
    load("icu_data").trim(smaller)
    assert smaller.stat().st_size < whole.stat().st_size / 5

    def said(**environment: str) -> list[str]:
        command = [sys.executable, "-c", SORTING]
        return subprocess.run(
            command, env=os.environ | environment, capture_output=True, text=True, check=True, timeout=60
        ).stdout.splitlines()

    before, after = said(), said(LD_PRELOAD=str(smaller))
    assert after[0] == before[0] == "['a', 'b2', 'b10', 'E', 'é', 'z'] True"
    assert (before[1], after[1]) == (str({str(whole)}), str({str(smaller)}))


def test_a_library_of_another_make_is_left_alone() -> None:
    with pytest.raises(ValueError, match="64-bit"):
        load("icu_data").without_languages(b"\x7fELF\x01" + bytes(100))


def test_icons_hold_each_size() -> None:
    icons = load("icons")
    pictures = {size: icons.png(size) for size in (16, 48, 256)}
    assert {size: QImage.fromData(QByteArray(picture)).width() for size, picture in pictures.items()} == {
        16: 16,
        48: 48,
        256: 256,
    }
    buffer = QBuffer()
    buffer.setData(QByteArray(icons.ico(pictures)))
    reader = QImageReader(buffer, QByteArray(b"ico"))
    assert reader.imageCount() == 3
    sizes = []
    for place in range(3):
        reader.jumpToImage(place)
        sizes.append(reader.read().width())
    assert sizes == [16, 48, 256]


@pytest.mark.parametrize(
    "arguments",
    [
        ["-c", "import os"],
        ["-c", "from joblib.externals.loky.backend.resource_tracker import main; main(3, False); import os"],
        ["-m", "joblib.externals.loky.backend.popen_loky_posix_"],
        ["-m", "app"],
        ["measure", "-m"],
        [],
    ],
)
def test_the_frozen_program_runs_no_code_of_its_command_line_but_its_own_workers(arguments: list[str]) -> None:
    assert not load("start").be_a_worker(arguments)
