"""Agreement in the real window: from the review by keys, up to date when asked for, and a report that is a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.files import block_names
from tests.e2e.test_reviewing import Share, open_review

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start

NAMES = block_names(6)


@pytest.fixture
def share(tmp_path: Path, annotations_root: Path) -> Share:
    made = Share(tmp_path, annotations_root)
    made.vote()
    made.write_roles(json.dumps({"admins": ["carol"]}))
    return made


def test_an_admin_sees_the_agreement_and_saves_the_report_by_keys(start: Start, share: Share, tmp_path: Path) -> None:
    program = start(share.data, "--annotations-root", share.root, "--user", "carol")
    open_review(program)
    program.keys("ctrl+g")
    shown = program.wait("agreement_shown")
    assert (shown["annotators"], shown["overlap"]) == (["alice", "bob", "dave"], 5)
    program.focus("Agreement of")
    erin = share.store("erin")
    erin.decide("annotate", NAMES[0], 2)
    erin.push()
    program.wait("review_changed", timeout=10)
    program.keys("F5")
    assert program.wait("agreement_shown")["annotators"] == ["alice", "bob", "dave", "erin"]
    program.keys("ctrl+s")
    program.focus("Save the agreement report")
    program.keys("ctrl+a")
    program.type(str(tmp_path / "report.html"))
    program.keys("Return")
    program.wait("agreement_saved")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "4 annotators, 6 blocks: 5 with a vote, 5 with two votes or more" in text
    program.focus("Agreement of")
    program.keys("Escape")
    program.focus("Review")
    program.keys("ctrl+w")
    program.wait("review_closed")
    program.focus()
    program.keys("ctrl+q")
    program.wait_end()
