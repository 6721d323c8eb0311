"""What the program remembers on this computer: folders, names, looks. One typed place, written atomically."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, TypeVar

import msgspec
import platformdirs

from app.lenient_json import BadValue, decode_leniently
from app.log import settings as log
from app.marker_sets import ChannelLookSettings, MarkerSet
from app.models.volume_view import SliceView, VolumeView

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.models.current_view import ChannelView

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
T = TypeVar("T", bound=msgspec.Struct)
_RECENT = 10
_NAMED = 3
"""So many bad values of a file are named; the log has all of them."""

ThemeName = Literal["system", "dark", "light", "contrast"]


class DataSetSettings(msgspec.Struct):
    """What one annotator chose for one data set."""

    auto_contrast: bool = True
    channels: dict[str, ChannelLookSettings] = {}
    channel_order: list[str] = []
    """Names in the order of the panel; channels that are not named come after them."""
    marker_sets: list[MarkerSet] = []
    mode: str = "2d"
    interval_ms: int = 100
    bounce: bool = False
    shows_focus: bool = True
    start_at: str = "focus"
    """The slice that each block starts at: one of current_view.STARTS."""
    last_block: str = ""
    volume: VolumeView = msgspec.field(default_factory=VolumeView)
    slab: SliceView = msgspec.field(default_factory=SliceView)
    axes: str = ""
    """Letters that replace those of files with as many dimensions: core.images.reading_choice. Empty: as they say."""
    voxel_size: tuple[float, float, float] | None = None
    """z, y, x in micrometres, in place of what the files say."""

    def take_channels(self, channels: tuple[ChannelView, ...], waiting: frozenset[str] = frozenset()) -> None:
        """Remember how these channels are drawn, of those `waiting` all but the limits; others are kept."""
        looks = {c.name: look_of(c) for c in channels}
        for name in waiting:
            known = self.channels.get(name)
            looks[name].low, looks[name].high = (known.low, known.high) if known else (None, None)
        self.channels = self.channels | looks


def look_of(channel: ChannelView) -> ChannelLookSettings:
    """What is kept of how a channel is drawn."""
    return ChannelLookSettings(
        channel.color,
        channel.visible,
        channel.low,
        channel.high,
        channel.gamma,
        channel.opacity,
        channel.colormap,
        channel.cofactor,
    )


class PaintSettings(msgspec.Struct):
    """The brush in hand, and how labels are drawn."""

    diameter: Annotated[int, msgspec.Meta(ge=1, le=2000)] = 10
    is_square: bool = False
    amount: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    """For growing, shrinking and smoothing: micrometres, or voxels where their size is not known."""
    opacity: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.6
    contour: Annotated[int, msgspec.Meta(ge=0)] = 0
    undo_mb: Annotated[int, msgspec.Meta(ge=1)] = 256
    """What undo may take of the memory."""


class Settings(msgspec.Struct):
    """Of this computer's user, whoever annotates."""

    recent: list[str] = []
    annotators: list[str] = []
    """Names used on this computer, newest first."""
    annotation_roots: dict[str, str] = {}
    """Annotations folder by data folder."""
    auto_advance: bool = True
    skip_annotated: bool = False
    review_goes_on: bool = True
    """Whether the review goes on to the next row after a final label."""
    splitter: str = ""
    shows_quality: bool = False
    """Whether the panel of quality is open."""
    picture_folder: str = ""
    """Where the last picture was saved."""
    review_splitter: str = ""
    review_hidden: list[str] = []
    """Columns of the review that are not shown."""
    review_rule: str = "compatible"
    review_fewest: Annotated[int, msgspec.Meta(ge=1)] = 2
    review_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.6
    """Of the rule quorum: the fewest votes, and the smallest share of them (0 to 1)."""
    export_folder: str = ""
    """Where the last export was written."""
    painting: PaintSettings = msgspec.field(default_factory=PaintSettings)
    theme: ThemeName = "system"
    """How the windows look: "system" is as the desktop."""
    font_percent: Annotated[int, msgspec.Meta(ge=75, le=200)] = 100
    """The size of text, of the desktop's."""
    keys: dict[str, list[str]] = {}
    """Keys by the name of an action, in place of those of the table; an empty list: none."""
    recent_actions: list[str] = []
    """Names of actions that the palette did, newest first."""
    seen_tour: bool = False
    last_version: str = ""
    """Of the program, at the last start."""

    def opened(self, folder: str) -> None:
        """Put a data folder at the front of the recent ones."""
        self.recent = [folder, *(known for known in self.recent if known != folder)][:_RECENT]

    def logged_in(self, annotator: str) -> None:
        """Put a name at the front."""
        self.annotators = [annotator, *(known for known in self.annotators if known != annotator)][:_RECENT]


