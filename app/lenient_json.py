"""Reads JSON of which one part is wrong: that part alone is left out, and named."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin

import msgspec

T = TypeVar("T", bound=msgspec.Struct)

_LONGEST = 60
_MISSING = object()


class BadValue(NamedTuple):
    """A value that could not be taken: its place with dots, and both values as JSON; `used` is empty for none."""

    name: str
    found: str
    used: str


def decode_leniently(data: bytes, kind: type[T]) -> tuple[T, list[BadValue]]:
    """Decode an object field by field: a bad one gets its default, a bad entry of a list or a table is left out.

    Raises
    ------
    msgspec.MsgspecError
        It is no JSON at all, or no object.
    """
    try:
        return msgspec.json.decode(data, type=kind), []
    except msgspec.ValidationError:
        raw = msgspec.json.decode(data)
    if not isinstance(raw, dict):
        raise msgspec.ValidationError("there is no object in it")
    bad: list[BadValue] = []
    value = _struct(raw, kind, "", bad)
    assert isinstance(value, kind), "every field of the outermost object has a default"
    return value, bad


def _struct(raw: dict[str, Any], kind: type[msgspec.Struct], place: str, bad: list[BadValue]) -> Any:
    """The struct with what can be taken; `_MISSING` where a field without a default is bad."""
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.encode_name in raw:
            before = len(bad)
            value = _value(raw[field.encode_name], field.type, f"{place}{field.name}", bad)
            if value is not _MISSING:
                values[field.name] = value
            elif field.required:
                return _MISSING
            elif len(bad) == before + 1:
                bad[-1] = bad[-1]._replace(used=_shown(_default(field)))
        elif field.required:
            bad.append(BadValue(f"{place}{field.name}", "", ""))
            return _MISSING
    return kind(**values)


def _value(raw: Any, kind: Any, place: str, bad: list[BadValue]) -> Any:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError:
        pass
    plain = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if isinstance(raw, dict) and isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        return _struct(raw, plain, f"{place}.", bad)
    if isinstance(raw, dict) and get_origin(plain) is dict:
        _, inner = get_args(plain)
        entries = ((name, _value(one, inner, f"{place}.{name}", bad)) for name, one in raw.items())
        return {name: one for name, one in entries if one is not _MISSING}
    if isinstance(raw, list) and get_origin(plain) is list:
        (inner,) = get_args(plain)
        parts = [_value(one, inner, f"{place}.{number}", bad) for number, one in enumerate(raw, 1)]
        return [one for one in parts if one is not _MISSING]
    bad.append(BadValue(place, _shown(raw), ""))
    return _MISSING


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default


def _shown(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
