"""The program as a subprocess: real windows, real keys, real files."""
