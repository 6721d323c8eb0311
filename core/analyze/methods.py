"""Methods of scikit-learn by name, and their options, checked before they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def method_key(method: str, aliases: Mapping[str, str]) -> str:
    """Return the method's own name: capitals do not count, and `-` and spaces are `_`.

    Raises
    ------
    ValueError
        There is none of that name.
    """
    found = aliases.get(str(method).lower().replace("-", "_").replace(" ", "_"))
    if found is None:
        known = ", ".join(dict.fromkeys(aliases.values()))
        raise ValueError(f"Unknown method {method!r}. Choose one of: {known}.")
    return found


def make_estimator(
    method: str, estimator: type, defaults: Mapping[str, Any], options: Mapping[str, Any], seed: int | None
) -> Any:
    """Return the estimator of a method with its options, and with the seed if it takes one and no `random_state`.

    Raises
    ------
    ValueError
        The method has no option of a given name; the message lists those that it has.
    """
    known = estimator().get_params()
    unknown = [name for name in options if name not in known]
    if unknown:
        raise ValueError(f"{method} has no option {', '.join(unknown)}. It knows: {', '.join(known)}.")
    random = {"random_state": seed} if "random_state" in known else {}
    return estimator(**{**defaults, **random, **options})


def plain(error: Exception) -> str:
    """Return the first sentence of scikit-learn's message, without the advice for programmers."""
    return str(error).strip().split("\n")[0].strip().removesuffix(".")
