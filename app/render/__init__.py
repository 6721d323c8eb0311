"""Drawing with vispy: arrays and numbers in, pixels out."""
