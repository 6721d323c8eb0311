"""Figures of painting labels in the real window: from a real mouse event to the frame that shows what it painted."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.models.edit_history import EditHistory
from core.painting.label_fill import all_of_number
from core.painting.labels import Labels, write_all
from storage.label_facts import LabelFacts
from storage.label_store import LabelStore
from storage.label_writer import LabelWriter
from tests.bench.bench_window import _arguments, _canvas_centre, _fit_canvas, _home
from tests.bench.figures import Figure, median_ms
from tests.e2e.program import Program
from tests.e2e.xkeys import LEFT, XKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from tests.bench.figures import Figures

_LARGE = (128, 1024, 1024)
_BLOCK = "block_0000"
_CUBE = 100
"""Voxels along each side of the object that is filled: 1,000,000 in all."""
_PACE_S = 0.04
"""Between two moves: each has its frame, and what follows the frame, to itself."""


def figures() -> Figures:
    """Return the figures of this file by name."""
    return {
        "brush2d_ms": brush_2d,
        "brush3d_ms": brush_3d,
        "sphere50_p95_ms": sphere_50,
        "long_stroke_ms": long_stroke,
        "fill3d_ms": fill_3d,
        "undo_fill3d_ms": undo_fill_3d,
        "new_number_ms": new_number,
        "labels_3d_ms": labels_in_3d,
        "labelled_block_ms": labelled_block,
        "undo_100_fills_mb": undo_100_fills,
        "painting_mb": painting_memory,
    }


# ---------------------------------------------------------------- strokes


def brush_2d() -> Figure:
    """Measure one move of a stroke of 20 pixels on three channels of 2048 x 2048: to the frame with its paint."""
    peer = _peer_stroke((1, 2048, 2048), 20, dims=2)
    with _open((1, 2048, 2048), channels=3) as (program, keys):
        return _with_peer(1000 * statistics.median(_stroke(program, keys, 20, dims=2)), peer)


def brush_3d() -> Figure:
    """Measure one move of a ball of 20 voxels through 64 x 1024 x 1024: to the frame with its paint."""
    peer = _peer_stroke((64, 1024, 1024), 20, dims=3)
    with _open((64, 1024, 1024)) as (program, keys):
        return _with_peer(1000 * statistics.median(_stroke(program, keys, 20, dims=3)), peer)


def sphere_50() -> Figure:
    """Measure 200 moves of a ball of 50 voxels through 512 cubed: the 95th percentile."""
    peer = _peer_stroke((512, 512, 512), 50, dims=3)
    with _open((512, 512, 512)) as (program, keys):
        times = _stroke(program, keys, 50, dims=3, moves=200)
        return _with_peer(1000 * statistics.quantiles(times, n=20)[-1], peer)


def long_stroke() -> Figure:
    """Measure the last of 2,000 moves of one stroke on 2048 x 2048, each 100 of which paint another number of voxels.

    Raises AssertionError if they take half as long again as the first ones.
    """
    with _open((1, 2048, 2048), channels=3) as (program, keys):
        times = _stroke(program, keys, 20, dims=2, moves=2000, pace=0.02)
    first, last = statistics.median(times[50:250]), statistics.median(times[-200:])
    assert last < 1.5 * first, f"{1000 * first:.1f} ms at first, {1000 * last:.1f} ms at last"
    return Figure(1000 * last, "ms")


# ---------------------------------------------------------------- fills


def fill_3d() -> Figure:
    """Measure a click of the fill tool into an object of 1,000,000 voxels of 128 x 1024 x 1024: to its frame."""
    peer = _peer_fill()
    return _with_peer(_fills()[0], peer)


def undo_fill_3d() -> Figure:
    """Measure Ctrl+Z after it: to the frame in which the object has its colour of before."""
    return Figure(_fills()[1], "ms")


def _fills() -> tuple[float, float]:
    """Return the medians of fill and undo, in ms; the first of each, which imports scipy, does not count."""
    with _open(_LARGE, labels=_object()) as (program, keys):
        program.seen("labels_there", names=["labels"])
        _begin(program, "f", "d")
        keys.move(*_canvas_centre(program))
        time.sleep(0.5)
        fills, undos = [], []
        for _ in range(12):
            program.pass_over()
            pressed = keys.click()
            fills.append(_edit_to_frame(program, pressed, edit="Fill", undo=False))
            time.sleep(0.4)
            program.pass_over()
            pressed = keys.tap("ctrl+z")
            undos.append(_edit_to_frame(program, pressed, edit="Fill", undo=True))
            time.sleep(0.4)
    return 1000 * statistics.median(fills[2:]), 1000 * statistics.median(undos[2:])


def _edit_to_frame(program: Program, since: float, **edit: Any) -> float:
    edited = program.wait("label_edit", **edit)
    before = [frame["labels"] for frame in program.named("frame") if frame["t"] < edited["t"]][-1]
    while (frame := program.wait("frame"))["labels"] == before:
        pass  # another part of the window was painted
    return float(frame["t"] - since)


def undo_100_fills() -> Figure:
    """Measure what undo takes for 100 fills of a number that is scattered over 10,000,000 voxels; all are kept."""
    random = np.random.default_rng(7)
    array = (random.random(_LARGE, np.float32) < 10_000_000 / np.prod(_LARGE)).astype(np.int32)
    labels, history = Labels(array), EditHistory()
    seed = tuple(int(places[0]) for places in np.nonzero(array[:1]))
    for number in range(100):
        edit = write_all(labels, "Fill", all_of_number(labels, seed, number + 2))
        assert edit is not None
        history.add("labels", edit)
    assert history.count("labels") == 100
    return Figure(history.nbytes / 2**20, "MB")


def new_number() -> Figure:
    """Measure the number that M gives, of labels with 100,000 objects."""
    labels = Labels(np.arange(100_001, dtype=np.int32).reshape(1, 1, -1))
    ours = median_ms(lambda _: labels.index.new_number(), 100)
    return _with_peer(ours, _peer_new_number(labels.array))


# ---------------------------------------------------------------- blocks with labels


def labels_in_3d() -> Figure:
    """Measure V on a labelled block of 128 x 1024 x 1024: to the first frame of the volume."""
    with _open(_LARGE, labels=_object()) as (program, keys):
        program.seen("labels_there", names=["labels"])
        _rest(program)  # until the last piece of the labels is on the GPU
        times = []
        for _ in range(6):
            program.pass_over()
            times.append(program_frame(program, keys.tap("v"), mode="3d"))
            time.sleep(2)
            keys.tap("v")
            program.wait("frame", mode="2d")
            time.sleep(0.5)
    return Figure(1000 * statistics.median(times[1:]), "ms")


def program_frame(program: Program, since: float, **shown: Any) -> float:
    """Return the seconds from then to the next frame that shows this."""
    return float(program.wait("frame", **shown)["t"] - since)


def labelled_block() -> Figure:
    """Measure the frame of a block of 128 x 1024 x 1024 after it was asked for; its labels may come later."""
    with tempfile.TemporaryDirectory() as folder:
        _make(Path(folder), _LARGE, 1, _object())
        with Program(*_arguments(Path(folder)), folder=_home(folder), size=(1920, 1080)) as program:
            frame = program.wait("frame", block=_BLOCK, timeout=60)
            there = program.seen("labels_there", names=["labels"], timeout=60)
            opening = program.named("window_shown")[0]["t"]
            assert frame["t"] < there["t"], "the block waited for its labels"
            return Figure(1000 * (frame["t"] - opening), "ms")


def painting_memory() -> Figure:
    """Measure the memory that 128 x 1024 x 1024 takes more after labels of 16 bits were painted on it and saved.

    The array is 268 MB; a texture that a driver keeps in this memory is as much again.
    """
    import psutil

    with _open(_LARGE) as (program, keys):
        before = psutil.Process(program.pid).memory_info().rss
        _stroke(program, keys, 20, dims=3, moves=60)
        program.wait("labels_saved", timeout=60)
        return Figure((psutil.Process(program.pid).memory_info().rss - before) / 1e6, "MB")


# ---------------------------------------------------------------- how they are taken


@contextlib.contextmanager
def _open(
    shape: tuple[int, int, int], channels: int = 1, labels: NDArray[Any] | None = None
) -> Iterator[tuple[Program, XKeys]]:
    """Open one block in a window whose canvas is 900 x 800, with labels of one's own if there are some."""
    with tempfile.TemporaryDirectory() as folder:
        _make(Path(folder), shape, channels, labels)
        with Program(*_arguments(Path(folder)), folder=_home(folder), size=(1920, 1080)) as program:
            program.wait("frame", block=_BLOCK, timeout=60)
            _fit_canvas(program)
            with XKeys(program.display) as keys:
                program.focus()
                program.seen("labels_there", timeout=60)
                time.sleep(1)  # the histogram comes after the frame
                yield program, keys


