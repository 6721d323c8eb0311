"""GLSL of overlays in the volume: along each ray the first object that is to be seen, lit as a surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.render.label_layer import lookup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.render.label_layer import LabelLayer

_REACH = 1.5
"""Voxels from a surface at which its slope is taken: nearer, the steps of the voxels would be seen as slopes."""

# Without a GPU both sides of a branch are run, but a loop ends when no pixel goes on: hence loops of at most one turn
_FIND = """
uniform vec3 u_first{i};
uniform vec3 u_last{i};
uniform float u_contour{i};
float same{i}(vec3 at, vec3 way, float here) {{
    return texture3D(u_labels{i}, at + way / u_size).r == here ? 1.0 : 0.0;
}}
vec3 along{i}(vec3 at, vec3 way, float here) {{
    return way * (same{i}(at, way, here) - same{i}(at, -way, here));
}}
float changes{i}(vec3 at, vec3 way, float here) {{
    float other = texture3D(u_labels{i}, at + u_contour{i} * way / u_size).r;
    return other > 0.0 && other != here ? 1.0 : 0.0;
}}
vec3 lit{i}(vec3 color, vec3 at, float here, vec3 toward) {{
    vec3 slope = along{i}(at, vec3({reach}, 0.0, 0.0), here) + along{i}(at, vec3(0.0, {reach}, 0.0), here)
               + along{i}(at, vec3(0.0, 0.0, {reach}), here) + along{i}(at, vec3({reach}, {reach}, {reach}), here)
               + along{i}(at, vec3({reach}, {reach}, -{reach}), here)
               + along{i}(at, vec3({reach}, -{reach}, {reach}), here)
               + along{i}(at, vec3(-{reach}, {reach}, {reach}), here);
    slope /= u_voxel;
    float steep = length(slope);
    float facing = steep > 0.01 ? abs(dot(slope / steep, toward)) : 1.0;
    return color * (0.3 + 0.7 * facing);
}}
vec4 find{i}(vec3 near, vec3 ray, float start, float end) {{
    vec3 to_first = (u_first{i} - near) / ray;
    vec3 to_last = (u_last{i} - near) / ray;
    vec3 enter = min(to_first, to_last);
    vec3 leave = max(to_first, to_last);
    float first = max(max(enter.x, enter.y), max(enter.z, start));
    float last = min(min(leave.x, leave.y), min(leave.z, end));
    vec3 inside = ray * max(0.0, last - first);
    float layers = max(max(abs(inside.x), abs(inside.y)), abs(inside.z));
    int steps = last > first ? int(max(1.0, ceil(layers / u_step - 0.001))) : 0;
    vec3 delta = inside / max(1.0, float(steps)) / u_size;
    vec3 at = (near + ray * first) / u_size + 0.5 * delta;
    vec4 color = vec4(0.0);
    float here = 0.0;
    // What the block's side or the cut lays open is flat: there is no surface to light
    bool is_cut = first == start;
    for (int turn = 0; turn < steps; turn++) {{
        here = texture3D(u_labels{i}, at).r;
        if ({is_seen}) break;
        at += delta;
        is_cut = false;
    }}
    for (int hit = {is_seen} ? 1 : 0; hit > 0; hit--) {{
        color = look_up{i}(here);
        vec3 plain = color.rgb;
        for (int light = is_cut ? 0 : 1; light > 0; light--) {{
            color.rgb = lit{i}(plain, at, here, normalize(ray * u_voxel));
        }}
        for (int edge = u_contour{i} > 0.0 ? 1 : 0; edge > 0; edge--) {{
            float most = changes{i}(at, vec3(1.0, 0.0, 0.0), here) + changes{i}(at, vec3(-1.0, 0.0, 0.0), here)
                       + changes{i}(at, vec3(0.0, 1.0, 0.0), here) + changes{i}(at, vec3(0.0, -1.0, 0.0), here)
                       + changes{i}(at, vec3(0.0, 0.0, 1.0), here) + changes{i}(at, vec3(0.0, 0.0, -1.0), here);
            if (most > 0.0) color.rgb *= 0.3;
        }}
    }}
    return color;
}}
"""
_ANY = "here > 0.0"
_VISIBLE = "here > 0.0 && texture2D(u_lookup{i}, place{i}(here)).a > 0.25"
"""Looking up each voxel takes time: only where some numbers are hidden."""


def hides(layers: Sequence[tuple[LabelLayer, tuple[int, int]]]) -> tuple[bool, ...]:
    """Return for each overlay whether some of its numbers are hidden: what `label_functions` and `label_mix` need."""
    return tuple(bool(layer.look.hidden) or layer.look.shows_only_selected for layer, _ in layers)


def label_functions(hidden: Sequence[bool]) -> str:
    """Return `find_i(near, ray, start, end)` for each overlay: the colour and opacity of what the ray meets."""
    parts = []
    for place, has_hidden in enumerate(hidden):
        i = f"_{place}"
        is_seen = (_VISIBLE if has_hidden else _ANY).format(i=i)
        parts.append(lookup(i) + _FIND.format(i=i, reach=_REACH, is_seen=is_seen))
    return "".join(parts)


def label_mix(count: int) -> str:
    """Return the code that lays the overlays, the first one lowest, over `color`."""
    return "\n".join(
        f"    {{ vec4 found = find_{i}(near, ray, start, end); color = mix(color, found.rgb, found.a); }}"
        for i in range(count)
    )


def set_labels(program: Any, layers: Sequence[tuple[LabelLayer, tuple[int, int]]]) -> None:
    """Set the uniforms; each overlay with the first slice, and the one after the last, that the GPU has got."""
    for i, (layer, (low, high)) in enumerate(layers):
        layer.apply(program, f"_{i}")
        bounds = layer.textures.bounds
        first, last = np.zeros(3), np.array(layer.textures.shape[::-1], float)
        if bounds is not None:
            first = np.array([part.start for part in bounds[::-1]], float)
            last = np.array([part.stop for part in bounds[::-1]], float)
        first[2], last[2] = max(first[2], low), min(last[2], high)
        program[f"u_first_{i}"], program[f"u_last_{i}"] = first, last
        program[f"u_contour_{i}"] = float(layer.look.contour)
