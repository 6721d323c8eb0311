"""The agreement report: its figures by hand and against core, its texts, and its files as other programs read them."""

from __future__ import annotations

import csv
import json
import math
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agreement.file import as_json, write_report
from app.agreement.grids import (
    annotator_grid,
    confusion_grid,
    headline,
    method,
    pace_grid,
    pair_grid,
    summary_grid,
)
from app.agreement.html import html_report
from app.agreement.plots import Bar, Square, bars, heat_map, plain
from app.agreement.report import FINAL, GOLD, AgreementReport, make_report
from app.agreement.votes import Answers, vote_table
from core.errors import Cancelled
from core.voting.agreement import measure_agreement
from core.voting.consensus import ConsensusRule, find_consensus
from storage.classes import ClassDef
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BLOCKS = ["a", "b", "c", "d", "e"]
COMPATIBLE = "consensus compatible"
VOTES = {"alice": {"a": 1, "b": 1, "c": 2, "d": 2}, "bob": {"a": 1, "b": 2, "c": 2, "d": 2}, "carol": {"a": 1}}
NAMES = {"p": "http://www.w3.org/1999/xhtml", "s": "http://www.w3.org/2000/svg"}


def at(second: float) -> str:
    return f"2026-11-20T17:{int(second) // 60:02d}:{second % 60:09.6f}+00:00"


def answers(name: str, votes: Mapping[str, int], seconds: float = 10, ms: int = 5000) -> Answers:
    times = {block: (number, at(place * seconds)) for place, (block, number) in enumerate(votes.items())}
    return Answers(name, times, dict.fromkeys(votes, ms) if ms else {})


def classes(*names: str) -> list[ClassDef]:
    return [ClassDef(number, name, "#888888", str(number)) for number, name in enumerate(names, 1)]


def made(
    votes: Mapping[str, Mapping[str, int]] = VOTES,
    finals: Mapping[str, int] | None = None,
    gold: Mapping[str, int] | None = None,
    names: tuple[str, ...] = ("Inhibitory", "Excitatory", "Unknown"),
    data_name: str = "tiles",
    **more: Any,
) -> AgreementReport:
    people = [answers(name, given) for name, given in votes.items()]
    decided = {block: (number, at(0)) for block, number in (finals or {}).items()}
    table = vote_table(BLOCKS, people, decided, gold or {}, classes(*names))
    return make_report(table, data_name, [ConsensusRule()], **{"samples": 50, **more})


def texts(cells: tuple[Any, ...]) -> list[str]:
    return [cell.text for cell in cells]


def test_two_annotators_by_hand() -> None:
    """Cohen 1 - 0.25 / 0.5; Fleiss 1 - 0.25 / (30 / 64); Krippendorff 1 - 0.25 / (30 / 56)."""
    report = made({name: VOTES[name] for name in ("alice", "bob")}, samples=0)
    agreement = report.agreement
    assert agreement.pairs.kappa.value[0, 0, 1] == pytest.approx(0.5)
    assert agreement.group.fleiss.value[0] == pytest.approx(1 - 0.25 / (30 / 64))
    assert agreement.group.alpha.value[0] == pytest.approx(1 - 0.25 / (30 / 56))
    assert agreement.group.percent.value[0] == pytest.approx(0.75)
    assert (report.blocks, agreement.blocks, report.overlap) == (5, 4, 4)
    assert texts(summary_grid(report).cells[0]) == [
        "75.0 %", "0.47", "0.53", "4", ""
    ]  # fmt: skip
    assert headline(report) == (
        "2 annotators, 5 blocks: 4 with a vote, 4 with two votes or more (the overlap), with 2 votes each."
    )
    assert method(report) == "No intervals were asked for."