class Places(msgspec.Struct, frozen=True):
    """Folders of this user on this computer."""

    config: Path
    state: Path
    data: Path
    cache: Path


def user_places() -> Places:
    """Where the system wants a program to keep its files."""
    return Places(
        _own_folder(platformdirs.user_config_dir),
        _own_folder(platformdirs.user_state_dir),
        _own_folder(platformdirs.user_data_dir),
        _own_folder(platformdirs.user_cache_dir),
    )


def _own_folder(find: Callable[..., str]) -> Path:
    """For an account without a home, a folder that cannot be made: nothing is put where the program was started."""
    try:
        found = Path(find("cytoscribe", appauthor=False))
    except RuntimeError:
        found = Path()
    return found if found.is_absolute() else Path("/nonexistent/cytoscribe").absolute()


class Loaded(NamedTuple):
    """Settings of this computer, and a sentence for each file that was not read as it is."""

    settings: Settings
    problems: list[str]


def sample_root(places: Places) -> Path:
    """Where the sample data are made."""
    return places.cache / "sample-data"


def load_settings(places: Places) -> Loaded:
    """Settings of this computer, with the default for each value that is missing or cannot be used."""
    found, problems = _read(places.config / "settings.json", Settings)
    return Loaded(found or Settings(), problems)


def write_settings(places: Places, settings: Settings) -> None:
    """Keep the settings; a failure is logged, it loses no decision."""
    _write(places.config / "settings.json", settings)


def load_data_set(places: Places, annotator: str, data_root: str) -> tuple[DataSetSettings | None, list[str]]:
    """What this annotator chose for this data set, None the first time; and sentences as `load_settings` has them."""
    return _read(_data_set_file(places, annotator, data_root), DataSetSettings)


def write_data_set(places: Places, annotator: str, data_root: str, settings: DataSetSettings) -> None:
    """Keep what this annotator chose."""
    _write(_data_set_file(places, annotator, data_root), settings)


def default_annotations(places: Places, data_root: str) -> Path:
    """A folder of this user's own for a data set that has no shared one."""
    return places.data / "annotations" / f"{Path(data_root).name or 'root'}-{_hash(data_root)}"


def _data_set_file(places: Places, annotator: str, data_root: str) -> Path:
    return places.config / "data-sets" / annotator / f"{_hash(data_root)}.json"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def _read(path: Path, kind: type[T]) -> tuple[T | None, list[str]]:
    """What is in the file, None if nothing can be used; and what is to be said of it."""
    try:
        data = path.read_bytes()
        value, bad = decode_leniently(data, kind)
    except FileNotFoundError:
        return None, []
    except OSError as error:
        reason = f"cannot be read ({error.strerror or error})"
    except msgspec.MsgspecError as error:
        reason = f"is damaged ({error})"
    else:
        return value, _told(path, data, bad) if bad else []
    kept = path.with_name(f"{path.name}.unreadable")
    where = "It stays where it is."
    with contextlib.suppress(OSError):
        path.replace(kept)
        where = f"It is kept as {kept.name}."
    log.info("%s %s. %s", path, reason, where)
    return None, [f"{path} {reason}: all settings in it have their first values again. {where}"]


def _told(path: Path, data: bytes, bad: list[BadValue]) -> list[str]:
    """Keep the file as it was, and say what is wrong with it."""
    kept = path.with_name(f"{path.name}.bad-values")
    for one in bad:
        log.info("%s: %s is %s, used is %s", path, *one)
    where = ""
    with contextlib.suppress(OSError):
        kept.write_bytes(data)
        where = f" The file as it was is kept as {kept.name}."
    parts = [
        f"“{one.name}” is {one.found or 'missing'}, which it cannot be; "
        + (f"{one.used} is used instead." if one.used else "it is left out.")
        for one in bad[:_NAMED]
    ]
    more = f" So it is with {len(bad) - _NAMED} more." if len(bad) > _NAMED else ""
    return [f"{path}: {' '.join(parts)}{more}{where}"]


def _write(path: Path, value: msgspec.Struct) -> None:
    made: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        data = msgspec.json.format(msgspec.json.encode(value), indent=2)
        # A name of its own: the last write of the program may come while another one is under way
        number, name = tempfile.mkstemp(".tmp", f".{path.name}.", path.parent)
        made = Path(name)
        with os.fdopen(number, "wb") as file:
            file.write(data)
        made.replace(path)
    except OSError as error:
        log.info("settings could not be kept in %s: %s", path, error)
        if made is not None:
            with contextlib.suppress(OSError):
                made.unlink()
