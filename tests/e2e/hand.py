"""A hand that paints in the real window: it finds voxels on the screen, and reads from the disk what was painted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import tifffile

from app.render.layout import arrange
from app.render.planes import PLANES
from storage.label_log import EditRecord, unframed
from storage.label_recovery import replay
from tests.e2e.xkeys import LEFT, XKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

    from tests.e2e.program import Event, Program

Point = tuple[float, float, float]
Array = np.ndarray[Any, np.dtype[Any]]

_MOVE_MS = 15
"""Before each move: vispy drops what follows within 10 ms."""
_HOLD_MS = 5
_KEY_MS = 10
"""Before each key: a key let go and pressed in the same moment would be one that repeats itself."""
_HOVER_SECONDS, _DRAG_SECONDS = 0.5, 3.0
"""For a frame to come: a drag changes what is seen, the outline of the brush may stay where it is."""
_PAINTS_AT_ONCE = ("brush", "erase", "threshold", "line")
"""Tools whose press is seen, too."""
_POLL_SECONDS = 0.004
_DONE_SECONDS = 0.05
_QUIET_SECONDS = 0.15


class Hand:
    """The mouse over the canvas of one program; use it as a context manager.

    Points are z, y, x in voxels, centres at integers. It goes to whole logical pixels only, as the program reads them,
    and says which points those are. `voxel_size` is that of the block (z, y, x; 1 where it is not known).
    """

    def __init__(
        self,
        program: Program,
        annotations: Path,
        home: Path,
        shape: tuple[int, int, int],
        voxel_size: tuple[float, float, float] = (1.0, 1.0, 1.0),
        scale: float = 1.0,
        channels: int = 2,
    ) -> None:
        self.program, self.shape, self.voxel_size = program, shape, voxel_size
        self._annotations, self._home = annotations, home
        self._scale, self._channels = scale, channels
        self._keys = XKeys(program.display)
        self._frame: Event = {}
        self._is_pressed = False

    def begin(self, block: str = "block_0000") -> None:
        """Wait for the block and its labels, and take the brush."""
        self.program.seen("frame", block=block)
        self.program.seen("labels_there")
        self.program.keys("p")
        self.program.wait("mode", name="paint")
        self.look()

    # Where voxels are

    def look(self, layout: str = "2d") -> None:
        """Wait for a layout and until nothing moves, and see where the block is: it must be fitted into the canvas."""
        while self.program.named("frame")[-1]["mode"] != layout:
            self.program.wait("frame", mode=layout)
        self._frame = self.settle()

    def settle(self) -> Event:
        """Wait until nothing moves; return the last frame."""
        frames, quiet = -1, 0.0
        while time.monotonic() < quiet or frames != self._frames():
            if frames != self._frames():
                frames, quiet = self._frames(), time.monotonic() + _QUIET_SECONDS
            time.sleep(_POLL_SECONDS)
        return self.program.named("frame")[-1]

    @property
    def position(self) -> list[int]:
        """The voxel (z, y, x) through which the slices of the last frame go."""
        found: list[int] = self.program.named("frame")[-1]["position"]
        return found

    def rect(self, pane: str) -> tuple[float, float, float, float]:
        """Return left, top, width and height of a pane in logical pixels of the window."""
        found = self._rects()[pane]
        left, top = self._frame["at"]
        return left + found.x, top + found.y, found.width, found.height

    def _rects(self) -> dict[str, Any]:
        width, height = self._frame["size"]
        return arrange(self._frame["mode"], (width, height), tuple(range(self._channels)))

    def units_per_pixel(self) -> float:
        """World units that a logical pixel spans: all of the block is seen in every pane."""
        sizes = [n * size for n, size in zip(self.shape, self.voxel_size, strict=True)]
        rects = {name: rect for name, rect in self._rects().items() if name in PLANES}
        return max(
            max(float(sizes[PLANES[name].right] / rect.width), float(sizes[PLANES[name].down] / rect.height))
            for name, rect in rects.items()
        )

    def pixel(self, point: Sequence[float], pane: str = "xy") -> tuple[int, int]:
        """Return the logical pixel of the window that is nearest to a point."""
        left, top, width, height = self.rect(pane)
        plane, units = PLANES[pane], self.units_per_pixel()
        x, y = (
            middle + (point[axis] - (self.shape[axis] - 1) / 2) * self.voxel_size[axis] / units
            for middle, axis in ((left + width / 2, plane.right), (top + height / 2, plane.down))
        )
        return round(x), round(y)

    def point(self, pixel: tuple[int, int], pane: str = "xy") -> Point:
        """Return the point of the slice on screen that a logical pixel of the window means."""
        left, top, width, height = self.rect(pane)
        plane, units = PLANES[pane], self.units_per_pixel()
        found = [float(at) for at in self.position]
        for place, middle, axis in (
            (pixel[0], left + width / 2, plane.right),
            (pixel[1], top + height / 2, plane.down),
        ):
            found[axis] = (place - middle) * units / self.voxel_size[axis] + (self.shape[axis] - 1) / 2
        return found[0], found[1], found[2]

    def volume_pixel(self, y: float, x: float) -> tuple[int, int]:
        """Return the logical pixel of a row and column of the volume, seen along z as a reset view shows it."""
        left, top, width, height = self.rect("3d")
        sizes = [n * size for n, size in zip(self.shape, self.voxel_size, strict=True)]
        units = 0.9 * float(np.linalg.norm(sizes)) / min(width, height)
        down, right = (
            (at - (self.shape[axis] - 1) / 2) * self.voxel_size[axis] / units for at, axis in ((y, 1), (x, 2))
        )
        return round(left + width / 2 + right), round(top + height / 2 + down)

    # The mouse

    def go(self, *pixels: tuple[int, int]) -> None:
        """Move to logical pixels, one after the other.

        With a button down each is seen before the next: moves that wait while a frame is drawn become one.
        """
        for x, y in pixels:
            before = self._frames()
            self._keys.move(round(x * self._scale), round(y * self._scale), _MOVE_MS)
            self._keys.sync()
            if self._is_pressed or self._has_brush():
                self._wait_frame(before, _DRAG_SECONDS if self._is_pressed else _HOVER_SECONDS)

    def _frames(self) -> int:
        return len(self.program.named("frame"))

    def _has_brush(self) -> bool:
        tools = self.program.named("tool")
        return bool(tools) and tools[-1]["name"] in _PAINTS_AT_ONCE

    def _wait_frame(self, before: int, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (now := self._frames()) == before and time.monotonic() < end:
            time.sleep(_POLL_SECONDS)
        while now > before:  # and those that belong to it
            before = now
            time.sleep(_DONE_SECONDS)
            now = self._frames()

    def press(self, button: int = LEFT, *, is_drag: bool = True) -> None:
        """Press a button; for a drag what it paints is seen first."""
        before = self._frames()
        self._keys.button(button, down=True, delay_ms=_HOLD_MS)
        self._keys.sync()
        self._is_pressed = True
        if is_drag and self._has_brush():
            self._wait_frame(before, _DRAG_SECONDS)

    def release(self, button: int = LEFT) -> None:
        """Let it go."""
        self._keys.button(button, down=False, delay_ms=_HOLD_MS)
        self._keys.sync()
        self._is_pressed = False

    def hold(self, key: str, *, down: bool) -> None:
        """Press a key and keep it, or let it go: `Shift_L`, `space`."""
        self._keys.key(key, down=down)
        self._keys.sync()

    def click_pixel(self, pixel: tuple[int, int], held: str = "") -> None:
        """Click on a logical pixel of the window."""
        self.drag_pixels([pixel], held=held)

    def click(self, point: Sequence[float], pane: str = "xy", button: int = LEFT, held: str = "") -> Point:
        """Click on a point, with a key held; return the point that it really was."""
        return self.drag([point], pane, button, held)[0]

    def double_click(self, point: Sequence[float], pane: str = "xy", held: str = "") -> Point:
        """Click twice on a point, with a key held; return the point that it really was."""
        pixel = self.pixel(point, pane)
        self.go(pixel)
        if held:
            self.hold(held, down=True)
        for _ in range(2):
            self._keys.button(LEFT, down=True, delay_ms=30)
            self._keys.button(LEFT, down=False, delay_ms=30)
        self._keys.sync()
        if held:
            self.hold(held, down=False)
        return self.point(pixel, pane)

    def drag(
        self, points: Sequence[Sequence[float]], pane: str = "xy", button: int = LEFT, held: str = ""
    ) -> list[Point]:
        """Drag from point to point, with a key held; return the points that they really were."""
        pixels = [self.pixel(point, pane) for point in points]
        found = [self.point(pixel, pane) for pixel in pixels]
        self.drag_pixels(pixels, button, held)
        return found

    def drag_pixels(self, pixels: Sequence[tuple[int, int]], button: int = LEFT, held: str = "") -> None:
        """Drag from logical pixel to logical pixel of the window, with a key held."""
        self.go(pixels[0])
        if held:
            self.hold(held, down=True)
        self.press(button, is_drag=len(pixels) > 1)
        self.go(*pixels[1:])
        self.release(button)
        if held:
            self.hold(held, down=False)

    def canvas(self) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom of the canvas in logical pixels of the window."""
        (left, top), (width, height) = self._frame["at"], self._frame["size"]
        return left, top, left + width - 1, top + height - 1

    def fling(self, pixels: Sequence[tuple[int, int]], button: int, held: str, *, gives_up: bool) -> None:
        """Drag without waiting for what is seen, and press Escape before the button is let go if it `gives_up`."""
        moves = [(round(x * self._scale), round(y * self._scale)) for x, y in pixels]
        self._keys.move(*moves[0], _MOVE_MS)
        if held:
            self._keys.key(held, down=True)
        self._keys.button(button, down=True, delay_ms=_HOLD_MS)
        for move in moves[1:]:
            self._keys.move(*move, _MOVE_MS)
        if gives_up:
            self._keys.tap("Escape")
        self._keys.button(button, down=False, delay_ms=_HOLD_MS)
        if held:
            self._keys.key(held, down=False)
        if gives_up:
            self._keys.tap("Escape")  # out of the mode in any case, and back
            self._keys.tap("p")
        self._keys.sync()

    # What is seen and what is painted

    def color(self, pixel: tuple[int, int]) -> Array:
        """Return what the screen shows at a logical pixel of the window: red, green, blue."""
        found: Array = self.program.pixels()[round(pixel[1] * self._scale), round(pixel[0] * self._scale)].astype(int)
        return found

    def wait_pixel(self, pixel: tuple[int, int], is_right: Callable[[Array], bool], seconds: float = 5) -> Array:
        """Wait until a logical pixel of the window has the right colour; return it."""
        end = time.monotonic() + seconds
        while not is_right(found := self.color(pixel)):
            assert time.monotonic() < end, self.program.report(f"pixel {pixel} is {found.tolist()}")
        return found

    def keys(self, *names: str) -> None:
        """Press keys at once, without a process for each, into whatever has the keyboard."""
        for name in names:
            self._keys.tap(name, _KEY_MS)
            self._keys.sync()

    def did(self, edit: str, *, undo: bool = False) -> None:
        """Wait for an edit of that name."""
        self.program.wait("label_edit", edit=edit, undo=undo)

    def painted(self, block: str = "block_0000", name: str = "labels") -> Array:
        """Return what is on disk at this moment: the file on the share, and what the log on this computer adds."""
        return painted(self._annotations, self._home, self.shape, block, name)

    def saved(self, block: str = "block_0000", name: str = "labels") -> Array:
        """Wait until all is on the share, and return what the file there has."""
        wait_saved(self.program, name)
        found: Array = tifffile.imread(saved_file(self._annotations, block, name)).reshape(self.shape)
        return found

    def close(self) -> None:
        """Let go of the mouse."""
        self._keys.close()

    def __enter__(self) -> Hand:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def saved_file(annotations: Path, block: str, name: str = "labels", annotator: str = "alice") -> Path:
    """Return where own labels are saved."""
    return annotations / "labels" / annotator / block / f"{name}.tif"


