"""Channels in the real window, with real files: list, histogram, contrast, marker sets, and what is remembered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QWidget

from app.main import Program
from app.models.screen import Stage
from app.options import Options
from tests.e2e.files import write_channel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.models.current_view import ChannelView
    from app.views.channel_list import ChannelList
    from app.views.histogram_view import HistogramView

NAMES = [f"CD{number}" for number in range(3, 15)]
LEFT = Qt.MouseButton.LeftButton


def volume(channel: int) -> np.ndarray:
    """Return (4, 20, 25) whole numbers; the first slice is 0, the greatest value 1000 + channel."""
    made = np.random.default_rng(channel).integers(1, 1000, (4, 20, 25))
    made[0] = 0
    made[3, 0, 0] = 1000 + channel
    return made.astype(np.uint16)


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[], Program]]:
    """Return what opens a program on two blocks of twelve channels and waits for the first; again: it is closed."""
    for block in ("block_1", "block_2"):
        for channel, name in enumerate(NAMES):
            write_channel(tmp_path / "data" / block / f"{name}.tif", volume(channel))
    (tmp_path / "annotations" / "journal").mkdir(parents=True)
    options = Options(tmp_path / "data", tmp_path / "annotations", annotator=f"tester{abs(hash(tmp_path)) % 10**8}")
    programs: list[Program] = []

    def close() -> None:
        for program in programs:
            program.ending.end_unasked()
            qtbot.waitUntil(program.window.isHidden)
            program.viewer.canvas.close()
            program.window.deleteLater()
        programs.clear()

    def start() -> Program:
        close()
        program = Program(options)
        programs.append(program)
        with qtbot.waitActive(program.window):
            program.begin()
            program.window.activateWindow()
        qtbot.waitUntil(lambda: program.viewer.screen.now.stage is Stage.SHOWN, timeout=20_000)
        qtbot.waitUntil(lambda: "zero" in shares(program), timeout=20_000)
        return program

    yield start
    close()


def channels(program: Program) -> tuple[ChannelView, ...]:
    """Return the channels as they are drawn."""
    return program.viewer.view.state.channels


def shown(program: Program) -> list[int]:
    """Return the numbers of the channels that are drawn."""
    return [i for i, c in enumerate(channels(program)) if c.visible]


def shares(program: Program) -> str:
    """Return what the panel says of saturated and zero voxels."""
    found = [text.text() for text in program.window.side.channels.contrast.findChildren(QLabel)]
    return next((text for text in found if "saturated" in text), "")


def part(listed: ChannelList, channel: int, name: str) -> QPoint:
    """Return where the `tick`, `swatch`, `name`, `low` or `high` of a listed channel lies."""
    parts = listed.parts_of(channel)
    assert parts is not None
    return parts[("tick", "swatch", "name", "low", "high").index(name)]


def drag(widget: QWidget, start: QPoint, end: QPoint) -> None:
    """Drag with the left button, in four moves."""
    QTest.mousePress(widget, LEFT, pos=start)
    for step in (1, 2, 3, 4):
        QTest.mouseMove(widget, start + (end - start) * step / 4)
    QTest.mouseRelease(widget, LEFT, pos=end)


def grip(histogram: HistogramView, what: str) -> QPoint:
    """Return where something of the histogram can be taken hold of."""
    return histogram.place_of(what).toPoint()


def settle(qtbot: QtBot, program: Program) -> None:
    """Wait until the panels show the state."""
    qtbot.waitUntil(lambda: not program.viewer.deferring._slots)


def test_a_tick_shows_a_channel_and_alt_shows_it_alone(opened: Callable[[], Program], qtbot: QtBot) -> None:
    program = opened()
    listed = program.window.side.channels.list
    assert shown(program) == [0, 1, 2, 3]
    QTest.mouseClick(listed.viewport(), LEFT, pos=part(listed, 1, "tick"))
    assert shown(program) == [0, 2, 3]
    settle(qtbot, program)
    QTest.mouseClick(listed.viewport(), LEFT, pos=part(listed, 5, "tick"))
    assert shown(program) == [0, 2, 3, 5]
    settle(qtbot, program)
    QTest.mouseClick(listed.viewport(), LEFT, Qt.KeyboardModifier.AltModifier, part(listed, 2, "tick"))
    assert shown(program) == [2]
    QTest.mouseDClick(listed.viewport(), LEFT, pos=part(listed, 3, "name"))
    assert shown(program) == [3]  # from one to another
    QTest.mouseDClick(listed.viewport(), LEFT, pos=part(listed, 3, "name"))
    assert shown(program) == [0, 2, 3, 5]


def test_keys_count_as_the_list_stands(opened: Callable[[], Program], qtbot: QtBot) -> None:
    program = opened()
    listed, window = program.window.side.channels.list, program.window
    drag(listed.viewport(), part(listed, 6, "name"), part(listed, 0, "name") - QPoint(0, 6))
    assert program.viewer.view.state.order[:3] == (6, 0, 1)
    assert [c.name for c in channels(program)] == NAMES  # the data keep their order
    alt = Qt.KeyboardModifier.AltModifier
    QTest.keyClick(window, Qt.Key.Key_1, alt)
    assert shown(program) == [0, 1, 2, 3, 6]
    QTest.keyClick(window, Qt.Key.Key_2, alt | Qt.KeyboardModifier.ShiftModifier)
    assert shown(program) == [0]
    QTest.keyClick(window, Qt.Key.Key_S, alt)
    assert shown(program) == [0, 1, 2, 3, 6]
    QTest.keyClick(window, Qt.Key.Key_0, alt)
    assert len(shown(program)) == 12
    QTest.keyClick(window, Qt.Key.Key_0, alt | Qt.KeyboardModifier.ShiftModifier)
    assert shown(program) == []
    program.act("previous_channel")
    assert program.viewer.view.state.selected == 6
    program.act("previous_channel")
    assert program.viewer.view.state.selected == 6  # there is none above
    program.act("next_channel")
    assert program.viewer.view.state.selected == 0
    settle(qtbot, program)
    drag(listed.viewport(), part(listed, 6, "name"), part(listed, 2, "name") + QPoint(0, 6))
    assert program.viewer.view.state.order[:4] == (0, 1, 2, 6)


def test_a_found_channel_is_the_one_that_is_pressed(opened: Callable[[], Program]) -> None:
    program = opened()
    panel = program.window.side.channels
    field = next(one for one in panel.findChildren(QLineEdit) if one.placeholderText().startswith("Find"))
    assert field.isVisible()
    field.setText("cd 14")
    assert panel.list.parts_of(10) is None
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=part(panel.list, 11, "name"))
    assert program.viewer.view.state.selected == 11
    field.clear()
    only = next(box for box in panel.findChildren(QCheckBox) if box.text() == "shown")
    only.setChecked(True)
    assert [i for i in range(12) if panel.list.parts_of(i)] == [0, 1, 2, 3]


def test_the_histogram_is_that_of_the_selected_channel(opened: Callable[[], Program], qtbot: QtBot) -> None:
    program = opened()
    panel = program.window.side.channels
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=part(panel.list, 5, "name"))
    qtbot.waitUntil(lambda: panel.contrast.histogram._edges[-1] >= 1005)
    edges, counts = panel.contrast.histogram._edges, panel.contrast.histogram._counts
    assert counts.tolist() == np.histogram(volume(5), edges)[0].tolist()
    assert counts.sum() == 2000
    high = channels(program)[5].high
    saturated = 100 * (volume(5) >= high).mean()
    qtbot.waitUntil(lambda: shares(program) == f"{saturated:.2g} % saturated, 25 % zero")

    program.act("first_slice")
    panel.contrast._slice.click()
    qtbot.waitUntil(lambda: shares(program) == "0 % saturated, 100 % zero (this slice)")
    program.act("last_slice")
    qtbot.waitUntil(lambda: ", 0 % zero (this slice)" in shares(program))
    assert panel.contrast.histogram._counts.sum() == 500


def test_limits_and_gamma_are_dragged(opened: Callable[[], Program], qtbot: QtBot) -> None:
    program = opened()
    panel = program.window.side.channels
    histogram = panel.contrast.histogram
    before = channels(program)[0]
    settle(qtbot, program)
    end = QPoint(histogram.width() // 2, 20)
    drag(histogram, grip(histogram, "high"), end)
    now = channels(program)[0]
    assert now.low == before.low
    assert now.high == pytest.approx(histogram._value_at(end.x()), abs=1e-6)
    assert 300 < now.high < 700
    assert not program.viewer.view.state.is_auto  # what was set by hand stays for the next block
    settle(qtbot, program)
    half = grip(histogram, "gamma")
    drag(histogram, half, half + QPoint(0, 20))
    assert channels(program)[0].gamma > 1.2
    settle(qtbot, program)
    assert histogram.place_of("gamma").y() == pytest.approx(half.y() + 20, abs=1.5)
    between = QPoint(round((histogram.place_of("low").x() + histogram.place_of("high").x()) / 2), 10)
    drag(histogram, between, between + QPoint(15, 0))
    moved = channels(program)[0]
    assert moved.high - moved.low == pytest.approx(now.high - now.low, rel=1e-6)
    assert moved.low > now.low + 10
    QTest.mouseDClick(histogram, LEFT, pos=grip(histogram, "gamma"))
    assert channels(program)[0].gamma == 1.0

    listed = panel.list
    settle(qtbot, program)
    drag(listed.viewport(), part(listed, 1, "high"), part(listed, 1, "high") - QPoint(20, 0))
    assert channels(program)[1].high < channels(program)[2].high - 50


def test_the_wheel_zooms_about_the_mouse(opened: Callable[[], Program], qtbot: QtBot) -> None:
    program = opened()
    histogram = program.window.side.channels.contrast.histogram
    box = histogram._box()
    at = QPointF(box.left() + box.width() / 4, 30)
    value = histogram._value_at(at.x())
    for _ in range(5):
        wheel(histogram, at, 120)
    first, last = histogram._edges[[0, -1]]
    assert last - first < 500
    assert histogram._value_at(at.x()) == pytest.approx(value, abs=5)
    assert histogram._counts.tolist() == np.histogram(volume(0), histogram._edges)[0].tolist()
    for _ in range(200):
        wheel(histogram, at, 120)
    assert 7 < histogram._edges[-1] - histogram._edges[0] < 12  # no further than a few values
    for _ in range(60):
        wheel(histogram, at, -120)
    assert histogram._counts.sum() == 2000


def test_the_wheel_to_the_side_keeps_the_range_as_wide(opened: Callable[[], Program], qtbot: QtBot) -> None:
    program = opened()
    histogram = program.window.side.channels.contrast.histogram
    at = QPointF(100, 30)
    for _ in range(3):
        wheel(histogram, at, 120)
    width = histogram._edges[-1] - histogram._edges[0]
    for turned in [120, -120] * 40:
        wheel(histogram, at, turned, Qt.KeyboardModifier.ShiftModifier)
    assert histogram._edges[-1] - histogram._edges[0] == pytest.approx(width, abs=3)


def wheel(
    histogram: HistogramView, at: QPointF, turned: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Turn the wheel over the histogram."""
    from PySide6.QtGui import QWheelEvent

    buttons = Qt.MouseButton.NoButton
    where = histogram.mapToGlobal(at)
    phase = Qt.ScrollPhase.NoScrollPhase
    histogram.wheelEvent(QWheelEvent(at, where, QPoint(), QPoint(0, turned), buttons, keys, phase, False))


