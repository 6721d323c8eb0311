"""Agreement of a team, for the window and the command: reading votes, tables, the report."""
