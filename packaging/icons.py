"""Makes the icons of the three systems from resources/icons/cytoscribe.svg: PNG, ICO for Windows, ICNS for macOS.

python packaging/icons.py FOLDER    needs PySide6, no display
The icon of the window, resources/icons/cytoscribe.png, is the cytoscribe-128.png that comes out.
"""

import os
import struct
import sys
from pathlib import Path

DRAWING = Path(__file__).resolve().parent.parent / "resources" / "icons" / "cytoscribe.svg"
PNG_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_KINDS = {"icp4": 16, "icp5": 32, "ic07": 128, "ic08": 256, "ic09": 512, "ic10": 1024}


def png(size: int) -> bytes:
    """Return the drawing as a PNG of `size` x `size` pixels."""
    from PySide6.QtCore import QBuffer, QIODevice, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]  # as documented; the stub has another type
        raise OSError(f"{DRAWING} could not be drawn with {size} pixels")
    return bytes(buffer.data().data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """Return a Windows icon that holds these PNGs by their size."""
    header = struct.pack("<HHH", 0, 1, len(pictures))
    entries, content = b"", b""
    begin = len(header) + 16 * len(pictures)
    for size, picture in pictures.items():
        side = size % 256  # 256 is written as 0
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), begin + len(content))
        content += picture
    return header + entries + content


def icns(pictures: dict[str, bytes]) -> bytes:
    """Return a macOS icon that holds these PNGs by Apple's name of their size."""
    content = b"".join(kind.encode() + struct.pack(">I", 8 + len(data)) + data for kind, data in pictures.items())
    return b"icns" + struct.pack(">I", 8 + len(content)) + content


def make(folder: Path) -> None:
    """Write all icons to `folder`."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder.mkdir(parents=True, exist_ok=True)
    for size in PNG_SIZES:
        (folder / f"cytoscribe-{size}.png").write_bytes(png(size))
    (folder / "cytoscribe.ico").write_bytes(ico({size: png(size) for size in ICO_SIZES}))
    (folder / "cytoscribe.icns").write_bytes(icns({kind: png(size) for kind, size in ICNS_KINDS.items()}))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
