"""What the user does, one file per activity; the only files that know a model and a view together."""
