"""The figures of an agreement report as grids of texts: the same in the window and in the file. Imports no Qt."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from app.agreement.figure_grid import Cell, Grid

if TYPE_CHECKING:
    from app.agreement.report import AgreementReport, ReportClass
    from core.voting.estimates import Estimate, Estimates
    from core.voting.pace import Pace

NONE = "–"
ALL_CLASSES = "All classes"
NO_WIDTH = (
    "The blocks are alike, so that the resamples are too: the interval has no width and says nothing about others."
)
_MINUTES = 60


def number(value: float) -> str:
    """Return a kappa or a share with two digits, a dash where it is not known."""
    return NONE if math.isnan(value) else f"{value:.2f}".replace("-0.00", "0.00")


def percent(value: float) -> str:
    """Return a share as `81.0 %`, a dash where it is not known."""
    return NONE if math.isnan(value) else f"{100 * value:.1f} %"


def with_interval(figure: Estimate) -> str:
    """Return `0.62 (0.41 to 0.78)`, or the value alone where there is no interval."""
    if math.isnan(figure.value) or math.isnan(figure.low):
        return number(figure.value)
    return f"{number(figure.value)} ({number(figure.low)} to {number(figure.high)})"


def percent_with_interval(figure: Estimate) -> str:
    """Return `81.0 % (75.2 to 90.1)`, or the value alone where there is no interval."""
    if math.isnan(figure.value) or math.isnan(figure.low):
        return percent(figure.value)
    return f"{percent(figure.value)} ({100 * figure.low:.1f} to {100 * figure.high:.1f})"


def counted(count: int, what: str) -> str:
    """Return `1 block` or `3 blocks`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def class_texts(report: AgreementReport) -> list[tuple[str, int]]:
    """Return what can be chosen: all classes (0), or one against the rest (its number)."""
    return [(ALL_CLASSES, 0), *((f"{one.text} against the rest", one.number) for one in report.classes)]


def summary_grid(report: AgreementReport) -> Grid:
    """Return the agreement of all together: over all classes, and for each class against the rest."""
    group = report.agreement.group
    rows, cells = [], []
    for place, text in [(0, ALL_CLASSES), *((one.number, one.text) for one in report.classes)]:
        share, fleiss, alpha = (figure.at(place) for figure in (group.percent, group.fleiss, group.alpha))
        why = next((one.why for one in (alpha, fleiss, share) if one.why), "")
        tips = [
            _tip(f"{text}: percent agreement", percent_with_interval(share), share, "with two votes or more"),
            _tip(f"{text}: Fleiss' kappa", with_interval(fleiss), fleiss, "with two votes or more"),
            _tip(f"{text}: Krippendorff's alpha", with_interval(alpha), alpha, "with two votes or more"),
        ]
        rows.append(text)
        cells.append(
            (
                Cell(percent_with_interval(share), tips[0]),
                Cell(with_interval(fleiss), tips[1]),
                Cell(with_interval(alpha), tips[2]),
                Cell(str(alpha.blocks), f"{text}: {counted(alpha.blocks, 'block')} with two votes or more"),
                Cell(why, why),
            )
        )
    columns = ("Percent agreement", "Fleiss' kappa", "Krippendorff's alpha", "n", "Note")
    return Grid("Class", columns, tuple(rows), tuple(cells))


def pair_grid(report: AgreementReport, class_number: int = 0) -> Grid:
    """Return Cohen's kappa of each pair, over all classes (0) or for one class against the rest."""
    pairs, names = report.agreement.pairs, report.annotators
    cells = []
    for row, name in enumerate(names):
        line = []
        for column, other in enumerate(names):
            if row == column:
                line.append(Cell("", f"{name}: an annotator is not compared with themselves."))
                continue
            kappa, share = pairs.kappa.at(class_number, row, column), pairs.percent.at(class_number, row, column)
            tip = _tip(f"{name} and {other}: kappa", with_interval(kappa), kappa, "on which both voted")
            if not math.isnan(share.value):
                tip += f" Percent agreement {percent_with_interval(share)}."
            line.append(Cell(number(kappa.value), tip, None if math.isnan(kappa.value) else kappa.value))
        cells.append(tuple(line))
    return Grid("Cohen's kappa", names, names, tuple(cells))


