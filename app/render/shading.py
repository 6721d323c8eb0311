"""GLSL shared by the slice and the volume: from texels of packed channels to one colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from app.render.packing import GROUP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.render.textures import BlockTextures


@dataclass(frozen=True)
class ChannelLook:
    """How one channel is drawn: colour as r, g, b in 0..1; limits in the data's own values."""

    visible: bool
    color: tuple[float, float, float]
    low: float
    high: float


def declarations(groups: int) -> str:
    """Uniforms and the function `shade(t0, t1, ...)` that adds up the channels of all groups."""
    lines = []
    for g in range(groups):
        lines += [
            f"uniform sampler3D u_texture_{g};",
            f"uniform vec4 u_low_{g};",
            f"uniform vec4 u_gain_{g};",
            f"uniform mat4 u_colors_{g};",
        ]
    arguments = ", ".join(f"vec4 t{g}" for g in range(groups))
    # One matrix product mixes four channels: its columns are their colours, black for a hidden channel
    terms = " + ".join(f"u_colors_{g} * clamp((t{g} - u_low_{g}) * u_gain_{g}, 0.0, 1.0)" for g in range(groups))
    lines.append(f"vec3 shade({arguments}) {{ return min(({terms}).rgb, 1.0); }}")
    return "\n".join(lines)


def apply_textures(program: Any, textures: BlockTextures) -> None:
    """Set the uniforms that say which block is drawn: the textures of `declarations`, and its size as x, y, z."""
    z, y, x = textures.shape
    program["u_size"] = (float(x), float(y), float(z))
    for g, texture in enumerate(textures.textures):
        program[f"u_texture_{g}"] = texture


def apply_looks(program: Any, looks: Sequence[ChannelLook], textures: BlockTextures) -> None:
    """Set the uniforms of `declarations` for these channels."""
    for g in range(len(textures.textures)):
        low, gain = np.zeros(GROUP, np.float32), np.zeros(GROUP, np.float32)
        colors = np.zeros((4, 4), np.float32)  # vispy hands rows to GL as columns
        for position in range(GROUP):
            channel = g * GROUP + position
            if channel >= len(looks):
                break
            look = looks[channel]
            scale = textures.scale[channel]
            low[position] = (look.low - textures.offset[channel]) / scale
            gain[position] = scale / max(look.high - look.low, 1e-30 * scale)
            if look.visible:
                colors[position, :3] = look.color
        program[f"u_low_{g}"] = low
        program[f"u_gain_{g}"] = gain
        program[f"u_colors_{g}"] = colors
