"""`cytoscribe analyze ...`: thresholds, clusters and classes of objects from their measurements. Imports no Qt."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from app.commands.analyze_calls import analyze_parser
from app.commands.batch import CallError, Outcome, Task, guarded, run, tasks, together
from app.commands.call import time_of
from app.commands.command import answered
from app.commands.table import TABLE_ENDINGS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from core.analyze.validation import CrossValidation

_OPTIONS = {
    "kmeans": ("n_clusters",),
    "dbscan": ("eps", "min_samples"),
    "hdbscan": ("min_cluster_size", "min_samples"),
    "mean_shift": ("bandwidth",),
    "random_forest": ("n_estimators", "max_depth"),
    "logistic_regression": ("c", "max_iter"),
}
"""The options that each method has."""


def main(arguments: list[str]) -> int:
    """Do what the arguments after `analyze` say; return 0, 1 if some files failed, 2 if nothing was done."""
    given = analyze_parser().parse_args(arguments)
    work = _train if given.command == "train-classifier" else _analyze
    return answered(f"analyze {given.command}", lambda: work(given), CallError)


def _analyze(given: argparse.Namespace) -> int:
    """Do what needs one table at a time, and paint what comes out onto labels."""
    if (given.segmentation is None) != (given.output_segmentation is None):
        raise CallError("--segmentation and --output-segmentation go together: give both or none")
    _check(given)
    outputs = {"--output": (given.output, ".csv")}
    if given.output_segmentation is not None:
        outputs["--output-segmentation"] = (given.output_segmentation, ".tif")
    todo = tasks(
        {"--table": given.table, "--segmentation": given.segmentation or ()}, outputs, {"--table": TABLE_ENDINGS}
    )
    return run(given, f"analyze {given.command}", todo, partial(_do, given))


def _check(given: argparse.Namespace) -> None:
    if given.command == "cluster":
        options(given)
    if given.command == "threshold":
        if given.thresholds is None and given.n_categories is None:
            raise CallError("say how many categories (--n-categories), or where they part (--thresholds)")
        if None not in (given.thresholds, given.n_categories) and given.n_categories != len(given.thresholds) + 1:
            raise CallError(
                f"{len(given.thresholds)} thresholds make {len(given.thresholds) + 1} categories, but --n-categories "
                f"is {given.n_categories}: leave it out, or give one threshold less than categories"
            )


def _do(given: argparse.Namespace, task: Task) -> Outcome:
    return guarded(task.name, partial(_made, given, task))


def _made(given: argparse.Namespace, task: Task) -> Outcome:
    from app.commands.files import write_table
    from core.tables.table_file import read_table

    table = read_table(str(task.inputs["--table"]))
    work: Callable[..., tuple[Any, list[str], dict[str, Any]]]
    work, column = {
        "cluster": (_clustered, "cluster_id"),
        "threshold": (_categorized, "category_id"),
        "classify": (_classified, "classification_id"),
    }[given.command]
    result, notes, facts = work(given, table)
    counts = {str(one): int(many) for one, many in result[column].value_counts().sort_index().items()}
    labels = _labels(given, task, result, column) if "--segmentation" in task.inputs else None
    outcome = write_table(task, result, notes, {**facts, "counts": counts})
    told = f"{outcome.told}; {column} " + ", ".join(f"{one}: {many}" for one, many in counts.items())
    if labels is None:
        return Outcome(task.name, told, outcome.facts, outcome.notes)
    path, more = labels
    return Outcome(
        task.name,
        f"{told}\n{path}: the objects with their {column}",
        {**outcome.facts, "output_segmentation": str(path)},
        (*outcome.notes, *more),
    )


def _clustered(given: argparse.Namespace, table: Any) -> tuple[Any, list[str], dict[str, Any]]:
    from core import cluster_measurements
    from core.analyze.features import choose_features

    choice = choose_features(table, features=given.features, exclude=given.exclude, missing=given.missing)
    result = cluster_measurements(
        table,
        given.method,
        features=given.features,
        exclude=given.exclude,
        missing=given.missing,
        seed=given.seed,
        **options(given),
    )
    notes = choice.sentences()
    if choice.left_out_rows and given.missing == "noise":
        notes.append("Rows that are left out have cluster_id -1, as noise has; with --missing leave_out they have 0.")
    return result, notes, {"features": choice.features, "left_out_rows": len(choice.left_out_rows)}


def _categorized(given: argparse.Namespace, table: Any) -> tuple[Any, list[str], dict[str, Any]]:
    from core import categorize_by_threshold, suggest_thresholds

    thresholds: Sequence[float] = given.thresholds or suggest_thresholds(
        table, given.column, given.n_categories, method=given.threshold_method
    )
    result = categorize_by_threshold(table, given.column, thresholds, given.category_names)
    text = ", ".join(f"{threshold:.6g}" for threshold in sorted(thresholds))
    missing = int((result["category_id"] == 0).sum())
    notes = [f"Thresholds of {given.column}: {text}."]
    notes += [f"{missing} rows have no value: their category_id is 0."] if missing else []
    return result, notes, {"thresholds": sorted(thresholds)}


def _classified(given: argparse.Namespace, table: Any) -> tuple[Any, list[str], dict[str, Any]]:
    from core import apply_classifier
    from core.analyze.classifier_file import load_classifier

    classifier = load_classifier(given.classifier)
    result = apply_classifier(table, classifier, given.class_names, given.annotation_column)
    left_out = int((result["classification_id"] == 0).sum())
    notes = [f"{left_out} rows lack a value that the classifier needs: their class is 0."] if left_out else []
    return result, notes, {"left_out_rows": left_out}


def _labels(given: argparse.Namespace, task: Task, result: Any, column: str) -> tuple[Path, list[str]]:
    """Paint a column onto the labels of a task and write them; return where, and sentences on what is 0 there."""
    from app.commands.files import save_labels
    from core.images.image_file import read_labels
    from core.measure.object_runs import find_object_runs
    from core.tables.painting import paint_column

    labels = read_labels(str(task.inputs["--segmentation"]), axes=given.labels_axes, time=time_of(given))
    shown = result.assign(**{column: result[column].clip(lower=0)})
    painted = paint_column(labels.array, shown, column)
    path = task.outputs["--output-segmentation"]
    save_labels(path, painted, labels.pixel_size)
    notes = list(labels.notes)
    noise = int((result[column] < 0).sum())
    notes += [f"{noise} objects of noise are 0 in {path}."] if noise else []
    numbers = set(find_object_runs(labels.array, negative=True).numbers.tolist())
    unknown = len(numbers - set(result["index"].tolist()))
    notes += [f"{unknown} of {len(numbers)} objects have no row in the table: they are 0 in {path}."] if unknown else []
    return path, notes


# ---------------------------------------------------------------------- training


def _train(given: argparse.Namespace) -> int:
    options(given)
    task = together(given.tables, given.output)
    return run(given, "analyze train-classifier", [task], partial(_do_train, given))


def _do_train(given: argparse.Namespace, task: Task) -> Outcome:
    return guarded(task.name, partial(_trained, given, task))


def _trained(given: argparse.Namespace, task: Task) -> Outcome:
    import pandas as pd

    from app.commands.files import write
    from core import train_classifier
    from core.analyze.classifier_file import classifier_bytes
    from core.analyze.features import choose_features
    from core.analyze.validation import cross_validate
    from core.tables.table_file import read_table

    read = [read_table(str(path)) for path in task.inputs.values()]
    table = read[0] if len(read) == 1 else pd.concat(read, ignore_index=True)
    choosing: Mapping[str, Any] = {
        "features": given.features,
        "exclude": given.exclude,
        "missing": given.missing,
        "annotation_column": given.annotation_column,
    }
    choice = choose_features(table, **choosing)
    settings = {**choosing, "method": given.method, "seed": given.seed, **options(given)}
    classifier = train_classifier(table, **settings)
    output = task.outputs["--output"]
    write(output, classifier_bytes(classifier))
    validation = cross_validate(table, **settings)
    told = f"{output}: {given.method}, {choice.rows - len(choice.left_out_rows)} annotated objects"
    return Outcome(
        task.name,
        "\n".join([told, *_judged(validation)]),
        {
            "output": str(output),
            "features": choice.features,
            "balanced_accuracy": validation.balanced_accuracy,
            "fold_scores": validation.fold_scores,
            "classes": validation.classes,
            "counts": validation.counts,
            "confusion": validation.confusion.tolist(),
        },
        (*choice.sentences(), *([validation.note] if validation.note else [])),
    )


def _judged(validation: CrossValidation) -> list[str]:
    """Return what cross-validation found: a line, and the confusion matrix as a table."""
    lines = [
        f"Cross-validated in {len(validation.fold_scores)} parts: balanced accuracy {validation.balanced_accuracy:.1%} "
        f"(guessing {1 / len(validation.classes):.0%}). Annotated classes in rows, predicted ones in columns:"
    ]
    rows = [["", *map(str, validation.classes)]]
    rows += [
        [str(one), *map(str, row)] for one, row in zip(validation.classes, validation.confusion.tolist(), strict=True)
    ]
    width = max(len(cell) for row in rows for cell in row) + 2
    return lines + ["".join(cell.rjust(width) for cell in row) for row in rows]


def options(given: argparse.Namespace) -> dict[str, Any]:
    """Return the options of the method as scikit-learn names them. Raises CallError for one that it does not have."""
    every = dict.fromkeys(name for names in _OPTIONS.values() for name in names)
    wanted = {name: getattr(given, name) for name in every if getattr(given, name, None) is not None}
    for name in wanted:
        if name not in _OPTIONS[given.method]:
            flags = ", ".join("--" + one.replace("_", "-") for one in _OPTIONS[given.method])
            raise CallError(f"--{name.replace('_', '-')} is no option of --method {given.method}, which has {flags}")
    if wanted.get("max_depth") == 0:  # unlimited
        del wanted["max_depth"]
    if "c" in wanted:
        wanted["C"] = wanted.pop("c")
    return wanted