def pair_list_grid(report: AgreementReport) -> Grid:
    """Return the pairs one below the other, with intervals, over all classes."""
    pairs, names = report.agreement.pairs, report.annotators
    rows, cells = [], []
    for first, name in enumerate(names):
        for second in range(first + 1, len(names)):
            kappa, share = pairs.kappa.at(0, first, second), pairs.percent.at(0, first, second)
            rows.append(f"{name} and {names[second]}")
            texts = (with_interval(kappa), percent_with_interval(share), str(kappa.blocks), kappa.why)
            cells.append(tuple(Cell(text) for text in texts))
    return Grid("Pair", ("Kappa", "Percent agreement", "n", "Note"), tuple(rows), tuple(cells))


def annotator_grid(report: AgreementReport, key: str, class_number: int = 0) -> Grid:
    """Return how each annotator does against the reference `key`: the share of right votes, and kappa.

    With a class: how many of its blocks are found (recall), and how many of the votes for it are right (precision).
    """
    found = report.agreement.confusions[key]
    blocks = "of this class with a vote" if class_number else "with a vote and a known class"
    columns: tuple[str, ...] = ("Right votes", "n", "Kappa", "n of kappa")
    if class_number:
        columns = ("Found (recall)", "n", "Votes right (precision)", "n of votes", "Kappa", "n of kappa")
    cells = []
    for place, name in enumerate(report.annotators):
        kappa = found.kappa.at(class_number, place)
        shares = [(found.correct.at(class_number, place), columns[0], blocks)]
        if class_number:
            shares.append((found.precise.at(class_number, place), columns[2], "with a vote for this class"))
        line = []
        for share, title, what in shares:
            text = percent_with_interval(share)
            line += [Cell(text, _tip(f"{name}: {title.lower()}", text, share, what)), Cell(str(share.blocks))]
        text = with_interval(kappa)
        line.append(Cell(text, _tip(f"{name}: kappa", text, kappa, "with a vote and a known class")))
        line.append(Cell(str(kappa.blocks)))
        cells.append(tuple(line))
    return Grid("Annotator", columns, report.annotators, tuple(cells))


def confusion_grid(report: AgreementReport, key: str, annotator: int, class_number: int = 0) -> Grid:
    """Return how often the annotator chose each class where the reference has each: numbers of blocks.

    The last column is the share of the row that is right (recall), the last row that of the column (precision). With
    a class, the others are put together.
    """
    found, name = report.agreement.confusions[key], report.annotators[annotator]
    table = found.counts[annotator]
    numbers = [[one.number] for one in report.classes]
    names = [one.text for one in report.classes]
    if class_number:
        names = [next(one.text for one in report.classes if one.number == class_number), "All others"]
        numbers = [[class_number], [one.number for one in report.classes if one.number != class_number]]
    counts = [[int(sum(table[a - 1, b - 1] for a in row for b in column)) for column in numbers] for row in numbers]
    votes = [sum(line[place] for line in counts) for place in range(len(numbers))]
    rows = []
    for place, line in enumerate(counts):
        total = sum(line)
        cells = [
            Cell(
                str(count),
                f"{names[place]} in the reference, {names[column]} by {name}: {counted(count, 'block')}"
                + (f", {percent(count / total)} of this row" if total else ""),
                count / total if total else None,
            )
            for column, count in enumerate(line)
        ]
        share = _share(found.correct, numbers[place], annotator, line[place], total, f"{names[place]}: found")
        rows.append((*cells, Cell(str(total), f"{names[place]} in the reference: {counted(total, 'block')}"), share))
    precise = [
        _share(found.precise, own, annotator, counts[place][place], votes[place], f"{names[place]}: votes right")
        for place, own in enumerate(numbers)
    ]
    whole = _share(found.correct, [0], annotator, 0, 0, "All classes: right votes") if not class_number else Cell("")
    chosen = [
        Cell(str(total), f"{names[place]} by {name}: {counted(total, 'block')}") for place, total in enumerate(votes)
    ]
    rows.append((*chosen, Cell(str(sum(votes)), f"{counted(sum(votes), 'block')} in all"), Cell("")))
    rows.append((*precise, Cell(""), whole))
    return Grid("Reference", (*names, "n", "Found"), (*names, "n", "Votes right"), tuple(rows))


