"""Labels that are edited: what tools and operations do to them, their index, their undo, their table."""
