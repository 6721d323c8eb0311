"""One decision: a line of a journal."""

from __future__ import annotations

from typing import Any

import msgspec

VERSION = 1
OPEN = "open"
"""The kind of a journal's first line; its value is the path of the data folder."""
OLDER = "older"
"""The source of a line that was taken over from a snapshot."""

SLOTS = {
    "annotate": "annotate",
    "clear": "annotate",
    "unsure": "unsure",
    "flag": "flag",
    "comment": "comment",
    "final": "final",
    "final-clear": "final",
}
"""Which value of a block a kind of decision changes. Newer versions may know more kinds."""
FINAL = SLOTS["final"]
"""The one slot that belongs to the block and not to each annotator; only admins decide it."""

_VALUE_TYPES: dict[str, type] = {
    "annotate": int,
    "clear": type(None),
    "unsure": bool,
    "flag": bool,
    "comment": str,
    "final": int,
    "final-clear": type(None),
}


class Decision(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What one annotator decided about one block, as it stands in the journal.

    `v` is the version of the line's form; `t` the time, ISO 8601 in UTC with six digits of a second, so that
    times compare as text; `n` counts the lines of a session from 1 (0 is its first line, of kind `open`).
    `prev` is the value before, `ms` how many milliseconds the block was looked at, `undoes` the `n` of the line
    that this one takes back, `source` where the decision was made if not in this session, `by` who set a final label
    there, if that was not the annotator. A final label may have a `reason`, and the `rule` of consensus that was in
    use. `after` is the time at which a line counts among the others, if that is before `t`: what is taken back comes
    just after what it takes back, so that whatever somebody else decided since then stays.
    """

    v: int
    t: str
    n: int
    annotator: str
    session: str
    kind: str
    block: str = ""
    value: Any = None
    prev: Any = None
    ms: int | None = None
    undoes: int | None = None
    source: str | None = None
    by: str | None = None
    reason: str | None = None
    rule: str | None = None
    after: str | None = None


def is_valid(kind: str, value: object) -> bool:
    """Tell whether `kind` is known here and `value` fits it: classes are positive, and True is not 1."""
    needed = _VALUE_TYPES.get(kind)
    return type(value) is needed and (needed is not int or value > 0)  # type: ignore[operator]


def encode_line(decision: Decision) -> bytes:
    """Return the line of a journal, with its line end. Raises ValueError for text that UTF-8 cannot hold."""
    return msgspec.json.encode(decision) + b"\n"
