"""Saving overlays on the share: nobody's version is written over, whatever fails leaves the old file."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import tifffile

from storage.errors import StorageError
from storage.label_facts import LabelFacts
from storage.label_file import read_label_facts, read_label_file, token_of
from storage.label_lock import STALE_SECONDS, LabelsBusy, label_lock
from storage.label_revision import ChangedElsewhere, is_version, new_token
from storage.label_store import LabelStore, write_labels
from storage.label_writer import LabelWriter
from tests.storage.test_refusals import namespace

__all__ = ["namespace"]  # a fixture

ROOT = Path(__file__).resolve().parents[2]
SHAPE = (3, 8, 9)


@dataclass
class Painted:
    """An overlay of one number everywhere, as a program has it open."""

    number: int = 1

    @property
    def writer(self) -> LabelWriter:
        writer = LabelWriter(SHAPE, "uint16")
        writer.update(np.full(SHAPE, self.number, np.uint16))
        return writer

    @property
    def facts(self) -> LabelFacts:
        return LabelFacts(SHAPE, "uint16", saved_by="alice", application="Cytoscribe")


@pytest.fixture
def store(tmp_path: Path) -> LabelStore:
    (tmp_path / "annotations" / "journal").mkdir(parents=True)
    return LabelStore(tmp_path / "annotations", "alice", "plate/block 1", host="here")


def save(store: LabelStore, number: int, base: str | None, name: str = "cells") -> str:
    painted = Painted(number)
    return store.save(name, painted.writer, painted.facts, base).revision


def number_in(path: Path) -> int:
    array, _ = read_label_file(path)
    assert array.min() == array.max()
    return int(array.max())


def files(store: LabelStore) -> list[str]:
    return sorted(os.listdir(store.folder))


def test_save_again_and_again(store: LabelStore) -> None:
    first = save(store, 1, None)
    assert store.current("cells") == read_label_facts(store.path("cells"))
    second = save(store, 2, first)
    facts = store.current("cells")
    assert facts is not None
    assert (facts.revision, facts.parent, facts.saved_by) == (second, first, "alice")
    assert facts.saved_at.endswith("+00:00")
    assert number_in(store.path("cells")) == 2
    assert files(store) == ["cells.tif"]  # no lock, no temporary file


def test_save_with_a_token_is_known_again(store: LabelStore) -> None:
    token = new_token()
    painted = Painted(3)
    facts = LabelFacts(SHAPE, "uint16", revision=token)
    assert is_version(store.save("cells", painted.writer, facts, None).revision, token)


def test_version_of_another_session_is_never_overwritten(store: LabelStore) -> None:
    first = save(store, 1, None)
    theirs = save(store, 2, first)
    for base in (first, None):
        with pytest.raises(ChangedElsewhere, match="saved by alice") as caught:
            save(store, 3, base)
        assert caught.value.facts is not None
        assert caught.value.facts.revision == theirs
    assert number_in(store.path("cells")) == 2
    painted = Painted(3)
    beside = store.save_beside("cells", painted.writer, replace(painted.facts, parent=first))
    assert read_label_facts(beside.path).parent == first
    again = store.save_beside("cells", painted.writer, painted.facts)
    assert beside.name.startswith("cells (other version 20")
    assert len({beside.path, again.path, store.path("cells")}) == 3
    assert [number_in(path) for path in (beside.path, again.path, store.path("cells"))] == [3, 3, 2]
    assert {one.name for one in store.listed()} == {"cells", beside.name, again.name}


def test_file_that_is_gone_or_damaged_or_of_another_program_is_left(store: LabelStore) -> None:
    base = save(store, 1, None)
    path = store.path("cells")
    content = path.read_bytes()
    path.unlink()
    with pytest.raises(ChangedElsewhere, match="removed") as caught:
        save(store, 2, base)
    assert caught.value.facts is None
    assert not path.exists()
    path.write_bytes(b"no TIFF")
    for revision in (base, None):
        with pytest.raises(ChangedElsewhere, match="not a TIFF"):
            save(store, 2, revision)
    assert path.read_bytes() == b"no TIFF"
    # another program that keeps the description, as many do, and changes pixels
    with tifffile.TiffFile(_written(path, content)) as tif:
        xml = tif.pages[0].description
    tifffile.imwrite(path, np.ones(SHAPE, np.uint16), description=xml.encode(), metadata=None, photometric="minisblack")
    changed = path.read_bytes()
    with pytest.raises(ChangedElsewhere):
        save(store, 2, base)
    assert path.read_bytes() == changed


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_name_in_another_case_is_taken(store: LabelStore) -> None:
    save(store, 1, None)
    with pytest.raises(ChangedElsewhere, match="already"):
        save(store, 2, None, "Cells")


def test_rename_duplicate_and_delete(store: LabelStore) -> None:
    base = save(store, 1, None)
    save(store, 5, None, "other")
    for taken in ("other", "OTHER"):
        for act in (store.rename, store.duplicate):
            with pytest.raises(StorageError, match="already"):
                act("cells", taken)
    with pytest.raises(StorageError, match="cannot be used"):
        store.rename("cells", "a/b")
    assert store.rename("cells", "Cells") == store.path("Cells")
    assert store.rename("Cells", "nuclei") == store.path("nuclei")
    assert store.duplicate("nuclei", "copy") == store.path("copy")
    assert files(store) == ["copy.tif", "nuclei.tif", "other.tif"]
    save(store, 2, base, "nuclei")  # the version is the same under its new name
    assert (number_in(store.path("copy")), number_in(store.path("nuclei"))) == (1, 2)
    gone = store.delete("nuclei")
    assert number_in(gone) == 2
    assert gone.parent == store.folder / ".deleted"
    save(store, 3, None, "nuclei")
    assert store.delete("nuclei") != gone
    assert [one.name for one in store.listed()] == ["copy", "other"]
    with pytest.raises(StorageError, match="does not exist"):
        store.delete("nuclei")


def test_share_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    root = tmp_path / "share"
    for _ in range(2):
        with pytest.raises(StorageError, match="mounted"):
            save(LabelStore(root, "alice", "a"), 1, None)
        assert not root.exists() or not os.listdir(root)
        root.mkdir(exist_ok=True)


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
def test_folders_and_files_of_a_shared_folder_are_the_groups(tmp_path: Path) -> None:
    root = tmp_path / "annotations"
    (root / "journal").mkdir(parents=True)
    root.chmod(0o2775)
    before = os.umask(0o077)
    try:
        store = LabelStore(root, "alice", "a/b")
        save(store, 1, None)
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.path("cells").stat().st_mode) == 0o644
    for folder in (store.folder, store.folder.parent, root / "labels" / "alice", root / "labels"):
        assert stat.S_IMODE(folder.stat().st_mode) & 0o2055 == 0o2055, folder


def test_lock_of_a_living_process_is_respected_and_a_stale_one_taken_over(store: LabelStore) -> None:
    base = save(store, 1, None)
    path = store.path("cells")
    lock = path.with_name(".cells.tif.lock")
    with label_lock(path, "here") as held:
        assert held.is_held()
        with pytest.raises(LabelsBusy):
            save(store, 2, base)
        with pytest.raises(LabelsBusy):
            store.delete("cells")
        lock.unlink()
        assert not held.is_held()
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    for content in (
        json.dumps({"host": "here", "pid": int(done.stdout), "token": "x"}),  # of a dead process of this computer
        json.dumps({"host": "there", "pid": 1, "token": "x"}),
        "",
    ):
        lock.write_text(content)
        if content.find('"here"') < 0:
            with pytest.raises(LabelsBusy):
                save(store, 2, base)
            old = lock.stat().st_mtime - STALE_SECONDS - 1
            os.utime(lock, (old, old))
        base = save(store, 2, base)
        assert files(store) == ["cells.tif"]


def test_leftover_temporary_files_of_killed_processes_are_swept(store: LabelStore) -> None:
    base = save(store, 1, None)
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    dead = int(done.stdout)
    kept = f".cells.tif-here-{os.getpid()}-aaaa.tmp"
    for name in (f".cells.tif-here-{dead}-aaaa.tmp", f".cells.tif.lock-here-{dead}-aaaa.tmp", kept):
        (store.folder / name).write_bytes(b"x")
    save(LabelStore(store.root, "alice", store.block_id, host="here"), 2, base)
    assert files(store) == [kept, "cells.tif"]


SAVER = """
import sys
from pathlib import Path
from storage.label_lock import LabelsBusy
from storage.label_revision import ChangedElsewhere
from storage.label_store import LabelStore
from tests.storage.test_label_store import Painted, save, number_in
store = LabelStore(Path(sys.argv[1]), "alice", "a")
me, saved, busy = int(sys.argv[2]), 0, 0
print("START", flush=True)
sys.stdin.readline()
while saved < 60:
    facts = store.current("cells")
    base = facts.revision if facts else None
    number = number_in(store.path("cells")) if facts else 0
    facts = store.current("cells")
    if (facts.revision if facts else None) != base:
        continue
    try:
        save(store, number + 1, base)
    except (LabelsBusy, ChangedElsewhere):
        busy += 1
    else:
        saved += 1
