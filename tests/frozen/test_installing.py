"""The archive for Linux: installed for one account, started from there, and taken away again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.frozen.conftest import ARCHIVE, bare, call

pytestmark = pytest.mark.skipif(not ARCHIVE.endswith(".tar.xz"), reason="the archive for Linux")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    (top,) = folder.iterdir()
    return top


def test_the_checksum_beside_the_archive_is_right() -> None:
    archive = Path(ARCHIVE)
    subprocess.run(
        ["sha256sum", "--check", "--status", f"{archive.name}.sha256"], cwd=archive.parent, check=True, timeout=60
    )


def test_installed_started_and_taken_away(unpacked: Path, tmp_path: Path) -> None:
    home = tmp_path / "home with & space"
    account = bare(home)
    data, program = home / ".local/share", home / ".local/bin/cytoscribe"
    kept = data / "cytoscribe" / "annotations" / "mine.jsonl"
    kept.parent.mkdir(parents=True)
    kept.write_text("{}\n", encoding="utf-8")

    for _ in range(2):  # the second time in place of the first
        said, complaint = call(unpacked / "install.sh", environment=account)
        assert str(program) in said
        assert complaint == ""
    assert call(program, "--version", environment=account)[0].startswith("Cytoscribe ")
    entry = (data / "applications/cytoscribe.desktop").read_text(encoding="utf-8")
    target = data / "cytoscribe-program/cytoscribe"
    assert f'Exec="{target}" %f\n' in entry
    assert f"TryExec={target}\n" in entry
    assert os.access(target, os.X_OK)
    if shutil.which("desktop-file-validate"):
        subprocess.run(["desktop-file-validate", data / "applications/cytoscribe.desktop"], check=True, timeout=60)
    for icon in ("48x48/apps/cytoscribe.png", "scalable/apps/cytoscribe.svg"):
        assert (data / "icons/hicolor" / icon).stat().st_size > 500
    assert "*.cytoscribe" in (data / "mime/packages/cytoscribe.xml").read_text(encoding="utf-8")

    call(data / "cytoscribe-program/uninstall.sh", environment=account)
    left = {path for path in home.rglob("*cytoscribe*") if kept not in path.parents and path not in kept.parents}
    assert {path for path in left if "mime" not in path.parts} == set()
    assert kept.read_text(encoding="utf-8") == "{}\n"
