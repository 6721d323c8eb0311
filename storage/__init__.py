"""What people decided, on disk, safe on a shared folder. No GUI, no core."""
