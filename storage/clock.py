"""Times as text that compares, and a clock that never runs backwards."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_LAST_YEAR = 2999
"""A time beyond it is an error, and must not drag the clock of everybody along."""

_FIRST = "1970-01-01T00:00:00.000000+00:00"

_OUR_FORM = re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", re.ASCII)


def now() -> str:
    """Return the time: ISO 8601, UTC, always six digits of a second, `+00:00`."""
    return _text(datetime.now(UTC))


def later_than(latest: str) -> str:
    """Return the time, or one microsecond after `latest` (empty: none) where the clock is behind it, or mad."""
    wall = now()
    if wall > latest and parse_time(wall):
        return wall
    return just_after(latest or _FIRST)


def just_after(moment: str) -> str:
    """Return the time one microsecond after a time of `now`."""
    later = datetime.fromisoformat(moment) + timedelta(microseconds=1)
    return _text(later) if later.year <= _LAST_YEAR else moment


def parse_time(text: object) -> str | None:
    """Return any ISO 8601 time in the form of `now`; None if it is none. Without an offset it counts as UTC."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not UTC:
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if _OUR_FORM.fullmatch(text):
        return text
    return _text(moment) if 1970 <= moment.year <= _LAST_YEAR else None


def file_time(moment: str) -> str:
    """Return a time of `now` in a form for file names, to the second: `20261120T172926Z`."""
    return moment[:19].replace("-", "").replace(":", "") + "Z"


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
