"""The rows of the table of actions that explain the program."""

from __future__ import annotations

from app.action_info import ActionInfo

HELP_ACTIONS = (
    ActionInfo("manual", "Help", "Manual", ("Ctrl+F1",), tip="At the page that fits what you do", window="any"),
    ActionInfo("tour", "Help", "Show the tour", tip="Five cards beside what they explain", needs_blocks=True),
    ActionInfo("what_changed", "Help", "What changed"),
    ActionInfo("about", "Help", "About Cytoscribe", tip="Version, graphics, licences", begins_group=True),
)
