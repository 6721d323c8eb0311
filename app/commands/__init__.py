"""The batch commands: one file each, and what they have in common. No Qt."""
