"""The agreement report as one HTML file: tables and plots, no script, nothing from the network. Imports no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.agreement.grids import (
    annotator_grid,
    confusion_grid,
    counted,
    headline,
    method,
    number,
    pace_grid,
    pair_grid,
    pair_list_grid,
    summary_grid,
)
from app.agreement.plots import Bar, Square, bars, color, heat_map, ink, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.agreement.figure_grid import Cell, Grid
    from app.agreement.report import AgreementReport, Reference
    from core.voting.estimates import Estimates

_STYLE = """
body { font: 14px/1.45 Helvetica, Arial, sans-serif; color: #1a1a1a; background: #fff; max-width: 1080px;
  margin: 24px auto; padding: 0 16px; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 32px 0 6px; border-bottom: 1px solid #ccc; }
h3 { font-size: 14px; margin: 18px 0 4px; } p { max-width: 860px; margin: 6px 0; }
table { border-collapse: collapse; margin: 8px 0; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 9px; text-align: right; border: 1px solid #ddd; }
th { background: #f4f4f4; font-weight: 600; } th:first-child, td.words { text-align: left; }
.small { font-size: 12px; } .small th, .small td { padding: 2px 6px; } .side { display: flex; flex-wrap: wrap;
  gap: 4px 26px; } .side > div { break-inside: avoid; } .notes { color: #7a4a00; } svg { max-width: 100%;
  height: auto; break-inside: avoid; } caption { text-align: left; font-weight: 600; padding: 4px 0; }
* { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } h2, h3 { break-after: avoid; }
  tr { break-inside: avoid; } a { color: inherit; } }
@page { margin: 14mm; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_KAPPA_TEXT = (
    "1 is agreement on every block, 0 what chance alone would give, below 0 less than that. A dash stands where a "
    "figure is not defined; the note says why. Where the blocks are alike, the resamples are too: an interval then has "
    "no width and says nothing about other blocks."
)
_PACE_TEXT = (
    "Decisions of one person are one stretch of work as long as none follows the one before by more than five minutes. "
    "Only decisions that hold are counted, not those that were changed later or taken back. The median has its own "
    "interval of 95 %, from the order of the times."
)


def html_report(report: AgreementReport) -> str:
    """Return the whole file as text; it is well-formed XML too, but for its first line."""
    parts = [
        f"<h1>Agreement of the annotators of {plain(report.data_name)}</h1>",
        f"<p>{plain(_made(report))}</p>",
        f"<p>{plain(headline(report))} {plain(method(report))}</p>",
        *(f'<p class="notes">{plain(note)}</p>' for note in report.notes),
    ]
    if report.annotators:
        parts += [*_together(report), *_pairs(report)]
        for reference in report.references:
            parts += _against(report, reference)
        parts += _pace(report)
    else:
        parts.append("<p>Nobody has given a block a class yet, so that there are no figures.</p>")
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" lang="en">\n<head><meta charset="utf-8"/>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>'
        '<meta name="viewport" content="width=device-width"/>'
        f"<title>Agreement: {plain(report.data_name)}</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _made(report: AgreementReport) -> str:
    rules = "; ".join(one.title for one in report.references)
    return f"Made on {report.made_at[:16].replace('T', ' at ')} UTC by Cytoscribe. Compared with: {rules}."


def _together(report: AgreementReport) -> Iterable[str]:
    group = report.agreement.group
    yield "<h2>All together</h2>"
    yield (
        f"<p>{counted(report.overlap, 'block')} with two votes or more. In brackets: the interval of "
        f"{100 * report.agreement.level:.0f} %. {_KAPPA_TEXT}</p>"
    )
    yield _table(summary_grid(report))
    yield '<div class="side">'
    for title, figures in (
        ("Krippendorff's alpha", group.alpha),
        ("Fleiss' kappa", group.fleiss),
        ("Percent agreement, as a share", group.percent),
    ):
        yield f"<div><h3>{title}</h3>{bars(_class_bars(report, figures), title, 0, 1)}</div>"
    yield "</div>"


def _class_bars(report: AgreementReport, figures: Estimates) -> list[Bar]:
    rows = []
    for place, text in [(0, "All classes"), *((one.number, one.text) for one in report.classes)]:
        found = figures.at(place)
        rows.append(Bar(text, found.value, found.low, found.high, number(found.value)))
    return rows


def _pairs(report: AgreementReport) -> Iterable[str]:
    yield "<h2>Each pair: Cohen's kappa</h2>"
    yield f"<p>Below each kappa: the number of blocks on which both voted. {_KAPPA_TEXT}</p>"
    yield heat_map(report.annotators, _squares(report, 0), "Cohen's kappa of each pair, all classes")
    yield _table(pair_list_grid(report))
    yield "<h3>Each class against the rest</h3>"
    yield "<p>The same for one class at a time, which is either chosen or not.</p>"
    yield '<div class="side">'
    for one in report.classes:
        plot = heat_map(
            report.annotators, _squares(report, one.number), f"Cohen's kappa of each pair, {one.text} against the rest"
        )
        yield f"<div><h3>{plain(one.text)}</h3>{plot}</div>"
    yield "</div>"


def _squares(report: AgreementReport, class_number: int) -> list[list[Square]]:
    kappa = report.agreement.pairs.kappa
    return [
        [
            Square(cell.strength, cell.text, f"n {kappa.blocks[class_number, row, column]}", cell.tip)
            for column, cell in enumerate(line)
        ]
        for row, line in enumerate(pair_grid(report, class_number).cells)
    ]


def _against(report: AgreementReport, reference: Reference) -> Iterable[str]:
    yield f"<h2>Against: {plain(reference.title)}</h2>"
    yield (
        f"<p>{counted(reference.blocks, 'block')} with a known class, {counted(reference.votes, 'vote')} on them. "
        f"{plain(reference.sentence)}</p>"
    )
    if not reference.votes:
        yield "<p>There is nothing to compare with.</p>"
        return
    yield _table(annotator_grid(report, reference.key))
    yield (
        "<h3>Confusion</h3><p>Rows: the class of the reference; columns: what the annotator chose; numbers of blocks. "
        "The last column is the share of the row that was found (recall), the last row the share of votes for the "
        "class that are right (precision).</p>"
    )
    yield '<div class="side">'
    for place, name in enumerate(report.annotators):
        yield f"<div>{_table(confusion_grid(report, reference.key, place), name, 'small')}</div>"
    yield "</div>"


def _pace(report: AgreementReport) -> Iterable[str]:
    yield f"<h2>Pace</h2><p>{_PACE_TEXT}</p>"
    yield _table(pace_grid(report))
    nothing = float("nan")
    people = list(zip(report.annotators, report.paces, strict=True))
    speed = [Bar(name, pace.per_hour, nothing, nothing, f"n = {pace.decisions}") for name, pace in people]
    median = [Bar(name, pace.median_seconds, pace.low, pace.high, f"n = {pace.timed}") for name, pace in people]
    yield '<div class="side">'
    yield f"<div><h3>Decisions per hour</h3>{bars(speed, 'Decisions per hour', 0, 1, 'decisions per hour')}</div>"
    yield f"<div><h3>Median seconds</h3>{bars(median, 'Median seconds for a decision', 0, 1, 'seconds')}</div>"
    yield "</div>"


def _table(grid: Grid, caption: str = "", role: str = "") -> str:
    head = "".join(f"<th>{plain(text)}</th>" for text in (grid.corner, *grid.columns))
    body = "\n".join(
        f"<tr><th>{plain(name)}</th>{''.join(map(_cell, line))}</tr>"
        for name, line in zip(grid.rows, grid.cells, strict=True)
    )
    shown = f"<caption>{plain(caption)}</caption>" if caption else ""
    kind = f' class="{role}"' if role else ""
    return f"<table{kind}>{shown}<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"


def _cell(cell: Cell) -> str:
    style = f' style="background:{color(cell.strength)};color:{ink(cell.strength)}"' if cell.strength else ""
    role = ' class="words"' if cell.text[:1].isalpha() else ""
    return f"<td{role}{style}>{plain(cell.text)}</td>"