def _begin(program: Program, *keys: str) -> None:
    program.keys("p")
    program.wait("mode", name="paint")
    if keys:
        program.keys(*keys)


def _stroke(
    program: Program, keys: XKeys, diameter: int, dims: int, moves: int = 60, pace: float = _PACE_S
) -> list[float]:
    """Draw one stroke of so many moves, in a spiral; return the seconds from each move to the frame with its paint."""
    _begin(program, *(["d"] if dims == 3 else []))
    program.keys(*["bracketright"] * (diameter - 10))  # ten is the diameter at first
    program.wait("tool", diameter=diameter, dims=dims)
    x, y = _canvas_centre(program)
    keys.move(x, y)
    time.sleep(0.3)
    keys.button(LEFT, down=True)
    keys.move(x + 3, y)
    _rest(program)  # the first step makes the labels, whose texture takes some frames
    times = []
    for step in range(moves):
        angle, radius = 0.35 * step, 20 + 250 * step / moves
        began = time.monotonic()
        program.pass_over()
        before = program.named("frame")[-1]["labels"]
        moved = keys.move(round(x + radius * np.cos(angle)), round(y + radius * np.sin(angle)))
        while (frame := program.wait("frame"))["labels"] == before:
            pass  # another part of the window was painted
        times.append(frame["t"] - moved)
        time.sleep(max(0.0, pace - (time.monotonic() - began)))
    keys.button(LEFT, down=False)
    program.wait("label_edit", edit="Brush stroke")
    return times[5:]


