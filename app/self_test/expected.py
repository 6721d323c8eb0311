"""Slow, obvious numpy for what the GPU draws: contrast, colours, and rays along an axis. The tests use it, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.render.rendering import Rendering
    from app.render.shading import ChannelLook


def toned(values: NDArray[Any], look: ChannelLook, with_gamma: bool = True) -> NDArray[np.float64]:
    """Return the contrast of values, in 0..1."""
    if look.cofactor:
        ends = np.arcsinh(np.array([look.low, look.high]) / look.cofactor)
        level = (np.arcsinh(values.astype(float) / look.cofactor) - ends[0]) / (ends[1] - ends[0])
    else:
        level = (values.astype(float) - look.low) / (look.high - look.low)
    level = np.clip(level, 0, 1)
    return np.asarray(level**look.gamma) if with_gamma else level


def colored(tone: NDArray[np.float64], look: ChannelLook) -> NDArray[np.float64]:
    """Return the colour (..., 3) of a contrast in 0..1."""
    if not look.visible:
        return np.zeros((*tone.shape, 3))
    if look.colormap:
        table = np.array(look.colormap)
        return look.opacity * np.stack(
            [np.interp(tone, np.linspace(0, 1, len(table)), table[:, part]) for part in range(3)], -1
        )
    return np.asarray(look.opacity * tone[..., None] * np.array(look.color))


def cast(
    rendering: Rendering, channels: Sequence[NDArray[Any]], looks: Sequence[ChannelLook], length: float
) -> NDArray[np.float64]:
    """Return the colours (rows, columns, 3) of rays along the first axis; `length` is that of a step."""
    shown = [(data, look) for data, look in zip(channels, looks, strict=True) if look.visible]
    if rendering.mode == "translucent":
        return _translucent(rendering, shown, length)
    mixed = np.zeros((*channels[0].shape[1:], 3))
    for data, look in shown:
        match rendering.mode:
            case "mip":
                tone = toned(data.max(axis=0), look)
            case "minip":
                tone = toned(data.min(axis=0), look)
            case "average":
                tone = toned(data.mean(axis=0), look)
            case "additive":
                total = toned(data, look, with_gamma=False).sum(axis=0) * length
                tone = (1 - np.exp(-rendering.density * total)) ** look.gamma
            case "attenuated":
                level = toned(data, look, with_gamma=False)
                before = (np.cumsum(level, axis=0) - level) * length
                tone = (level * np.exp(-rendering.attenuation * before)).max(axis=0) ** look.gamma
            case _:
                raise ValueError(rendering.mode)
        mixed += colored(tone, look)
    return np.minimum(mixed, 1.0)


def _translucent(
    rendering: Rendering, shown: Sequence[tuple[NDArray[Any], ChannelLook]], length: float
) -> NDArray[np.float64]:
    color = np.zeros((*shown[0][0].shape[1:], 3))
    light = np.ones(shown[0][0].shape[1:])
    for layer in range(len(shown[0][0])):
        cover = np.zeros_like(light)
        mixed = np.zeros_like(color)
        for data, look in shown:
            tone = toned(data[layer], look)
            cover += tone * look.opacity
            mixed += colored(tone, look)
        through = np.exp(-rendering.density * length * cover)
        color += (light * (1 - through) / np.maximum(cover, 1e-6))[..., None] * mixed
        light = light * through
    return np.minimum(color, 1.0)
