"""Widgets: signals out, set_* in."""
