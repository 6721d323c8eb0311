"""Figures of the real window: from a real key or mouse event to the frame that shows its effect."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.marker_sets import ChannelLookSettings, MarkerSet
from app.models.volume_view import MODES
from app.settings import DataSetSettings, Places, write_data_set
from tests.bench.figures import Figure
from tests.e2e.program import Program
from tests.e2e.xkeys import LEFT, XKeys, xdotool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.figures import Figures

_BLOCKS, _SIZE = 40, 128
_CANVAS = (900, 800)
_TIMES = 30


def figures() -> Figures:
    """Return the figures of this file by name."""
    return {
        "volume_frame_ms": volume_frame,
        "volume_rest_ms": volume_rest,
        "mode_switch_ms": mode_switch,
        "ortho_drag_ms": ortho_drag,
        "z_step_ms": z_step,
        "contrast_drag_ms": contrast_drag,
        "imc40_switch_ms": imc40_switch,
        "next_block_ms": next_block,
        "first_block_ms": first_block,
        "start_s": start,
        "idle_rss_mb": idle_memory,
        "list_10k_s": list_10k,
    }


def volume_frame() -> Figure:
    """Measure one step of a drag that turns the volume, as the mouse makes it: to the coarse frame."""
    with _open_blocks() as (program, keys):
        program.keys("v")
        program.wait("frame", mode="3d", fine=True)
        x, y = _canvas_centre(program)
        keys.move(x, y)
        keys.button(LEFT, down=True)
        for step in range(5):  # the first moves only take hold of the volume
            keys.move(x - 5 * step, y)
            time.sleep(0.1)
        times = []
        for step in range(_TIMES):
            program.pass_over()
            moved = keys.move(x + 7 * (step + 1), y + 3 * (step % 9))
            times.append(program.wait("frame", mode="3d", fine=False)["t"] - moved)
        keys.button(LEFT, down=False)
        return _median_ms(times[5:])


def volume_rest() -> Figure:
    """Measure the Down key while the volume is shown: to the fine frame of the next block."""
    with _open_blocks() as (program, keys):
        program.keys("v")
        program.wait("frame", mode="3d", fine=True)
        times = []
        for number in range(1, 15):
            times.append(_key_to_frame(program, keys, "Down", mode="3d", fine=True, block=f"block_{number:04d}"))
            program.wait("ahead_ready")
        return _median_ms(times[2:])


def mode_switch() -> Figure:
    """Measure the key of the next 3D mode: to the first frame drawn so. Each mode is drawn once before."""
    with _open_blocks() as (program, keys):
        program.keys("v")
        program.wait("frame", mode="3d", fine=True)
        times = []
        for number in range(1, 15):
            mode = MODES[number % len(MODES)]
            times.append(_key_to_frame(program, keys, "shift+v", mode="3d", volume=mode))
            program.wait("frame", volume=mode, fine=True)
        return _median_ms(times[len(MODES) :])


def ortho_drag() -> Figure:
    """Measure one step of a drag of the crosshair, as the mouse makes it, in orthogonal views of 3 x 256 cubed."""
    with _open_blocks(count=2, size=256) as (program, keys):
        program.keys("o")
        program.wait("frame", mode="ortho", fine=True)
        left, top = program.named("frame")[-1]["at"]
        x, y = left + _CANVAS[0] // 4, top + _CANVAS[1] // 4  # the middle of the XY view
        keys.move(x, y)
        time.sleep(0.3)
        keys.button(LEFT, down=True)
        time.sleep(0.3)
        times = []
        for step in range(_TIMES):
            program.pass_over()
            before = program.named("frame")[-1]["position"]
            moved = keys.move(x + 4 * (step + 1), y + 2 * (step + 1))
            frame = program.wait("frame", mode="ortho")
            while frame["position"] == before:
                frame = program.wait("frame", mode="ortho")
            times.append(frame["t"] - moved)
        keys.button(LEFT, down=False)
        return _median_ms(times[5:])


def z_step() -> Figure:
    """Measure the Right key: to the frame with the next slice."""
    with _open_blocks() as (program, keys):
        program.keys("Home")
        program.wait("frame", z=0)
        return _median_ms([_key_to_frame(program, keys, "Right", z=z) for z in range(1, _TIMES + 1)][3:])


def contrast_drag() -> Figure:
    """Measure one step of a drag of the upper limit in the histogram, in 2D: to the frame that is drawn so."""
    with _open_blocks() as (program, keys):
        x, y = _upper_limit(program)
        keys.move(x, y)
        keys.button(LEFT, down=True)
        keys.move(x - 2, y)
        time.sleep(0.5)
        times = []
        for step in range(_TIMES):
            program.pass_over()
            moved = keys.move(x - 4 - 2 * step, y + step % 3)
            times.append(program.wait("frame", mode="2d")["t"] - moved)
        keys.button(LEFT, down=False)
        return _median_ms(times[5:])


def imc40_switch() -> Figure:
    """Measure the key of the next marker set in 40 channels of 2000 x 2000: to the frame with its four channels."""
    with tempfile.TemporaryDirectory() as folder:
        names = _make_imc(Path(folder) / "data" / "imc.ome.tif")
        places = [names[first : first + 4] for first in range(0, 40, 4)]
        sets = [MarkerSet(four[0], {name: ChannelLookSettings("") for name in four}) for four in places]
        config = _home(folder) / "config" / "cytoscribe"
        write_data_set(
            Places(config, config, config, config), "alice", f"{folder}/data", DataSetSettings(marker_sets=sets)
        )
        with Program(*_arguments(Path(folder)), folder=_home(folder), size=(1920, 1080)) as program:
            program.wait("ahead_ready", timeout=60)
            _fit_canvas(program)
            with XKeys(program.display) as keys:
                program.focus()
                times = []
                for number in range(12):
                    first = 4 * (number % 10)
                    drawn = list(range(first, first + 4))
                    times.append(_key_to_frame(program, keys, "alt+Right", drawn=drawn))
        return _median_ms(times[2:])


def next_block() -> Figure:
    """Measure a class key: to the frame with the next block, which is preloaded."""
    with _open_blocks() as (program, keys):
        times = []
        for number in range(1, _TIMES):
            times.append(_key_to_frame(program, keys, "1", block=f"block_{number:04d}"))
            program.wait("ahead_ready")
        return _median_ms(times[3:])


def first_block() -> Figure:
    """Measure Enter in the filter, which goes to a block far away: nothing of it is in the program's memory."""
    with _open_blocks() as (program, keys):
        times = []
        # Each filter leaves one block
        for number in range(6, _BLOCKS, 4):
            program.keys("ctrl+f")
            program.type(f"block_{number:04d}", interval=0.005)
            times.append(_key_to_frame(program, keys, "Return", block=f"block_{number:04d}"))
            program.wait("ahead_ready")
        return _median_ms(times[1:])


