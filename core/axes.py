"""Which dimension of an array is which: any axes of a TIFF to C, Z, Y, X."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_GUESSED_CHANNELS = 8
"""A single 3D image without named axes has so many channels at most; if it is longer, the axis is z."""

_NAMES = {"T": "time", "A": "angle", "P": "phase or position", "R": "tile", "H": "lifetime", "V": "event", "M": "tile"}
_UNNAMED = "IQ"  # a series of pages; anything


class AxesError(ValueError):
    """The dimensions are not those of an image; the text ends a sentence that begins with the file."""


def to_czyx(data: NDArray[Any], axes: str, is_one_channel: bool) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Return a view of the image as (C, Z, Y, X), and sentences on what had to be guessed or left out.

    Parameters
    ----------
    data
        The image, of any number of dimensions.
    axes
        One letter for each dimension, as tifffile gives them: Y, X; C or E channel, S sample of a colour, Z,
        T; I or Q without a name; others such as A, P, R.
    is_one_channel
        The file is one of several, one for each channel: dimensions without a name are z before they are
        channels.

    Raises
    ------
    AxesError
        No Y or X, or more dimensions than can be told apart.
    """
    if len(axes) != data.ndim or axes.count("Y") != 1 or axes.count("X") != 1 or 0 in data.shape:
        raise AxesError(f"holds {size_text(data.shape)} values, which is not an image")
    wide = [place for place, length in enumerate(data.shape) if length > 1 or axes[place] in "YX"]
    letters = [axes[place] for place in wide]
    data = data.reshape([data.shape[place] for place in wide])
    if "E" in letters and "C" not in letters:
        letters[letters.index("E")] = "C"
    if any(letters.count(letter) > 1 for letter in "CSZT"):
        raise AxesError(f"has axes that occur twice ({axes})")

    notes = _name_axes(letters, data.shape, is_one_channel)
    if "T" in letters and "Z" not in letters:
        place = letters.index("T")
        letters[place] = "Z"
        notes.append(f"Its {data.shape[place]} time points are shown as slices.")
    for letter in [letter for letter in letters if letter not in "CSZYX"]:
        place = letters.index(letter)
        name = _NAMES.get(letter, f"axis {letter}")
        notes.append(f"It holds {data.shape[place]} volumes ({name}): the first is shown.")
        data = data.take(0, axis=place)
        letters.pop(place)
    return _ordered(data, letters), tuple(notes)


def size_text(shape: tuple[int, ...]) -> str:
    """Return a shape as people write it: 30 × 128 × 128."""
    return " × ".join(map(str, shape)) if shape else "no"


def _name_axes(letters: list[str], shape: tuple[int, ...], is_one_channel: bool) -> list[str]:
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


def _ordered(data: NDArray[Any], letters: list[str]) -> NDArray[Any]:
    """Return (C, Z, Y, X) from an array with some of the axes C, S, Z, and Y and X, in any order."""
    for letter in "CSZ":
        if letter not in letters:
            letters = [letter, *letters]
            data = data[np.newaxis]
    data = data.transpose([letters.index(letter) for letter in "CSZYX"])
    return data.reshape(-1, *data.shape[2:])
