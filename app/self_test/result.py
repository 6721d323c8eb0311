"""What came of one check, and how it travels as a line of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

OK, FAILED, SKIPPED = "ok", "failed", "skipped"


class Failure(Exception):  # noqa: N818 - it is what a check says, not a fault of the check
    """A check found that a part does not work; the text is for people."""


class Skip(Exception):  # noqa: N818
    """A check has nothing to look at here; the text says why."""


@dataclass(frozen=True)
class Result:
    """`outcome` is OK, FAILED or SKIPPED; `sentence` what was found, for people."""

    name: str
    outcome: str
    seconds: float
    sentence: str

    def to_line(self) -> str:
        """One line of JSON, without its end."""
        return json.dumps(asdict(self), ensure_ascii=False)


def from_line(line: str) -> Result:
    """What `to_line` wrote."""
    return Result(**json.loads(line))


def demand(is_so: object, sentence: str) -> None:
    """Fail a check with this sentence unless `is_so`."""
    if not is_so:
        raise Failure(sentence)