def start() -> Figure:
    """Measure the process start: to the painted window with the block list.

    As it is installed, with its bytecode on the disk: the first run, which writes it, does not count.
    """
    times = []
    with tempfile.TemporaryDirectory() as folder:
        _make_blocks(Path(folder) / "data", 24, 16)
        installed = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
        for _ in range(6):
            with Program(*_arguments(Path(folder)), folder=_home(folder), environment=installed) as program:
                listed = program.wait("blocks_listed", final=True)["t"]
                shown = program.named("window_shown") or [program.wait("window_shown")]
                times.append(max(listed, shown[0]["t"]) - program.started)
                program.wait("frame")
    return Figure(statistics.median(times[1:]), "s")


def idle_memory() -> Figure:
    """Measure the resident memory of the window that asks who annotates."""
    import psutil

    with tempfile.TemporaryDirectory() as folder, Program(folder, folder=_home(folder)) as program:
        program.wait("window_shown")
        time.sleep(1)  # a bench may: what is counted is what stays
        return Figure(psutil.Process(program.pid).memory_info().rss / 1e6, "MB")


def list_10k() -> Figure:
    """Measure scan and fill of 10,000 blocks."""
    times = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(10_000):
            (Path(folder) / "data" / f"block_{number:05d}").mkdir(parents=True)
        for _ in range(4):
            with Program(*_arguments(Path(folder)), folder=_home(folder)) as program:
                began = program.wait("scan_started")["t"]
                times.append(program.wait("blocks_listed", final=True, count=10_000)["t"] - began)
    return Figure(statistics.median(times[1:]), "s")


# ---------------------------------------------------------------- how they are taken


