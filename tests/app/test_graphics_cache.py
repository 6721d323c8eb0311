"""Mesa's cache of shaders is off where there is no room for it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from app.graphics_cache import spare_full_disk
from tests.e2e.test_full_disks import mount, small_disk

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["small_disk"]
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Mesa is of Linux")


def test_it_stays_where_there_is_room(tmp_path: Path) -> None:
    environment = {"XDG_CACHE_HOME": str(tmp_path / "not" / "there" / "yet")}
    spare_full_disk(environment)
    assert "MESA_SHADER_CACHE_DISABLE" not in environment


def test_it_is_off_on_a_small_disk_and_on_one_that_is_read_only(small_disk: Path) -> None:
    environment = {"XDG_CACHE_HOME": str(small_disk / "cache")}
    spare_full_disk(environment)
    assert environment["MESA_SHADER_CACHE_DISABLE"] == "true"
    assert mount("-o", "remount,ro,size=64m", small_disk)
    environment = {"MESA_SHADER_CACHE_DIR": str(small_disk / "cache"), "XDG_CACHE_HOME": "/"}
    spare_full_disk(environment)
    assert environment["MESA_SHADER_CACHE_DISABLE"] == "true"


def test_what_the_user_said_stays(small_disk: Path) -> None:
    environment = {"XDG_CACHE_HOME": str(small_disk), "MESA_SHADER_CACHE_DISABLE": "false"}
    spare_full_disk(environment)
    assert environment["MESA_SHADER_CACHE_DISABLE"] == "false"
