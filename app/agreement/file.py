"""The agreement report in files: HTML with plots, or every figure on a line of its own. Imports no Qt."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from app.agreement.html import html_report
from storage.atomic import replace_file
from storage.errors import StorageError, failure, readable
from storage.export_file import write_table
from storage.export_table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.agreement.report import AgreementReport
    from core.voting.estimates import Estimate, Estimates
    from storage.export_table import Kind

ENDINGS = (".html", ".csv", ".tsv", ".json")
_COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("figure", "text"),
    ("class", "int"),
    ("class_name", "text"),
    ("annotator", "text"),
    ("other", "text"),
    ("reference", "text"),
    ("vote", "int"),
    ("value", "float"),
    ("low", "float"),
    ("high", "float"),
    ("n", "int"),
    ("note", "text"),
)
"""`class` is empty for all classes; `n` are the blocks (of pace: the decisions) that a figure rests on."""


def check_report_file(path: Path) -> None:
    """Raise StorageError where a report cannot be written to `path`, before any work is done for it."""
    shown = readable(path)
    if path.suffix.lower() not in ENDINGS:
        raise StorageError(f"The name of {shown} must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}.")
    if path.is_dir():
        raise StorageError(f"{shown} is a folder. Name a file.")
    if not path.absolute().parent.is_dir():
        raise StorageError(f"The folder {readable(path.absolute().parent)} does not exist. Make it first.")


def write_report(path: Path, report: AgreementReport, host: str) -> list[str]:
    """Write the report, whole or not at all, in the form that the file's ending names; return what it cannot hold.

    `host` names the temporary file. Raises StorageError; an older file is then as it was.
    """
    check_report_file(path)
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv"):
        return write_table(path, Table(_COLUMNS, [tuple(row.values()) for row in figures(report)], {}), host)
    text = html_report(report) if ending == ".html" else json.dumps(as_json(report), ensure_ascii=False, indent=1)
    try:
        replace_file(path, text.encode("utf-8", "backslashreplace"), host)
    except OSError as error:
        raise failure(path, error, "An older file is as it was.") from error
    return []


def as_json(report: AgreementReport) -> dict[str, Any]:
    """Return all of the report as JSON has it: null where a figure or an interval is not defined."""
    agreement = report.agreement
    return {
        "data": report.data_name,
        "made_at": report.made_at,
        "blocks": report.blocks,
        "blocks_with_a_vote": agreement.blocks,
        "overlap": report.overlap,
        "annotators": list(report.annotators),
        "classes": {str(one.number): one.name for one in report.classes},
        "samples": agreement.samples,
        "level": agreement.level,
        "seed": agreement.seed,
        "references": [one._asdict() for one in report.references],
        "notes": list(report.notes),
        "figures": list(figures(report)),
    }


def figures(report: AgreementReport) -> Iterator[dict[str, Any]]:
    """Yield every figure as the columns of the table; what does not apply is None."""
    agreement, names = report.agreement, report.annotators
    for name, count in (
        ("blocks", report.blocks),
        ("blocks_with_a_vote", agreement.blocks),
        ("overlap", report.overlap),
        ("samples", agreement.samples),
        ("seed", agreement.seed),
    ):
        yield _row(name, value=count)
    yield _row("level", value=agreement.level)
    places = [(None, None, 0), *((one.number, one.name, one.number) for one in report.classes)]
    group, pairs = agreement.group, agreement.pairs
    for number, text, place in places:
        of_class: dict[str, Any] = {"class": number, "class_name": text}
        for name, one in (("percent", group.percent), ("fleiss_kappa", group.fleiss), ("alpha", group.alpha)):
            yield _row(name, one.at(place), **of_class)
        for first, annotator in enumerate(names):
            for second in range(first + 1, len(names)):
                both = {"annotator": annotator, "other": names[second]}
                yield _row("pair_percent", pairs.percent.at(place, first, second), **both, **of_class)
                yield _row("cohen_kappa", pairs.kappa.at(place, first, second), **both, **of_class)
    for reference in report.references:
        yield from _against(report, reference.key, places)
    for annotator, pace in zip(names, report.paces, strict=True):
        for name, value in (
            ("decisions", pace.decisions),
            ("stretches", pace.stretches),
            ("active_hours", pace.active_hours),
            ("decisions_per_hour", pace.per_hour),
        ):
            yield _row(name, annotator=annotator, value=value, n=pace.decisions)
        median = {"value": pace.median_seconds, "low": pace.low, "high": pace.high, "n": pace.timed}
        yield _row("median_seconds", annotator=annotator, **median)


def _against(
    report: AgreementReport, key: str, places: list[tuple[int | None, str | None, int]]
) -> Iterator[dict[str, Any]]:
    found = report.agreement.confusions[key]
    kinds: tuple[tuple[str, Estimates], ...] = (
        ("right", found.correct),
        ("precision", found.precise),
        ("reference_kappa", found.kappa),
    )
    for column, annotator in enumerate(report.annotators):
        for number, text, place in places:
            of_class: dict[str, Any] = {"class": number, "class_name": text, "annotator": annotator, "reference": key}
            for name, one in kinds:
                if number is not None or name != "precision":  # over all classes it is the share of right votes again
                    yield _row(
                        name if number is None or name != "right" else "recall", one.at(place, column), **of_class
                    )
        for row in report.classes:
            for vote in report.classes:
                count = int(found.counts[column, row.number - 1, vote.number - 1])
                of_class = {"class": row.number, "class_name": row.name, "annotator": annotator, "reference": key}
                yield _row("count", value=count, vote=vote.number, **of_class)


def _row(figure: str, estimate: Estimate | None = None, /, **values: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(name for name, _ in _COLUMNS)
    row["figure"] = figure
    if estimate is not None:
        row |= {"value": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.blocks}
        row["note"] = estimate.why or None
    row |= values
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()}
