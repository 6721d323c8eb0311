"""How good an image is, in figures and in words."""
