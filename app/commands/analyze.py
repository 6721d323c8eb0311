"""`cytoscribe analyze ...`: thresholds, clusters and classes of objects from their measurements. Imports no Qt."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.analyze_calls import analyze_parser
from app.commands.batch import Outcome, run
from app.commands.call import check_time, time_of
from app.commands.command import answered
from app.commands.tasks import TABLE_ENDINGS, CallError, Task, tasks, together

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

    from core.analyze.features import FeatureChoice
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
        {"--table": given.table, "--segmentation": given.segmentation or ()},
        outputs,
        {"--table": TABLE_ENDINGS},
        also_read=[given.classifier] if given.command == "classify" else (),
    )
    return run(given, f"analyze {given.command}", todo, partial(_made, given))


def _check(given: argparse.Namespace) -> None:
    if given.command == "cluster":
        options(given)
    if given.command == "threshold":
        if None not in (given.thresholds, given.threshold_method):
            raise CallError("--threshold-method finds thresholds, but --thresholds gives them: leave one of them out")
        if given.thresholds is None and given.n_categories is None:
            raise CallError("say how many categories (--n-categories), or where they part (--thresholds)")
        if None not in (given.thresholds, given.n_categories) and given.n_categories != len(given.thresholds) + 1:
            many = len(given.thresholds)
            raise CallError(
                f"{'1 threshold makes' if many == 1 else f'{many} thresholds make'} {many + 1} categories, but "
                f"--n-categories is {given.n_categories}: leave it out, or give one threshold less than categories"
            )
    if given.command == "classify":
        if not Path(given.classifier).is_file():
            raise CallError(f"--classifier: {given.classifier} is no file: name one that train-classifier made")
        given.classifier = os.path.abspath(given.classifier)  # noqa: PTH100 - workers have another current folder


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
    told = "; ".join([outcome.told, *([f"{column} {_listed(counts)}"] if counts else [])])
    if labels is None:
        return Outcome(task.name, told, outcome.facts, outcome.notes)
    path, more = labels
    return Outcome(
        task.name,
        f"{told}\n{path}: the objects with their {column}",
        {**outcome.facts, "output_segmentation": str(path)},
        (*outcome.notes, *more),
    )


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{one}: {many}" for one, many in counts.items())


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
    notes = _sentences(choice, given)
    if choice.left_out_rows and given.missing == "noise":
        notes.append("Rows that are left out have cluster_id -1, as noise has; with --missing leave_out they have 0.")
    return result, notes, {"features": choice.features, "left_out_rows": len(choice.left_out_rows)}


def _categorized(given: argparse.Namespace, table: Any) -> tuple[Any, list[str], dict[str, Any]]:
    from core import categorize_by_threshold, suggest_thresholds

    thresholds: Sequence[float] = given.thresholds or suggest_thresholds(
        table, given.column, given.n_categories, method=given.threshold_method or "quantile"
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
    check_time(given, labels)
    shown = result.assign(**{column: result[column].clip(lower=0)})
    painted = paint_column(labels.array, shown, column)
    path = task.outputs["--output-segmentation"]
    save_labels(path, painted, labels.pixel_size)
    notes = list(labels.notes)
    noise = int((result[column] < 0).sum())
    notes += [f"{noise} objects with {column} -1 are 0 in {path}."] if noise else []
    numbers = set(find_object_runs(labels.array, negative=True).numbers.tolist())
    unknown = len(numbers - set(result["index"].tolist()))
    notes += [f"{unknown} of {len(numbers)} objects have no row in the table: they are 0 in {path}."] if unknown else []
    return path, notes


# ---------------------------------------------------------------------- training


def _train(given: argparse.Namespace) -> int:
    options(given)
    task = together("--tables", given.tables, given.output, ".joblib")
    return run(given, "analyze train-classifier", [task], partial(_trained, given))


def _trained(given: argparse.Namespace, task: Task) -> Outcome:
    import pandas as pd

    from app.commands.files import distinct, write
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
    try:
        validation: CrossValidation | None = cross_validate(table, **settings)
        doubt = ""
    except ValueError as error:  # too few examples to hold some back; the classifier is there all the same
        validation, doubt = None, f"How good the classifier is cannot be told: {error}"
    told = f"{output}: {given.method}, {choice.rows - len(choice.left_out_rows)} annotated objects"
    return Outcome(
        task.name,
        told if validation is None else "\n".join([told, *_judged(validation)]),
        {
            "output": str(output),
            "features": choice.features,
            "classes": [int(one) for one in classifier.classes_],
            "balanced_accuracy": None if validation is None else validation.balanced_accuracy,
            "fold_scores": None if validation is None else validation.fold_scores,
            "counts": None if validation is None else validation.counts,
            "confusion": None if validation is None else validation.confusion.tolist(),
        },
        distinct([*_sentences(choice, given), doubt if validation is None else validation.note]),
    )


def _sentences(choice: FeatureChoice, given: argparse.Namespace) -> list[str]:
    """Return what is used, and of what is not used only columns that the call named or might miss."""
    told = choice.sentences()
    if given.features is not None:
        lost = [name for name in given.features if name not in choice.features]
        told = [one for one in told if not one.startswith("Not used:")]
        told += [f"Not used: {', '.join(lost)}."] if lost else []
    return told


def _judged(validation: CrossValidation) -> list[str]:
    """Return what cross-validation found, for people: a line, and the confusion matrix as a table."""
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