def _share(figures: Estimates, numbers: list[int], annotator: int, right: int, total: int, what: str) -> Cell:
    """Return a share with its interval; that of classes put together has none."""
    if len(numbers) == 1:
        figure = figures.at(numbers[0], annotator)
        text, why = percent_with_interval(figure), figure.why
    else:
        text, why = percent(right / total if total else math.nan), ""
    return Cell(text, f"{what} {text}. {why}".rstrip())


def pace_grid(report: AgreementReport) -> Grid:
    """Return how fast each annotator works."""
    columns = ("Decisions", "Hours of work", "Stretches", "Decisions per hour", "Median seconds", "n with a time")
    cells = [_pace_cells(name, pace) for name, pace in zip(report.annotators, report.paces, strict=True)]
    return Grid("Annotator", columns, report.annotators, tuple(cells))


def _pace_cells(name: str, pace: Pace) -> tuple[Cell, ...]:
    per_hour = NONE if math.isnan(pace.per_hour) else f"{pace.per_hour:.0f}"
    seconds = NONE if math.isnan(pace.median_seconds) else f"{pace.median_seconds:.1f}"
    if not math.isnan(pace.low):
        seconds += f" ({pace.low:.1f} to {pace.high:.1f})"
    why_pace = " Too few decisions follow each other to tell." if math.isnan(pace.per_hour) else ""
    why_seconds = ""
    if not pace.timed:
        why_seconds = " The time spent is not known of any decision."
    elif math.isnan(pace.low):
        why_seconds = " There are too few times for an interval."
    return (
        Cell(str(pace.decisions), f"{name}: {counted(pace.decisions, 'decision')} that hold"),
        Cell(
            f"{pace.active_hours:.2f}", f"{name}: {pace.active_hours * _MINUTES:.0f} minutes of work, breaks left out"
        ),
        Cell(str(pace.stretches), f"{name}: {counted(pace.stretches, 'stretch').replace('hs', 'hes')} between breaks"),
        Cell(per_hour, f"{name}: {per_hour} decisions per hour of work, n = {pace.decisions}.{why_pace}"),
        Cell(seconds, f"{name}: median {seconds} seconds for a decision, n = {pace.timed}.{why_seconds}"),
        Cell(str(pace.timed), f"{name}: the time spent is known of {counted(pace.timed, 'decision')}"),
    )


def headline(report: AgreementReport) -> str:
    """Return what the figures rest on, in one sentence."""
    agreement, group = report.agreement, report.agreement.group
    votes = ""
    if group.most:
        span = f"{group.fewest} to {group.most}" if group.fewest < group.most else str(group.most)
        votes = f", with {span} votes each"
    return (
        f"{counted(len(report.annotators), 'annotator')}, {counted(report.blocks, 'block')}: "
        f"{agreement.blocks} with a vote, {report.overlap} with two votes or more (the overlap){votes}."
    )


def method(report: AgreementReport) -> str:
    """Return how the intervals were computed."""
    agreement = report.agreement
    if not agreement.samples:
        return "No intervals were asked for."
    return (
        f"Intervals of {100 * agreement.level:.0f} % from {agreement.samples} bootstrap samples of the blocks, seed "
        f"{agreement.seed}."
    )


def class_text(report: AgreementReport, class_number: int) -> str:
    """Return what the class is called; 0 is all of them."""
    found: list[ReportClass] = [one for one in report.classes if one.number == class_number]
    return f"{found[0].text} against the rest" if found else ALL_CLASSES


def _tip(what: str, text: str, figure: Estimate, blocks: str) -> str:
    why = f" {figure.why}" if figure.why else ""
    if figure.low == figure.high:
        why = f" {NO_WIDTH}"
    return f"{what} {text}, n = {counted(figure.blocks, 'block')} {blocks}.{why}"
