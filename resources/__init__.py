"""Icons, style, sample recipe and texts of the program."""