def _rest(program: Program) -> None:
    """Wait until nothing has been drawn for half a second."""
    count = -1
    while count != len(program.named("frame")):
        count = len(program.named("frame"))
        time.sleep(0.5)


def _object() -> NDArray[np.uint16]:
    """Return labels of 128 x 1024 x 1024: object 1 is a cube in the middle, 2 to 65 lie about it."""
    array = np.zeros(_LARGE, np.uint16)
    for number in range(2, 66):
        y, x = 128 * ((number - 2) // 8), 128 * ((number - 2) % 8)
        array[10:60, y : y + 40, x : x + 40] = number
    middle = [slice((n - _CUBE) // 2, (n + _CUBE) // 2) for n in _LARGE]
    around = tuple(slice(max(0, part.start - 8), part.stop + 8) for part in middle)
    array[around] = 0
    array[tuple(middle)] = 1
    return array


def _make(folder: Path, shape: tuple[int, int, int], channels: int, labels: NDArray[Any] | None) -> None:
    import tifffile

    random = np.random.default_rng(3)
    block = folder / "data" / _BLOCK
    block.mkdir(parents=True)
    for channel in range(channels):
        tifffile.imwrite(
            block / f"ch_{channel}.tif", random.integers(0, 255, shape, np.uint8), metadata={"axes": "ZYX"}
        )
    other = folder / "data" / "block_0001"  # a folder of its own for each block, as that is how blocks are told apart
    other.mkdir()
    for channel in range(channels):
        tifffile.imwrite(other / f"ch_{channel}.tif", np.zeros((2, 8, 8), np.uint8), metadata={"axes": "ZYX"})
    if labels is not None:
        writer = LabelWriter(labels.shape, labels.dtype.name)
        writer.update(labels)
        (folder / "annotations" / "journal").mkdir(parents=True)  # one that is empty looks like a share that is away
        facts = LabelFacts(labels.shape, labels.dtype.name, revision="first")
        LabelStore(folder / "annotations", "alice", _BLOCK).save("labels", writer, facts, None)


# ---------------------------------------------------------------- the peer


def _peer(work: Callable[[Any], float]) -> float | None:
    """Return what napari's layer needs, without a window and so without drawing; None where it is not installed."""
    try:
        layers = import_module("napari.layers")
    except ImportError:
        return None
    return work(layers.Labels)


def _with_peer(ours: float, peer: float | None) -> Figure:
    return Figure(ours, "ms", "napari" if peer is not None else None, peer)


def _peer_stroke(shape: tuple[int, int, int], diameter: int, dims: int) -> float | None:
    def work(peer: Any) -> float:
        layer = peer(np.zeros(shape, np.uint16))
        layer.brush_size, layer.n_edit_dimensions = diameter, dims
        middle = [n // 2 for n in shape]
        return median_ms(lambda step: layer.paint((middle[0], middle[1], middle[2] + 3 * step), 1), 60)

    return _peer(work)


def _peer_fill() -> float | None:
    def work(peer: Any) -> float:
        layer = peer(_object())
        layer.n_edit_dimensions = 3
        return median_ms(lambda step: layer.fill(tuple(n // 2 for n in _LARGE), 70 + step), 3)

    return _peer(work)


def _peer_new_number(array: NDArray[Any]) -> float | None:
    return _peer(lambda peer: median_ms(lambda _: int(np.max(peer(array).data)) + 1, 3))
