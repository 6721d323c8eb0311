"""Handing out: balance, seeds that mean the same everywhere, gold blocks, and what is refused."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.voting.assignment import (
    AssignmentError,
    assign_balanced,
    assign_by_hand,
    assign_to_all,
    in_random_order,
    mix_gold,
)

IDS = st.lists(st.text(min_size=1, max_size=6), max_size=40, unique=True)
NAMES = st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=7, unique=True)
SEEDS = st.integers(-5, 2**40)
# what seed 7 gives: queues that were handed out stay the same for ever
HANDED_OUT = {"alice": [0, 2, 3, 5], "bob": [0, 1, 4, 5], "zoë": [1, 2, 3, 4]}
RANDOM_ORDER = [2, 0, 3, 5, 1, 4]
MIXED = ["00", "01", "g3", "02", "03", "04", "g1", "05"]

BLOCKS = [f"tile/block_{number:04d}" for number in range(400)]


def in_order_of(blocks: list[str], queue: list[str]) -> bool:
    places = [blocks.index(block) for block in queue]
    return places == sorted(places)


def test_all_to_all() -> None:
    assert assign_to_all(["b", "a", "b"], ["bob", "alice"]) == {"bob": ["b", "a"], "alice": ["b", "a"]}


@given(IDS, NAMES, SEEDS, st.data())
def test_every_block_goes_to_so_many_and_nobody_gets_more_than_one_more(
    blocks: list[str], names: list[str], seed: int, data: st.DataObject
) -> None:
    each = data.draw(st.integers(1, len(names)))
    queues = assign_balanced(blocks, names, each, seed)
    assert list(queues) == names
    for block in blocks:
        assert sum(block in queue for queue in queues.values()) == each
    lengths = [len(queue) for queue in queues.values()]
    assert max(lengths) - min(lengths) <= 1
    assert sum(lengths) == each * len(blocks)
    for queue in queues.values():
        assert len(set(queue)) == len(queue)
        assert in_order_of(blocks, queue)


def test_every_two_annotators_share_blocks() -> None:
    names = list("abcdef")
    queues = {name: set(queue) for name, queue in assign_balanced(BLOCKS, names, 2, 1).items()}
    shared = [len(queues[one] & queues[other]) for one in names for other in names if one < other]
    assert sum(shared) == 400
    assert min(shared) >= 12  # 400 / 15 pairs are 27


def test_the_order_of_the_names_does_not_decide_who_gets_a_block() -> None:
    once = assign_balanced(BLOCKS, ["a", "b", "c"], 2, 1)
    again = assign_balanced(BLOCKS, ["c", "a", "b"], 2, 1)
    assert {name: again[name] for name in once} == once
    assert assign_balanced(BLOCKS, ["a", "b", "c"], 2, 2) != once


def test_a_seed_means_the_same_on_every_computer() -> None:
    queues = assign_balanced(BLOCKS[:6], ["alice", "bob", "zoë"], 2, 7)
    assert {name: [int(block[-1]) for block in queue] for name, queue in queues.items()} == HANDED_OUT
    assert [int(block[-1]) for block in in_random_order({"zoë": BLOCKS[:6]}, 7)["zoë"]] == RANDOM_ORDER
    mixed = mix_gold({"zoë": BLOCKS[:6]}, ["g1", "g2", "g3"], 0.25, 7)["zoë"]
    assert [block[-2:] for block in mixed] == MIXED


def test_it_is_the_same_in_another_process() -> None:
    code = (
        "from core.voting.assignment import assign_balanced, in_random_order\n"
        "print(in_random_order(assign_balanced(map(str, range(50)), ['a', 'b', 'c'], 2, 3), 3))"
    )
    here = in_random_order(assign_balanced(map(str, range(50)), ["a", "b", "c"], 2, 3), 3)
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == str(here)


@given(IDS, SEEDS)
def test_a_random_order_has_the_same_blocks(blocks: list[str], seed: int) -> None:
    queues = {"alice": blocks, "bob": blocks[:3]}
    ordered = in_random_order(queues, seed)
    assert {name: sorted(queue) for name, queue in ordered.items()} == {
        name: sorted(queue) for name, queue in queues.items()
    }
    assert in_random_order({name: queue[::-1] for name, queue in queues.items()}, seed) == ordered


def test_two_annotators_get_two_orders() -> None:
    ordered = in_random_order({"alice": BLOCKS, "bob": BLOCKS}, 1)
    assert ordered["alice"] != ordered["bob"]
    assert ordered["alice"] != BLOCKS
    places = [BLOCKS.index(block) for block in ordered["alice"][:100]]
    assert sum(places) / 100 == pytest.approx(200, abs=40)


@given(IDS, IDS.filter(bool), st.floats(0.001, 0.99), SEEDS)
def test_gold_is_mixed_in_and_nobody_gets_a_block_twice(
    blocks: list[str], gold: list[str], share: float, seed: int
) -> None:
    queue = mix_gold({"alice": blocks}, gold, share, seed)["alice"]
    assert len(set(queue)) == len(queue)
    others = [block for block in queue if block not in set(gold)]
    assert others == [block for block in blocks if block not in set(gold)]
    number = len(queue) - len(others)
    assert number <= len(gold)
    if number < len(gold):
        assert abs(number - share * len(queue)) <= 1


def test_gold_is_a_tenth_and_everywhere() -> None:
    gold = [f"gold_{number:03d}" for number in range(200)]
    queues = mix_gold({"alice": BLOCKS, "bob": BLOCKS}, gold, 0.1, 5)
    places = [place for place, block in enumerate(queues["alice"]) if block in gold]
    assert len(places) == 44
    assert len(queues["alice"]) == 444
    assert sum(places) / 44 == pytest.approx(222, abs=70)
    assert {block for block in queues["alice"] if block in gold} != {block for block in queues["bob"] if block in gold}
    assert mix_gold({"alice": BLOCKS}, gold + BLOCKS[:3], 0, 5) == {"alice": BLOCKS}


def test_by_hand() -> None:
    queues = assign_by_hand({"bob": ["b", "a", "b"]}, ["a", "b", "c"], ["alice", "bob"])
    assert queues == {"alice": [], "bob": ["b", "a"]}
    with pytest.raises(AssignmentError, match=r"list of bob has blocks that do not exist: d, e, f and 1 more"):
        assign_by_hand({"bob": ["d", "a", "e", "f", "g"]}, ["a"], ["bob"])
    with pytest.raises(AssignmentError, match="no annotator carol"):
        assign_by_hand({"carol": []}, ["a"], ["bob"])


def test_what_is_refused() -> None:
    for each in (0, 3):
        with pytest.raises(AssignmentError, match="1 to 2 annotators"):
            assign_balanced(BLOCKS, ["alice", "bob"], each, 1)
    with pytest.raises(AssignmentError, match="no annotators"):
        assign_to_all(BLOCKS, [])
    with pytest.raises(AssignmentError, match="no annotators"):
        assign_balanced(BLOCKS, [], 1, 1)
    for share in (-0.1, 1.0, float("nan")):
        with pytest.raises(AssignmentError, match="share"):
            mix_gold({"alice": BLOCKS}, ["g"], share, 1)
    with pytest.raises(AssignmentError, match="no gold"):
        mix_gold({"alice": BLOCKS}, [], 0.1, 1)


def test_ids_with_undecodable_bytes_are_handed_out() -> None:
    broken = b"block_\xff".decode("utf-8", "surrogateescape")
    assert assign_balanced([broken, "b"], ["alice"], 1, 1) == {"alice": [broken, "b"]}
