"""Who may import whom, and other rules that a syntax tree shows: a checker for the source of one module."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

LONGEST_FILE = 400
EMPTY_NAMES = {"utils", "util", "misc", "common", "base", "manager", "helpers"}

_GUI = ("PySide6", "shiboken6", "qtpy", "superqt", "qtawesome", "pyqtgraph", "vispy", "OpenGL")
_PROGRAM = ("app.main", "app.launch")
_THREADS = ("threading", "_thread", "concurrent", "multiprocessing")
_QT_THREADS = {"QThread", "QThreadPool", "QRunnable", "QtConcurrent"}
_SLEEPS = {"sleep", "msleep", "usleep"}


@dataclass(frozen=True)
class Layer:
    """What one part of the tree may not import.

    `forbidden` holds dotted prefixes; a module under one of `allowed` may be imported all the same.
    """

    folder: str
    forbidden: tuple[str, ...]
    allowed: tuple[str, ...] = ()


LAYERS = (
    Layer("core", ("app", "storage", *_GUI)),
    Layer("storage", ("app", "core", *_GUI)),
    Layer("resources", ("app", *_GUI)),
    Layer(
        "app/models",
        ("app.views", "app.render", "app.controllers", *_PROGRAM, *_GUI),
        ("PySide6.QtCore",),
    ),
    Layer("app/views", ("app.models", "app.render", "app.controllers", *_PROGRAM, "core", "storage")),
    Layer(
        "app/render",
        (
            "app.models",
            "app.views",
            "app.controllers",
            "app.main",
            "app.launch",
            "core",
            "storage",
            "PySide6.QtWidgets",
        ),
    ),
    Layer("app/controllers", _PROGRAM),
    *(
        Layer(f"app/{name}", (*_PROGRAM, "app.models", "app.views", "app.render", "app.controllers", *_GUI))
        for name in ("commands", "agreement", "block_export.py", "team_folder.py")
    ),
    Layer("app/cli.py", ("app.models", "app.views", "app.render", "app.controllers", *_GUI)),
)


@dataclass(frozen=True)
class Import:
    """One imported dotted name: `app.views.strip.Strip` for `from app.views.strip import Strip`."""

    name: str
    line: int
    in_function: bool

    def is_under(self, prefixes: tuple[str, ...]) -> bool:
        """Tell whether the name is one of `prefixes` or below it."""
        return any(self.name == prefix or self.name.startswith(prefix + ".") for prefix in prefixes)

    def reaches(self, prefixes: tuple[str, ...]) -> bool:
        """Tell whether the name is under one of `prefixes` or is a package that holds it (`import app`)."""
        return self.is_under(prefixes) or any(prefix.startswith(self.name + ".") for prefix in prefixes)


def violations(path: PurePosixPath, source: str) -> list[str]:
    """Return one sentence for each rule that the module at `path` (relative to the repository) breaks."""
    tree = ast.parse(source)
    imports = list(_imports(tree))
    return [
        *_relative_imports(tree),
        *_layer_violations(path, imports),
        *_thread_violations(path, tree, imports),
        *_call_violations(tree, imports),
        *_shape_violations(path, source),
    ]


def _imports(tree: ast.AST, *, in_function: bool = False) -> Iterator[Import]:
    """Yield every import below `tree`: statements anywhere, and import_module of a fixed name."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Import(names=names):
                yield from (Import(alias.name, node.lineno, in_function) for alias in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from (Import(f"{module}.{alias.name}", node.lineno, in_function) for alias in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield Import(name, node.lineno, in_function)
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from _imports(node, in_function=in_function or is_function)


def _relative_imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield f"line {node.lineno}: relative import"


def _layer_violations(path: PurePosixPath, imports: list[Import]) -> Iterator[str]:
    for layer in LAYERS:
        if not path.is_relative_to(layer.folder):
            continue
        for one in imports:
            if one.reaches(layer.forbidden) and not one.is_under(layer.allowed):
                yield f"line {one.line}: {layer.folder} may not import {one.name}"
    if path.is_relative_to("app/cli.py"):
        for one in imports:
            if one.reaches(_PROGRAM) and not one.in_function:
                yield f"line {one.line}: app/cli.py may import what opens the window only where it does"
    joins = path.is_relative_to("app/controllers") or str(path) in ("app/main.py", "app/viewer.py", "app/painter.py")
    if not joins and all(any(one.reaches((part,)) for one in imports) for part in ("app.models", "app.views")):
        yield "only app/controllers, main.py, viewer.py and painter.py may know models and views together"


def _thread_violations(path: PurePosixPath, tree: ast.AST, imports: list[Import]) -> Iterator[str]:
    if path.is_relative_to("app/jobs.py"):
        return
    for one in imports:
        if one.is_under(_THREADS) or one.name.rpartition(".")[2] in _QT_THREADS:
            yield f"line {one.line}: only app/jobs.py makes threads, not {one.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _QT_THREADS:
            yield f"line {node.lineno}: only app/jobs.py makes threads, not {node.attr}"


def _call_violations(tree: ast.AST, imports: list[Import]) -> Iterator[str]:
    for one in imports:
        if one.name == "time.sleep":
            yield f"line {one.line}: time.sleep"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _SLEEPS:
            yield f"line {node.lineno}: {node.attr}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect":
            arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
            if any(_is_lambda_with_self(part) for argument in arguments for part in ast.walk(argument)):
                yield f"line {node.lineno}: a lambda that holds self is connected and keeps it alive"


def _is_lambda_with_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Lambda) and any(
        isinstance(part, ast.Name) and part.id == "self" for part in ast.walk(node)
    )


def _shape_violations(path: PurePosixPath, source: str) -> Iterator[str]:
    lines = len(source.splitlines())
    if lines > LONGEST_FILE:
        yield f"{lines} lines: look for the second thing that this file does"
    if len(path.parts) > 3:
        yield "more than two folders deep"
    if {part.removesuffix(".py") for part in path.parts} & EMPTY_NAMES:
        yield "a name that says nothing"
