"""One overlay of the canvas: its texture of numbers, and the texture in which their colours are looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from vispy.gloo import Texture2D

from app.render.label_look import STRONGER, color_table

if TYPE_CHECKING:
    from app.render.label_look import LabelLook
    from app.render.label_textures import LabelTextures

_LOOKUP = """
uniform sampler3D u_labels{i};
uniform sampler2D u_lookup{i};
uniform float u_levels{i};
uniform float u_opacity{i};
vec2 place{i}(float texel) {{
    // The sample is a share of 255 or 65535: rounded, for cut off it would be the number before now and then
    float slot = floor(texel * u_levels{i} + 0.5);
    float row = floor(slot / 256.0);
    return (vec2(slot - 256.0 * row, row) + 0.5) / vec2(256.0, u_levels{i} > 256.0 ? 256.0 : 1.0);
}}
vec4 look_up{i}(float texel) {{
    vec4 found = texture2D(u_lookup{i}, place{i}(texel));
    found.a = found.a > 0.75 ? min(1.0, u_opacity{i} + {stronger}) : found.a > 0.25 ? u_opacity{i} : 0.0;
    return found;
}}
"""


def lookup(i: str = "") -> str:
    """Return GLSL of `look_up`: colour and opacity of a sample; `i` tells several overlays of one shader apart."""
    return _LOOKUP.format(i=i, stronger=STRONGER)


class LabelLayer:
    """Changing what is hidden, selected or coloured uploads only the colours."""

    def __init__(self, textures: LabelTextures, look: LabelLook) -> None:
        self.textures, self.look = textures, look
        self._lookup: Any = None
        self._shows: tuple[Any, ...] = ()

    def renew(self) -> None:
        """Make the texture of colours anew."""
        self._lookup, self._shows = None, ()

    @property
    def is_ready(self) -> bool:
        """Whether there are colours to look up."""
        return self._lookup is not None

    def prepare(self) -> None:
        """Bring the colours up to date."""
        numbers = self.textures.slots.numbers
        shows = (len(numbers), self.look.table_key())
        if shows == self._shows:
            return
        self._shows = shows
        size = (1, 256) if self.textures.bits == 8 else (256, 256)
        table = np.zeros((size[0] * size[1], 4), np.uint8)
        table[: len(numbers)] = color_table(self.look, numbers)
        if self._lookup is None:
            self._lookup = Texture2D(
                (*size, 4), format="rgba", internalformat="rgba8", interpolation="nearest", wrapping="clamp_to_edge"
            )
        self._lookup.set_data(table.reshape(*size, 4))

    def apply(self, program: Any, i: str = "") -> None:
        """Set the uniforms of `lookup`."""
        program[f"u_labels{i}"], program[f"u_lookup{i}"] = self.textures.texture, self._lookup
        program[f"u_levels{i}"] = float((1 << self.textures.bits) - 1)
        program[f"u_opacity{i}"] = self.look.opacity