def test_figures_are_those_of_core_for_the_same_votes() -> None:
    report = made(finals={"a": 1, "b": 2}, gold={"c": 2}, seed=7)
    votes = np.array([[1, 1, 1], [1, 2, 0], [2, 2, 0], [2, 2, 0], [0, 0, 0]])
    answer = {
        COMPATIBLE: find_consensus(votes, ConsensusRule()).classes,
        FINAL: np.array([1, 2, 0, 0, 0]),
        GOLD: np.array([0, 0, 2, 0, 0]),
    }
    wanted = measure_agreement(votes, 3, answer, samples=50, seed=7)
    for mine, other in (
        (report.agreement.group.alpha, wanted.group.alpha),
        (report.agreement.pairs.kappa, wanted.pairs.kappa),
        (report.agreement.confusions[FINAL].correct, wanted.confusions[FINAL].correct),
        (report.agreement.confusions[COMPATIBLE].kappa, wanted.confusions[COMPATIBLE].kappa),
    ):
        for name in ("value", "low", "high", "blocks", "why"):
            np.testing.assert_array_equal(getattr(mine, name), getattr(other, name))
    counts = {one.key: (one.blocks, one.votes) for one in report.references}
    assert counts == {COMPATIBLE: (4, 9), FINAL: (2, 5), GOLD: (1, 2)}


def test_the_matrix_has_kappa_and_says_the_overlap_and_why_there_is_none() -> None:
    grid = pair_grid(made())
    assert (grid.columns, grid.rows) == (("alice", "bob", "carol"), ("alice", "bob", "carol"))
    cell = grid.cells[0][1]
    assert cell.text == "0.50"
    assert cell.tip.startswith("alice and bob: kappa 0.50 (")
    assert "n = 4 blocks on which both voted. Percent agreement 75.0 %" in cell.tip
    assert cell.strength == pytest.approx(0.5)
    none = grid.cells[0][2]
    assert (none.text, none.strength) == ("–", None)
    assert none.tip.endswith("n = 1 block on which both voted. All chose the same, so that agreement by chance is "
                             "certain and says nothing. Percent agreement 100.0 %.")  # fmt: skip


def test_an_interval_without_width_is_not_left_without_a_word() -> None:
    report = made({"alice": {"a": 1, "b": 2, "c": 1}, "bob": {"a": 1, "b": 2, "c": 1}}, samples=200)
    cell = summary_grid(report).cells[0][0]
    assert cell.text == "100.0 % (100.0 to 100.0)"
    assert cell.tip.endswith("the interval has no width and says nothing about others.")
    assert "says nothing" not in summary_grid(made()).cells[0][0].tip


def test_confusion_by_hand_and_one_class_against_the_rest() -> None:
    report = made(finals={"a": 1, "b": 2, "c": 2, "d": 1})
    # the final labels are 1 2 2 1, alice chose 1 1 2 2
    grid = confusion_grid(report, FINAL, 0)
    assert grid.columns == ("1 Inhibitory", "2 Excitatory", "3 Unknown", "n", "Found")
    numbers = [texts(row)[:4] for row in grid.cells[:4]]
    assert numbers == [["1", "1", "0", "2"], ["1", "1", "0", "2"], ["0", "0", "0", "0"], ["2", "2", "0", "4"]]
    assert grid.cells[0][4].text.startswith("50.0 %")
    assert grid.cells[4][0].text.startswith("50.0 %")
    assert grid.cells[2][4].text == "–"
    two = confusion_grid(report, FINAL, 1, 2)  # bob chose 1 2 2 2
    assert (two.columns[:2], [texts(row)[:3] for row in two.cells[:2]]) == (
        ("2 Excitatory", "All others"),
        [["2", "0", "2"], ["1", "1", "2"]],
    )
    people = annotator_grid(report, FINAL, 2)
    assert [cell.text.split(" (")[0] for cell in people.cells[1]][:4] == ["100.0 %", "2", "66.7 %", "3"]


def test_words_say_what_a_reference_is() -> None:
    consensus, final, gold = made().references
    assert consensus.title == "Consensus: Majority, ties to the smallest number (compatible)"
    assert "contains the annotator's own vote" in consensus.sentence
    assert (final.title, gold.title) == ("Final labels", "Gold blocks")


