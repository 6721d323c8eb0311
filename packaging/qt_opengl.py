"""Stands for PySide6.QtOpenGL in the frozen program: vispy imports it to see that it is there, and uses nothing of it."""
