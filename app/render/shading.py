"""GLSL shared by slices and volumes: from texels of packed channels to one colour."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from vispy.gloo import Texture2D

from app.render.packing import GROUP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.render.textures import BlockTextures

Color = tuple[float, float, float]

_ENTRIES = 256


@dataclass(frozen=True)
class ChannelLook:
    """How one channel is drawn.

    A value v gives t = (v - low) / (high - low), or, where `cofactor` c is above 0,
    t = (asinh(v / c) - asinh(low / c)) / (asinh(high / c) - asinh(low / c)); clipped to 0..1; then t ** gamma, so that
    a gamma above 1 darkens and one below 1 brightens what is dim. The colour of that (`colormap`, 256 colours, or from
    black to `color`; r, g, b in 0..1) times `opacity` is added to that of the other channels.
    """

    visible: bool
    color: Color
    low: float
    high: float
    gamma: float = 1.0
    opacity: float = 1.0
    colormap: tuple[Color, ...] = ()
    cofactor: float = 0.0


def alone_looks(looks: Sequence[ChannelLook], channel: int) -> tuple[ChannelLook, ...]:
    """The looks of all channels where only this one is seen."""
    return tuple(replace(look, visible=number == channel) for number, look in enumerate(looks))


@dataclass(frozen=True)
class ShaderKind:
    """What a shader must be able to do. What nobody asks for is left out of it: without a GPU each line costs."""

    groups: int
    has_gamma: bool = False
    has_arcsinh: bool = False
    has_colormap: bool = False


def kind_for(looks: Sequence[ChannelLook], groups: int) -> ShaderKind:
    """The least shader that draws channels so, packed into so many textures."""
    shown = [look for look in looks if look.visible]
    return ShaderKind(
        groups,
        any(look.gamma != 1.0 for look in shown),
        any(look.cofactor > 0.0 for look in shown),
        any(look.colormap for look in shown),
    )


def declarations(kind: ShaderKind) -> str:
    """Uniforms and functions: `level_g` contrast of a texel, `tone_g` its gamma, `mix_g` its colour; `shade` all of it.

    `u_shown_g` is the opacity of each channel, 0 for a hidden one.
    """
    lines = []
    for g in range(kind.groups):
        lines += [
            f"uniform sampler3D u_texture_{g};",
            f"uniform vec4 u_low_{g};",
            f"uniform vec4 u_gain_{g};",
            f"uniform vec4 u_shown_{g};",
            *_level(kind, g),
            *_tone(kind, g),
            *_mix(kind, g),
        ]
    arguments = ", ".join(f"vec4 t{g}" for g in range(kind.groups))
    terms = " + ".join(f"mix_{g}(tone_{g}(level_{g}(t{g})))" for g in range(kind.groups))
    lines.append(f"vec3 shade({arguments}) {{ return min({terms}, 1.0); }}")
    return "\n".join(lines)


def _level(kind: ShaderKind, g: int) -> list[str]:
    if not kind.has_arcsinh:
        return [f"vec4 level_{g}(vec4 t) {{ return clamp((t - u_low_{g}) * u_gain_{g}, 0.0, 1.0); }}"]
    # asinh itself came to GLSL later than what every driver understands
    return [
        f"uniform vec4 u_offset_{g};",
        f"uniform vec4 u_scale_{g};",
        f"uniform vec4 u_arcsinh_{g};",
        f"vec4 level_{g}(vec4 t) {{",
        f"    vec4 v = t * u_scale_{g} + u_offset_{g};",
        "    vec4 curved = sign(v) * log(abs(v) + sqrt(v * v + 1.0));",
        f"    return clamp((mix(v, curved, u_arcsinh_{g}) - u_low_{g}) * u_gain_{g}, 0.0, 1.0);",
        "}",
    ]


def _tone(kind: ShaderKind, g: int) -> list[str]:
    if not kind.has_gamma:
        return [f"vec4 tone_{g}(vec4 l) {{ return l; }}"]
    return [f"uniform vec4 u_gamma_{g};", f"vec4 tone_{g}(vec4 l) {{ return pow(l, u_gamma_{g}); }}"]


def _mix(kind: ShaderKind, g: int) -> list[str]:
    if not kind.has_colormap:
        # One matrix product mixes four channels: its columns are their colours, black for a hidden channel
        return [f"uniform mat4 u_colors_{g};", f"vec3 mix_{g}(vec4 l) {{ return (u_colors_{g} * l).rgb; }}"]
    rows = "\n        + ".join(
        f"texture2D(u_maps_{g}, vec2(at.{axis}, {(position + 0.5) / GROUP})).rgb * u_shown_{g}.{axis}"
        for position, axis in enumerate("xyzw")
    )
    scale, shift = (_ENTRIES - 1) / _ENTRIES, 0.5 / _ENTRIES
    return [
        f"uniform sampler2D u_maps_{g};",
        f"vec3 mix_{g}(vec4 l) {{\n    vec4 at = l * {scale} + {shift};\n    return {rows};\n}}",
    ]


class ChannelUniforms:
    """Sets the uniforms of `declarations` in one program."""

    def __init__(self, program: Any, kind: ShaderKind) -> None:
        self._program, self._kind = program, kind
        self._maps: dict[int, tuple[Any, ...]] = {}

    def set_textures(self, textures: BlockTextures) -> None:
        """Draw this block: its textures, and its size as x, y, z."""
        z, y, x = textures.shape
        self._program["u_size"] = (float(x), float(y), float(z))
        for g, texture in enumerate(textures.textures):
            self._program[f"u_texture_{g}"] = texture

    def set_looks(self, looks: Sequence[ChannelLook], textures: BlockTextures) -> None:
        """Draw the channels so; the shader's kind must allow it. `looks` are of all channels, in the block's order."""
        for g in range(self._kind.groups):
            self._set_group(g, looks, textures)

    def _set_group(self, g: int, looks: Sequence[ChannelLook], textures: BlockTextures) -> None:
        low, gain, shown = np.zeros(GROUP, np.float32), np.zeros(GROUP, np.float32), np.zeros(GROUP, np.float32)
        gamma, offsets, scales, curved = np.ones((4, GROUP), np.float32) * [[1], [0], [1], [0]]
        colors = np.zeros((4, 4), np.float32)  # vispy hands rows to GL as columns
        places = textures.channels[g * GROUP : (g + 1) * GROUP]
        members = [looks[channel] if channel < len(looks) else None for channel in places]
        for position, look in enumerate(members):
            if look is None:
                continue
            packed = g * GROUP + position
            offset, scale = textures.offset[packed], textures.scale[packed]
            gamma[position] = look.gamma
            if look.visible:
                shown[position] = look.opacity
                colors[position, :3] = [look.opacity * part for part in look.color]
            if look.cofactor > 0.0:
                first, last = math.asinh(look.low / look.cofactor), math.asinh(look.high / look.cofactor)
                offsets[position], scales[position] = offset / look.cofactor, scale / look.cofactor
                low[position], gain[position], curved[position] = first, 1.0 / max(last - first, 1e-30), 1.0
            else:
                low[position] = (look.low - offset) / scale
                gain[position] = scale / max(look.high - look.low, 1e-30 * scale)
        values: dict[str, Any] = {"u_low": low, "u_gain": gain, "u_shown": shown}
        if self._kind.has_gamma:
            values["u_gamma"] = gamma
        if self._kind.has_arcsinh:
            values |= {"u_offset": offsets, "u_scale": scales, "u_arcsinh": curved}
        if not self._kind.has_colormap:
            values["u_colors"] = colors
        for name, value in values.items():
            self._program[f"{name}_{g}"] = value
        if self._kind.has_colormap:
            self._set_maps(g, members)

    def _set_maps(self, g: int, members: Sequence[ChannelLook | None]) -> None:
        key = tuple((look.colormap, look.color) if look else None for look in members)
        if self._maps.get(g) == key:
            return
        self._maps[g] = key
        ramp = np.linspace(0, 1, _ENTRIES)[:, None]
        table = np.zeros((GROUP, _ENTRIES, 3), np.float32)
        for position, look in enumerate(members):
            if look is not None:
                table[position] = look.colormap or ramp * look.color
        pixels = np.rint(table * 255).astype(np.uint8)
        self._program[f"u_maps_{g}"] = Texture2D(pixels, interpolation="linear", wrapping="clamp_to_edge")
