"""Which dimension of a file is which: its own names, a stated guess, or what the user chose."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

MOST_GUESSED_CHANNELS = 8
"""A single 3D image without named axes has so many channels at most; if it is longer, the axis is z."""

NOTHING = "_"
"""The letter of a dimension of length 1, which is no axis at all."""

STATED, GUESSED, CHOSEN = "stated by the file", "a guess", "set by you"

_NAMES = {"A": "angle", "P": "phase or position", "R": "tile", "H": "lifetime", "V": "event", "M": "tile"}
_UNNAMED = "IQ"  # a series of pages; anything


class AxesError(ValueError):
    """The dimensions are not those of an image; the text ends a sentence that begins with the file."""


@dataclass(frozen=True)
class NamedAxes:
    """What the dimensions of a file are taken as.

    `letters` has one letter for each dimension: T, C, S (the sample of a colour, a channel too), Z, Y, X; others for an
    axis of which the first is shown; `_` for one of length 1. `source` is one of STATED, GUESSED, CHOSEN; `notes` are
    sentences for the user.
    """

    letters: str
    source: str
    notes: tuple[str, ...]

    @property
    def wide(self) -> str:
        """The letters without those of length 1: what `chosen` of `name_axes` replaces."""
        return self.letters.replace(NOTHING, "")


def name_axes(axes: str, shape: tuple[int, ...], is_one_channel: bool, chosen: str = "") -> NamedAxes:
    """Return what each dimension of a file is.

    Parameters
    ----------
    axes
        One letter for each dimension, as tifffile gives them: Y, X; C or E channel, S sample of a colour, Z,
        T; I or Q without a name; others such as A, P, R.
    shape
        Their lengths.
    is_one_channel
        The file is one of several, one for each channel: dimensions without a name are z before they are
        channels.
    chosen
        Letters that go before those of the file where it has as many dimensions, those of length 1 left out.

    Raises
    ------
    AxesError
        No Y or X, or more dimensions than can be told apart.
    """
    if len(axes) != len(shape) or axes.count("Y") != 1 or axes.count("X") != 1 or 0 in shape:
        raise AxesError(f"holds {size_text(shape)} values, which is not an image")
    wide = [place for place, length in enumerate(shape) if length > 1 or axes[place] in "YX"]
    lengths = tuple(shape[place] for place in wide)
    own = [axes[place] for place in wide]
    if len(chosen) == len(wide) and chosen.count("Y") == 1 and chosen.count("X") == 1:
        letters, source, notes = list(chosen), CHOSEN if list(chosen) != own else STATED, []
    else:
        letters, source = own, STATED
        if "E" in letters and "C" not in letters:
            letters[letters.index("E")] = "C"
        notes = _guess(letters, lengths, is_one_channel)
        if notes:
            source = GUESSED
    if any(letters.count(letter) > 1 for letter in "CSZT"):
        raise AxesError(f"has axes that occur twice ({axes})")
    for letter, length in zip(letters, lengths, strict=True):
        if letter not in "TCSZYX":
            notes.append(f"It holds {length} volumes ({_NAMES.get(letter, f'axis {letter}')}): the first is shown.")
    named = [NOTHING] * len(shape)
    for place, letter in zip(wide, letters, strict=True):
        named[place] = letter
    return NamedAxes("".join(named), source, tuple(notes))


def interpretations(count: int) -> tuple[str, ...]:
    """Return what a file with so many dimensions (those of length 1 left out) may sensibly be taken as."""
    found = ["".join(first) + "YX" for first in permutations("TZC", count - 2)] if 2 <= count <= 5 else []
    if 3 <= count <= 5:
        found += ["".join(first) + "YXC" for first in permutations("TZ", count - 3)]
    if count == 3:
        found.append("YXZ")
    return tuple(found)


def axes_text(letters: str, shape: tuple[int, ...]) -> str:
    """Return what dimensions of these lengths are taken as, in words: z 30, y 128, x 128."""
    words = {"C": "channels", "S": "colours", "T": "time"}
    pairs = zip(letters, shape, strict=True)
    return ", ".join(f"{words.get(letter, _NAMES.get(letter, letter.lower()))} {length}" for letter, length in pairs)


def size_text(shape: tuple[int, ...]) -> str:
    """Return a shape as people write it: 30 × 128 × 128."""
    return " × ".join(map(str, shape)) if shape else "no"


def _guess(letters: list[str], shape: tuple[int, ...], is_one_channel: bool) -> list[str]:
    """Replace the letters of axes without a name; return what was guessed."""
    unnamed = [place for place, letter in enumerate(letters) if letter in _UNNAMED]
    if not unnamed:
        return []
    has_channels = "C" in letters or "S" in letters
    has_z = "Z" in letters
    match unnamed:
        case [place] if not has_z:
            few = shape[place] <= MOST_GUESSED_CHANNELS
            letters[place] = "C" if few and not has_channels and not is_one_channel else "Z"
        case [place] if not has_channels and shape[place] <= MOST_GUESSED_CHANNELS:
            letters[place] = "C"
        case [first, second] if not has_channels and not has_z:
            letters[first], letters[second] = "CZ" if shape[first] <= shape[second] else "ZC"
        case _:
            raise AxesError(
                f"has {len(shape)} dimensions ({size_text(shape)}) and does not say which of them are "
                "channels, z and time"
            )
    words = {"C": "channels", "Z": "slices"}
    taken = " and ".join(f"{shape[place]} are taken as {words[letters[place]]}" for place in unnamed)
    return [f"The file does not name its axes ({size_text(shape)}): the {taken}."]
