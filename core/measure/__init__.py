"""Measuring objects: a row for each nonzero number of a labels array, a column for each measurement."""
