"""Two versions of one overlay while they are compared: where they differ, where one looks, what was chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.models.overlay import Overlay
    from core.painting.label_difference import Difference


@dataclass(eq=False)
class Comparison:
    """`mine` is edited; `shown` is the overlay that shows the differences, None before they are known."""

    mine: Overlay
    theirs: Overlay
    shown: Overlay | None = None
    regions: list[Difference] = field(default_factory=list)
    """In order of their first voxel."""
    place: int = -1
    """Of the region that is looked at; -1 for none."""
    looks: dict[Overlay, tuple[bool, int]] = field(default_factory=dict)
    """How all overlays were drawn before: visible, contour."""
    _kept: set[tuple[int, ...]] = field(default_factory=set)
    """Keys of the regions that are to stay as they are."""

    @property
    def current(self) -> Difference | None:
        """The region that is looked at."""
        return self.regions[self.place] if 0 <= self.place < len(self.regions) else None

    def left(self) -> list[Difference]:
        """Return the regions of which nothing was chosen yet."""
        return [region for region in self.regions if region.key not in self._kept]

    def set_regions(self, regions: list[Difference]) -> None:
        """They were found anew: stay at the one that was looked at, or at the next after it."""
        before = self.current
        self.regions = regions
        if before is None:
            self.place = min(self.place, len(regions) - 1)
            return
        first = _first(before)
        self.place = next((place for place, one in enumerate(regions) if _first(one) >= first), len(regions) - 1)

    def step(self, by: int) -> None:
        """Look at the next region, or the one before; after the last comes the first."""
        if self.regions:
            self.place = (
                (self.place + by) % len(self.regions) if self.place >= 0 else (0 if by > 0 else -1) % len(self.regions)
            )

    def keep(self, region: Difference) -> None:
        """It stays as it is in mine."""
        self._kept.add(region.key)

    def keep_all(self) -> None:
        """All stay as they are."""
        self._kept |= {region.key for region in self.regions}

    def taken(self, regions: list[Difference]) -> None:
        """They are in mine as in theirs now."""
        gone = {id(region) for region in regions}
        before = sum(id(region) in gone for region in self.regions[: max(0, self.place)])
        self.regions = [region for region in self.regions if id(region) not in gone]
        self.place = min(self.place - before, len(self.regions) - 1)

    def go_to_open(self) -> None:
        """Look at the first region, from here on, of which nothing was chosen yet; stay where there is none."""
        count = len(self.regions)
        for place in (at % count for at in range(max(0, self.place), max(0, self.place) + count)):
            if self.regions[place].key not in self._kept:
                self.place = place
                return


def _first(region: Difference) -> tuple[int, int]:
    return int(region.runs.row[0]), int(region.runs.start[0])
