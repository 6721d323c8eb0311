"""Figures of speed and memory, one JSON line each."""
