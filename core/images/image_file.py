"""A TIFF as an array to compute with: every value as it is stored, with its axes and the size of a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ImageError
from core.images.axes import AxesError, NamedAxes, name_axes, size_text
from core.images.tiff import Tiff, TiffFacts

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EXPORT = "Export it again as a TIFF or OME-TIFF."


@dataclass(frozen=True, eq=False)
class ImageFile:
    """`array` has the axes `letters`: YX or ZYX, with C before them where there are several channels.

    Its type is that of the file, in native byte order. `pixel_size` is in micrometres along the axes Y, X or Z, Y, X,
    None where the file does not state it; `size_source` says in words where it came from. `channel_names` has one name
    for each channel, empty where the file has none. `notes` are sentences for the user. `is_film`: it is one time point
    of several.
    """

    path: str
    array: NDArray[Any]
    letters: str
    pixel_size: tuple[float, ...] | None
    size_source: str
    channel_names: tuple[str, ...]
    notes: tuple[str, ...]
    is_film: bool = False

    @property
    def spatial_shape(self) -> tuple[int, ...]:
        """The shape without the channels."""
        return self.array.shape[1:] if self.letters.startswith("C") else self.array.shape


def read_image(path: str, *, like: tuple[int, ...] | None = None, axes: str = "", time: int | None = None) -> ImageFile:
    """Read the pixels of a TIFF at its full resolution.

    Parameters
    ----------
    path
        The file.
    like
        The shape of the labels that go with it, (Y, X) or (Z, Y, X): where the file does not name its axes, this tells
        channels from slices.
    axes
        Letters out of T, C, Z, Y, X, one for each axis longer than 1, that replace those of the file.
    time
        The time point of a film, from 0; a film without one is refused.

    Raises
    ------
    ImageError
        The file cannot be read, is not complete, is no image, or is a film and no time point was chosen.
    """
    tiff = Tiff(path)
    try:
        facts = tiff.facts
        named = _named(path, facts, axes or _axes_like(facts, like), is_one_channel=like is None and not axes)
        fixed = _fixed(path, facts, named, time)
        array = _pixels(tiff, named, fixed)
    finally:
        tiff.close()
    letters = "ZYX" if "Z" in named.letters else "YX"
    array = array if "Z" in letters else array[:, 0]
    names = facts.names if len(facts.names) == len(array) else ()
    size = None if facts.voxel_size is None else facts.voxel_size[-len(letters) :]
    notes = (*facts.notes, *named.notes)
    is_film = "T" in named.letters
    if len(array) == 1:
        return ImageFile(path, array[0], letters, size, facts.size_source, names, notes, is_film)
    return ImageFile(path, array, "C" + letters, size, facts.size_source, names, notes, is_film)


def read_labels(path: str, *, axes: str = "", time: int | None = None) -> ImageFile:
    """Read labels: whole numbers of any type, as integers, (Y, X) or (Z, Y, X).

    Decimals that are whole numbers and boolean masks become integers, which `notes` say.

    Raises
    ------
    ImageError
        As `read_image`; the file has several channels; its values are not whole numbers.
    """
    found = read_image(path, axes=axes, time=time)
    if found.letters.startswith("C"):
        raise ImageError(
            path,
            f"holds {len(found.array)} channels ({size_text(found.array.shape)}), but labels have one",
            "Name the file of labels. If these are slices, say so with the axes ZYX.",
        )
    array, note = whole_numbers(path, found.array)
    notes = (*found.notes, note) if note else found.notes
    return ImageFile(path, array, found.letters, found.pixel_size, found.size_source, (), notes, found.is_film)


def whole_numbers(path: str, array: NDArray[Any]) -> tuple[NDArray[Any], str]:
    """Return values as integers and a sentence where that changed their type. Raises ImageError."""
    if array.dtype.kind in "iu":
        return array, ""
    if array.dtype.kind == "b":
        return array.astype(np.uint8), "Its values are true and false: they are taken as one object with the number 1."
    if array.dtype.kind != "f" or not np.isfinite(array).all() or (array != np.rint(array)).any():
        raise ImageError(
            path,
            f"holds values of type {array.dtype} that are not whole numbers, so they are no labels",
            "Name a file of labels, in which each object has a number of its own.",
        )
    if array.size and float(np.abs(array).max()) > 2.0**53:
        raise ImageError(path, "holds numbers too large for decimals to be exact", "Save the labels as integers.")
    return array.astype(np.int64), f"Its numbers are stored as {array.dtype}: they are taken as whole numbers."


def _axes_like(facts: TiffFacts, like: tuple[int, ...] | None) -> str:
    """Return letters for the axes longer than 1 that fit labels of shape `like`; empty where the file names its own."""
    wide = [
        (letter, length) for letter, length in zip(facts.axes, facts.shape, strict=True) if length > 1 or letter in "YX"
    ]
    if like is None or not any(letter in "IQ" for letter, _ in wide):
        return ""
    spatial = "ZYX"[-len(like) :]
    lengths = tuple(length for _, length in wide)
    if lengths == like:
        return spatial
    if lengths[1:] == like:
        return "C" + spatial
    if lengths[:-1] == like:
        return spatial + "C"
    return ""


def _named(path: str, facts: TiffFacts, chosen: str, *, is_one_channel: bool) -> NamedAxes:
    try:
        named = name_axes(facts.axes, facts.shape, is_one_channel, chosen)
    except AxesError as error:
        raise ImageError(path, str(error), "Say what its axes are, as in CZYX.") from error
    if chosen and (set(chosen) - set("TCZYX") or len(set(chosen)) < len(chosen) or not {"Y", "X"} <= set(chosen)):
        raise ImageError(
            path,
            f"cannot have the axes {chosen}",
            "Axes are letters out of T, C, Z, Y, X, each once, with Y and X among them, as in CZYX.",
        )
    if chosen and len(chosen) != len(named.wide):
        raise ImageError(
            path,
            f"has {len(named.wide)} axes longer than 1 ({size_text(facts.shape)}), but {chosen} names {len(chosen)}",
            "Give one letter for each of them.",
        )
    return named


def _fixed(path: str, facts: TiffFacts, named: NamedAxes, time: int | None) -> dict[int, int]:
    """Return the one place that is read of each axis that is neither a channel nor in space."""
    fixed = {axis: 0 for axis, letter in enumerate(named.letters) if letter not in "CSZYX"}
    if "T" in named.letters:
        times = facts.shape[named.letters.index("T")]
        if time is None or not 0 <= time < times:
            raise ImageError(path, f"is a film of {times} time points", f"Choose one of them (--time 1 to {times}).")
        fixed[named.letters.index("T")] = time
    return fixed


def _pixels(tiff: Tiff, named: NamedAxes, fixed: dict[int, int]) -> NDArray[Any]:
    """Return the pixels as (C, Z, Y, X); the samples of a colour are channels."""
    facts, letters = tiff.facts, named.letters
    lengths = dict(zip(letters, facts.shape, strict=True))
    shape = tuple(lengths.get(letter, 1) for letter in "CSZYX")
    try:
        out = np.empty(shape, facts.dtype.newbyteorder("="))
    except MemoryError as error:
        raise ImageError(tiff.path, "needs more memory than there is", "Close other programs.") from error
    kept = [letter for axis, letter in enumerate(letters) if axis not in fixed]
    target = out[tuple(slice(None) if letter in kept else 0 for letter in "CSZYX")]
    order = [letter for letter in "CSZYX" if letter in kept]
    tiff.read_into(target.transpose([order.index(letter) for letter in kept]), fixed=fixed, letters=letters)
    return out.reshape(-1, *shape[2:])
