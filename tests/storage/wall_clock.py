"""A clock on the wall of each computer: what storage takes for the time, set by a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from storage import clock

if TYPE_CHECKING:
    import pytest


class WallClock:
    """Stands still until it is moved; `offset` is by how much the clock of the computer in use is wrong."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reset()
        wall = self

        class Moment(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Moment:
                shown = wall.moment + wall.offset
                return cls.combine(shown.date(), shown.timetz()).astimezone(tz)

        monkeypatch.setattr(clock, "datetime", Moment)
        monkeypatch.setattr("time.time", lambda: (self.moment + self.offset).timestamp())

    def reset(self) -> None:
        """Set it to the time, by which the file system goes, too."""
        self.moment = datetime.now(UTC).replace(microsecond=0)
        self.offset = timedelta()

    def passes(self, seconds: float) -> None:
        """Let time pass, on every computer."""
        self.moment += timedelta(seconds=seconds)

    def shown(self) -> str:
        """Return what the computer in use takes for the time."""
        return (self.moment + self.offset).isoformat(timespec="microseconds")
