"""Observable state of the program. QtCore only."""