def test_typed_and_pressed_contrast(opened: Callable[[], Program], qtbot: QtBot) -> None:
    program = opened()
    contrast = program.window.side.channels.contrast
    auto = (channels(program)[0].low, channels(program)[0].high)
    contrast._low_percent.setValue(30)
    contrast._high_percent.setValue(50)
    expected = np.percentile(volume(0), (30, 50))
    assert (channels(program)[0].low, channels(program)[0].high) == pytest.approx(tuple(expected))
    contrast._full.click()
    assert (channels(program)[0].low, channels(program)[0].high) == (0, 65535)
    contrast._reset.click()
    assert (channels(program)[0].low, channels(program)[0].high) == (0, 1000)
    contrast._auto.click()
    assert (channels(program)[0].low, channels(program)[0].high) == auto
    contrast._opacity.setValue(40)
    contrast._arcsinh.setChecked(True)
    assert (channels(program)[0].opacity, channels(program)[0].cofactor) == (0.4, 5.0)
    settle(qtbot, program)
    edges = contrast.histogram._edges  # evenly wide after arcsinh
    widths = np.diff(np.arcsinh(edges / 5))
    assert widths.tolist() == pytest.approx([widths[0]] * len(widths))
    assert contrast.histogram._counts.sum() == 2000
    contrast._arcsinh.setChecked(False)
    assert channels(program)[0].cofactor == 0


