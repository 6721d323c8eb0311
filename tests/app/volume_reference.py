"""Slow, obvious rays along an axis, as the reference for what the GPU draws."""

from __future__ import annotations

from app.self_test.expected import cast, colored, toned

__all__ = ["cast", "colored", "toned"]
