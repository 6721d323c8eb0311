"""Colouring the channels: which are shown, their colours and contrast, and what is remembered of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.models.current_view import ChannelView, CurrentView, ViewState, default_channels
from app.models.screen import Stage
from app.render.shading import ChannelLook
from app.settings import ChannelLookSettings, DataSetSettings
from app.views.side_panel import ChannelItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.controllers.deferring import Deferring
    from app.models.block_cache import LoadedBlock
    from app.models.screen import OnScreen, Screen
    from app.render.canvas import Canvas
    from app.views.main_window import MainWindow


class Coloring(QObject):
    """Applies what differs between the old and the new channels, and nothing else."""

    settings_changed = Signal()
    """What is remembered for the data set is different now."""

    def __init__(
        self, window: MainWindow, canvas: Canvas, view: CurrentView, screen: Screen, deferring: Deferring
    ) -> None:
        super().__init__()
        self._window, self._canvas, self._view, self._deferring = window, canvas, view, deferring
        self.settings = DataSetSettings()
        self._loaded: LoadedBlock | None = None
        self._channel_names: tuple[str, ...] = ()
        view.changed.connect(self._on_view_changed)
        screen.changed.connect(self._on_screen_changed)
        window.channel_requested.connect(self._on_channel_key)
        side = window.side
        side.visible_requested.connect(self._on_visible_requested)
        side.color_requested.connect(self._on_color_requested)
        side.limits_requested.connect(self._on_limits_requested)
        side.auto_requested.connect(self._on_auto_requested)
        side.reset_requested.connect(self._on_reset_requested)
        side.auto_policy_requested.connect(self._on_auto_policy_requested)

    # The data set and the block

    def set_data_set(self, settings: DataSetSettings, channel_names: Sequence[str]) -> None:
        """What this annotator chose here before; `channel_names` of classes.json go before those of the files."""
        self.settings = settings
        self._channel_names = tuple(channel_names)
        self._loaded = None
        self._view.change(channels=(), is_auto=settings.auto_contrast)
        self._window.side.set_auto_policy(settings.auto_contrast)

    def show(self, loaded: LoadedBlock) -> None:
        """The next frame shows this block: give it its channels and limits."""
        self._loaded = loaded
        names = [self._name(i, channel.name) for i, channel in enumerate(loaded.image.channels)]
        state = self._view.state
        channels = state.channels
        if [c.name for c in channels] != names:
            own = [channel.color for channel in loaded.image.channels]
            channels = tuple(self._remembered(c) for c in default_channels(names, own))
        limits = [
            auto if state.is_auto else self._kept_limits(channel, auto)
            for channel, auto in zip(channels, loaded.auto_limits, strict=True)
        ]
        self._view.change(
            channels=tuple(
                ChannelView(c.name, c.color, c.visible, low, high)
                for c, (low, high) in zip(channels, limits, strict=True)
            )
        )
        self._tell_looks(self._view.state)  # also where nothing differs: the textures are others
        self._deferring.later(self._tell_block)

    def show_time(self, loaded: LoadedBlock) -> None:
        """The next frame shows another time point of the same block: its channels stay as they are."""
        self._loaded = loaded

    def _name(self, channel: int, own: str) -> str:
        return self._channel_names[channel] if channel < len(self._channel_names) else own

    def _remembered(self, channel: ChannelView) -> ChannelView:
        known = self.settings.channels.get(channel.name)
        return ChannelView(channel.name, known.color or channel.color, known.visible) if known else channel

    def _kept_limits(self, channel: ChannelView, auto: tuple[float, float]) -> tuple[float, float]:
        known = self.settings.channels.get(channel.name, ChannelLookSettings(""))
        if known.low is None or known.high is None or known.high <= known.low:
            return auto
        return known.low, known.high

    # Wishes

    def auto_contrast(self) -> None:
        """Limits of all channels from this block."""
        if self._loaded is not None:
            pairs = zip(self._view.state.channels, self._loaded.auto_limits, strict=True)
            self._view.change(channels=tuple(ChannelView(c.name, c.color, c.visible, *auto) for c, auto in pairs))
            self.remember()

    def _on_screen_changed(self, now: OnScreen) -> None:
        if now.stage in (Stage.FAILED, Stage.NOTHING):
            self._loaded = None

    def _on_channel_key(self, channel: int) -> None:
        if channel < len(self._view.state.channels):
            self._on_visible_requested(channel, not self._view.state.channels[channel].visible)

    def _on_visible_requested(self, channel: int, visible: bool) -> None:
        self._view.change_channel(channel, visible=visible)
        self.remember()

    def _on_color_requested(self, channel: int, color: str) -> None:
        self._view.change_channel(channel, color=color)
        self.remember()

    def _on_limits_requested(self, channel: int, low: float, high: float) -> None:
        self._keep_contrast()
        self._view.change_channel(channel, low=low, high=high)
        self.remember()

    def _on_auto_requested(self, channel: int) -> None:
        if self._loaded is not None:
            low, high = self._loaded.auto_limits[channel]
            self._view.change_channel(channel, low=low, high=high)
            self.remember()

    def _on_reset_requested(self, channel: int) -> None:
        if self._loaded is not None:
            self._keep_contrast()
            low, high = self._loaded.data_limits[channel]
            self._view.change_channel(channel, low=low, high=high)
            self.remember()

    def _on_auto_policy_requested(self, automatic: bool) -> None:
        self._view.change(is_auto=automatic)
        if automatic:
            self.auto_contrast()
        self.remember()

    def _keep_contrast(self) -> None:
        """Limits set by hand would be gone with the next block: keep them from now on."""
        if self._view.state.is_auto:
            self._view.change(is_auto=False)
            self._window.area.messages.tell("Contrast is kept over blocks from now on (panel at the right).")

    def remember(self) -> None:
        """Keep how the channels are looked at."""
        state = self._view.state
        self.settings.auto_contrast = state.is_auto
        self.settings.take_channels(state.channels)
        self.settings_changed.emit()

    # Showing the state

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if old.channels != new.channels:
            self._tell_looks(new)
        if old.is_auto != new.is_auto:
            self._window.side.set_auto_policy(new.is_auto)

    def _tell_looks(self, state: ViewState) -> None:
        self._canvas.set_looks([ChannelLook(c.visible, _rgb(c.color), c.low, c.high) for c in state.channels])
        self._deferring.later(self._tell_channels)

    def _tell_block(self) -> None:
        if self._loaded is None:
            return
        pairs = zip(self._loaded.data_limits, self._loaded.image.channels, strict=True)
        self._window.side.set_ranges(
            [(low, high, bool(np.issubdtype(c.data.dtype, np.integer))) for (low, high), c in pairs]
        )
        self._tell_channels()

    def _tell_channels(self) -> None:
        channels = self._view.state.channels
        self._window.side.set_channels([ChannelItem(c.name, c.color, c.visible, c.low, c.high) for c in channels])


def _rgb(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue
