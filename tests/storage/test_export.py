"""Exported tables as they stand in files: byte for byte, and as other programs read them."""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import StorageError
from storage.export_file import write_table
from storage.export_table import Consensus, Table, compatible_table, long_table, wide_table
from storage.review import BlockReview, Vote
from storage.state import Final

GOLDEN = Path(__file__).resolve().parents[2].parent / "shared" / "golden" / "block-annotator" / "export.csv"
WHEN = "2026-11-20T17:29:26.985020+00:00"
NAMES = {1: "Inhibitory", 2: "Excitatory"}
ROWS = [
    BlockReview("b1", {"alice": Vote(1, WHEN, 450), "bob": Vote(2, WHEN, comment="=1+1")}, Final(2, "carol", WHEN)),
    BlockReview("b2", {"alice": Vote(1, WHEN), "bob": Vote(1, WHEN, is_unsure=True)}, Final(None, "carol", WHEN)),
    BlockReview("b3", {"alice": Vote(None, WHEN)}, None),
]
AGREED = [Consensus(1, 0.5), Consensus(1, 1.0), Consensus(None, None)]


def written(tmp_path: Path, table: Table, ending: str = ".csv") -> Path:
    path = tmp_path / f"table{ending}"
    assert write_table(path, table, "desk") == []
    return path


def text_table(*values: str, kind: Any = "free text") -> Table:
    return Table((("value", kind),), [(value,) for value in values], {})


@pytest.mark.skipif(not GOLDEN.exists(), reason="needs the older program's files")
def test_compatible_csv_is_the_older_programs_byte_for_byte(tmp_path: Path) -> None:
    path = written(tmp_path, compatible_table(ROWS, ["alice", "bob"], AGREED, WHEN))
    assert path.read_bytes() == GOLDEN.read_bytes()


def test_compatible_csv_has_every_annotator_and_quotes_as_little_as_it_can(tmp_path: Path) -> None:
    rows = [BlockReview('a "b", c/d', {"bob": Vote(12, WHEN)}, Final(3, "carol", WHEN))]
    table = compatible_table(rows, ["alice", "bob"], [Consensus(12, 1.0)], WHEN)
    assert written(tmp_path, table).read_bytes().decode() == (
        "block_id,consensus_label,final_label,has_disagreement,user_alice_label,user_bob_label,exported_at\r\n"
        f'"a ""b"", c/d",12,3,False,,12,{WHEN}\r\n'
    )


def test_long_table_has_a_row_for_each_vote_or_mark(tmp_path: Path) -> None:
    rows = [*ROWS, BlockReview("b4", {"bob": Vote(None, is_flagged=True)}, None)]
    text = written(tmp_path, long_table(rows, ["alice", "bob"], NAMES)).read_text(encoding="utf-8").splitlines()
    assert text == [
        "block,annotator,class,class_name,annotated_at,ms,flagged,unsure,comment",
        f"b1,alice,1,Inhibitory,{WHEN},450,False,False,",
        f"b1,bob,2,Excitatory,{WHEN},,False,False,'=1+1",
        f"b2,alice,1,Inhibitory,{WHEN},,False,False,",
        f"b2,bob,1,Inhibitory,{WHEN},,False,True,",
        "b4,bob,,,,,True,False,",
    ]


def test_wide_table_has_consensus_votes_final_label_and_everybody(tmp_path: Path) -> None:
    rows = [ROWS[0]._replace(final=Final(2, "carol", WHEN, "membrane", "quorum")), *ROWS[1:]]
    path = written(tmp_path, wide_table(rows, ["alice", "bob"], AGREED, "compatible", NAMES), ".tsv")
    content = path.read_bytes()
    found = list(csv.DictReader(io.StringIO(content.decode()), delimiter="\t"))
    assert found[0] == {
        "block": "b1",
        "consensus": "1",
        "consensus_name": "Inhibitory",
        "consensus_rule": "compatible",
        "votes": "2",
        "classes_voted": "2",
        "share": "0.5",
        "flags": "0",
        "comments": "1",
        "final": "2",
        "final_name": "Excitatory",
        "final_by": "carol",
        "final_at": WHEN,
        "final_reason": "membrane",
        "final_rule": "quorum",
        "class_alice": "1",
        "class_bob": "2",
    }
    assert {found[1][name] for name in found[1] if name.startswith("final")} == {""}
    assert (found[2]["votes"], found[2]["share"], found[2]["class_alice"]) == ("0", "", "")


def test_typed_formulas_are_text_in_a_workbook_and_harmless_in_csv(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    typed = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "plain"]
    lines = written(tmp_path, text_table(*typed)).read_bytes().decode().split("\r\n")
    assert lines[1:-1] == ["'" + text for text in typed[:-1]] + ["plain"]
    names = written(tmp_path, text_table("+DMSO/block_0001", kind="text")).read_bytes().decode()
    assert names == "value\r\n+DMSO/block_0001\r\n"  # a name that is changed joins with nothing
    sheet = load_workbook(written(tmp_path, text_table(*typed), ".xlsx")).active
    assert sheet is not None
    cells = [sheet.cell(row, 1) for row in range(2, 8)]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s") for text in typed]


def test_workbook_keeps_numbers_truth_and_gaps(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = written(tmp_path, wide_table(ROWS, ["alice", "bob"], AGREED, "compatible", NAMES), ".xlsx")
    sheet = load_workbook(path).active
    assert sheet is not None
    header, first, *_ = [list(row) for row in sheet.iter_rows(values_only=True)]
    row = dict(zip(header, first, strict=True))
    assert (row["consensus"], row["share"], row["final_at"], row["final_reason"]) == (1, 0.5, WHEN, None)
    assert sheet.freeze_panes == "A2"


def test_workbook_cuts_what_a_cell_cannot_hold_and_says_so(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = tmp_path / "table.xlsx"
    notes = write_table(path, text_table("x" * 32_767, "y" * 32_768, "𝛂" * 20_000, "bell\a"), "desk")
    assert notes == ["2 texts were cut to the 32767 characters that a cell holds; CSV has them whole."]
    sheet = load_workbook(path).active
    assert sheet is not None
    found = [str(sheet.cell(row, 1).value) for row in range(2, 6)]
    assert found == ["x" * 32_767, "y" * 32_766 + "…", "𝛂" * 16_383 + "…", "bell\ufffd"]


def test_parquet_has_types_and_the_rule(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    found = pq.read_table(written(tmp_path, long_table(ROWS, ["alice", "bob"], NAMES), ".parquet"))
    types = {field.name: str(field.type) for field in found.schema}
    assert (types["class"], types["annotated_at"], types["flagged"]) == ("int64", "timestamp[us, tz=UTC]", "bool")
    row = found.to_pylist()[1]
    assert (row["class"], row["ms"], row["comment"]) == (2, None, "=1+1")
    assert row["annotated_at"] == datetime(2026, 11, 20, 17, 29, 26, 985020, UTC)
    empty = pq.read_table(written(tmp_path, long_table([], [], {}), ".parquet"))
    assert (empty.num_rows, empty.schema.names) == (0, found.schema.names)
    wide = pq.read_table(written(tmp_path, wide_table(ROWS, ["bob"], AGREED, "compatible", NAMES), ".parquet"))
    assert wide.schema.metadata[b"consensus_rule"] == b"compatible"


def test_what_cannot_be_written_is_said_and_the_older_file_stays(tmp_path: Path) -> None:
    for name, sentence in {
        "table.doc": r"must end in \.csv, \.tsv, \.xlsx or \.parquet",
        "missing/table.csv": "The folder .*missing does not exist",
    }.items():
        with pytest.raises(StorageError, match=sentence):
            write_table(tmp_path / name, text_table("x"), "desk")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(StorageError, match="is a folder"):
        write_table(tmp_path / "folder.csv", text_table("x"), "desk")
    columns = tuple((str(number), "int") for number in range(16_385))
    path = written(tmp_path, text_table("old"), ".xlsx")
    before = path.read_bytes()
    with pytest.raises(StorageError, match="more than a sheet holds"):
        write_table(path, Table(columns, [], {}), "desk")  # type: ignore[arg-type]
    assert path.read_bytes() == before
    if os.name != "nt" and os.geteuid():
        tmp_path.chmod(0o500)
        with pytest.raises(StorageError, match="permission denied"):
            write_table(path, text_table("new"), "desk")
        tmp_path.chmod(0o700)
    assert sorted(found.name for found in tmp_path.iterdir()) == ["folder.csv", "table.xlsx"]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(texts, texts), max_size=5), st.sampled_from([".csv", ".tsv"]))
def test_separated_text_is_read_back(tmp_path_factory: pytest.TempPathFactory, pairs: Any, ending: str) -> None:
    table = Table((("name", "text"), ("comment", "free text")), [(a or None, b or None) for a, b in pairs], {})
    path = written(tmp_path_factory.mktemp("x"), table, ending)
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file, delimiter="," if ending == ".csv" else "\t"))[1:]
    for (name, comment), (given_name, typed) in zip(found, pairs, strict=True):
        assert name == given_name
        assert comment in (typed, "'" + typed)
    assert not any(b.startswith(("=", "+", "-", "@", "\t", "\r")) for _, b in found)
