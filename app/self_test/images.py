"""Writes one small file of each kind that the program reads, and reads it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.self_test.result import Failure, demand

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from app.self_test.room import Room
    from core.images.blocks import Block

COMPRESSIONS: dict[str, dict[str, Any]] = {
    "none": {},
    "LZW": {"compression": "lzw"},
    "LZW with predictor": {"compression": "lzw", "predictor": True},
    "Deflate": {"compression": "zlib"},
    "Deflate with predictor": {"compression": "zlib", "predictor": True},
    "PackBits": {"compression": "packbits"},
    "Zstandard": {"compression": "zstd"},
    "LZMA": {"compression": "lzma"},
    "PNG": {"compression": "png"},
    "JPEG 2000": {"compression": "jpeg2000", "compressionargs": {"reversible": True, "level": 0}},
    "JPEG": {"compression": "jpeg", "compressionargs": {"level": 95}},
    "WebP": {"compression": "webp", "compressionargs": {"lossless": True}},
}
FORMS: dict[str, dict[str, Any]] = {
    "axes": {"metadata": {"axes": "ZYX"}},
    "OME": {"ome": True, "metadata": {"axes": "ZYX", "PhysicalSizeZ": 0.5, "PhysicalSizeY": 0.2, "PhysicalSizeX": 0.2}},
    "ImageJ": {"imagej": True, "metadata": {"axes": "ZYX"}},
    "BigTIFF": {"bigtiff": True, "metadata": {"axes": "ZYX"}},
    "big-endian": {"byteorder": ">", "metadata": {"axes": "ZYX"}},
    "tiles": {"tile": (16, 16), "metadata": {"axes": "ZYX"}},
    "strips": {"rowsperstrip": 7, "metadata": {"axes": "ZYX"}},
}
TYPES = ("uint8", "int16", "uint16", "uint32", "float32", "float64")


def check_compressions(room: Room) -> str:
    """Read a TIFF of each compression."""
    _each(COMPRESSIONS, lambda name: _compressed(room, name))
    return f"TIFF with {', '.join(COMPRESSIONS)}."


def check_forms(room: Room) -> str:
    """Read a TIFF of each kind of header, and each type of numbers."""
    _each(FORMS, lambda name: _form(room, name))
    _each(TYPES, lambda name: _typed(room, name))
    return f"TIFF as {', '.join((*FORMS, *TYPES))}."


def check_pyramid(room: Room) -> str:
    """Read an OME-TIFF with a pyramid whole, and its smaller level where the whole does not fit the memory allowed."""
    import tifffile

    from core.images.reading import read_block
    from core.images.reading_choice import ReadingChoice

    data = _stack("uint16")
    path = room.folder / "pyramid" / "a.ome.tif"
    path.parent.mkdir(exist_ok=True)
    with tifffile.TiffWriter(path, ome=True) as writer:
        writer.write(data, subifds=1, metadata={"axes": "ZYX"}, tile=(16, 16))
        writer.write(data[:, ::2, ::2], subfiletype=1, tile=(16, 16))
    _demand_same(_read(path), data)
    block = _only_block(path.parent)
    small = read_block(block, choice=ReadingChoice(budget=data.nbytes // 2))
    demand(small.is_reduced and small.full_shape == data.shape, f"The smaller level was not used: {small.shape}.")
    return "A pyramid is read whole, or smaller where it must be."


def check_block(room: Room) -> str:
    """Find a folder of channels and read it as the program does: two channels with their voxel size."""
    import tifffile

    from core.images.reading import read_block

    data = _stack("uint16")
    folder = room.folder / "data" / "block_0001"
    folder.mkdir(parents=True, exist_ok=True)
    sizes = FORMS["OME"]["metadata"]
    for name, values in (("488", data), ("561", data[::-1])):
        tifffile.imwrite(folder / f"{name}.tif", values, ome=True, metadata=sizes)
    block = _only_block(folder.parent)
    image = read_block(block)
    demand([channel.name for channel in image.channels] == ["488", "561"], "Channels are missing or misnamed.")
    for channel, values in zip(image.channels, (data, data[::-1]), strict=True):
        _demand_same(channel.data, values)
    demand(image.voxel_size == (0.5, 0.2, 0.2), f"The voxel size is {image.voxel_size}, not 0.5, 0.2, 0.2.")
    return f"A block of 2 channels, {' x '.join(map(str, image.shape))} voxels."


def check_labels(room: Room) -> str:
    """Write labels and read them again."""
    import numpy as np

    from core.images.image_file import read_labels
    from core.images.label_tiff import encode_labels

    labels = np.arange(6 * 8 * 10, dtype=np.uint16).reshape(6, 8, 10) * 131
    path = room.folder / "labels.tif"
    path.write_bytes(encode_labels(labels, (0.5, 0.2, 0.2)))
    found = read_labels(str(path))
    _demand_same(found.array, labels)
    demand(found.pixel_size == (0.5, 0.2, 0.2), f"The voxel size is {found.pixel_size}, not 0.5, 0.2, 0.2.")
    return "Labels come back as they were."


def _only_block(folder: Path) -> Block:
    from core.images.blocks import scan_blocks

    found = [block for batch in scan_blocks(folder) for block in batch.blocks]
    demand(len(found) == 1, f"{len(found)} blocks were found in the place of one.")
    return found[0]


def _compressed(room: Room, name: str) -> None:
    import numpy as np
    import tifffile

    options = COMPRESSIONS[name]
    data = _stack("uint8" if name in ("JPEG", "WebP") else "uint16")
    if name == "WebP":
        data = np.stack([data[0]] * 3, axis=-1)
        options = options | {"photometric": "rgb"}
    elif name == "JPEG":
        data = np.full_like(data, 90)  # it keeps an even gray
    path = room.folder / f"{name}.tif"
    tifffile.imwrite(path, data, **({"metadata": {"axes": "ZYX"}} | options if data.shape[-1] != 3 else options))
    found = _read(path)
    if name == "JPEG":
        demand(np.abs(found.astype(int) - 90).max() <= 1, "The gray values are wrong.")
    else:
        _demand_same(found, np.moveaxis(data, -1, 0) if name == "WebP" else data)


def _form(room: Room, name: str) -> None:
    import tifffile

    path = room.folder / f"{name}.tif"
    tifffile.imwrite(path, _stack("uint16"), **FORMS[name])
    _demand_same(_read(path), _stack("uint16"))


def _typed(room: Room, name: str) -> None:
    import tifffile

    path = room.folder / f"{name}.tif"
    tifffile.imwrite(path, _stack(name), metadata={"axes": "ZYX"})
    _demand_same(_read(path), _stack(name))


def _stack(dtype: str) -> NDArray[Any]:
    import numpy as np

    return np.random.default_rng(4).integers(0, 120, (6, 40, 48)).astype(dtype)


def _read(path: Path) -> NDArray[Any]:
    from core.images.image_file import read_image

    return read_image(str(path)).array


def _demand_same(found: NDArray[Any], wanted: NDArray[Any]) -> None:
    import numpy as np

    demand(found.shape == wanted.shape, f"The shape is {found.shape}, not {wanted.shape}.")
    demand(np.array_equal(found, wanted), "Values are not those that were written.")


def _each(names: Any, check: Any) -> None:
    """Check all, and then tell all that failed."""
    broken = []
    for name in names:
        try:
            check(name)
        except Exception as error:  # noqa: BLE001 - codecs raise many kinds
            broken.append(f"{name}: {' '.join(str(error).split()) or type(error).__name__}")
    if broken:
        raise Failure("; ".join(broken))