def test_a_typed_limit_leaves_the_other_as_it_is(opened: Callable[[], Program], qtbot: QtBot) -> None:
    program = opened()
    contrast = program.window.side.channels.contrast
    program.viewer.coloring.set_limits(0, 12.37, 500.5)
    settle(qtbot, program)
    contrast._high.setValue(700)
    assert (channels(program)[0].low, channels(program)[0].high) == (12.37, 700)
    settle(qtbot, program)
    contrast._low.setValue(20)
    assert (channels(program)[0].low, channels(program)[0].high) == (20, 700)


def test_a_limit_that_is_typed_beyond_the_other_pushes_it_on(opened: Callable[[], Program], qtbot: QtBot) -> None:
    program = opened()
    contrast = program.window.side.channels.contrast
    program.viewer.coloring.set_limits(0, 20, 60)
    settle(qtbot, program)
    contrast._low.setValue(500)
    assert (channels(program)[0].low, channels(program)[0].high) == (500, 540)
    settle(qtbot, program)
    contrast._high.setValue(100)
    assert (channels(program)[0].low, channels(program)[0].high) == (60, 100)


def test_percentiles_are_those_of_the_limits(opened: Callable[[], Program], qtbot: QtBot) -> None:
    program = opened()
    contrast = program.window.side.channels.contrast
    data = volume(program.viewer.view.state.selected)
    low, high = np.percentile(data, [20, 70])
    program.viewer.coloring.set_limits(program.viewer.view.state.selected, float(low), float(high))
    settle(qtbot, program)
    qtbot.waitUntil(lambda: abs(contrast._high_percent.value() - 100 * np.mean(data <= high)) < 0.01)
    assert contrast._low_percent.value() == pytest.approx(100 * np.mean(data < low), abs=0.01)


