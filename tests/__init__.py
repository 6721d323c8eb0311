"""The tests: app, core and storage by themselves, e2e for the whole program, bench for the figures."""
