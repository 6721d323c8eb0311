"""Keeps decisions, painted labels and tables in a temporary folder as the program does, and reads them again."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from app.self_test.result import Failure, Skip, demand

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from app.self_test.room import Room
    from storage.label_log import EditRecord

BLOCK = "plate 1/block_0001"
ENDINGS = (".csv", ".tsv", ".xlsx")
PARQUET = ".parquet"


def check_store(room: Room) -> str:
    """Alice annotates; an admin follows her and decides; the snapshots of the older program are written."""
    from storage.store import open_store

    root, data = room.folder / "annotations", room.folder / "blocks"
    for folder in (root, data):
        folder.mkdir()
    (root / "roles.json").write_text(json.dumps({"admins": ["bob"]}), encoding="utf-8")
    alice = open_store(root, room.folder / "alice", "alice", data)
    bob = open_store(root, room.folder / "bob", "bob", data, follow_all=True)
    try:
        alice.decide("annotate", BLOCK, 2, ms=450)
        demand(alice.is_durable and alice.pending == 1, "The decision is not on this computer.")
        alice.push()
        demand(alice.pending == 0, "The decision is not in the annotations folder.")
        followed = bob.follow()
        for decision in followed:
            bob.state.apply(decision)
        demand(bob.state.label("alice", BLOCK) == 2, f"Of {len(followed)} decisions followed, none is Alice's.")
        bob.decide("final", BLOCK, 3)
        bob.push()
        alice.write_snapshot(alice.state.annotations("alice"))
        bob.write_final_labels(bob.state.final_labels())
        problems = [*alice.problems, *bob.problems]
        demand(not problems, " ".join(problems))
    finally:
        alice.close()
        bob.close()
    label = _read_json(root / "users" / "alice.json")["annotations"][BLOCK]["label"]
    final = _read_json(root / "admin" / "final_labels.json")["labels"][BLOCK]["final_label"]
    demand((label, final) == (2, 3), f"The snapshots hold {label} and {final}, not 2 and 3.")
    again = open_store(root, room.folder / "third", "alice", data)
    try:
        demand(again.state.label("alice", BLOCK) == 2, "The next session does not know the decision.")
    finally:
        again.close()
    return "A decision is kept, followed, decided on and read again."


def check_labels(room: Room) -> str:
    """Labels are saved, nobody's version is written over, and strokes of a program that died are brought back."""
    import numpy as np

    from storage.label_facts import LabelFacts
    from storage.label_file import read_label_file
    from storage.label_revision import ChangedElsewhere
    from storage.label_store import LabelStore
    from storage.label_writer import LabelWriter

    root = room.folder / "label store"
    (root / "journal").mkdir(parents=True)
    store = LabelStore(root, "alice", BLOCK)
    array = np.arange(6 * 8 * 10, dtype=np.uint16).reshape(6, 8, 10)
    facts = LabelFacts(array.shape, "uint16", saved_by="alice", application="Cytoscribe")
    writer = LabelWriter(facts.shape, "uint16")
    writer.update(array)
    first = store.save("cells", writer, facts, None).revision
    store.save("cells", writer, facts, first)
    try:
        store.save("cells", writer, replace(facts, saved_by="bob"), first)
    except ChangedElsewhere:
        pass
    else:
        raise Failure("A version of somebody else was written over.")
    found, _ = read_label_file(store.path("cells"))
    demand(np.array_equal(found, array), "Labels do not come back as they were saved.")
    _recover(room.folder / "strokes")
    return "Labels are saved and read; strokes that were not saved are brought back."


def _recover(folder: Path) -> None:
    import numpy as np

    from storage.label_log import EditRecord, LabelLog, LogHeader, WholeRecord
    from storage.label_recovery import leftovers, replay

    shape = (3, 8, 9)
    header = LogHeader("alice", BLOCK, None, "cells", shape, "uint8", None, "cells.tif", "here", os.getpid(), "")
    log = LabelLog.create(folder, header)
    log.append(_stroke(5))
    log.append(WholeRecord("As uint16", 0.0, "uint16"))
    log.append(_stroke(300))
    log.sync()
    log.close()
    said: list[str] = []
    [leftover] = leftovers(folder, said.append)
    edits = leftover.unsaved()
    demand(not said and all(isinstance(edit, EditRecord | WholeRecord) for edit in edits), " ".join(said))
    array = replay(np.zeros(shape, np.uint8), edits)
    leftover.forget()
    demand(array.dtype == np.uint16 and array.max() == 300, "Strokes are not brought back as they were.")
    demand(int((array > 0).sum()) == 8, f"{int((array > 0).sum())} voxels are brought back, not 8.")


def _stroke(number: int) -> EditRecord:
    import zlib

    import numpy as np

    from storage.label_log import EditRecord, PatchRecord

    mask = zlib.compress(np.packbits(np.ones((2, 2, 2), bool)).tobytes())
    return EditRecord("Stroke", 0.0, [PatchRecord((1, 1, 1), (3, 3, 3), mask, number, "uint16")])


def check_tables(room: Room) -> str:
    """A table of objects in each kind of file, and an export of votes."""
    import pandas as pd

    for ending in ENDINGS:
        _round_trip(room, ending)
    from storage.export_file import write_table
    from storage.export_table import Table

    table = Table((("block", "text"), ("label", "int"), ("comment", "free text")), [(BLOCK, 2, "µ – =1+1")], {})
    for ending in ENDINGS:
        path = room.folder / f"votes{ending}"
        write_table(path, table, "here")
        if ending == ".xlsx":
            row = [str(value) for value in pd.read_excel(path).iloc[0]]
        else:
            with path.open(encoding="utf-8", newline="") as file:
                row = list(csv.reader(file, delimiter="\t" if ending == ".tsv" else ","))[1]
        demand(row == [BLOCK, "2", "µ – =1+1"], f"The export to {ending} holds {row}.")
    return f"Tables in {', '.join(ENDINGS)}."


def check_parquet(room: Room) -> str:
    """A table of objects in a Parquet file, where that extra is installed."""
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        raise Skip("Parquet is an extra (pyarrow) that is not installed.")
    _round_trip(room, PARQUET)
    return "A table in .parquet."


def _round_trip(room: Room, ending: str) -> None:
    import pandas as pd

    from core import read_table, table_bytes

    table = pd.DataFrame({"index": [1, 2], "mean_intensity": [0.1, 2.5], "category_name": ["low", "µ, high"]})
    path = room.folder / f"objects{ending}"
    path.write_bytes(table_bytes(table, ending))
    found: pd.DataFrame = read_table(path)
    is_same = list(found.columns) == list(table.columns) and found.to_numpy().tolist() == table.to_numpy().tolist()
    demand(is_same, f"{ending} gives {found.to_dict('list')}.")


def _read_json(path: Path) -> dict[str, dict[str, dict[str, int]]]:
    return dict(json.loads(path.read_text(encoding="utf-8")))
