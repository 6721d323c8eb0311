"""Objects in clusters by their measurements."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from core.analyze.features import choose
from core.analyze.methods import make_estimator, method_key, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

_ALIASES = {
    "kmeans": "kmeans",
    "k_means": "kmeans",
    "dbscan": "dbscan",
    "hdbscan": "hdbscan",
    "mean_shift": "mean_shift",
    "meanshift": "mean_shift",
}
NOISE, NOT_MEASURED = -1, 0


def cluster_measurements(
    measurements: pd.DataFrame,
    method: str = "kmeans",
    *,
    features: Iterable[str] | None = None,
    exclude: str | Iterable[str] = (),
    missing: str = "noise",
    seed: int | None = 0,
    **kwargs: Any,
) -> pd.DataFrame:
    """Return a copy of the table with a column `cluster_id` (int64): 1, 2, ...; -1 for noise.

    Features are brought to mean 0 and standard deviation 1 (scikit-learn's StandardScaler), then clustered by
    scikit-learn's estimator.

    Parameters
    ----------
    measurements
        One row for each object.
    method
        `"kmeans"` (3 clusters unless `n_clusters` is given), `"dbscan"`, `"hdbscan"` or `"mean_shift"`.
    features, exclude
        The columns to use, and not to use: see `choose_features`, which tells what is used.
    missing
        What to do about missing values (NaN and infinities). `"noise"`: such a row gets -1, as noise does.
        `"leave_out"`: it gets 0, not measured. `"impute"`: the median of the column takes their place.
        `"drop_columns"`: columns with missing values are not used. With the last two, a row without any value gets 0.
    seed
        Same seed, same ids. None: other ones each time, where the method draws at random. `random_state` among the
        options wins over it.
    **kwargs
        Options of scikit-learn's KMeans, DBSCAN, HDBSCAN, MeanShift. A `bandwidth` of 0 is estimated from the data.

    Raises
    ------
    ValueError
        An unknown method, option or column, an option out of range, no feature, or too few rows.
    """
    from sklearn.preprocessing import StandardScaler

    chosen = choose(measurements, features, exclude, missing, None, None)
    key = method_key(method, _ALIASES)
    model = _model(key, kwargs, seed)
    values = chosen.values[chosen.usable]
    if missing == "impute":
        values = np.where(np.isnan(values), np.nanmedian(values, axis=0), values)
    scaled = StandardScaler().fit_transform(values)
    wanted = model.get_params().get("n_clusters", 1)
    if isinstance(wanted, int) and len(scaled) < wanted:
        raise ValueError(
            f"{wanted} clusters need as many rows, but only {len(scaled)} of {len(measurements)} can be used."
        )
    try:
        with warnings.catch_warnings():
            # Fewer different rows than clusters: the ids say so
            warnings.simplefilter("ignore")
            found = np.asarray(model.fit_predict(scaled), np.int64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{key} cannot cluster these {len(scaled)} rows: {plain(error)}.") from error
    ids = np.full(len(measurements), NOISE if missing == "noise" else NOT_MEASURED, np.int64)
    ids[chosen.usable] = np.where(found >= 0, found + 1, NOISE)
    result = measurements.copy()
    result["cluster_id"] = ids
    return result


def _model(key: str, options: dict[str, Any], seed: int | None) -> Any:
    from sklearn import cluster

    match key:
        case "kmeans":
            return make_estimator(key, cluster.KMeans, {"n_clusters": 3}, options, seed)
        case "dbscan":
            return make_estimator(key, cluster.DBSCAN, {}, options, seed)
        case "hdbscan":
            # Without `copy` it warns that the default will be another one
            return make_estimator(key, cluster.HDBSCAN, {"copy": True}, options, seed)
    if options.get("bandwidth") == 0:
        options = {**options, "bandwidth": None}
    return make_estimator(key, cluster.MeanShift, {}, options, seed)
