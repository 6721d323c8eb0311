"""Stands for PySide6.QtOpenGL in the frozen program: vispy only looks whether it is there, and uses nothing of it."""
