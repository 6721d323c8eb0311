"""The arguments of `cytoscribe analyze ...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.call import MANY_FILES, CallParser, add_batch, add_files, add_output, add_reading, add_saying

if TYPE_CHECKING:
    import argparse


def analyze_parser() -> argparse.ArgumentParser:
    """Return the parser; what it finds has the name of the subcommand in `command`."""
    parser = CallParser(
        prog="cytoscribe analyze",
        description="Sort objects by their measurements: by thresholds, into clusters, or into classes by example.",
        epilog=MANY_FILES,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    one = commands.add_parser(
        "cluster",
        help="find groups of objects that are alike",
        description="Find groups of objects that are alike: a column cluster_id, -1 for noise.",
    )
    _add_table(one)
    one.add_argument("--method", choices=["kmeans", "dbscan", "hdbscan", "mean_shift"], default="kmeans")
    one.add_argument("--n-clusters", type=int, metavar="N", help="of kmeans (3)")
    one.add_argument("--eps", type=float, metavar="D", help="of dbscan: how far neighbours may be apart (0.5)")
    one.add_argument("--min-samples", type=int, metavar="N", help="of dbscan and hdbscan: neighbours that make a core")
    one.add_argument("--min-cluster-size", type=int, metavar="N", help="of hdbscan (5)")
    one.add_argument("--bandwidth", type=float, metavar="D", help="of mean_shift; 0: estimated (0)")
    _add_features(one)
    one.add_argument(
        "--missing",
        choices=["noise", "leave_out", "impute", "drop_columns"],
        default="noise",
        help="rows with a missing value get -1 (noise) or 0 (leave_out); or the median is put in their place (impute), "
        "or columns with missing values are not used (drop_columns)",
    )
    _add_seed(one)
    _add_painting(one)

    one = commands.add_parser(
        "threshold",
        help="sort objects by one measurement",
        description="Sort objects by one measurement: columns category_id, from 1, and category_name.",
    )
    _add_table(one)
    one.add_argument("--column", required=True, metavar="COLUMN", help="the measurement")
    one.add_argument("--n-categories", type=int, metavar="N", help="how many categories, if no thresholds are given")
    one.add_argument("--thresholds", type=float, nargs="+", metavar="T", help="a value equal to one belongs above it")
    one.add_argument(
        "--threshold-method",
        choices=["quantile", "otsu", "kmeans"],
        help="how thresholds are found: as many objects in each category, or where the values part (quantile)",
    )
    one.add_argument("--category-names", nargs="+", metavar="NAME", help="one for each category, the lowest first")
    _add_painting(one)

    one = commands.add_parser(
        "classify",
        help="give objects the classes of a classifier",
        description="Give objects the classes of a classifier: columns classification_id and classification_name. Only "
        "use classifiers that you trust: opening one runs what is in it.",
    )
    _add_table(one)
    one.add_argument("--classifier", required=True, metavar="FILE", help="made by train-classifier")
    one.add_argument("--class-names", nargs="+", metavar="NAME", help="in the order of the classes")
    one.add_argument("--annotation-column", default="annotation", metavar="COLUMN", help="no feature (annotation)")
    _add_painting(one)

    one = commands.add_parser(
        "train-classifier",
        help="learn classes from annotated objects",
        description="Learn classes from the objects that have one (1, 2, ...) in the annotation column, and say how "
        "good it is by cross-validation.",
    )
    one.add_argument(
        "--tables", nargs="+", required=True, metavar="TABLE", help="tables with annotations, one below the other"
    )
    one.add_argument("--output", required=True, metavar="FILE", help="the classifier: .joblib")
    one.add_argument("--method", choices=["logistic_regression", "random_forest"], default="random_forest")
    one.add_argument("--annotation-column", default="annotation", metavar="COLUMN", help="(annotation)")
    one.add_argument("--c", type=float, metavar="C", help="of logistic_regression: smaller is simpler (1)")
    one.add_argument("--max-iter", type=int, metavar="N", help="of logistic_regression (1000)")
    one.add_argument("--n-estimators", type=int, metavar="N", help="of random_forest: trees (100)")
    one.add_argument("--max-depth", type=int, metavar="N", help="of random_forest; 0: unlimited (0)")
    _add_features(one)
    one.add_argument(
        "--missing",
        choices=["leave_out", "impute", "drop_columns"],
        default="leave_out",
        help="rows with a missing value are not used, or get the median; or columns with such are not used (leave_out)",
    )
    _add_seed(one)
    add_saying(one)
    return parser


def _add_table(parser: argparse.ArgumentParser) -> None:
    add_files(parser, "table", "measurements: a row for each object")
    add_output(parser, "the table with what was found")


def _add_features(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--features", nargs="+", metavar="COLUMN", help="columns to use (all numbers but bookkeeping)")
    parser.add_argument("--exclude", nargs="+", default=(), metavar="COLUMN", help="columns not to use")


def _add_seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the same number gives the same result (0)")


def _add_painting(parser: argparse.ArgumentParser) -> None:
    add_files(parser, "segmentation", "labels of the objects, to paint what was found", required=False)
    add_output(parser, "the painted labels", "output-segmentation")
    add_reading(parser, "labels")
    add_batch(parser)
