"""Measures figures and prints each as one JSON line: `python -m tests.bench [NAME ...]`."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.figures import Figure, Figures


def all_figures() -> Figures:
    """Return the figures of every `bench_*.py` beside this file; a name may stand in one of them only."""
    found: Figures = {}
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        figures: Figures = import_module(f"tests.bench.{path.stem}").figures()
        twice = found.keys() & figures.keys()
        if twice:
            raise ValueError(f"{path.name} has figures that another file has too: {', '.join(sorted(twice))}")
        found |= figures
    return found


def line(name: str, figure: Figure) -> str:
    """Return the JSON line of one figure, values with four significant digits."""
    peer_value = None if figure.peer_value is None else float(f"{figure.peer_value:.4g}")
    fields = {
        "name": name,
        "value": float(f"{figure.value:.4g}"),
        "unit": figure.unit,
        "peer": figure.peer,
        "peer_value": peer_value,
    }
    return json.dumps(fields)


def main(names: list[str]) -> int:
    """Measure the named figures, or all; return the exit code."""
    figures = all_figures()
    unknown = [name for name in names if name not in figures]
    if unknown:
        sys.stderr.write(f"No such figure: {', '.join(unknown)}. There are: {', '.join(figures)}\n")
        return 2
    for name in names or figures:
        sys.stdout.write(line(name, figures[name]()) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