def test_pace_by_hand() -> None:
    """Four decisions ten seconds apart, five seconds each: 4 in 35 seconds."""
    grid = pace_grid(made())
    assert texts(grid.cells[0]) == ["4", "0.01", "1", f"{4 / 35 * 3600:.0f}", "5.0", "4"]
    assert "There are too few times for an interval." in grid.cells[0][4].tip
    people = [answers("alice", {"a": 1}, ms=0)]
    report = make_report(vote_table(BLOCKS, people, {}, {}, classes("One")), "x", [], samples=0)
    assert texts(pace_grid(report).cells[0]) == ["1", "0.00", "1", "–", "–", "0"]
    assert "The time spent is not known of any decision." in pace_grid(report).cells[0][4].tip


def test_slips_strangers_and_silent_people_are_left_out_and_named() -> None:
    people = [
        answers("alice", {"a": 1, "b": 10**30, "elsewhere": 2}),
        answers("bob", {"a": 1}),
        answers("dora", {"elsewhere": 1}),
    ]
    table = vote_table(BLOCKS, people, {"c": (5000, at(0))}, {}, classes("One", "Two"), ["Before."])
    assert table.annotators == ("alice", "bob")
    assert table.votes.tolist() == [[1, 1], [0, 0], [0, 0], [0, 0], [0, 0]]
    assert not table.finals.any()
    assert len(table.seconds) == 2
    assert table.notes[0] == "Before."
    assert "alice: class 1000000000000000000000000000000 of b, final label: 5000 of c" in table.notes[1]
    assert table.notes[2].endswith("by: dora.")
    assert make_report(table, "x", [ConsensusRule()], samples=0).notes == table.notes


def test_a_class_that_is_not_in_the_list_is_there_with_its_number() -> None:
    report = made({"alice": {"a": 7, "b": 1}, "bob": {"a": 7, "b": 7}})
    assert [one.text for one in report.classes] == ["1 Inhibitory", "2 Excitatory", "3 Unknown", "7"]


def test_without_votes_there_is_a_report_that_says_so() -> None:
    report = made({})
    assert report.overlap == 0
    assert "Nobody has given a block a class yet" in html_report(report)
    assert as_json(report)["annotators"] == []


def test_one_seed_gives_one_report_and_it_can_be_cancelled() -> None:
    first, again, other = (as_json(made(seed=seed, samples=200))["figures"] for seed in (1, 1, 2))
    assert first == again
    assert first != other
    with pytest.raises(Cancelled):
        made(cancelled=lambda: True)


# -------------------------------------------------------------------------- files


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>\n"))


def words(root: ElementTree.Element) -> str:
    return re.sub(r"\s+", " ", " ".join(root.itertext()))


def test_html_holds_figures_plots_and_how_they_were_made() -> None:
    report = made(finals={"a": 1, "b": 2}, gold={"c": 2}, seed=3)
    root = parsed(html_report(report))
    said = words(root)
    for text in ("Agreement of the annotators of tiles", "50 bootstrap samples of the blocks, seed 3",
                 report.made_at[:10], "Consensus: Majority, ties to the smallest number (compatible)", headline(report),
                 "contains the annotator's own vote", "Decisions per hour", "0.50", "n 4"):  # fmt: skip
        assert text in said
    plots = root.findall(".//s:svg", NAMES)
    assert len(plots) == 3 + 1 + 3 + 2  # three figures, the matrix for all and for each class, pace
    captions = [caption.text for caption in root.findall(".//p:caption", NAMES)]
    assert captions == ["alice", "bob", "carol"] * 3
    cells = [texts_of for texts_of in (words(cell) for cell in root.findall(".//p:td", NAMES)) if texts_of]
    assert summary_grid(report).cells[0][0].text in cells


def test_html_runs_nothing_and_asks_nobody() -> None:
    text = html_report(made())
    root = parsed(text)
    tags = {element.tag.split("}")[1] for element in root.iter()}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "image", "use", "a"})
    assert not any(
        name.startswith("on") or "href" in name or name == "src" for one in root.iter() for name in one.attrib
    )
    assert set(re.findall(r"https?://[^\"]+", text)) == set(NAMES.values())
    assert "url(" not in text and "@import" not in text


