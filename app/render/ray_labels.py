"""GLSL of overlays in the volume: along each ray the first object that is to be seen, lit as a surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.render.label_layer import LOOKUP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.render.label_layer import LabelLayer

_REACH = 1.5
"""Voxels from a surface at which its slope is taken: nearer, the steps of the voxels would be seen as slopes."""

_FIND = """
uniform vec3 u_first{i};
uniform vec3 u_last{i};
uniform float u_contour{i};
vec3 lit{i}(vec3 color, vec3 at, float here, vec3 toward) {{
    vec3 slope = vec3(0.0);
    for (int x = -1; x <= 1; x++) for (int y = -1; y <= 1; y++) for (int z = -1; z <= 1; z++) {{
        vec3 way = vec3(float(x), float(y), float(z));
        if (texture3D(u_labels{i}, at + {reach} * way / u_size).r == here) slope += way / max(length(way), 1.0);
    }}
    slope /= u_voxel;
    float steep = length(slope);
    float facing = steep > 0.01 ? abs(dot(slope / steep, toward)) : 1.0;
    color *= 0.3 + 0.7 * facing;
    if (u_contour{i} > 0.0) {{
        for (int axis = 0; axis < 3; axis++) for (int side = -1; side <= 1; side += 2) {{
            vec3 way = vec3(axis == 0 ? 1.0 : 0.0, axis == 1 ? 1.0 : 0.0, axis == 2 ? 1.0 : 0.0) * float(side);
            float other = texture3D(u_labels{i}, at + u_contour{i} * way / u_size).r;
            if (other > 0.0 && other != here) return 0.3 * color;
        }}
    }}
    return color;
}}
vec4 find{i}(vec3 near, vec3 ray, float start, float end) {{
    vec3 to_first = (u_first{i} - near) / ray;
    vec3 to_last = (u_last{i} - near) / ray;
    vec3 enter = min(to_first, to_last);
    vec3 leave = max(to_first, to_last);
    float first = max(max(enter.x, enter.y), max(enter.z, start));
    float last = min(min(leave.x, leave.y), min(leave.z, end));
    if (last <= first) return vec4(0.0);
    vec3 inside = ray * (last - first);
    float layers = max(max(abs(inside.x), abs(inside.y)), abs(inside.z));
    int steps = int(max(1.0, ceil(layers / u_step - 0.001)));
    vec3 delta = inside / float(steps) / u_size;
    vec3 at = (near + ray * first) / u_size + 0.5 * delta;
    float before = 0.0;
    for (int step = 0; step < steps; step++) {{
        float here = texture3D(u_labels{i}, at).r;
        if (here != before) {{
            before = here;
            vec4 found = here > 0.0 ? look_up{i}(here) : vec4(0.0);
            // What the block's side or the cut lays open is flat: there is no surface to light
            bool is_cut = step == 0 && first == start;
            if (found.a > 0.0) {{
                if (!is_cut) found.rgb = lit{i}(found.rgb, at, here, normalize(ray * u_voxel));
                return found;
            }}
        }}
        at += delta;
    }}
    return vec4(0.0);
}}
"""


def label_functions(count: int) -> str:
    """Return `find_i(near, ray, start, end)` for so many overlays: the colour and opacity of what the ray meets."""
    parts = ("".join((LOOKUP, _FIND)).format(i=f"_{i}", reach=_REACH) for i in range(count))
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