@contextlib.contextmanager
def _open_blocks(count: int = _BLOCKS, size: int = _SIZE) -> Iterator[tuple[Program, XKeys]]:
    """Open blocks of three cubes in a window whose canvas is 900 x 800; wait until nothing more is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        _make_blocks(Path(folder) / "data", count, size)
        with Program(*_arguments(Path(folder)), folder=_home(folder), size=(1920, 1080)) as program:
            program.wait("frame", block="block_0000")
            _fit_canvas(program)
            program.wait("ahead_ready")
            with XKeys(program.display) as keys:
                program.focus()
                yield program, keys


def _upper_limit(program: Program) -> tuple[int, int]:
    """Return where the white line of the upper limit is on the screen, in the panel at the right."""
    time.sleep(1)  # the histogram comes after the frame
    pixels = program.pixels()
    frame = program.named("frame")[-1]
    first = frame["at"][0] + frame["size"][0]
    white = (pixels[:, first:].min(axis=2) > 200).sum(axis=0)
    column = max(column for column in range(white.size) if white[column] >= 60)
    rows = (pixels[:, first + column].min(axis=1) > 200).nonzero()[0]
    return first + column, int(rows[len(rows) // 2])


def _key_to_frame(program: Program, keys: XKeys, key: str, **shown: Any) -> float:
    program.pass_over()
    pressed = keys.tap(key)
    return float(program.wait("frame", **shown)["t"] - pressed)


def _fit_canvas(program: Program) -> None:
    """Resize the window until its canvas has the size of the figures."""
    size = (1366, 768)
    for _ in range(3):
        canvas = program.events[-1] if "size" in program.events[-1] else program.named("frame")[-1]
        if tuple(canvas["size"]) == _CANVAS:
            return
        size = (size[0] + _CANVAS[0] - canvas["size"][0], size[1] + _CANVAS[1] - canvas["size"][1])
        program.pass_over()
        search = ("search", "--onlyvisible", "--name", "Cytoscribe")
        xdotool(program.display, *search, "windowsize", "--sync", *map(str, size))
        program.wait("frame")
        program.wait("frame")


def _canvas_centre(program: Program) -> tuple[int, int]:
    frame = program.named("frame")[-1]
    return frame["at"][0] + frame["size"][0] // 2, frame["at"][1] + frame["size"][1] // 2


def _make_blocks(root: Path, count: int, size: int) -> None:
    """Write blocks of three channels that look like cells: what a frame costs depends on it a little."""
    import numpy as np
    import tifffile
    from scipy.ndimage import gaussian_filter

    random = np.random.default_rng(3)
    volumes = [
        (30_000 * np.clip(gaussian_filter(random.standard_normal((size,) * 3), 4) * 20, 0, 1)).astype(np.uint16)
        for _ in range(3)
    ]
    for number in range(count):
        block = root / f"block_{number:04d}"
        block.mkdir(parents=True)
        for channel, volume in enumerate(volumes):
            tifffile.imwrite(block / f"ch_{channel}.tif", np.roll(volume, number, 0), metadata={"axes": "ZYX"})


def _make_imc(path: Path) -> list[str]:
    """Write one image of 40 channels of decimals, as imaging mass cytometry gives them; return their names."""
    import numpy as np
    import tifffile

    names = [f"Marker {number}" for number in range(40)]
    counts = np.random.default_rng(2).gamma(0.3, 4, (2000, 2000)).astype(np.float32)
    pages = (np.roll(counts, 37 * number, number % 2) * (1 + number / 10) for number in range(40))
    path.parent.mkdir(parents=True)
    metadata = {"axes": "CYX", "Channel": {"Name": names}}
    tifffile.imwrite(path, pages, shape=(40, 2000, 2000), dtype=np.float32, ome=True, metadata=metadata)
    return names


def _arguments(folder: Path) -> list[Any]:
    annotations = folder / "annotations"
    (annotations / "journal").mkdir(parents=True, exist_ok=True)
    return [folder / "data", "--annotations-root", annotations, "--user", "alice"]


def _home(folder: str) -> Path:
    home = Path(folder) / "home"
    home.mkdir(exist_ok=True)
    return home


def _median_ms(times: list[float]) -> Figure:
    return Figure(1000 * statistics.median(times), "ms")