def test_what_is_counted_is_of_the_scope_that_is_shown(opened: Callable[[], Program], qtbot: QtBot) -> None:
    program = opened()
    contrast, before = program.window.side.channels.contrast, channels(program)[0]
    contrast._slice.setChecked(True)
    contrast._low_percent.setValue(30)  # not counted yet: percentiles of the block would be wrong
    assert channels(program)[0] == before
    program.viewer.coloring.set_limits(0, 3, 900)
    settle(qtbot, program)
    qtbot.waitUntil(lambda: "this slice" in shares(program))
    contrast._slice.setChecked(False)
    program.viewer.coloring.set_limits(0, 3, 800)
    settle(qtbot, program)
    qtbot.waitUntil(lambda: "this slice" not in shares(program))


def test_colours_and_colormaps(opened: Callable[[], Program], qtbot: QtBot) -> None:
    program = opened()
    panel = program.window.side.channels
    panel.sets.colors_requested.emit("Green, magenta")
    assert [c.color for c in channels(program)[:4]] == ["#00FF00", "#FF00FF", "#00FF00", "#FF00FF"]
    combo = next(box for box in panel.contrast.findChildren(QComboBox) if box.accessibleName() == "Colormap")
    looks = []
    for name in ("Viridis", "Fire", "Gray"):
        combo.setCurrentIndex(combo.findData(name))
        combo.activated.emit(combo.currentIndex())
        assert channels(program)[0].colormap == name
        looks.append(program.viewer.canvas.frame.looks[0].colormap)
    assert all(len(look) == 256 for look in looks)
    assert looks[0][0] == pytest.approx((0.267, 0.005, 0.329), abs=0.01)  # the dark violet that viridis begins with
    assert looks[2][255] == (1.0, 1.0, 1.0)
    panel.color_requested.emit(0, "#123456")
    assert (channels(program)[0].color, channels(program)[0].colormap) == ("#123456", "")