def painted(annotations: Path, home: Path, shape: tuple[int, int, int], block: str, name: str = "labels") -> Array:
    """Return what is on disk at this moment: the file on the share, and what the log on this computer adds to it."""
    header = f'"block_id":"{block}"', f'"name":"{name}"'
    edits: list[EditRecord] = []
    for log in home.glob("state/**/labels/alice/*"):
        content = log.read_bytes()
        first = content[: content.find(b"\n") + 1]
        if all(part.encode() in first for part in header):
            edits += [record for _, record in unframed(content, len(first))[0] if isinstance(record, EditRecord)]
    path = saved_file(annotations, block, name)
    # The log was read first: what a save in between took from it is in the file, and applied twice it is the same
    array = tifffile.imread(path).reshape(shape) if path.exists() else np.zeros(shape, np.uint16)
    return replay(array, edits)


def wait_saved(program: Program, name: str = "labels") -> None:
    """Wait until all labels that were painted are on the share."""
    edits, saves = program.named("label_edit", labels=name), program.named("labels_saved", name=name)
    while edits and not (saves and saves[-1]["t"] > edits[-1]["t"]):
        program.wait("labels_saved", name=name)
        edits, saves = program.named("label_edit", labels=name), program.named("labels_saved", name=name)


def difference(found: NDArray[Any], wanted: NDArray[Any]) -> str:
    """Say how two arrays differ; empty if they do not."""
    places = np.argwhere(found != wanted)
    if not len(places):
        return ""
    shown = [
        f"{tuple(place.tolist())}: {found[tuple(place)]} instead of {wanted[tuple(place)]}" for place in places[:6]
    ]
    return f"{len(places)} voxels of {tuple(places.min(0).tolist())} to {tuple(places.max(0).tolist())}, {shown}"
