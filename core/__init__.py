"""Functions on arrays and files of images. No GUI, no storage."""
