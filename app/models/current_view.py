"""How the block is looked at: mode, slice, play, channels. A frozen state; changes are told as (old, new)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.models.ruler import Ruler
from app.models.volume_view import SliceView, VolumeView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MIN_INTERVAL_MS, MAX_INTERVAL_MS, DEFAULT_INTERVAL_MS = 20, 10_000, 100

_RGB = {"Red": "#FF0000", "Green": "#00FF00", "Blue": "#0000FF"}
_PALETTE = ("#4D7CFF", "#2ED573", "#FF4FD8", "#FFC83D", "#FF5A4D", "#35E0E0", "#FFFFFF")


LAYOUTS = ("2d", "3d", "ortho", "channels")
"""A slice, the volume, three slices and the volume, a slice for each channel."""
STARTS = ("focus", "middle", "first", "stay")
"""Where a block starts: its focus point (else the middle), the middle, the first slice, or the slice of before."""


@dataclass(frozen=True)
class ChannelView:
    """One channel; limits in the data's own values.

    `colormap` is the name of one, empty for black to `color`. `cofactor` > 0 draws asinh(value / cofactor).
    """

    name: str
    color: str
    visible: bool = True
    low: float = 0.0
    high: float = 1.0
    gamma: float = 1.0
    opacity: float = 1.0
    colormap: str = ""
    cofactor: float = 0.0


@dataclass(frozen=True)
class ViewState:
    """Everything the canvas needs beside the voxels."""

    mode: str = "2d"
    """One of LAYOUTS."""
    alone: str = ""
    """The pane of the orthogonal views that fills the canvas: `xy`, `xz`, `yz` or `3d`; empty for all four."""
    z: int = 0
    slices: int = 1
    cross: tuple[int, int] = (0, 0)
    """y and x of the crosshair, whose z is `z`."""
    plane: tuple[int, int] = (1, 1)
    """Rows and columns of a slice."""
    volume: VolumeView = field(default_factory=VolumeView)
    slab: SliceView = field(default_factory=SliceView)
    channels: tuple[ChannelView, ...] = ()
    """As in the data."""
    order: tuple[int, ...] = ()
    """The channels as the panel lists them: each number of a channel once."""
    selected: int = 0
    """The channel whose histogram stands in the panel."""
    is_auto: bool = True
    """Contrast automatic for each block, else kept over blocks."""
    is_playing: bool = False
    interval_ms: int = DEFAULT_INTERVAL_MS
    is_bouncing: bool = False
    direction: int = 1
    shows_focus: bool = True
    ruler: Ruler = field(default_factory=Ruler)

    def shown(self) -> frozenset[int]:
        """The channels that are seen, by their place in the data."""
        return frozenset(number for number, channel in enumerate(self.channels) if channel.visible)


class CurrentView(QObject):
    """Holds the state; every change goes through `change`."""

    changed = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.state = ViewState()

    def change(self, **fields: Any) -> None:
        """Replace fields of the state."""
        old, self.state = self.state, replace(self.state, **fields)
        if self.state != old:
            self.changed.emit(old, self.state)

    def change_channel(self, channel: int, **fields: Any) -> None:
        """Replace fields of one channel."""
        channels = list(self.state.channels)
        channels[channel] = replace(channels[channel], **fields)
        self.change(channels=tuple(channels))

    def set_channels(self, channels: Sequence[ChannelView], order: Sequence[str] = (), selected: str = "") -> None:
        """Other channels; `order` names those that the panel lists first, `selected` the one to select.

        Without a channel of that name it is the first visible one of the list.
        """
        listed = ordered([c.name for c in channels], order)
        chosen = [i for i in listed if channels[i].name == selected] or [i for i in listed if channels[i].visible]
        self.change(channels=tuple(channels), order=listed, selected=(chosen or [0])[0])

    def show_only(self, visible: Iterable[int]) -> None:
        """Show these channels and no other."""
        shown = set(visible)
        self.change(channels=tuple(replace(c, visible=i in shown) for i, c in enumerate(self.state.channels)))

    def step_z(self, steps: int) -> None:
        """Move through the slices; stops at the ends."""
        self.change(z=max(0, min(self.state.slices - 1, self.state.z + steps)))

    def step(self, axis: int, steps: int) -> None:
        """Move the crosshair along an axis (0 z, 1 y, 2 x); stops at the ends."""
        position = list(self.position)
        position[axis] += steps
        self.go_to(position)

    def go_to(self, position: Sequence[int]) -> None:
        """Put the crosshair on a voxel (z, y, x), or on the nearest that there is."""
        shape = (self.state.slices, *self.state.plane)
        z, y, x = (max(0, min(n - 1, p)) for p, n in zip(position, shape, strict=True))
        self.change(z=z, cross=(y, x))

    @property
    def position(self) -> tuple[int, int, int]:
        """The voxel (z, y, x) of the crosshair."""
        return (self.state.z, *self.state.cross)

    def play_on(self) -> None:
        """The next slice of the auto-play: round and round, or back and forth; every slice is shown."""
        state = self.state
        z, direction = next_slice(state.z, state.slices, state.direction, state.is_bouncing)
        self.change(z=z, direction=direction)


def ordered(names: Sequence[str], first: Sequence[str]) -> tuple[int, ...]:
    """The numbers of all channels: those named in `first` in its order, then the others as they come."""
    ranks = {name: rank for rank, name in reversed(list(enumerate(first)))}
    return tuple(sorted(range(len(names)), key=lambda i: (ranks.get(names[i], len(first)), i)))


def next_slice(z: int, slices: int, direction: int, is_bouncing: bool) -> tuple[int, int]:
    """The slice after `z` and the direction after that."""
    if slices <= 1:
        return 0, 1
    if not is_bouncing:
        return (z + 1) % slices, 1
    if not 0 <= z + direction < slices:
        direction = -direction
    return z + direction, direction


def start_slice(start_at: str, slices: int, focus_z: float | None, before: int) -> int:
    """The slice that a block of so many slices starts at; `start_at` is one of STARTS."""
    wanted = {"first": 0, "stay": before}.get(start_at, slices // 2)
    if start_at == "focus" and focus_z is not None:
        wanted = round(focus_z)
    return max(0, min(slices - 1, wanted))


def default_channels(names: Sequence[str], own_colors: Sequence[str] = ()) -> tuple[ChannelView, ...]:
    """The files' own colours where they tell the channels apart; an alpha channel is hidden.

    Else grey for a single channel, its own colours for RGB, else colours that can be told apart when they overlap.
    """
    own = list(own_colors) if len(own_colors) == len(names) else [""] * len(names)
    if len(names) == 1:
        return (ChannelView(names[0], own[0] or "#FFFFFF"),)
    if tuple(names[:3]) == tuple(_RGB) and len(names) <= 4:  # a photograph, not three stains
        return tuple(ChannelView(name, _RGB.get(name, "#FFFFFF"), name in _RGB) for name in names)
    if len(set(own)) == 1:
        own = [""] * len(names)
    # More channels than colours: all at once would be white
    shown = len(names) if len(names) <= len(_PALETTE) else 4
    return tuple(ChannelView(name, own[i] or _PALETTE[i % len(_PALETTE)], i < shown) for i, name in enumerate(names))
