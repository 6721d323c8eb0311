"""The distances between things, in logical pixels: three steps, and the margins that are made of them."""

SMALL, MEDIUM, LARGE = 4, 8, 12
BAR = (8, 4, 8, 4)
"""Left, top, right and bottom of bars and panels."""
WINDOW = (8, 8, 8, 8)
DIALOG = (16, 12, 16, 12)
