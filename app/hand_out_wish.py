"""How an admin wants blocks to be handed out: what the form and the command line fill in."""

from __future__ import annotations

from dataclasses import dataclass

BLOCK_CHOICES = ("all", "shown", "unvoted", "fewer", "file")
WAYS = ("all", "each", "lists")


@dataclass(frozen=True)
class HandOutWish:
    """`blocks` is one of BLOCK_CHOICES, `way` one of WAYS; files and numbers count only where these ask for them.

    `fewer_than`: blocks with a class by fewer annotators. `block_file`: a text file, one id a line. `each`: to so many
    annotators goes each block. `list_file`: a CSV file of annotators and blocks, which then say who gets what.
    `gold_share` is from 0 to below 1.
    """

    blocks: str = "all"
    fewer_than: int = 2
    block_file: str = ""
    annotators: tuple[str, ...] = ()
    way: str = "all"
    each: int = 2
    list_file: str = ""
    gold_share: float = 0.0
    is_random: bool = False
    seed: int = 0