@given(st.text(min_size=1), st.text(min_size=1))
def test_names_of_all_kinds_are_escaped(class_name: str, data_name: str) -> None:
    report = made({"al<b>&": {"a": 1, "b": 2}, "bob": {"a": 1, "b": 1}}, names=(class_name, "Two"), data_name=data_name,
                  samples=0)  # fmt: skip
    root = parsed(html_report(report))
    headings = [element.text for element in root.findall(".//p:th", NAMES)]
    assert "al<b>&" in headings
    kept = re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", f"1 {class_name}".rstrip())
    assert kept in headings


def test_csv_and_json_say_the_same(tmp_path: Path) -> None:
    report = made(finals={"a": 1, "b": 2}, gold={"c": 2})
    assert write_report(tmp_path / "out.csv", report, "desk") == []
    assert write_report(tmp_path / "out.json", report, "desk") == []
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    answer = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    as_text = [{name: "" if value is None else str(value) for name, value in row.items()} for row in answer["figures"]]
    assert lines == as_text
    [kappa] = [
        row
        for row in answer["figures"]
        if (row["figure"], row["class"], row["annotator"], row["other"]) == ("cohen_kappa", None, "alice", "bob")
    ]
    assert (kappa["value"], kappa["n"]) == (0.5, 4)
    [undefined] = [
        row
        for row in answer["figures"]
        if (row["figure"], row["class"], row["annotator"], row["other"]) == ("cohen_kappa", None, "alice", "carol")
    ]
    assert (undefined["value"], undefined["n"]) == (None, 1)
    assert undefined["note"].startswith("All chose the same")
    count = sum(row["value"] for row in answer["figures"] if row["figure"] == "count" and row["reference"] == FINAL)
    assert count == 5
    assert [one["key"] for one in answer["references"]] == [COMPATIBLE, FINAL, GOLD]


def test_a_file_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"must end in \.html, \.csv, \.tsv or \.json"):
        write_report(tmp_path / "out.pdf", made(), "desk")
    with pytest.raises(StorageError, match=r"does not exist\. Make it first"):
        write_report(tmp_path / "no" / "out.html", made(), "desk")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(StorageError, match="is a folder"):
        write_report(tmp_path / "folder.html", made(), "desk")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.html"]


def test_fewer_references_leave_the_rest_as_it_is() -> None:
    report = made(finals={"a": 1})
    some = report.with_references((FINAL,))
    assert [one.key for one in some.references] == [FINAL]
    assert "Against: Final labels" in words(parsed(html_report(some)))
    assert "Against: Gold blocks" not in words(parsed(html_report(some)))


# -------------------------------------------------------------------------- plots

numbers = st.one_of(st.just(math.nan), st.floats(-1, 1e5))


@given(st.lists(st.tuples(numbers, numbers, numbers), max_size=6))
def test_bars_stay_within_the_picture(rows: list[tuple[float, float, float]]) -> None:
    given_rows = [Bar(f"row {place}", *row, text="n = 3") for place, row in enumerate(rows)]
    root = ElementTree.fromstring(bars(given_rows, "Figures", 0, 1))
    width = float(root.attrib["width"])
    rectangles = root.findall(".//s:rect", NAMES)
    assert len(rectangles) == sum(not math.isnan(row[0]) for row in rows)
    for one in rectangles:
        assert 0 <= float(one.attrib["x"]) <= float(one.attrib["x"]) + float(one.attrib["width"]) <= width
    ticks = [one.text for one in root.findall(".//s:text[@text-anchor='middle']", NAMES)]
    assert len(set(ticks)) == len(ticks) >= 3


def test_the_heat_map_has_a_number_in_each_square_but_the_diagonal() -> None:
    square = Square(-0.25, "-0.25", "n 12", "a and b: kappa")
    root = ElementTree.fromstring(heat_map(["a", "b" * 60], [[square] * 2] * 2, "Kappa"))
    groups = root.findall(".//s:g", NAMES)
    assert [[part.text for part in group] for group in groups] == [["a and b: kappa", None, "-0.25", "n 12"]] * 2


def test_plain_text_has_no_markup_and_nothing_that_xml_cannot_hold() -> None:
    assert plain('<a href="x">&\x00\udc80\uffff') == "&lt;a href=&quot;x&quot;&gt;&amp;\ufffd\ufffd\ufffd"
