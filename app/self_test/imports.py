"""Imports everything that the program loads, at its start or when it is first asked for.

Which modules those are is read from the program itself: a list by hand would rot. In a frozen program there are no
sources, but the compiled code of each module.
"""

from __future__ import annotations

import dis
import importlib.util
import pkgutil
import sys
from importlib import import_module
from types import CodeType
from typing import TYPE_CHECKING

from app.self_test.result import Failure, demand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.self_test.room import Room

OWN = ("app", "core", "storage")
OPTIONAL = ("pyarrow", "distributed")
"""Extras: what needs them says so when they are missing."""
INDIRECT = (
    "imagecodecs",
    "OpenGL.GL",
    "PySide6.QtOpenGLWidgets",
    "vispy.app.backends._pyside6",
    "sklearn.cluster",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "openpyxl",
)
"""Modules that libraries load for the program, by names that are put together while it runs."""
_IMPORT = dis.opmap["IMPORT_NAME"]


def check_own(room: Room) -> str:
    """Import each module of the program."""
    names = [name for name in own_modules() if not name.endswith("__main__")]
    demand(len(names) > 100, f"Only {len(names)} modules of the program are there: the installation is not whole.")
    broken = list(_broken((name, "") for name in names))
    demand(not broken, _told(broken))
    return f"All {len(names)} modules of the program can be loaded."


def check_others(room: Room) -> str:
    """Import what functions of the program import, the batch commands, and what libraries load by name."""
    from app.cli import COMMANDS
    from core import _PLACES as PLACES

    wanted = {pair for name in own_modules() for pair in lazy_imports(name)}
    wanted |= {(f"app.commands.{name}", "main") for name in COMMANDS} | {
        (place, name) for name, place in PLACES.items()
    }
    wanted |= {(name, "") for name in INDIRECT}
    absent = sorted(name for name in OPTIONAL if importlib.util.find_spec(name) is None)
    needed = sorted((module, name) for module, name in wanted if module.partition(".")[0] not in absent)
    broken = list(_broken(iter(needed)))
    demand(not broken, _told(broken))
    without = f" Not installed, and not needed: {', '.join(absent)}." if absent else ""
    return f"All {len(needed)} names that are loaded late are there.{without}"


def own_modules() -> Iterator[str]:
    """Yield the names of all modules of the program, without importing more than packages."""
    for package in OWN:
        yield package
        path = import_module(package).__path__
        for found in pkgutil.walk_packages(path, f"{package}."):
            yield found.name


def lazy_imports(name: str) -> Iterator[tuple[str, str]]:
    """Yield (module, name in it or "") for each import inside a function of a module; not those of Python itself."""
    spec = importlib.util.find_spec(name)
    loader = spec.loader if spec is not None else None
    code = loader.get_code(name) if loader is not None and hasattr(loader, "get_code") else None
    if code is None:
        raise Failure(f"The module {name} has no code.")
    for function in _functions(code):
        if _IMPORT not in function.co_code[::2]:  # taking code apart takes its time
            continue
        names: object = None
        for step in dis.get_instructions(function):
            if step.opname.startswith("LOAD_CONST"):
                names = step.argval  # before an import: what follows after "import" of "from ... import ..."
            elif step.opname == "IMPORT_NAME" and step.argval.partition(".")[0] not in sys.stdlib_module_names:
                yield from ((step.argval, part) for part in (names if isinstance(names, tuple) else ("",)))


def _functions(code: CodeType, is_inside: bool = False) -> Iterator[CodeType]:
    """Yield the code of functions; that of modules and classes runs when they are imported."""
    is_function = is_inside or bool(code.co_flags & 0x2)  # CO_NEWLOCALS
    if is_function:
        yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _functions(part, is_function)


def _broken(pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (name, reason) of what cannot be imported."""
    for module, name in pairs:
        try:
            found = import_module(module)
            if name and not hasattr(found, name):
                import_module(f"{module}.{name}")
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a module may raise anything while it is loaded
            yield f"{module}.{name}".rstrip("."), f"{type(error).__name__}: {' '.join(str(error).split())}"


def _told(broken: list[tuple[str, str]]) -> str:
    """One library that is missing breaks many modules: each reason is told once."""
    reasons: dict[str, list[str]] = {}
    for name, reason in broken:
        reasons.setdefault(reason, []).append(name)
    return "; ".join(
        f"{', '.join(names[:3])}{f' and {len(names) - 3} more' if len(names) > 3 else ''} cannot be loaded ({reason})"
        for reason, names in reasons.items()
    )
