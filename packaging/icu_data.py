"""Leaves out the languages of ICU, Qt's library for texts, that the program does not speak: 3 MB in place of 32.

ICU's data are one table of contents and many small files in a read-only segment of libicudata.so (Linux only: Qt asks
Windows and macOS themselves). ICU falls back to its root locale for what is not there, as its own data filters do.
"""

import re
import struct
from pathlib import Path

_LANGUAGE = re.compile(r"(^|/)[a-z]{2,3}(_[A-Za-z0-9_]+)?\.res$")
_KEPT = re.compile(r"(^|/)en(_US|_GB|_001)?\.res$")
_LEFT_OUT = re.compile(r"\.cnv$|\.dict$|\.spp$|(^|/)(translit|rbnf|unit|curr|lang|region)/|(^|/)(unames|confusables)\.")
_LOAD, _DYNAMIC, _RELRO = 1, 2, 0x6474E552
_PAGE = 0x1000


def without_languages(library: bytes) -> bytes:
    """Return libicudata with the data that English needs; raises ValueError where it is built in another way."""
    segments = _segments(library)
    loads = [one for one in segments if one["type"] == _LOAD]
    if len(loads) != 2 or loads[0]["offset"] != 0 or loads[0]["flags"] != 4:
        raise ValueError("libicudata is not one read-only segment and one for the loader")
    begin = library.find(b"\xda\x27\x14\0\0\0\0\0\x02\0CmnD") - 2
    if begin < 0:
        raise ValueError("libicudata holds no ICU data")
    data = _only_wanted(library[begin : loads[0]["file_size"]])
    front = bytearray(library[:begin] + data)
    read_only = len(front)
    # Addresses in memory stay; in the file the loader's segment moves up, by whole pages
    moved = loads[1]["offset"] - (-(-read_only // _PAGE) * _PAGE + loads[1]["offset"] % _PAGE)
    tail = library[loads[1]["offset"] : loads[1]["offset"] + loads[1]["file_size"]]
    front += bytes(loads[1]["offset"] - moved - read_only) + tail
    for one in segments:
        at = one["at"]
        if one is loads[0]:
            struct.pack_into("<QQ", front, at + 32, read_only, read_only)
        elif one["type"] in (_LOAD, _DYNAMIC, _RELRO) and one["offset"] >= loads[1]["offset"]:
            struct.pack_into("<Q", front, at + 8, one["offset"] - moved)
    struct.pack_into("<Q", front, 40, 0)  # no sections: the loader reads none
    struct.pack_into("<HHH", front, 58, 64, 0, 0)
    return bytes(front)


def _segments(library: bytes) -> list[dict[str, int]]:
    if library[:6] != b"\x7fELF\x02\x01":
        raise ValueError("libicudata is no 64-bit library of Linux")
    table, size, count = struct.unpack_from("<Q", library, 32)[0], *struct.unpack_from("<HH", library, 54)
    found = []
    for place in range(count):
        at = table + place * size
        kind, flags, offset = struct.unpack_from("<IIQ", library, at)
        found.append(
            {"at": at, "type": kind, "flags": flags, "offset": offset}
            | {"file_size": struct.unpack_from("<Q", library, at + 32)[0]}
        )
    return found


def _only_wanted(data: bytes) -> bytes:
    """Return ICU's common data (format CmnD) with only the wanted items, in the same order."""
    head = struct.unpack_from("<H", data, 0)[0]
    count = struct.unpack_from("<I", data, head)[0]
    entries = [struct.unpack_from("<II", data, head + 4 + 8 * place) for place in range(count)]
    ends = [start for _, start in entries[1:]] + [len(data) - head]
    items = []
    for (name_at, start), end in zip(entries, ends, strict=True):
        name = data[head + name_at : data.index(b"\0", head + name_at)]
        if is_wanted(name.decode("ascii").partition("/")[2]):
            items.append((name, data[head + start : head + end]))
    names, contents = b"", b""
    name_base = 4 + 8 * len(items)
    content_base = -(-(name_base + sum(len(name) + 1 for name, _ in items)) // 16) * 16
    toc = struct.pack("<I", len(items))
    for name, content in items:
        toc += struct.pack("<II", name_base + len(names), content_base + len(contents))
        names += name + b"\0"
        contents += content + bytes(-len(content) % 16)
    return data[:head] + (toc + names).ljust(content_base, b"\0") + contents


def is_wanted(name: str) -> bool:
    """Tell whether an item of ICU's data stays: `coll/de.res` does not, `coll/root.res` does."""
    return not _LEFT_OUT.search(name) and (not _LANGUAGE.search(name) or bool(_KEPT.search(name)))


def trim(path: Path) -> None:
    """Write the smaller library in place of the whole one."""
    path.write_bytes(without_languages(path.read_bytes()))
