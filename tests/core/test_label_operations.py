"""All operations on labels, in random order, against plain ones on the whole array; and all of it taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.painting import (
    label_difference,
    label_edit,
    label_fill,
    label_objects,
    label_outline,
    label_slices,
    label_split,
    runs,
)
from core.painting.boxes import box_of, high, low, shape_of
from core.painting.brush import over_allowed
from core.painting.label_edit import Change, Edit
from core.painting.label_index import LabelIndex
from core.painting.label_limits import limited
from core.painting.labels import DTYPES, Labels, NumberError, write_all
from tests.core import label_model as model

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHAPES = [(4, 6, 7), (1, 8, 8), (6, 1, 6), (7, 6, 1), (3, 3, 3), (9, 4, 3)]
SIZES = [(1.0, 1.0, 1.0), (2.0, 0.5, 0.5), (0.3, 0.2, 0.25)]
AXES = st.sampled_from([None, 0, 1, 2])


class LabelMachine(RuleBasedStateMachine):
    """`model` is what the array must be; `states` what it was before each edit."""

    def __init__(self) -> None:
        super().__init__()
        self.constants = label_edit.MASKLESS, runs._DIRECT, runs._REACH, label_outline._FEW

    def teardown(self) -> None:
        label_edit.MASKLESS, runs._DIRECT, runs._REACH, label_outline._FEW = self.constants

    @initialize(
        shape=st.sampled_from(SHAPES),
        dtype=st.sampled_from(DTYPES),
        seed=st.integers(0, 2**32 - 1),
        fullness=st.sampled_from([0.0, 0.2, 0.5, 1.0]),
        grain=st.sampled_from([1, 2]),
        size=st.sampled_from(SIZES),
        as_large=st.booleans(),
    )
    def start(self, shape: Any, dtype: str, seed: int, fullness: float, grain: int, size: Any, as_large: bool) -> None:
        self.rng = np.random.default_rng(seed)
        coarse = self.rng.integers(0, 6, [-(-n // grain) for n in shape])
        blobs = np.kron(coarse, np.ones((grain,) * 3, int))[tuple(slice(n) for n in shape)]
        array = np.where(self.rng.random(shape) < fullness, blobs, 0).astype(dtype)
        if as_large:  # the ways of large arrays
            label_edit.MASKLESS, runs._DIRECT, runs._REACH, label_outline._FEW = 0, 0, 1, 0
        self.labels = Labels(np.ascontiguousarray(array))
        self.size = size
        self.first = array.copy()
        self.states: list[NDArray[Any]] = []
        self.edits: list[Edit] = []
        self.undone: list[tuple[Edit, NDArray[Any]]] = []
        self.model = array.copy()

    def make(self, changes: list[Change], wanted: NDArray[Any]) -> None:
        """Write changes that are to give the wanted array."""
        before = self.model.copy()
        np.testing.assert_array_equal(self.labels.array, before)  # an operation itself writes nothing
        if wanted.max(initial=0) > self.labels.largest_number:
            try:
                write_all(self.labels, "too large", changes)
            except NumberError:
                return
            raise AssertionError("a number that does not fit was written")
        edit = write_all(self.labels, "edit", changes)
        assert (edit is None) == bool((wanted == before).all())
        self.model = wanted.astype(before.dtype)
        if edit is not None:
            assert edit.nbytes > 0
            self.edits.append(edit)
            self.states.append(before)
            self.undone.clear()

    def number(self, data: Any) -> int:
        return int(data.draw(st.sampled_from([*self.labels.index.numbers(), 250])))

    def some(self, data: Any) -> list[int]:
        return sorted(data.draw(st.sets(st.sampled_from([*self.labels.index.numbers(), 250]), max_size=4)))

    def voxel(self, data: Any) -> tuple[int, int, int]:
        z, y, x = (data.draw(st.integers(0, length - 1)) for length in self.model.shape)
        return z, y, x

    @rule(data=st.data(), value=st.integers(0, 7), many=st.booleans(), density=st.sampled_from([0.0, 0.1, 0.6, 1.0]))
    def stroke(self, data: Any, value: int, many: bool, density: float) -> None:
        start = [data.draw(st.integers(-2, length)) for length in self.model.shape]
        lengths = [data.draw(st.integers(0, 5)) for _ in range(3)]
        box = box_of(start, np.add(start, lengths))
        mask = self.rng.random(lengths) < density
        values: Any = self.rng.integers(0, 8, lengths) if many else value
        changes = [Change(box, mask, values)]
        self.make(changes, model.apply(self.model, changes))

    @rule(data=st.data(), value=st.sampled_from([0, 1, 3, 9, 255, 256, 65535, 65536, 2**31 - 1]), axis=AXES)
    def fill(self, data: Any, value: int, axis: int | None) -> None:
        seed, whole = self.voxel(data), data.draw(st.booleans())
        way = label_fill.all_of_number if whole else label_fill.contiguous
        wanted = model.filled(self.model.astype(np.int64), seed, value, axis, whole)
        self.make(way(self.labels, seed, value, axis), wanted)

    @rule(data=st.data(), into=st.integers(0, 9))
    def merge(self, data: Any, into: int) -> None:
        numbers = self.some(data)
        wanted = np.where(np.isin(self.model, numbers), into, self.model)
        self.make(label_objects.merged(self.labels, numbers, into), wanted)

    @rule()
    def renumber(self) -> None:
        numbers = [0, *(one for one in np.unique(self.model).tolist() if one)]
        self.make(label_objects.renumbered(self.labels), np.searchsorted(numbers, self.model))

    @rule(data=st.data(), axis=AXES)
    def fill_holes(self, data: Any, axis: int | None) -> None:
        numbers = self.some(data)
        numbers = [one for one in numbers if one in self.labels.index]
        self.make(label_objects.holes_filled(self.labels, numbers, axis), model.holes_filled(self.model, numbers, axis))

    @rule(data=st.data())
    def keep_largest(self, data: Any) -> None:
        numbers = self.some(data)
        self.make(label_objects.largest_kept(self.labels, numbers), model.largest_kept(self.model, numbers))

    @rule(data=st.data())
    def part(self, data: Any) -> None:
        numbers = self.some(data)
        wanted = model.parted(self.model.astype(np.int64), numbers)
        self.make(label_objects.pieces_parted(self.labels, numbers), wanted)

    @rule(data=st.data(), by=st.sampled_from([0.0, 0.3, 0.5, 1.0, 1.5, 2.3, 6.0]), axis=AXES)
    def grow(self, data: Any, by: float, axis: int | None) -> None:
        numbers = self.some(data)
        wanted = model.enlarged(self.model, numbers, by, self.size, axis)
        self.make(label_outline.enlarged(self.labels, numbers, by, self.size, axis), wanted)

    @rule(data=st.data(), by=st.sampled_from([0.0, 0.3, 0.5, 1.0, 1.5, 2.3, 6.0]), axis=AXES)
    def shrink(self, data: Any, by: float, axis: int | None) -> None:
        numbers = self.some(data)
        wanted = model.reduced(self.model, numbers, by, self.size, axis)
        self.make(label_outline.reduced(self.labels, numbers, by, self.size, axis), wanted)

    @rule(data=st.data(), radius=st.sampled_from([0.2, 0.5, 1.0, 2.0]), axis=AXES)
    def smooth(self, data: Any, radius: float, axis: int | None) -> None:
        numbers = self.some(data)
        wanted = model.smoothed(self.model, numbers, radius, self.size, axis)
        self.make(label_outline.smoothed(self.labels, numbers, radius, self.size, axis), wanted)

    @rule(data=st.data(), axis=st.integers(0, 2))
    def interpolate(self, data: Any, axis: int) -> None:
        number = self.number(data)
        self.make(label_slices.interpolated(self.labels, number, axis), model.interpolated(self.model, number, axis))

    @rule(data=st.data(), axis=st.integers(0, 2), over=st.booleans(), every=st.booleans())
    def copy_slice(self, data: Any, axis: int, over: bool, every: bool) -> None:
        source, target = (data.draw(st.integers(0, self.model.shape[axis] - 1)) for _ in range(2))
        numbers = None if every else self.some(data)
        changes = label_slices.copied_to_slice(self.labels, axis, source, target, numbers, over_others=over)
        self.make(changes, model.copied(self.model, axis, source, target, numbers, over))

    @precondition(lambda self: self.labels.index.numbers())
    @rule(data=st.data(), by_image=st.booleans())
    def split(self, data: Any, by_image: bool) -> None:
        number = data.draw(st.sampled_from(self.labels.index.numbers()))
        voxels = [(int(z), int(y), int(x)) for z, y, x in np.argwhere(self.model == number)]
        seeds = data.draw(st.lists(st.sampled_from(voxels), min_size=1, max_size=3))
        image = self.rng.integers(0, 9, self.model.shape).astype(np.uint16) if by_image else None
        changes = label_split.split_by_seeds(self.labels, number, seeds, self.size, image)
        wanted = model.apply(self.model.astype(np.int64), changes)
        assert len({int(wanted[seed]) for seed in seeds}) == len(set(seeds))  # each seed has a part of its own
        changed = wanted != self.model
        assert (self.model[changed] == number).all() and not np.isin(wanted[changed], self.model).any()
        kept = (wanted == number).sum()
        assert all((wanted == new).sum() <= kept for new in np.unique(wanted[changed]))
        self.make(changes, wanted)

    @rule(data=st.data(), axis=st.integers(0, 2), everywhere=st.booleans())
    def cut(self, data: Any, axis: int, everywhere: bool) -> None:
        number = self.number(data)
        others = [one for one in range(3) if one != axis]
        points = [[data.draw(st.integers(-2, self.model.shape[one] + 1)) for one in others] for _ in range(3)]
        at = None if everywhere else data.draw(st.integers(0, self.model.shape[axis] - 1))
        changes = label_split.split_by_line(self.labels, number, np.array(points, float), axis, at)
        wanted = model.apply(self.model.astype(np.int64), changes)
        changed = wanted != self.model
        assert (self.model[changed] == number).all()
        assert not np.isin(wanted[changed], self.model).any()
        if at is not None:
            assert not np.delete(np.moveaxis(changed, axis, 0), at, 0).any()
        self.make(changes, wanted)

    @rule(seed=st.integers(0, 2**32 - 1), share=st.floats(0, 1), some=st.booleans())
    def take(self, seed: int, share: float, some: bool) -> None:
        rng = np.random.default_rng(seed)
        theirs = np.where(rng.random(self.model.shape) < share, rng.integers(0, 4, self.model.shape), self.model)
        regions = label_difference.differences(self.labels.array, theirs)
        expected = model.pieces(self.model != theirs)
        assert len(regions) == len(expected)
        wanted = self.model.copy()
        chosen = regions[::2] if some else regions
        for region, piece in zip(regions, expected, strict=True):
            full = np.zeros_like(piece)
            full[region.box] = region.mask()
            np.testing.assert_array_equal(full, piece)
            assert region.only_mine == (piece & (theirs == 0)).sum()
            assert region.only_theirs == (piece & (self.model == 0)).sum()
            assert region.voxels == piece.sum()
            if any(region is one for one in chosen):
                wanted[piece] = theirs[piece]
        self.make(label_difference.take(self.labels, theirs, chosen), wanted)

    @rule(
        data=st.data(),
        over=st.sampled_from(["everything", "background", "selected"]),
        value=st.integers(0, 6),
        many=st.booleans(),
    )
    def limited_stroke(self, data: Any, over: str, value: int, many: bool) -> None:
        selected, locked = frozenset(self.some(data)), frozenset(self.some(data))
        shape = self.model.shape
        box = box_of((-1, 0, 0), np.add(shape, 1))
        mask = self.rng.random(shape_of(box)) < 0.5
        values: Any = self.rng.integers(0, 7, mask.shape) if many else value
        wanted = model.apply(self.model, [Change(box, mask, values)])
        allowed = np.ones(shape, np.bool_)
        if over != "everything":
            allowed = np.isin(self.model, [0] if over == "background" else list(selected))
        allowed &= ~np.isin(self.model, list(locked)) & ~np.isin(wanted, list(locked))
        changes = limited(self.labels, [Change(box, mask, values)], over, selected, locked)
        self.make(changes, np.where(allowed, wanted, self.model))
        free = over_allowed(self.model, over, selected, locked)
        assert free is None or free.shape == shape

    @precondition(lambda self: self.edits)
    @rule()
    def undo(self) -> None:
        edit, before = self.edits.pop(), self.states.pop()
        boxes = self.labels.undo(edit)
        changed = self.model != before
        for box in boxes:
            changed[box] = False
        assert not changed.any()
        self.undone.append((edit, self.model))
        self.model = before

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        edit, after = self.undone.pop()
        self.labels.redo(edit)
        self.edits.append(edit)
        self.states.append(self.model)
        self.model = after

    @precondition(lambda self: self.edits)
    @rule()
    def undo_all_and_redo(self) -> None:
        last = self.model
        for edit in reversed(self.edits):
            self.labels.undo(edit)
        np.testing.assert_array_equal(self.labels.array, self.first)
        self.model = self.first
        self.as_the_model()
        for edit in self.edits:
            self.labels.redo(edit)
        self.model = last

    @rule(data=st.data())
    def tighten(self, data: Any) -> None:
        self.labels.index.tight_box(self.number(data), self.labels.array)

    @invariant()
    def as_the_model(self) -> None:
        if not hasattr(self, "labels"):
            return
        array, index = self.labels.array, self.labels.index
        assert array.dtype == self.model.dtype
        np.testing.assert_array_equal(array, self.model)
        fresh = LabelIndex.of(array)
        assert index.numbers() == fresh.numbers() == [one for one in np.unique(array).tolist() if one]
        exact = index.copy()
        assert index.new_number() == int(array.max(initial=0)) + 1
        for number in index.numbers():
            tight, loose = fresh.box(number), index.box(number)
            assert tight is not None and loose is not None
            places = np.argwhere(array == number)
            assert tight == box_of(places.min(0), places.max(0) + 1)
            assert index.count(number) == fresh.count(number) == len(places)
            assert np.less_equal(low(loose), low(tight)).all() and np.less_equal(high(tight), high(loose)).all()
            assert exact.tight_box(number, array) == tight


LabelMachine.TestCase.settings = settings(
    max_examples=100, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLabelOperations = LabelMachine.TestCase
