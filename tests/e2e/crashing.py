"""The program with a way to break it: `python -m tests.e2e.crashing FOLDER ARGUMENTS...`, else as `python -m app`.

Whatever file appears in FOLDER is removed and says by its name what goes wrong: `slot`, `thread`, `c`...
"""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, qCritical, qFatal, qWarning
from PySide6.QtWidgets import QWidget

from app.cli import main

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_POLL_S = 0.02


class Breaking(QObject):
    """Lives in the thread of the window; `asked` comes from another one."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.asked.connect(self._on_asked)
        self._timer = QTimer(self)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._on_timeout)
        self._widgets: list[QWidget] = []

    def _on_asked(self, kind: str) -> None:
        canvas = _program().viewer.canvas
        if kind == "slot":
            raise ValueError("the slot of block_0001 in /data/anna/block_0001.tif failed")
        if kind == "other_slot":
            raise KeyError("another one")
        if kind == "storm":
            self._timer.start()
        elif kind == "calm":
            self._timer.stop()
        elif kind == "paint":
            self._widgets.append(Painted(_program().window))
        elif kind == "draw":
            canvas.frame.draw = _fail
            canvas.update()
        elif kind == "draw_well":
            del canvas.frame.draw
            _program().record.write("mended")
        elif kind == "vispy":
            canvas.scene.transforms.changed.connect(_on_vispy_event)
            canvas.scene.transforms.changed()
        elif kind == "deletion":
            Unwilling()
        elif kind == "qt_warning":
            qWarning("a warning of Qt")
        elif kind == "qt_critical":
            qCritical("an error of Qt")
        elif kind == "qt_fatal":
            qFatal("an end by Qt")
        elif kind == "c":
            ctypes.string_at(0)
        elif kind == "unsafe":  # a step of putting work in safety fails, too
            _program().reporting._securing._steps = (("decisions", _fail), *_program().reporting._securing._steps)

    def _on_timeout(self) -> None:
        raise RuntimeError("a storm")


class Painted(QWidget):
    """Cannot be painted."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.resize(20, 20)
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fail."""
        raise OSError("cannot be painted")


class Unwilling:
    """Cannot be deleted."""

    def __del__(self) -> None:
        raise ValueError("cannot be deleted")


def _fail(*_: object, **__: object) -> None:
    raise RuntimeError("the drawing failed")


def _on_vispy_event(_: object) -> None:
    raise RuntimeError("in a callback of vispy")


def _program() -> Any:
    from app.main import Program

    return next(one for one in gc.get_objects() if isinstance(one, Program))


def _in_thread() -> None:
    raise ValueError("in a thread")


def _watch(folder: Path, breaking: Breaking) -> None:
    while True:
        for path in folder.iterdir():
            path.unlink()
            if path.name == "thread":
                threading.Thread(target=_in_thread, name="alone").start()
            else:
                breaking.asked.emit(path.name)
        threading.Event().wait(_POLL_S)


if __name__ == "__main__":
    if (Path(sys.argv[1]) / "start").exists():
        import app.main

        app.main.__dict__["Starting"] = _fail
    threading.Thread(target=_watch, args=(Path(sys.argv[1]), Breaking()), daemon=True).start()
    sys.exit(main(sys.argv[2:]))
