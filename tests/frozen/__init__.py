"""The frozen program as users get it: `python3 packaging/dev.py build --test` runs these tests, no other run does."""
