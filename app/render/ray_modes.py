"""GLSL of the ways to turn the samples along a ray into a colour, each one pass over all channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.render.shading import ShaderKind

_BISECTIONS = 5
_REACH = 1.5
"""Voxels from a surface at which its slope is taken: nearer, the steps of the voxels would be seen as slopes."""


def ray_code(mode: str, kind: ShaderKind) -> tuple[str, str, str]:
    """Return the code before the loop, that of each step, and that after it, for one of rendering.MODES.

    In a step `position` is the place in texture coordinates, `step_length` its length d, `i` its number; after the
    loop `color` must be the colour. No ray is discarded: labels may be met where no channel is.
    """
    groups = range(kind.groups)

    def each(code: str) -> str:
        return "\n".join(code.format(g=g) for g in groups)

    samples = each("        vec4 s{g} = texture3D(u_texture_{g}, position);")
    if mode == "iso":
        return _surface(kind)
    match mode:
        case "mip":
            before, step = "vec4 t{g} = vec4(0.0);", "t{g} = max(t{g}, s{g});"
        case "minip":
            before, step = "vec4 t{g} = vec4(1.0);", "t{g} = min(t{g}, s{g});"
        case "average":
            before, step = "vec4 t{g} = vec4(0.0);", "t{g} += s{g};"
        case "attenuated":
            before = "vec4 t{g} = vec4(0.0); vec4 a{g} = vec4(0.0);"
            step = (
                "{{ vec4 l = level_{g}(s{g}); t{g} = max(t{g}, l * exp(-u_attenuation * a{g})); "
                "a{g} += l * step_length; }}"
            )
        case "additive":
            before, step = "vec4 t{g} = vec4(0.0);", "t{g} += level_{g}(s{g}) * step_length;"
        case "translucent":
            before, step = "", ""
        case _:
            raise ValueError(mode)
    if mode == "translucent":
        cover = each(
            "        vec4 l{g} = tone_{g}(level_{g}(s{g})); cover += dot(l{g}, u_shown_{g}); mixed += mix_{g}(l{g});"
        )
        return (
            "    vec3 color = vec3(0.0);\n    float light = 1.0;",
            f"""{samples}
        float cover = 0.0;
        vec3 mixed = vec3(0.0);
{cover}
        float through = exp(-u_density * step_length * cover);
        color += light * (1.0 - through) * mixed / max(cover, 1e-6);
        light *= through;
        if (light < 0.004) break;""",
            "    color = min(color, 1.0);",
        )
    arguments = ", ".join(f"t{g}" for g in groups)
    if mode in ("mip", "minip", "average"):
        after = each("    t{g} /= float(steps);") if mode == "average" else ""
        after += f"\n    vec3 color = shade({arguments});"
    else:
        after = each("    t{g} = 1.0 - exp(-u_density * t{g});") if mode == "additive" else ""
        after += "\n    vec3 color = min(" + " + ".join(f"mix_{g}(tone_{g}(t{g}))" for g in groups) + ", 1.0);"
    return each("    " + before), samples + "\n" + each("        " + step), after


def surface_functions(kind: ShaderKind) -> str:
    """`surface(at)`: how far the channels that were hit (`hit_g`) are above the threshold there; its gradient."""
    groups = range(kind.groups)
    terms = "\n".join(f"    {_most(f'hit_{g} * level_{g}(texture3D(u_texture_{g}, at))')}" for g in groups)
    hits = "\n".join(f"vec4 hit_{g} = vec4(0.0);" for g in groups)
    return f"""
{hits}
float surface(vec3 at) {{
    float most = 0.0;
{terms}
    return most - u_threshold;
}}
vec3 gradient(vec3 at) {{
    vec3 x = vec3({_REACH} / u_size.x, 0.0, 0.0);
    vec3 y = vec3(0.0, {_REACH} / u_size.y, 0.0);
    vec3 z = vec3(0.0, 0.0, {_REACH} / u_size.z);
    return vec3(surface(at + x) - surface(at - x), surface(at + y) - surface(at - y),
                surface(at + z) - surface(at - z)) / u_voxel;
}}
"""


def _most(vector: str) -> str:
    return f"{{ vec4 m = {vector}; most = max(most, max(max(m.x, m.y), max(m.z, m.w))); }}"


def _surface(kind: ShaderKind) -> tuple[str, str, str]:
    groups = range(kind.groups)
    tests = "\n".join(
        f"""        {{ vec4 l = level_{g}(texture3D(u_texture_{g}, position));
          hit_{g} = step(u_threshold, l) * step(0.001, u_shown_{g}); is_hit += dot(hit_{g}, vec4(1.0)); }}"""
        for g in groups
    )
    colors = " + ".join(f"mix_{g}(hit_{g})" for g in groups)
    return (
        "    float is_hit = 0.0;\n    bool is_cut = true;",
        f"""{tests}
        if (is_hit > 0.0) break;
        is_cut = false;""",
        f"""    vec3 color = is_hit > 0.0 ? min({colors}, 1.0) : vec3(0.0);
    if (!is_cut && is_hit > 0.0) {{
        // Between the last two steps
        vec3 back = position - delta;
        for (int i = 0; i < {_BISECTIONS}; i++) {{
            vec3 middle = 0.5 * (back + position);
            if (surface(middle) >= 0.0) position = middle; else back = middle;
        }}
        vec3 slope = gradient(position);
        float facing = abs(dot(normalize(slope + 1e-9), normalize(ray * u_voxel)));
        color = color * (0.25 + 0.75 * facing) + 0.2 * pow(facing, 40.0) * step(0.001, color);
    }}
    color = min(color, 1.0);""",
    )
