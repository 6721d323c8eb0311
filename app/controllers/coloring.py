"""Colouring the channels: which are shown, in which order and colours, and what is remembered of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.models.current_view import ChannelView, CurrentView, ViewState, default_channels
from app.models.screen import Stage
from app.render.shading import ChannelLook
from app.settings import DataSetSettings
from app.views.channel_rows import ChannelItem
from core.display.colormaps import COLOR_SETS, NAMES, Table, spread, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from app.controllers.deferring import Deferring
    from app.models.block_cache import LoadedBlock
    from app.models.screen import OnScreen, Screen
    from app.render.canvas import Canvas
    from app.views.viewer_window import ViewerWindow

_VIRIDIS = "Viridis"
COLORMAPS = (("", "One colour"), *((name, name) for name in (NAMES[0], _VIRIDIS, *NAMES[1:])))
"""Name of each colormap, and the text for it."""


class Coloring(QObject):
    """Applies what differs between the old and the new channels, and nothing else."""

    settings_changed = Signal()
    """What is remembered for the data set is different now."""

    def __init__(
        self, window: ViewerWindow, canvas: Canvas, view: CurrentView, screen: Screen, deferring: Deferring
    ) -> None:
        super().__init__()
        self._window, self._canvas, self._view, self._deferring = window, canvas, view, deferring
        self._panel = window.side.channels
        self.settings = DataSetSettings()
        self._loaded: LoadedBlock | None = None
        self._channel_names: tuple[str, ...] = ()
        self._before_only: tuple[int, ...] = ()
        self._awaited: dict[int, tuple[float, float]] = {}
        view.changed.connect(self._on_view_changed)
        screen.changed.connect(self._on_screen_changed)
        window.channel_requested.connect(self._on_channel_key)
        window.only_channel_requested.connect(self._on_only_key)
        panel = self._panel
        panel.auto_policy_requested.connect(self._on_auto_policy_requested)
        panel.color_requested.connect(self._on_color_requested)
        panel.sets.set_color_sets(tuple(COLOR_SETS))
        panel.sets.colors_requested.connect(self._on_colors_requested)
        panel.list.selected.connect(self._on_selected)
        panel.list.visible_requested.connect(self._on_visible_requested)
        panel.list.only_requested.connect(self.show_only)
        panel.list.limits_requested.connect(self.set_limits)
        panel.list.auto_requested.connect(self._on_auto_requested)
        panel.list.move_requested.connect(self._on_move_requested)
        contrast = panel.contrast
        contrast.set_colormaps(COLORMAPS)
        contrast.limits_requested.connect(self.set_limits)
        contrast.auto_requested.connect(self._on_auto_requested)
        contrast.reset_requested.connect(self._on_reset_requested)
        contrast.gamma_requested.connect(self._on_gamma_requested)
        contrast.opacity_requested.connect(self._on_opacity_requested)
        contrast.colormap_requested.connect(self._on_colormap_requested)
        contrast.cofactor_requested.connect(self._on_cofactor_requested)

    # The data set and the block

    def set_data_set(self, settings: DataSetSettings, channel_names: Sequence[str]) -> None:
        """What this annotator chose here before; `channel_names` of classes.json go before those of the files."""
        self.settings = settings
        self._channel_names = tuple(channel_names)
        self._loaded = None
        self._before_only = ()
        self._awaited.clear()
        self._view.change(channels=(), order=(), selected=0, is_auto=settings.auto_contrast)
        self._panel.set_auto_policy(settings.auto_contrast)

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block: give it its channels and limits."""
        self._loaded = loaded
        self._awaited.clear()
        names = [self._name(i, channel.name) for i, channel in enumerate(loaded.image.channels)]
        state = self._view.state
        channels, is_new = state.channels, [c.name for c in state.channels] != names
        if is_new:
            own = [channel.color for channel in loaded.image.channels]
            channels = tuple(self._remembered(c) for c in default_channels(names, own))
            self._before_only = ()
        limits = [self._first_limits(i, channel.name) for i, channel in enumerate(channels)]
        channels = tuple(replace(c, low=low, high=high) for c, (low, high) in zip(channels, limits, strict=True))
        if is_new:
            selected = state.channels[state.selected].name if state.channels else ""
            self._view.set_channels(channels, self.settings.channel_order, selected)
        else:
            self._view.change(channels=channels)
        self._tell_looks(self._view.state)  # also where nothing differs: the textures are others

    def show_time(self, loaded: LoadedBlock) -> None:
        """The next frame shows another time point of the same block: its channels stay as they are."""
        self._loaded = loaded

    def _name(self, channel: int, own: str) -> str:
        return self._channel_names[channel] if channel < len(self._channel_names) else own

    def _remembered(self, channel: ChannelView) -> ChannelView:
        known = self.settings.channels.get(channel.name)
        if known is None:
            return channel
        look = known.cleaned()
        return replace(
            channel,
            color=look.color or channel.color,
            visible=look.visible,
            gamma=look.gamma,
            opacity=look.opacity,
            colormap=look.colormap,
            cofactor=look.cofactor,
        )

    def _first_limits(self, channel: int, name: str) -> tuple[float, float]:
        known = None if self._view.state.is_auto else self.settings.channels.get(name)
        if known is None or known.low is None or known.high is None or known.high <= known.low:
            return self.auto_limits(channel)
        return known.low, known.high

    def auto_limits(self, channel: int) -> tuple[float, float]:
        """Limits from this block, to be used at once: all its range until they are counted, and then those."""
        assert self._loaded is not None
        counted = self._loaded.counted.get(channel)
        if counted is not None:
            return counted
        self._awaited[channel] = self._loaded.data_limits[channel]
        return self._awaited[channel]

    def take_limits(self) -> None:
        """More channels of this block have been counted."""
        if self._loaded is None:
            return
        channels, ready = list(self._view.state.channels), [i for i in self._awaited if i in self._loaded.counted]
        for i in ready:
            if (channels[i].low, channels[i].high) == self._awaited.pop(i):  # else somebody has set others
                low, high = self._loaded.counted[i]
                channels[i] = replace(channels[i], low=low, high=high)
        if ready:
            self._view.change(channels=tuple(channels))
            if not self._view.state.is_auto:
                self.remember()

    # Wishes that are actions

    def auto_contrast(self) -> None:
        """Limits of all channels from this block."""
        if self._loaded is not None:
            channels = []
            for i, channel in enumerate(self._view.state.channels):
                low, high = self.auto_limits(i)
                channels.append(replace(channel, low=low, high=high))
            self._view.change(channels=tuple(channels))
            self.remember()

    def next_channel(self) -> None:
        """Select the one below in the list."""
        self._select_beside(1)

    def previous_channel(self) -> None:
        """Select the one above in the list."""
        self._select_beside(-1)

    def show_only_selected(self) -> None:
        """Show only the selected channel, or again what was shown."""
        self.show_only(self._view.state.selected)

    def show_all(self) -> None:
        """Show every channel."""
        self._show(range(len(self._view.state.channels)))

    def hide_all(self) -> None:
        """Show none."""
        self._show(())

    # Wishes of the panels

    def show_only(self, channel: int) -> None:
        """Show one channel; where it is the only one already, what was shown before."""
        channels = self._view.state.channels
        if channel >= len(channels):
            return
        shown = tuple(i for i, c in enumerate(channels) if c.visible)
        if shown == (channel,) and self._before_only:
            before, self._before_only = self._before_only, ()
            self._show(before)
            return
        if len(shown) != 1:  # from one to another the first choice is still what was shown before
            self._before_only = shown
        self._view.change(selected=channel)
        self._show((channel,))

    def set_limits(self, channel: int, low: float, high: float) -> None:
        """Limits by hand, in the data's values."""
        self.keep_contrast((channel,))
        self._change(channel, low=low, high=high)

    def keep_contrast(self, channels: Iterable[int]) -> None:
        """Limits of these were set by hand, and would be gone with the next block: keep them from now on."""
        for channel in channels:  # also where they are those that stood in for the ones to be counted
            self._awaited.pop(channel, None)
        if self._view.state.is_auto:
            self._view.change(is_auto=False)
            self._window.area.messages.tell("Contrast is kept over blocks from now on (panel at the right).")

    def waiting(self) -> frozenset[str]:
        """The names of channels whose limits are not counted yet: others stand in for them."""
        channels = self._view.state.channels
        return frozenset(
            channels[i].name for i, limits in self._awaited.items() if (channels[i].low, channels[i].high) == limits
        )

    def remember(self) -> None:
        """Keep how the channels are looked at; limits that stand in for others are not worth keeping."""
        state = self._view.state
        self.settings.auto_contrast = state.is_auto
        self.settings.take_channels(state.channels, self.waiting())
        if state.order != tuple(range(len(state.order))):
            self.settings.channel_order = [state.channels[i].name for i in state.order]
        else:
            self.settings.channel_order = []
        self.settings_changed.emit()

    def _change(self, channel: int, **fields: Any) -> None:
        if channel < len(self._view.state.channels):
            self._view.change_channel(channel, **fields)
            self.remember()

    def _show(self, channels: Sequence[int]) -> None:
        self._view.show_only(channels)
        self.remember()

    def _select_beside(self, step: int) -> None:
        state = self._view.state
        if state.order:
            at = state.order.index(state.selected) + step
            self._view.change(selected=state.order[max(0, min(len(state.order) - 1, at))])

    def _on_screen_changed(self, now: OnScreen) -> None:
        if now.stage in (Stage.FAILED, Stage.NOTHING):
            self._loaded = None

    def _on_channel_key(self, place: int) -> None:
        state = self._view.state
        if place < len(state.order):
            self._on_visible_requested(state.order[place], not state.channels[state.order[place]].visible)

    def _on_only_key(self, place: int) -> None:
        if place < len(self._view.state.order):
            self.show_only(self._view.state.order[place])

    def _on_selected(self, channel: int) -> None:
        self._view.change(selected=channel)

    def _on_visible_requested(self, channel: int, visible: bool) -> None:
        self._change(channel, visible=visible)

    def _on_color_requested(self, channel: int, color: str) -> None:
        self._change(channel, color=color, colormap="")

    def _on_colors_requested(self, color_set: str) -> None:
        """The colours of a set for the channels that are shown, in the order of the list."""
        state = self._view.state
        shown = [i for i in state.order if state.channels[i].visible]
        channels = list(state.channels)
        for i, color in zip(shown, spread(color_set, len(shown)), strict=True):
            channels[i] = replace(channels[i], color=color, colormap="")
        self._view.change(channels=tuple(channels))
        self.remember()

    def _on_move_requested(self, channel: int, before: int) -> None:
        order = [i for i in self._view.state.order if i != channel]
        order.insert(order.index(before) if before >= 0 else len(order), channel)
        self._view.change(order=tuple(order))
        self.remember()

    def _on_gamma_requested(self, channel: int, gamma: float) -> None:
        self._change(channel, gamma=gamma)

    def _on_opacity_requested(self, channel: int, opacity: float) -> None:
        self._change(channel, opacity=opacity)

    def _on_colormap_requested(self, channel: int, colormap: str) -> None:
        self._change(channel, colormap=colormap)

    def _on_cofactor_requested(self, channel: int, cofactor: float) -> None:
        self._change(channel, cofactor=cofactor)

    def _on_auto_requested(self, channel: int) -> None:
        if self._loaded is not None:
            low, high = self.auto_limits(channel)
            self._change(channel, low=low, high=high)

    def _on_reset_requested(self, channel: int) -> None:
        if self._loaded is not None:
            self.keep_contrast((channel,))
            low, high = self._loaded.data_limits[channel]
            self._change(channel, low=low, high=high, gamma=1.0)

    def _on_auto_policy_requested(self, automatic: bool) -> None:
        self._view.change(is_auto=automatic)
        if automatic:
            self.auto_contrast()
        self.remember()

    # Showing the state

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if old.channels != new.channels:
            self._tell_looks(new)
        if old.order != new.order or old.selected != new.selected:
            self._deferring.later(self._tell_channels)
        if old.is_auto != new.is_auto:
            self._panel.set_auto_policy(new.is_auto)

    def _tell_looks(self, state: ViewState) -> None:
        self._canvas.set_looks([_look(c) for c in state.channels])
        self._deferring.later(self._tell_channels)

    def _tell_channels(self) -> None:
        state, loaded = self._view.state, self._loaded
        if loaded is None or len(loaded.data_limits) != len(state.channels):
            return
        items = []
        for place, i in enumerate(state.order):
            c, (least, greatest) = state.channels[i], loaded.data_limits[i]
            key = f"Alt+{place + 1}" if place < 9 else ""
            items.append(ChannelItem(i, c.name, ramp(c), c.visible, c.low, c.high, least, greatest, key))
        self._panel.set_channels(items, state.selected)


def ramp(channel: ChannelView) -> tuple[str, ...]:
    """A few colours of a channel from its lower to its upper limit, as #RRGGBB."""
    return _few_colors(channel.colormap) or ("#000000", channel.color)


def _look(c: ChannelView) -> ChannelLook:
    return ChannelLook(c.visible, _rgb(c.color), c.low, c.high, c.gamma, c.opacity, _colormap(c.colormap), c.cofactor)


@cache
def _colormap(name: str) -> Table | tuple[()]:
    """The 256 colours of that name; none for an unknown one: settings and marker sets may come from elsewhere."""
    if name in NAMES:
        return table(name)
    if name == _VIRIDIS:
        from vispy.color import get_colormap

        colors = get_colormap("viridis").map(np.linspace(0, 1, 256))
        return tuple((float(r), float(g), float(b)) for r, g, b, _ in colors)
    return ()


@cache
def _few_colors(name: str) -> tuple[str, ...]:
    colors = _colormap(name)
    return tuple("#" + "".join(f"{round(255 * part):02X}" for part in color) for color in colors[::32] + colors[-1:])


def _rgb(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue
