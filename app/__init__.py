"""The program: Qt windows and vispy drawing. Nobody imports app."""