print(saved, busy)
"""


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    """Each save adds one to what it was made from: what was written over would be missing in the end."""
    (tmp_path / "journal").mkdir()
    savers = [
        subprocess.Popen(
            [sys.executable, "-c", SAVER, str(tmp_path), str(number)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in (1, 2)
    ]
    for saver in savers:
        assert saver.stdout is not None
        assert saver.stdout.readline() == "START\n"
    for saver in savers:
        assert saver.stdin is not None
        saver.stdin.write("\n")
        saver.stdin.flush()
    told = [saver.communicate(timeout=100)[0].split() for saver in savers]
    assert [int(saved) for saved, _ in told] == [60, 60]
    assert sum(int(busy) for _, busy in told) > 0  # they did meet
    assert number_in(LabelStore(tmp_path, "alice", "a").path("cells")) == 120
    assert files(LabelStore(tmp_path, "alice", "a")) == ["cells.tif"]


KILLED = """
import sys
from pathlib import Path
from storage.label_store import LabelStore
from tests.storage.test_label_store import save
store = LabelStore(Path(sys.argv[1]), "alice", "a", host="here")
facts = store.current("cells")
base = facts.revision if facts else None
number = 0
while True:
    number += 1
    base = save(store, number, base)
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="kills of POSIX")
def test_killed_while_it_saves_leaves_a_whole_file_that_can_be_saved_over(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    store = LabelStore(tmp_path, "alice", "a", host="here")
    for wait_for in range(1, 9):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(wait_for):
            last = int(child.stdout.readline())
        child.kill()
        rest = child.communicate()[0].splitlines(keepends=True)
        last = max([last, *(int(one) for one in rest if one.endswith("\n"))])
        assert number_in(store.path("cells")) in (last, last + 1)
    facts = store.current("cells")
    assert facts is not None
    save(store, 7, facts.revision)
    assert number_in(store.path("cells")) == 7
    assert files(store) == ["cells.tif"]


FULL = """
import resource, sys
from pathlib import Path
from storage.errors import StorageError
from storage.label_store import LabelStore
from tests.storage.test_label_store import save
import numpy, tifffile
store = LabelStore(Path(sys.argv[1]), "alice", "a")
base = save(store, 1, None)
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (700, resource.RLIM_INFINITY))
try:
    save(store, 2, base)
except StorageError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
save(store, 3, base)
"""


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    path = LabelStore(tmp_path, "alice", "a").path("cells")
    assert done.stdout.startswith(f"{path} cannot be written: the file would be larger than is allowed here.")
    assert number_in(path) == 3  # so the base was as it was
    assert os.listdir(path.parent) == ["cells.tif"]


DISK = """
import subprocess, sys
from pathlib import Path
import numpy
import tifffile
from storage.errors import StorageError
from storage.label_store import LabelStore
from storage.label_writer import LabelWriter
from tests.storage.test_label_store import Painted, number_in, save
root = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", root], check=True)
(root / "journal").mkdir()
store = LabelStore(root, "alice", "a")
base = save(store, 1, None)
noise = LabelWriter((3, 400, 400), "uint16")
noise.update(numpy.random.default_rng(0).integers(0, 60000, (3, 400, 400), numpy.uint16))
facts = Painted().facts
object.__setattr__(facts, "shape", (3, 400, 400))
def refused(work):
    try:
        work()
    except StorageError as error:
        print(error)
refused(lambda: store.save("cells", noise, facts, base))
print(number_in(store.path("cells")), [path.name for path in store.folder.iterdir()])
subprocess.run(["mount", "-o", "remount,ro", root], check=True)
for work in (lambda: save(store, 2, base), lambda: store.delete("cells"), lambda: store.rename("cells", "b")):
    refused(work)
print(number_in(store.path("cells")), [path.name for path in store.folder.iterdir()])
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mounts of Linux")
def test_full_and_read_only_disk(namespace: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [*namespace, sys.executable, "-c", DISK, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    path = LabelStore(tmp_path, "alice", "a").path("cells")
    assert lines[0].startswith(f"{path} cannot be written: the disk is full. The file on the share is as it was")
    assert lines[1] == lines[5] == "1 ['cells.tif']"
    for line in lines[2:5]:
        assert line.startswith(f"{path} cannot be written: the disk is read-only.")


FORBIDDEN = """
import os, sys
from pathlib import Path
from storage.errors import StorageError
from storage.label_store import LabelStore
from tests.storage.test_label_store import number_in, save
store = LabelStore(Path(sys.argv[1]), "alice", "a")
warm = LabelStore(Path(sys.argv[1]), "alice", "all that is imported late is here before the account changes")
save(warm, 1, save(warm, 1, None))
(store.root / "labels").chmod(0o777)
(store.root / "labels" / "alice").chmod(0o777)
if os.geteuid() == 0:  # whom no right is ever missing
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
base = save(store, 1, None)
store.folder.chmod(0o555)
for work in (lambda: save(store, 2, base), lambda: store.delete("cells")):
    try:
        work()
    except StorageError as error:
        print(error)
print(number_in(store.path("cells")), os.listdir(store.folder))
store.folder.chmod(0o755)
save(store, 2, base)
"""


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
def test_folder_that_one_may_not_write_to() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own is private
        Path(folder).chmod(0o777)
        Path(folder, "journal").mkdir()
        done = subprocess.run(
            [sys.executable, "-c", FORBIDDEN, folder], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        lines = done.stdout.splitlines()
        path = LabelStore(Path(folder), "alice", "a").path("cells")
        assert len(lines) == 3
        for line in lines[:2]:
            assert line.startswith(f"{path} cannot be used: permission denied.")
        assert lines[2] == "1 ['cells.tif']"
        assert number_in(path) == 2


def test_save_as_replaces_what_the_user_chose(tmp_path: Path) -> None:
    painted = Painted(4)
    path = tmp_path / "anything at all.tiff"
    path.write_bytes(b"before")
    saved = write_labels(path, painted.writer, painted.facts)
    assert number_in(path) == 4
    assert read_label_facts(path).revision == saved.revision
    assert token_of(saved.revision) != saved.revision
    with pytest.raises(StorageError, match="does not exist"):
        write_labels(tmp_path / "nowhere" / "a.tif", painted.writer, painted.facts)
