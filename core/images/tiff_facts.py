"""What a TIFF says of itself in its header: how its values are stored, by whom, and where the voxel size is from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import ImageError, os_reason
from core.images.tiff import _listening

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

_KINDS = {1: "uint", 2: "int", 3: "float", 5: "complex int", 6: "complex"}
_LOSSY = ("JPEG", "OJPEG", "JPEG_99", "JPEG_LOSSY", "ALT_JPEG", "JPEG_2000_LOSSY", "JPEGXR_NDPI")
_PERHAPS_LOSSY = ("JPEG2000", "APERIO_JP2000_YCBC", "APERIO_JP2000_RGB", "JPEGXR", "WEBP", "JPEGXL", "LERC", "JETRAW")
_PLAIN_NAMES = {"NONE": "none", "ADOBE_DEFLATE": "Deflate (zlib)", "DEFLATE": "Deflate (zlib)", "PACKBITS": "PackBits"}


@dataclass(frozen=True)
class TiffFacts:
    """How the first image of a file is stored.

    `kind` is `uint`, `int`, `float`, ... and `bits` the bits of one value, which need not be a whole number of bytes
    (12). `loss` is "" for a compression that keeps every value, "lossy" for one that does not, "perhaps" for one that
    can do either. `layout` is in words: "strips of 1 row".
    """

    path: str
    size_bytes: int
    format: str
    kind: str
    bits: int
    compression: str
    loss: str
    layout: str
    byte_order: str
    software: str

    @property
    def dtype(self) -> str:
        """The type of a value in words: `uint16`, `uint12`, `float32`; `bool` for one bit."""
        return "bool" if (self.kind, self.bits) == ("uint", 1) else f"{self.kind}{self.bits}"


def read_facts(path: str) -> TiffFacts:
    """Read the header of a file; no pixel is read.

    Raises
    ------
    ImageError
        The file cannot be read, or is no TIFF.
    """
    import tifffile

    try:
        with (
            open(path, "rb") as file,
            _listening(),
            tifffile.TiffFile(file, name=path, _multifile=False) as tif,
        ):
            return _facts(tif, path)
    except OSError as error:
        raise ImageError(path, os_reason(error), "Check that the drive or share is connected.") from error
    except Exception as error:
        text = " ".join(str(error).split())[:120] or type(error).__name__
        raise ImageError(path, f"has a header that cannot be read ({text})", "Export it again as a TIFF.") from error


def _facts(tif: TiffFile, path: str) -> TiffFacts:
    page: Any = tif.pages.first
    bits = page.bitspersample
    name = _compression_name(page.compression)
    return TiffFacts(
        path=path,
        size_bytes=int(tif.filehandle.size),
        format=_format(tif, page),
        kind=_KINDS.get(int(page.sampleformat), "uint"),
        bits=int(max(bits) if isinstance(bits, tuple) else bits),
        compression=_PLAIN_NAMES.get(name, name.replace("_", " ")),
        loss="lossy" if name in _LOSSY else "perhaps" if name in _PERHAPS_LOSSY else "",
        layout=_layout(page),
        byte_order="big endian" if tif.byteorder == ">" else "little endian",
        software=" ".join(str(page.software or "").split())[:120],
    )


def _compression_name(code: int) -> str:
    import tifffile

    try:
        return str(tifffile.COMPRESSION(code).name)
    except ValueError:
        return f"code {int(code)}"


def _format(tif: TiffFile, page: TiffPage) -> str:
    kind = "OME-TIFF" if tif.is_ome else "ImageJ TIFF" if tif.is_imagej else "TIFF"
    notes = ["BigTIFF"] if tif.is_bigtiff else []
    photometric = getattr(page.photometric, "name", "")
    notes += {"RGB": ["RGB"], "YCBCR": ["RGB"], "PALETTE": ["colour table"], "MINISWHITE": ["0 is white"]}.get(
        photometric, []
    )
    return f"{kind} ({', '.join(notes)})" if notes else kind


def _layout(page: Any) -> str:
    if page.is_tiled:
        return f"tiles of {page.tilewidth} × {page.tilelength}"
    rows = min(int(page.rowsperstrip), int(page.imagelength))
    return "one strip" if rows == page.imagelength else f"strips of {rows} row{'s' if rows != 1 else ''}"
