"""Which channels of an image a command works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.images.image_file import ImageFile


def chosen_channels(
    image: ImageFile, chosen: Sequence[str] | None, done: str = "measured"
) -> tuple[Any, list[str] | None, str]:
    """Return the channels of an image with those on the last axis, their names, and a sentence on what was taken.

    `chosen` are names or numbers from 1 on; None are all. Of one channel the array has the shape of the labels, and
    there are no names. `done` is what is told of them. Raises ValueError.
    """
    if not image.letters.startswith("C"):
        if chosen not in (None, ["1"]):
            raise ValueError("The image has one channel: leave out --channels.")
        return image.array, None, ""
    names = list(image.channel_names) or [str(number) for number in range(1, len(image.array) + 1)]
    wanted = names if chosen is None else chosen
    places = []
    for one in wanted:
        if one in names:
            places.append(names.index(one))
        elif one.isdecimal() and 1 <= int(one) <= len(names):
            places.append(int(one) - 1)
        else:
            raise ValueError(f"The image has no channel {one}: it has {', '.join(names)}.")
    if len(places) == 1:
        return image.array[places[0]], None, f"Channel {names[places[0]]} is {done}."
    text = f"{len(places)} channels are {done}: {', '.join(names[place] for place in places)}."
    array = image.array if places == list(range(len(names))) else image.array[places]
    return array.transpose(*range(1, array.ndim), 0), [names[place] for place in places], text