def test_a_marker_set_is_kept_and_passed_on(opened: Callable[[], Program], qtbot: QtBot, tmp_path: Path) -> None:
    program = opened()
    program.viewer.coloring.hide_all()
    panel = program.window.side.channels
    for channel, low in ((7, 10.0), (2, 20.0)):
        panel.list.visible_requested.emit(channel, True)
        program.viewer.coloring.set_limits(channel, low, 500.0)
    panel.list.move_requested.emit(7, 2)
    panel.contrast.gamma_requested.emit(7, 0.5)
    panel.sets.save_requested.emit("T cells")
    path = tmp_path / "sets.json"
    program.viewer.presetting.export_file(path)
    qtbot.waitUntil(path.exists)
    kept = json.loads(path.read_text(encoding="utf-8"))["sets"]
    assert [(one["name"], list(one["channels"])) for one in kept] == [("T cells", ["CD10", "CD5"])]

    program.act("show_channels")
    panel.contrast.gamma_requested.emit(7, 3.0)
    program.viewer.coloring.set_limits(7, 0.0, 900.0)
    panel.list.selected.emit(2)
    panel.sets.chosen.emit("T cells")
    assert program.viewer.view.state.selected == 2
    assert shown(program) == [2, 7]
    assert (channels(program)[7].low, channels(program)[7].high, channels(program)[7].gamma) == (10, 500, 0.5)
    assert program.viewer.view.state.order[:2] == (7, 2)

    panel.sets.delete_requested.emit("T cells")
    panel.sets.chosen.emit("T cells")  # it is gone: nothing happens
    program.viewer.presetting.import_file(path)
    qtbot.waitUntil(lambda: bool(program.viewer.coloring.settings.marker_sets))
    kept[0]["channels"]["CD99"] = {"color": "#FFFFFF"}
    kept[0]["channels"]["CD10"]["color"] = "blue"
    path.write_text(json.dumps({"format": "cytoscribe marker sets", "sets": kept}), encoding="utf-8")
    program.viewer.presetting.import_file(path)
    qtbot.waitUntil(lambda: any("is “blue”" in text.text() for text in program.window.area.findChildren(QLabel)))
    assert len(program.viewer.coloring.settings.marker_sets) == 1

    # and the same annotator finds it all again
    again = opened()
    assert shown(again) == [2, 7]
    assert again.viewer.view.state.order[:2] == (7, 2)
    assert channels(again)[7].gamma == 0.5
    assert [one.name for one in again.viewer.coloring.settings.marker_sets] == ["T cells"]


def test_the_next_block_keeps_looks_and_counts_anew(opened: Callable[[], Program], qtbot: QtBot) -> None:
    program = opened()
    panel = program.window.side.channels
    panel.contrast.gamma_requested.emit(0, 2.0)
    panel.list.move_requested.emit(11, 0)
    panel.list.selected.emit(11)
    program.act("next_block")
    qtbot.waitUntil(
        lambda: program.viewer.screen.now.block_id == "block_2" and program.viewer.screen.now.stage is Stage.SHOWN
    )
    assert channels(program)[0].gamma == 2.0
    assert program.viewer.view.state.order[0] == 11
    assert program.viewer.view.state.selected == 11
    qtbot.waitUntil(lambda: program.viewer.contrasting._counts is not None)
    assert program.viewer.contrasting._counts is not None
    assert program.viewer.contrasting._counts.greatest == 1011


def test_channels_that_are_not_seen_are_counted_later(
    opened: Callable[[], Program], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.controllers.loading.ALL_CHANNELS_BYTES", 0)  # as for forty channels of a large image
    program = opened()
    loaded = program.viewer.coloring._loaded
    assert loaded is not None
    assert loaded.counted.keys() >= {0, 1, 2, 3}
    program.viewer.coloring.set_limits(7, 12, 34)
    qtbot.waitUntil(lambda: not loaded.uncounted and not program.viewer.coloring._awaited, timeout=20_000)
    for i, channel in enumerate(channels(program)):
        expected = (12, 34) if i == 7 else tuple(np.percentile(volume(i), (1, 99.9)))
        assert (channel.low, channel.high) == pytest.approx(expected)


def test_limits_that_stand_in_for_others(
    opened: Callable[[], Program], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """They are not remembered; but set by hand, the same numbers are a choice, and stay."""
    program = opened()
    coloring = program.viewer.coloring
    loaded = coloring._loaded
    assert loaded is not None
    qtbot.waitUntil(lambda: not loaded.uncounted)
    coloring.set_limits(4, 1, 2)
    counted = {channel: loaded.counted.pop(channel) for channel in (4, 5, 6)}
    for channel in counted:
        coloring._on_auto_requested(channel)
    coloring.set_limits(6, *loaded.data_limits[6])
    known = coloring.settings.channels
    assert (known["CD7"].low, known["CD7"].high) == (1, 2)
    assert (known["CD8"].low, known["CD8"].high) == counted[5]
    assert (known["CD9"].low, known["CD9"].high) == loaded.data_limits[6]
    program.viewer.presetting.save("all")
    coloring.show_all()
    program.viewer.presetting.save("all")
    looks = coloring.settings.marker_sets[0].channels
    assert (looks["CD7"].low, looks["CD9"].low) == (None, loaded.data_limits[6][0])
    loaded.counted.update(counted)
    coloring.take_limits()
    assert [(channels(program)[i].low, channels(program)[i].high) for i in counted] == [
        counted[4], counted[5], loaded.data_limits[6],
    ]  # fmt: skip
    assert (known := coloring.settings.channels)["CD7"].low == counted[4][0]
    assert known["CD9"].high == loaded.data_limits[6][1]
